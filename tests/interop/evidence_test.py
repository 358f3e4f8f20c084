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
import pioneer  # noqa: E402


class Evidence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = cls.enterClassContext(pioneer.Pioneer())
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.reader = others.go_program("evidence")
        cls.pioneer.make()
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

    def read(self, archive: pathlib.Path, key: str | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([self.reader, key or self.key, archive], text=True, capture_output=True, timeout=120, check=False)

    def test_others_come_to_our_root(self):
        done = self.read(self.archive)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), [str(self.told["entries"]), self.root])
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
