"""A receipt is fetched, checked offline and told in words; one that was changed is refused with a sentence."""
import base64
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import pioneer  # noqa: E402


class Receipts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer()
        cls.addClassCleanup(cls.pioneer.__exit__, None, None, None)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.pioneer.make()
        cls.key = cls.pioneer.command("keys", "show", "--verifier").strip()
        cls.size = int(json.loads(cls.pioneer.command("log", "info", "--json"))["position"])

    def run_in_folder(self, *arguments: str, expect: int) -> subprocess.CompletedProcess:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments], cwd=self.folder, text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def receipt(self, position: int) -> pathlib.Path:
        self.run_in_folder("receipt", "get", str(position), "--data", "data", expect=0)
        return self.folder / f"pioneer-{position}.tlog-proof"

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

    def test_what_was_changed_is_refused_with_a_sentence(self):
        good = self.receipt(1).read_text(encoding="utf-8")
        lines = good.split("\n")
        for changed, words in ((good.replace("index 1", "index 2"), "do not lead to the root"), (good.replace("index 1", "index 01"), "leading zeros"),
                               ("\n".join([*lines[:3], *lines[4:]]), "hashes"), (good[:-9] + "A" + good[-8:], "text or the signature was changed"),
                               (good[:100], "base64"), ("", "first line"), (good.replace(lines[1], "extra AAAA"), "do not lead to the root")):
            bad = self.folder / "bad.tlog-proof"
            bad.write_text(changed, encoding="utf-8")
            told = self.verify(bad, expect=1)
            self.assertTrue(told.startswith("BAD: "), told)
            self.assertIn(words, told)
            self.assertFalse(json.loads(self.verify(bad, "--json", expect=1))["ok"])

    def test_another_key_another_log_and_no_key(self):
        file = self.receipt(1)
        other = self.enterContext(pioneer.Pioneer())
        other.make()
        key = other.command("keys", "show", "--verifier").strip()
        self.assertIn("No key that was given signed this", self.run_in_folder("receipt", "verify", str(file), "--verifier", key, expect=1).stdout)
        self.assertIn("Say whose signature counts", self.run_in_folder("receipt", "verify", str(file), expect=2).stderr)
        self.assertIn("no verifier key", self.run_in_folder("receipt", "verify", str(file), "--verifier", "nonsense", expect=2).stderr)
        self.assertIn("not there", self.run_in_folder("receipt", "verify", "nowhere", "--verifier", key, expect=3).stderr)

    def test_where_nothing_stands_there_is_no_receipt(self):
        self.assertIn("none stands at this position", self.run_in_folder("receipt", "get", str(self.size), "--data", "data", expect=1).stderr)
        self.assertIn("no log", self.run_in_folder("receipt", "get", "0", "--data", "nowhere", expect=3).stderr)
        self.assertFalse((self.folder / f"pioneer-{self.size}.tlog-proof").exists())

    def test_a_receipt_made_beside_a_server_would_sign_beside_it(self):
        copy = self.enterContext(pioneer.Pioneer())
        shutil.copytree(self.pioneer.data, copy.data)
        copy.start()
        self.assertIn("another process holds this lock", self.run_in_folder("receipt", "get", "0", "--data", str(copy.data), expect=3).stderr)


if __name__ == "__main__":
    unittest.main()
