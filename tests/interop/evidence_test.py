"""Evidence, checked by golang.org/x/mod/sumdb and transparency-dev/merkle alone, and time stamps by openssl."""
import json
import pathlib
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import others  # noqa: E402
import outside_test  # noqa: E402
import pioneer  # noqa: E402


class Evidence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.reader = others.go_program("evidence")
        stick = ("audit", "mirror", "--to", str(cls.folder / "stick"))
        cls.pioneer.command(*stick)
        cls.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)  # one differs from what make() wrote
        cls.pioneer.command(*stick)
        cls.key = cls.pioneer.command("keys", "show", "--verifier").strip()
        cls.archive = cls.folder / "organisations.zip"
        cls.told = json.loads(pioneer.run("audit", "evidence", str(cls.folder / "stick"), "--stream", "organisation/", "--out", str(cls.archive),
                                          "--json"))
        checked = json.loads(pioneer.run("audit", "evidence-check", str(cls.archive), "--verifier", cls.key, "--json"))
        assert checked["ok"], checked
        cls.root = checked["root"]

    def read(self, archive: pathlib.Path) -> subprocess.CompletedProcess:
        return subprocess.run([self.reader, archive, self.key], text=True, capture_output=True, timeout=120, check=False)

    def test_others_come_to_our_root(self):
        done = self.read(self.archive)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), [str(self.told["entries"] + self.told["related"]), self.root])
        self.assertGreater(self.told["entries"], 300)
        self.assertGreater(self.told["checkpoints"], 1)

    def test_a_changed_byte_is_caught_by_them_too(self):
        with zipfile.ZipFile(self.archive) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        chosen = [name for name in files if name.startswith(("entries/", "proofs/", "checkpoints/")) or name == "checkpoint"]
        for name in chosen[:: max(len(chosen) // 40, 1)]:
            data = files[name]
            if not data:
                continue
            at = len(data) // 2
            other = self.folder / "changed.zip"
            with zipfile.ZipFile(other, "w") as archive:
                for each, content in files.items():
                    archive.writestr(each, data[:at] + bytes([data[at] ^ 1]) + data[at + 1:] if each == name else content)
            self.assertEqual(self.read(other).returncode, 1, name)
            pioneer.run("audit", "evidence-check", str(other), "--verifier", self.key, expect=1)


class WithOutsiders(unittest.TestCase):
    """Of a log that changed its key, has a witness, and is stamped."""

    @classmethod
    def setUpClass(cls):
        outside_test.begin(cls)
        cls.reader = others.go_program("evidence")
        cls.archives = {}
        for folder in (cls.local, cls.fetched):
            cls.archives[folder] = folder.with_suffix(".zip")
            pioneer.run("audit", "evidence", str(folder), "--stream", "organisation/", "--out", str(cls.archives[folder]), *cls.keys)

    def check(self, archive: pathlib.Path, *keys: str, expect: int = 0) -> dict:
        given = [text for key in keys for text in ("--verifier", key)]
        return json.loads(others.asked(pioneer.BIN / "pioneer", "audit", "evidence-check", archive, "--json", *given, expect=expect).stdout)

    def changed(self, archive: pathlib.Path, name: str, change) -> pathlib.Path:
        other = self.folder / "changed.zip"
        with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
            for each in old.namelist():
                new.writestr(each, change(old.read(each)) if each == name else old.read(each))
        return other

    def test_we_and_others_tell_who_cosigned(self):
        both = (self.first_key, self.second_key)
        for archive in self.archives.values():
            alone, told = self.check(archive, *both), self.check(archive, *both, self.one.key)
            self.assertEqual((alone["ok"], alone["cosigned"], alone["cosigners"]), (True, False, []))
            self.assertEqual((told["ok"], told["cosigned"], [one["name"] for one in told["cosigners"]]), (True, True, ["w.example"]))
            self.assertEqual((told["stamps"], told["keyHistory"]), (1, True))
            self.assertEqual(others.asked(self.reader, archive, *both).stdout.split()[2:], [])
            self.assertEqual(others.asked(self.reader, archive, *both, self.one.key).stdout.split()[1:], [told["root"], "w.example"])

    def test_a_witnesses_wrong_line_is_refused_by_us_and_by_others(self):
        archive = self.archives[self.fetched]
        with zipfile.ZipFile(archive) as files:
            name = next(each for each in files.namelist() if each.startswith("checkpoints/") and "— w.example ".encode() in files.read(each))

        def change(note: bytes) -> bytes:
            at = note.index("— w.example ".encode()) + 40
            return note[:at] + (b"A" if note[at:at + 1] != b"A" else b"B") + note[at + 1:]
        bad = self.changed(archive, name, change)
        found = self.check(bad, self.first_key, self.second_key, self.one.key, expect=1)
        self.assertEqual((found["code"], found["file"]), ("bad_cosignature", name))
        others.asked(self.reader, bad, self.first_key, self.second_key, self.one.key, expect=1)

    def test_what_the_earlier_key_signed_needs_that_key(self):
        archive = self.archives[self.local]  # which was begun before
        self.assertIn("give all its keys", self.check(archive, self.second_key, expect=3)["reason"])
        self.assertRegex(others.asked(self.reader, archive, self.second_key, expect=1).stderr, "^(checkpoints|stamps)/")

    def test_the_history_of_keys_is_what_the_log_signed(self):
        archive = self.archives[self.local]
        with zipfile.ZipFile(archive) as files:
            lines = files.read("key-history").decode().split("\n")
            words = files.read("README.txt").decode()
        self.assertEqual([line.split(" ")[0] for line in lines[1:3]], [self.first_key, self.second_key])
        self.assertEqual(words.count("key-history "), 2, "in both languages")
        bad = self.changed(archive, "key-history", lambda note: note.replace(b" 0 0 ", b" 1 0 ", 1))
        found = self.check(bad, self.first_key, self.second_key, expect=1)
        self.assertEqual((found["code"], found["file"]), ("bad_signature", "key-history"))
        others.asked(self.reader, bad, self.first_key, self.second_key, expect=1)

    def test_a_receipt_from_before_the_change_is_good_by_the_key_of_then(self):
        verify = (pioneer.BIN / "pioneer", "receipt", "verify", self.old_receipt)
        others.asked(*verify, *self.keys)
        others.asked(*verify, "--verifier", self.first_key)
        self.assertIn("CANNOT TELL", others.asked(*verify, "--verifier", self.second_key, expect=3).stdout)
        judge = others.go_program("receipt")
        others.asked(judge, self.first_key, self.old_receipt)
        others.asked(judge, self.second_key, self.old_receipt, expect=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
