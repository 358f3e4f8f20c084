"""Witnesses that lie, hang or say too much: the server serves and signs as before, and counts only what is true."""
import base64
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402
import witness  # noqa: E402


class LyingWitnesses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.log_key = cls.pioneer.command("keys", "show", "--verifier").strip()
        cls.honest = witness.Witness(cls.folder / "honest", "honest.example")
        cls.honest.start(cls.log_key)
        cls.addClassCleanup(cls.honest.kill)

    def tearDown(self):
        if self.pioneer.process is not None:
            self.pioneer.kill()

    def start(self, need: int, *witnesses: tuple[str, str]) -> None:
        listed = "".join(f"  - {{url: \"{url}\", key: \"{key}\"}}\n" for url, key in witnesses)
        self.pioneer.settings = f"witnesses:\n{listed}witness_policy: {{need: {need}}}\n"
        self.pioneer.start()

    def witnessed(self) -> dict:
        return self.pioneer.client().get("/readyz")["witnessed"]

    def until_told(self, words: str) -> str:
        """Reads what the server says until it says that."""
        assert self.pioneer.process is not None and self.pioneer.process.stdout is not None
        while True:
            line = self.pioneer.process.stdout.readline()
            if not line or words in line:
                self.assertIn(words, line)
                return line

    def with_lying(self, answer, *, words: str, other: witness.Witness | None = None):
        """The honest witness's signature counts, and this one's does not; what it does is told."""
        other = other or witness.Witness(self.folder / "other", "other.example")
        lying = witness.Lying(answer)
        self.addCleanup(lying.end)
        self.start(1, (lying.url, other.key), (self.honest.url, self.honest.key))
        status = pioneer.until(lambda: (now := self.witnessed())["size"] != "0" and now)
        self.assertEqual((status["needed"], status["have"]), (1, 1))
        self.until_told(words)
        self.assertEqual(self.witnessed()["have"], 1)
        self.assertGreaterEqual(lying.asked, 1)
        with_lines = self.pioneer.client().get("/log/witnessed").decode()
        self.assertEqual(re.findall("— (\\S+) ", with_lines), [self.log_key.split("+")[0], "honest.example"])
        self.pioneer.stop()

    def test_garbage(self):
        self.with_lying(witness.says(200, b"\0\xff" * 700), words="no signature")

    def test_a_signature_of_its_own_over_something_else(self):
        line = "— other.example " + base64.b64encode(bytes(4 + 8 + 64)).decode() + "\n"
        self.with_lying(witness.says(200, line.encode()), words="did not sign this checkpoint")

    def test_a_signature_with_one_bit_changed(self):
        real = witness.Witness(self.folder / "other", "other.example")
        real.start(self.log_key)
        self.addCleanup(real.kill)

        def flip(text: bytes) -> bytes:
            dash, name, coded = text.decode().split(" ")
            raw = bytearray(base64.b64decode(coded))
            raw[-1] ^= 1
            return f"{dash} {name} {base64.b64encode(raw).decode()}\n".encode()
        self.with_lying(witness.changes(real.url, flip), other=real, words="is not over this checkpoint")

    def test_a_signature_with_another_time(self):
        real = witness.Witness(self.folder / "other", "other.example")
        real.start(self.log_key)
        self.addCleanup(real.kill)

        def later(text: bytes) -> bytes:
            dash, name, coded = text.decode().split(" ")
            raw = bytearray(base64.b64decode(coded))
            raw[4:12] = struct.pack(">Q", struct.unpack(">Q", raw[4:12])[0] + 86400)
            return f"{dash} {name} {base64.b64encode(raw).decode()}\n".encode()
        self.with_lying(witness.changes(real.url, later), other=real, words="is not over this checkpoint")

    def with_a_clock(self, ahead_s: int, words: str) -> None:
        """Its signature is good, and its clock is not: that counts for nothing, and is told."""
        other = witness.Witness(self.folder / "other", "other.example")
        self.with_lying(witness.signs_at(other, lambda: int(time.time()) + ahead_s), other=other, words=words)

    def test_a_clock_an_hour_ahead(self):
        self.with_a_clock(3_600, "ahead of this machine's clock: one of the two clocks is wrong")

    def test_a_clock_an_hour_behind(self):
        self.with_a_clock(-3_600, "behind this machine's clock: one of the two clocks is wrong")

    def test_a_size_that_it_cannot_know(self):
        self.with_lying(witness.says(409, b"99999999\n", "text/x.tlog.size"), words="says that it has signed 99999999 records")
        self.assertNotIn("reason", self.witnessed_after_start())

    def witnessed_after_start(self) -> dict:
        self.start(1, (self.honest.url, self.honest.key))
        return self.witnessed()

    def test_no_size_at_all(self):
        self.with_lying(witness.says(409, b"007\n"), words="status 409")

    def test_a_refusal(self):
        self.with_lying(witness.says(403, b"I do not like you\n"), words="I do not like you")

    def test_an_answer_without_end(self):
        self.with_lying(witness.never_ends, words="does not end")

    def test_an_answer_that_trickles(self):
        self.with_lying(witness.slow, words="took too long")

    def test_no_answer(self):
        self.with_lying(witness.says_nothing, words="took too long")

    def test_nobody_there(self):
        other = witness.Witness(self.folder / "other", "other.example")
        self.start(2, (f"http://127.0.0.1:{witness.free_port()}", other.key), (self.honest.url, self.honest.key))
        status = pioneer.until(lambda: (now := self.witnessed())["have"] == 1 and now)
        self.assertEqual((status["needed"], status["size"]), (2, "0"))
        with self.assertRaises(pioneer.Refused) as refused:
            self.pioneer.client().get("/log/witnessed")
        self.assertEqual(refused.exception.status, 404)
        pioneer.until(lambda: "honest.example" in self.pioneer.client().get("/log/checkpoint").decode())


class LostTail(unittest.TestCase):
    def test_a_witness_proves_that_the_log_is_not_the_one_that_was_signed(self):
        with pioneer.Pioneer() as server:
            folder = pathlib.Path(server.folder.name)
            server.make()
            auditor = server.token("Otto", "auditor", "3502")
            key = server.command("keys", "show", "--verifier").strip()
            one = witness.Witness(folder / "w", "w.example")
            one.start(key)
            self.addCleanup(one.kill)
            server.settings = f"witnesses:\n  - {{url: \"{one.url}\", key: \"{one.key}\"}}\n"
            shutil.copytree(server.data, folder / "older")
            server.start()
            pioneer.until(lambda: server.client().get("/readyz")["witnessed"]["size"] != "0")
            server.stop()
            server.command("import", "organisations", "ops/demo/organisations.csv", expect=1)
            server.start()
            pioneer.until(lambda: int(server.client().get("/readyz")["witnessed"]["size"]) > 1000)
            server.stop()
            # All of it is put back to an older copy, its checkpoints too: here nothing tells, but the witness does.
            shutil.rmtree(server.data)
            shutil.copytree(folder / "older", server.data)
            shutil.copytree(folder / "older", folder / "once more")
            refused = subprocess.run([pioneer.BIN / "pioneerd", "--config", folder / "pioneerd.yaml", "--data", server.data, "--listen", "127.0.0.1:0"],
                                     text=True, capture_output=True, timeout=60, check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("pioneer log continue", refused.stderr)
            # It was down then: the log goes on, until it tells.
            port = one.port
            one.kill()
            shutil.rmtree(server.data)
            shutil.copytree(folder / "once more", server.data)
            server.start()
            self.assertEqual(server.client().get("/readyz")["witnessed"]["size"], "0")
            one.port = port
            one.start(key)
            pioneer.until(lambda: server.client().get("/readyz")["witnessed"].get("reason") == "contradicted", seconds=100)
            found = self.incidents(server, auditor)
            folder = server.data / "checkpoints"
            evidence = {file.name: file.read_text(encoding="utf-8") for file in (folder / "evidence").iterdir()}
            (told,) = found["contradictions"]
            name = told["file"].removeprefix("evidence/")
            self.assertEqual(sorted(evidence), [name, name + ".ours", name + ".seen"])
            self.assertEqual((told["note"], told["ourNote"]), (evidence[name], evidence[name + ".ours"]))
            for note, size, root in ((told["note"], told["size"], told["root"]), (told["ourNote"], told["ourSize"], told["ourRoot"])):
                self.assertEqual(note.split("\n")[:3], [key.split("+")[0], size, root])
            self.assertEqual((told["witness"], told["stands"]), ("w.example", True))
            self.assertGreater(int(told["size"]), 1000)
            # What was signed here goes on, and is written over: what was kept of then stays. After a start without the witness, too.
            server.stop()
            one.kill()
            server.start()
            self.assertTrue(any("does not lead to the checkpoint" in line for line in server.said), server.said)
            self.assertEqual(server.client().get("/readyz")["witnessed"]["reason"], "contradicted")
            pioneer.until(lambda: "pioneer_contradicting_checkpoints 1" in server.client().get("/metrics").decode())
            self.assertEqual(self.incidents(server, auditor)["contradictions"], [told])
            # An auditor proves it with both notes and nothing else.
            stick = pathlib.Path(server.folder.name) / "stick"
            server.command("audit", "mirror", "--to", str(stick))
            (stick.parent / "theirs").write_text(told["note"], encoding="utf-8")
            pioneer.run("audit", "verify", str(stick), "--checkpoint", str(stick.parent / "theirs"), expect=1)
            server.stop()

    @staticmethod
    def incidents(server: pioneer.Pioneer, auditor: str) -> dict:
        return server.client(auditor).get("/api/v1/log/incidents")


class OldCopy(unittest.TestCase):
    """A copy from before the key was changed knows nothing of the new key: what the witness holds proves nothing there, and is told."""

    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.make()
        self.folder = pathlib.Path(self.pioneer.folder.name)
        self.witness = witness.Witness(self.folder / "witness", "witness.example")
        self.addCleanup(self.witness.kill)

    def served(self, *keys: str) -> None:
        """A run in which the log grows and the witness, which knows these keys, signs that."""
        self.witness.kill()
        self.witness.start(*keys)
        self.pioneer.settings = f'witnesses: [{{url: "{self.witness.url}", key: "{self.witness.key}"}}]\nwitness_policy: {{need: 1}}\n'
        self.pioneer.start()
        client = self.pioneer.client()
        at = int(client.get("/readyz")["position"])
        pioneer.until(lambda: int(client.get("/readyz")["witnessed"]["size"]) > at)
        self.pioneer.stop()

    def keys(self) -> list[str]:
        return self.pioneer.command("keys", "show", "--verifier").splitlines()

    def test_a_witness_that_has_seen_more_is_told_by_readyz(self):
        self.served(*self.keys())
        backup = self.folder / "backup"
        shutil.copytree(self.pioneer.data, backup)
        self.pioneer.command("keys", "rotate")
        self.served(*self.keys())
        self.pioneer.command("keys", "rotate", "--end")
        self.served(*self.keys())
        shutil.rmtree(self.pioneer.data)
        shutil.copytree(backup, self.pioneer.data)
        self.pioneer.start()
        client = self.pioneer.client()
        pioneer.until(lambda: client.get("/readyz")["witnessed"].get("reason") == "ahead")
        self.assertTrue(client.get("/readyz")["ready"], "a witness alone stops nobody")
        self.pioneer.kill()


if __name__ == "__main__":
    unittest.main()
