"""Time stamps of an authority (RFC 3161): OpenSSL stamps what pioneerd asks for, and OpenSSL verifies what it then serves; a mirror and evidence
carry the stamps, and whoever has the authority's certificate checks them there."""
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402
import witness  # noqa: E402
from authority import Authority, openssl  # noqa: E402

class Stamped(unittest.TestCase):
    def setUp(self):
        self.pioneer = pioneer.Pioneer()
        self.pioneer.__enter__()
        self.addCleanup(self.pioneer.__exit__, None, None, None)
        self.folder = pathlib.Path(self.pioneer.folder.name)
        self.authority = Authority(self.folder / "authority")
        self.pioneer.make()

    def serve(self, answer, certificates: str = "", every: str = "1 d") -> witness.Lying:
        server = witness.Lying(answer)
        self.addCleanup(server.end)
        more = f", certificates: {certificates}" if certificates else ""
        self.pioneer.settings = f"time_stamps: {{url: \"{server.url}\", every: {every}{more}}}\n"
        self.pioneer.start()
        return server

    def stamps(self, handler, query: bytes) -> None:
        self.assertEqual(handler.headers["Content-Type"], "application/timestamp-query")
        witness.says(200, self.authority.answer(query), "application/timestamp-reply")(handler, query)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.pioneer.port}/log/{path}", timeout=10) as answer:
            return answer.read()

    def until_told(self, words: str) -> None:
        assert self.pioneer.process is not None and self.pioneer.process.stdout is not None
        while True:
            line = self.pioneer.process.stdout.readline()
            if not line or words in line:
                self.assertIn(words, line)
                return

    def test_what_is_served_is_what_openssl_verifies(self):
        server = self.serve(self.stamps, certificates=str(self.authority.folder / "ca.pem"))
        size = pioneer.until(lambda: self.get("stamps").decode().strip())
        text, stamp = self.folder / "text", self.folder / "text.tsr"
        text.write_bytes(self.get(f"stamps/{size}"))
        stamp.write_bytes(self.get(f"stamps/{size}.tsr"))
        self.assertEqual(text.read_text(encoding="utf-8").split("\n")[1], size)
        trusted = ("-CAfile", self.authority.folder / "ca.pem")
        self.assertIn(b"Time stamp:", openssl("ts", "-reply", "-in", stamp, "-text"))
        openssl("ts", "-verify", "-data", text, "-in", stamp, *trusted)
        text.write_bytes(text.read_bytes().replace(size.encode(), b"9" + size.encode()))
        openssl("ts", "-verify", "-data", text, "-in", stamp, *trusted, expect=1)
        # Once a day: a second start with more in the log asks nobody.
        self.assertEqual(server.asked, 1)
        self.pioneer.stop()
        self.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)
        self.pioneer.start()
        pioneer.until(lambda: int(self.get("checkpoint").decode().split("\n")[1]) > int(size) + 1000)
        self.pioneer.stop()
        self.assertEqual(server.asked, 1)
        self.assertEqual(sorted(file.name for file in (self.pioneer.data / "checkpoints" / "stamps").iterdir()), [size, size + ".tsr"])

    def audit(self, *arguments, expect: int = 0) -> dict:
        return json.loads(pioneer.run("audit", *map(str, arguments), "--json", expect=expect))

    def test_a_mirror_and_evidence_carry_stamps_that_an_auditor_checks(self):
        token = self.pioneer.token("Otto", "auditor", "3502")
        self.serve(self.stamps)
        size = pioneer.until(lambda: self.get("stamps").decode().strip())
        stick = self.folder / "stick"
        pioneer.run("audit", "mirror", "--to", str(stick), "--server", f"http://127.0.0.1:{self.pioneer.port}", "--token", token)
        for name in (size, size + ".tsr"):
            self.assertEqual((stick / "stamps" / name).read_bytes(), self.get(f"stamps/{name}"))
        self.pioneer.stop()
        self.pioneer.command("audit", "mirror", "--to", str(self.folder / "local"))
        self.assertEqual((self.folder / "local/stamps" / (size + ".tsr")).read_bytes(), (stick / "stamps" / (size + ".tsr")).read_bytes())

        other = Authority(self.folder / "other")
        ours, others = self.authority.folder / "ca.pem", other.folder / "ca.pem"
        unchecked = self.audit("verify", stick)
        self.assertEqual((unchecked["ok"], unchecked["stamps"], unchecked["stampsChecked"], unchecked["unknownFiles"]), (True, 1, False, 0))
        self.assertIn("not checked: no authority given", pioneer.run("audit", "verify", str(stick)))
        told = self.audit("verify", stick, "--tsa-ca", ours)
        self.assertEqual((told["ok"], told["stamps"], told["stampsChecked"], told["stampedEntries"]), (True, 1, True, size))
        self.assertRegex(told["stampedAt"], r"^20\d\d-")

        archive = self.folder / "evidence.zip"
        self.audit("evidence", stick, "--stream", "organisation/", "--out", archive)
        self.assertIn("not checked: no authority given", pioneer.run("audit", "evidence-check", str(archive)))
        self.assertEqual(self.audit("evidence-check", archive, "--tsa-ca", ours)["stampedEntries"], size)

        def refused(words: str, of: pathlib.Path, authority: pathlib.Path = ours) -> None:
            found = self.audit("verify", of, "--tsa-ca", authority, expect=1)
            self.assertIn(words, found["reason"])
            self.assertTrue(found["file"].startswith(f"stamps/{size}"), found)
            packed = self.folder / f"{of.name}-{authority.parent.name}.zip"
            self.audit("evidence", of, "--stream", "organisation/", "--out", packed)
            self.assertEqual(self.audit("evidence-check", packed, "--tsa-ca", authority, expect=1)["reason"], found["reason"])

        def copied(name: str, answer: bytes) -> pathlib.Path:
            shutil.copytree(stick, self.folder / name)
            (self.folder / name / "stamps" / (size + ".tsr")).write_bytes(answer)
            return self.folder / name

        stamp = (stick / "stamps" / (size + ".tsr")).read_bytes()
        # Whole, by an authority that was not given: no word against it.
        for unknown in (self.audit("verify", stick, "--tsa-ca", others, expect=3), self.audit("evidence-check", archive, "--tsa-ca", others, expect=3)):
            self.assertEqual((unknown["ok"], unknown["code"], unknown["file"]), (None, "unknown_authority", f"stamps/{size}.tsr"), unknown)
            self.assertIn("an authority that was not given", unknown["reason"])
        both = self.folder / "both.pem"
        both.write_bytes(others.read_bytes() + ours.read_bytes())
        self.assertEqual(self.audit("verify", stick, "--tsa-ca", both)["stampedEntries"], size)
        changed = bytearray(stamp)
        changed[-1] ^= 1  # of the signature
        refused("changed after it was signed", copied("changed", bytes(changed)))
        # That it was changed shows without knowing its authority, too.
        refused("changed after it was signed", self.folder / "changed", others)
        elsewhere = self.authority.answer(openssl("ts", "-query", "-data", self.folder / "local/checkpoint", "-sha256", "-cert"))
        assert (self.folder / "local/checkpoint").read_bytes() != (stick / "stamps" / size).read_bytes()
        refused("a stamp of something else", copied("elsewhere", elsewhere))
        refused("no time stamp", copied("garbage", b"\x30\x82 garbage"))
        refused("refused to stamp", copied("refusal", self.authority.answer(b"\x30\x03\x02\x01\x01")))
        self.assertIn("holds no certificates", subprocess.run(
            [pioneer.BIN / "pioneer", "audit", "verify", stick, "--tsa-ca", stick / "checkpoint"], text=True, capture_output=True, timeout=60,
            check=False).stderr)

    def test_each_changed_byte_of_a_stamp_is_a_fault_or_changes_nothing(self):
        """What is beside the signed part, such as the certificates that were sent along, says nothing: there OpenSSL is the judge of what still holds."""
        self.serve(self.stamps)
        size = pioneer.until(lambda: self.get("stamps").decode().strip())
        self.pioneer.stop()
        stick = self.folder / "stick"
        self.pioneer.command("audit", "mirror", "--to", str(stick))
        text, stamp = stick / "stamps" / size, stick / "stamps" / (size + ".tsr")
        trusted = self.authority.folder / "ca.pem"
        good = stamp.read_bytes()
        holds = ["openssl", "ts", "-verify", "-data", text, "-in", stamp, "-CAfile", trusted]
        found = {True: 0, False: 0}
        for at in range(0, len(good), 7):
            changed = bytearray(good)
            changed[at] ^= 1 << at % 8
            stamp.write_bytes(changed)
            done = subprocess.run([pioneer.BIN / "pioneer", "audit", "verify", stick, "--tsa-ca", trusted, "--json"], text=True, capture_output=True,
                                  timeout=60, check=False)
            told = json.loads(done.stdout)
            self.assertEqual((done.returncode, told["ok"]), (0, True) if told["ok"] else (1, False), at)
            found[told["ok"]] += 1
            if told["ok"]:
                self.assertEqual(subprocess.run(holds, capture_output=True, timeout=60, check=False).returncode, 0, f"byte {at} was taken for good")
            else:
                self.assertEqual(told["file"], f"stamps/{size}.tsr")
                self.assertTrue(told["reason"], at)
        self.assertGreater(found[False], found[True], "most of a stamp is what was signed, and the signature")

    def test_the_next_one_comes_when_its_time_has_come(self):
        """A minute in place of a day, which settings may say, too."""
        server = self.serve(self.stamps, every="1 min")
        first = pioneer.until(lambda: self.get("stamps").decode().split())
        self.assertEqual((len(first), server.asked), (1, 1))
        self.pioneer.stop()
        self.pioneer.token("Ann Audit", "auditor", "3502")  # the log grows
        self.pioneer.start()
        both = pioneer.until(lambda: len(sizes := self.get("stamps").decode().split()) == 2 and sizes, seconds=150)
        self.assertEqual(both[0], first[0])
        self.assertGreater(int(both[1]), int(first[0]))
        self.assertEqual(server.asked, 2)
        times = []
        for size in both:
            (self.folder / "stamp").write_bytes(self.get(f"stamps/{size}.tsr"))
            told = openssl("ts", "-reply", "-in", self.folder / "stamp", "-text").decode()
            times.append(datetime.datetime.strptime(told.split("Time stamp: ")[1].split("\n")[0], "%b %d %H:%M:%S %Y GMT"))
        self.assertGreaterEqual((times[1] - times[0]).total_seconds(), 60)

    def refuses(self, answer, words: str, certificates: str = "") -> None:
        self.serve(answer, certificates)
        self.until_told(words)
        self.assertEqual(self.get("stamps"), b"")
        self.pioneer.stop()

    def test_garbage_is_none(self):
        self.refuses(witness.says(200, b"\x30\x82 garbage"), "no time stamp")

    def test_a_stamp_of_something_else_is_none(self):
        other = self.authority.answer(openssl("ts", "-query", "-data", self.authority.folder / "ca.pem", "-sha256", "-cert"))
        self.refuses(witness.says(200, other), "not good")

    def test_a_refusal_is_told(self):
        self.refuses(lambda handler, _: witness.says(200, self.authority.answer(b"\x30\x03\x02\x01\x01"))(handler, _), "refused")

    def test_an_authority_that_nobody_trusts_is_none(self):
        other = Authority(self.folder / "other")
        self.refuses(self.stamps, "not good", certificates=str(other.folder / "ca.pem"))

    def test_an_answer_without_end_is_none(self):
        self.refuses(witness.never_ends, "does not end")


if __name__ == "__main__":
    unittest.main()
