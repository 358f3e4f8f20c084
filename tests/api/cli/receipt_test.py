"""A receipt is fetched, checked offline and told in words; one that was changed is refused with a sentence."""
import base64
import json
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import note_key  # noqa: E402
import pioneer  # noqa: E402
import witness  # noqa: E402


class Receipts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.key = cls.pioneer.command("keys", "show", "--verifier").strip()
        cls.size = int(json.loads(cls.pioneer.command("log", "info", "--json"))["position"])

    def run_in_folder(self, *arguments: str, expect: int) -> subprocess.CompletedProcess:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments], cwd=self.folder, text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def receipt(self, position: int) -> pathlib.Path:
        file = self.folder / f"pioneer-{position}.tlog-proof"
        file.unlink(missing_ok=True)
        self.run_in_folder("receipt", "get", str(position), "--data", "data", expect=0)
        return file

    def verify(self, file, *more: str, expect: int = 0) -> str:
        return self.run_in_folder("receipt", "verify", str(file), "--verifier", self.key, *more, expect=expect).stdout

    def test_a_receipt_says_what_it_proves(self):
        file = self.receipt(self.size - 1)
        told = self.verify(file)
        self.assertTrue(told.startswith("Good: "), told)
        for word in ("organisation/", "OrganisationRegistered", "recorded   20", f"in a log of {self.size} records",
                     "signed by  " + self.key.split("+", maxsplit=1)[0], "nobody whose key was given"):
            self.assertIn(word, told)
        found = json.loads(self.verify(file, "--json"))
        self.assertEqual((found["ok"], found["position"], found["size"], found["cosigners"]), (True, str(self.size - 1), str(self.size), []))
        self.assertEqual(found["streams"][0]["events"], ["OrganisationRegistered"])
        record = base64.b64decode(file.read_text(encoding="utf-8").split("\n")[1].removeprefix("extra "), validate=True)
        self.assertEqual(record[:5], b"PREC\x01")
        # A log's own folder knows its key, and any position has a receipt.
        for position in range(self.size):
            self.assertIn("Good: ", self.run_in_folder("receipt", "verify", self.receipt(position).name, "--data", "data", expect=0).stdout)

    def test_receipts_that_others_made_are_good(self):
        golden = pioneer.ROOT / "tests/golden/receipts"
        key = str(golden / "keys.txt")
        files = sorted(golden.glob("*.tlog-proof"))
        self.assertGreaterEqual(len(files), 4)
        cosigned = 0
        for file in files:
            told = json.loads(self.run_in_folder("receipt", "verify", str(file), "--verifier", key, "--json", expect=0).stdout)
            self.assertEqual(told["position"], file.name.split(".", maxsplit=1)[0])
            self.assertEqual({one["name"] for one in told["cosigners"]} - {"witness.example/archive", "witness.example/university"}, set())
            cosigned += len(told["cosigners"])
            shutil.copy(file, self.folder / "theirs")
            (self.folder / "theirs").write_text(file.read_text(encoding="utf-8").replace("\nindex ", "\nindex 1"), encoding="utf-8")
            self.run_in_folder("receipt", "verify", "theirs", "--verifier", key, expect=1)
        self.assertGreater(cosigned, 0)

    def test_what_was_changed_is_refused_with_a_sentence(self):
        good = self.receipt(1).read_text(encoding="utf-8")
        lines = good.split("\n")
        for changed, words in ((good.replace("index 1", "index 2"), "do not lead to the root"), (good.replace("index 1", "index 01"), "leading zeros"),
                               ("\n".join([*lines[:3], *lines[4:]]), "hashes"), (good[:-9] + "A" + good[-8:], "text or the signature was changed"),
                               (good[:100], "at which index"), (good.replace("@v1", "@v2", 1), "first line"), (good.replace(lines[1], "extra AAAA"), "do not lead to the root")):
            bad = self.folder / "bad.tlog-proof"
            bad.write_text(changed, encoding="utf-8")
            told = self.verify(bad, expect=1)
            self.assertTrue(told.startswith("BAD: "), told)
            self.assertIn(words, told)
            self.assertFalse(json.loads(self.verify(bad, "--json", expect=1))["ok"])

    def test_what_is_no_receipt_is_not_called_a_bad_one(self):
        for content in (b"", b"\xff\xd8\xff\xe0 a photo", b"hello\n", b"\x00" * 200_000, b"PK" + b"-" * 10):
            other = self.folder / "other"
            other.write_bytes(content)
            self.assertIn("CANNOT TELL: This is no receipt", self.verify(other, expect=3))
        self.assertIsNone(json.loads(self.verify(self.folder / "data" / "keys" / "log-verifier", "--json", expect=3))["ok"])

    def test_another_key_another_log_and_no_key(self):
        file = self.receipt(1)
        other = self.enterContext(pioneer.Pioneer())
        other.make()
        key = other.command("keys", "show", "--verifier").strip()
        self.assertIn("No key that was given signed this", self.run_in_folder("receipt", "verify", str(file), "--verifier", key, expect=3).stdout)
        self.assertIn("Say whose signature counts", self.run_in_folder("receipt", "verify", str(file), expect=2).stderr)
        self.assertIn("no verifier key", self.run_in_folder("receipt", "verify", str(file), "--verifier", "nonsense", expect=2).stderr)
        self.assertIn("not there", self.run_in_folder("receipt", "verify", "nowhere", "--verifier", key, expect=3).stderr)

    def test_where_nothing_stands_there_is_no_receipt(self):
        self.assertIn("none stands at this position", self.run_in_folder("receipt", "get", str(self.size), "--data", "data", expect=1).stderr)
        self.assertIn("no log", self.run_in_folder("receipt", "get", "0", "--to", "none", "--data", "nowhere", expect=3).stderr)
        self.assertFalse((self.folder / f"pioneer-{self.size}.tlog-proof").exists())

    def test_a_file_that_is_there_is_not_written_over(self):
        file = self.receipt(0)
        self.addCleanup(file.unlink)
        kept = file.read_bytes()
        for wanted in (["0"], ["1", "--to", file.name]):
            self.assertIn("exists already", self.run_in_folder("receipt", "get", *wanted, "--data", "data", expect=3).stderr)
        self.assertEqual(file.read_bytes(), kept)

    def test_a_receipt_made_beside_a_server_would_sign_beside_it(self):
        copy = self.enterContext(pioneer.Pioneer())
        shutil.copytree(self.pioneer.data, copy.data)
        copy.start()
        self.assertIn("another process holds this lock", self.run_in_folder("receipt", "get", "0", "--to", "none", "--data", str(copy.data), expect=3).stderr)


PRODUCT = {"title": "Free haircuts", "description": "Just come", "kind": "service", "capacity": 2, "maxPerMember": 1, "waitlist": True,
           "sessions": [{"starts": "2099-05-01T08:00:00Z", "ends": "2099-05-01T12:00:00Z", "venue": "Town hall"}]}
REQUEST = {"title": "Dark gate", "description": "Its lamp is out", "category": "repair"}


class Served(unittest.TestCase):
    """Receipts of a running server."""

    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.folder = pathlib.Path(self.pioneer.folder.name)
        self.pioneer.make()
        self.key = self.pioneer.command("keys", "show", "--verifier").strip()
        self.tokens = {name: self.pioneer.token(name, role, "350206001001") for name, role in (("Ben", "member"), ("Grace", "cadre"))}

    def serve(self, data: pathlib.Path | None = None) -> None:
        self.pioneer.data = data or self.pioneer.data
        self.pioneer.start()
        self.ben, self.grace = (self.pioneer.client(self.tokens[name]) for name in ("Ben", "Grace"))
        self.community = self.ben.get("/api/v1/me")["organisation"]["id"]

    def run_in_folder(self, *arguments: str, expect: int = 0) -> str:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments], cwd=self.folder, text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def ask(self, wish: str) -> int:
        self.ben.call("POST", "/api/v1/requests", {**REQUEST, "organisation": self.community}, headers={"Pioneer-Receipt": wish})
        return int(self.ben.headers["Pioneer-Position"])

    def get(self, position: int, to: str, who: str = "Ben", expect: int = 0) -> str:
        return self.run_in_folder("receipt", "get", str(position), "--to", to, "--server", f"http://127.0.0.1:{self.pioneer.port}",
                                  "--token", self.tokens[who], expect=expect)


class Promises(Served):
    """What a running server promises, and what its receipts say of it."""

    def judged(self, *evidence: str, expect: int = 0) -> dict:
        return json.loads(self.run_in_folder("receipt", "breach", "promise", *evidence, "--verifier", self.key, "--json", expect=expect))

    def test_what_a_member_was_promised_and_got(self):
        self.serve()
        position = self.ask("promise")
        (self.folder / "promise").write_text(self.ben.headers["Pioneer-Promise"] + "\n", encoding="utf-8")
        self.assertIn("Wrote mine.", self.get(position, "mine"))
        self.assertIn("A request for help was submitted.", self.run_in_folder("receipt", "verify", "mine", "--verifier", self.key))
        self.get(position, "not-mine", "Grace", expect=1)
        self.assertFalse((self.folder / "not-mine").exists())
        found = self.judged("mine")
        self.assertEqual((found["breach"], found["finding"], found["position"]), (False, "there", str(position)))
        note = base64.b64decode((self.folder / "promise").read_text(encoding="utf-8").strip(), validate=True)
        self.assertTrue(note.decode().split("\n")[0].endswith("/promise"), note)
        (self.folder / "promise").write_bytes(note)
        self.assertEqual(self.judged("mine")["finding"], "there", "as a note too")
        # What is no receipt is told as what it is, with the command that judges it.
        for name, form in (("promise.note", note), ("promise.header", base64.b64encode(note))):
            (self.folder / name).write_bytes(form)
            told = self.run_in_folder("receipt", "verify", name, "--verifier", self.key, expect=3)
            self.assertTrue(told.startswith("CANNOT TELL: This is a promise"), told)
            self.assertIn("`pioneer receipt breach", told)
        self.pioneer.stop()

    def test_a_fork_breaks_what_was_promised(self):
        fork = self.folder / "fork"
        shutil.copytree(self.pioneer.data, fork)
        self.serve()
        position = self.ask("promise, refusal")
        (self.folder / "promise").write_text(self.ben.headers["Pioneer-Promise"], encoding="utf-8")
        self.pioneer.stop()
        self.serve(fork)
        self.assertEqual(self.ask("promise"), position)
        (self.folder / "other").write_bytes(base64.b64decode(self.ben.headers["Pioneer-Promise"]))
        self.get(position, "theirs")
        self.pioneer.stop()
        (self.folder / "other.header").write_bytes(base64.b64encode((self.folder / "other").read_bytes()))
        for evidence in ("theirs", "other", "other.header"):
            self.assertEqual(self.judged(evidence, expect=1)["finding"], "breach")
        told = self.run_in_folder("receipt", "breach", "promise", "theirs", "--verifier", self.key, expect=1)
        self.assertTrue(told.startswith("BREACH: Another record"), told)
        shutil.copy(fork / "checkpoints" / "checkpoint", self.folder / "checkpoint")
        self.assertEqual(self.judged("checkpoint")["finding"], "open", "it is large enough, and says not what stands there")
        self.assertIn("not there", self.run_in_folder("receipt", "breach", "nowhere", "theirs", "--verifier", self.key, expect=3))
        self.assertIn("theirs: ", self.run_in_folder("receipt", "breach", "theirs", "theirs", "--verifier", self.key, expect=3))

    def test_a_refusal_is_receipted(self):
        self.pioneer.command("log", "raise-level")
        self.serve()
        product = self.grace.post("/api/v1/products", {**PRODUCT, "organisation": self.community})["id"]
        self.grace.post(f"/api/v1/products/{product}/publish")
        key = "11111111-1111-4111-8111-111111111111"
        refusals = []
        for _ in range(2):
            with self.assertRaises(pioneer.Refused) as refused:
                self.ben.call("POST", f"/api/v1/products/{product}/claims", {"places": 2}, key, {"Pioneer-Receipt": "refusal"})
            refusals.append((refused.exception.code, self.ben.headers["Pioneer-Position"]))
        self.assertEqual(refusals[0], refusals[1])
        self.assertEqual(refusals[0][0], "too_many_places")
        self.get(int(refusals[0][1]), "refusal")
        told = self.run_in_folder("receipt", "verify", "refusal", "--verifier", self.key)
        self.assertIn("A wish was refused by a rule.", told)
        self.assertIn("CommandRefused", told)
        self.assertIn(f"refused    PlaceClaim, by the rule too_many_places, for its places, about product/{product}\n", told)
        told = json.loads(self.run_in_folder("receipt", "verify", "refusal", "--verifier", self.key, "--json"))
        self.assertEqual(told["refused"], {"command": "PlaceClaim", "code": "too_many_places", "field": "places", "stream": f"product/{product}"})
        # It survives, and every reader of the log knows it.
        self.pioneer.kill()
        self.serve()
        with self.assertRaises(pioneer.Refused):
            self.ben.call("POST", f"/api/v1/products/{product}/claims", {"places": 2}, key)
        self.assertEqual(self.ben.headers["Pioneer-Position"], refusals[0][1])
        self.pioneer.stop()
        self.pioneer.command("verify")
        self.pioneer.command("replay")
        # Who was refused, and what they asked for, is not in the log: an auditor learns that some are refused so.
        stick = str(self.folder / "refusing-stick")
        self.pioneer.command("audit", "mirror", "--to", stick)
        why = json.loads(pioneer.run("audit", "why", stick, "refusal/", "--json"))["commits"]
        again = [commit["again"] for commit in why if commit["position"] == refusals[0][1]]
        self.assertEqual([(one["command"], one["verdict"]) for one in again], [("refused PlaceClaim", "possible")])
        self.assertIn("2 are refused so; which it was is not in the log", again[0]["reason"])


class Witnessed(Served):
    """Receipts of a server that has a witness."""

    def setUp(self):
        super().setUp()
        self.one = witness.Witness(self.folder / "w", "w.example")
        self.addCleanup(self.one.kill)
        self.one.start(self.key)
        self.pioneer.settings = f"witnesses:\n  - {{url: \"{self.one.url}\", key: \"{self.one.key}\"}}\n"

    def told(self, file: str, *keys: str, expect: int = 0) -> dict:
        given = [text for key in (self.key, *keys) for text in ("--verifier", key)]
        return json.loads(self.run_in_folder("receipt", "verify", file, "--json", *given, expect=expect))

    def signers(self, file: str) -> list[str]:
        told = self.told(file, self.one.key)
        self.assertEqual(told["clocksDiffer"], [])
        for one in told["cosigners"]:
            self.assertGreater(one["at"], told["recordedAt"][:16], "the same minute, or a later one")
        return [one["name"] for one in told["cosigners"]]

    def test_a_receipt_says_that_a_clock_was_wrong(self):
        self.serve()
        position = self.ask("promise")
        pioneer.until(lambda: self.ben.get(f"/api/v1/receipts/{position}")["witnesses"] == 1)
        self.get(position, "in-time")
        self.pioneer.stop()
        note = (self.folder / "in-time").read_text(encoding="utf-8")
        text = note_key.text_of(note.split("\n\n", 1)[1])
        hour = note_key.NoteKey(self.one.state / "witness-signing").cosignature(text, int(time.time()) - 3_600)
        (self.folder / "hour").write_text(note + hour, encoding="utf-8")
        told = self.told("hour", self.one.key)
        self.assertEqual((told["ok"], len(told["clocksDiffer"])), (True, 1))
        words = self.run_in_folder("receipt", "verify", "hour", "--verifier", self.key, "--verifier", self.one.key)
        self.assertRegex(words, "  clocks     The witness \"w.example\" says that this was signed 3,?[56]\\d\\d seconds before .*: one of the two clocks was wrong")
        self.assertEqual(self.told("hour")["clocksDiffer"], [], "whose key was not given, says nothing")

    def test_a_receipt_names_who_cosigned(self):
        self.serve()
        position = self.ask("promise")
        # Ours may sign a second before the witness does.
        view = pioneer.until(lambda: (now := self.ben.get(f"/api/v1/receipts/{position}"))["state"] == "in_log" and now["witnesses"] == 1 and now)
        self.assertEqual(view["origin"], self.key.split("+")[0])
        self.assertGreater(int(view["checkpointSize"]), position)
        self.get(position, "mine")
        self.assertEqual(self.signers("mine"), ["w.example"])
        self.assertEqual(self.told("mine")["cosigners"], [])
        words = self.run_in_folder("receipt", "verify", "mine", "--verifier", self.key, "--verifier", self.one.key)
        self.assertRegex(words, "  cosigned   w.example, on 20..-..-..T.*Z by its clock\n")
        self.assertNotIn("clocks", words)
        # The newest checkpoint is not the witnessed one for long; a receipt stays under what covers it.
        self.one.kill()
        later = self.ask("promise")
        pioneer.until(lambda: self.ben.get(f"/api/v1/receipts/{later}")["state"] == "in_log")
        self.assertEqual(self.ben.get(f"/api/v1/receipts/{later}")["witnesses"], 0)
        self.get(position, "again")
        self.assertEqual(self.signers("again"), ["w.example"])
        self.pioneer.stop()
        self.run_in_folder("receipt", "get", str(position), "--to", "from-directory", "--data", str(self.pioneer.data))
        self.assertEqual(self.signers("from-directory"), ["w.example"])
        note = (self.folder / "mine").read_text(encoding="utf-8")
        at = note.index("— w.example ") + 40
        (self.folder / "changed").write_text(note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1:], encoding="utf-8")
        self.assertEqual(self.told("changed", self.one.key, expect=1)["code"], "bad_signature")
        self.assertEqual(self.told("changed")["cosigners"], [])


if __name__ == "__main__":
    unittest.main()
