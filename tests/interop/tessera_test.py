"""Tessera and we, each about the other's log: its fsck accepts our mirror, our verifier accepts a log that it made, and both refuse what was changed."""
import base64
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import mirror_test  # noqa: E402
import others  # noqa: E402
import pioneer  # noqa: E402


def flip(file: pathlib.Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


class ItsFsck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        mirror_test.begin(cls)
        cls.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)  # one differs from what make() wrote
        cls.to = cls.folder / "stick"
        cls.told = mirror_test.mirror(cls.pioneer, cls.to)

    def fsck(self, folder, expect=0):
        return others.asked(others.go_program("tessera"), "fsck", self.told["verifier"], folder, 3, expect=expect)

    def test_accepts_our_mirror_and_one_that_went_on(self):
        self.assertEqual(json.loads(self.fsck(self.to).stdout)["entries"], int(self.told["position"]))
        self.pioneer.token("Ann Other", "member", "3502")
        grown = mirror_test.mirror(self.pioneer, self.to)
        self.assertGreater(int(grown["position"]), int(self.told["position"]))
        self.assertEqual(json.loads(self.fsck(self.to).stdout)["entries"], int(grown["position"]))

    def test_refuses_what_was_changed(self):
        for name, at in {"tile/entries/001": 1000, "tile/0/002": 70, "checkpoint": 40}.items():
            copy = self.folder / "changed"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.to, copy)
            flip(copy / name, at)
            self.fsck(copy, expect=1)


class ItsLog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="pioneer-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def made(self, name: str, entries: int, size: int):
        to = self.folder / name
        told = json.loads(others.asked(others.go_program("tessera"), "make", to, entries, size).stdout)
        return to, told["verifier"]

    def verify(self, folder, verifier, *more, expect=0):
        done = others.asked(pioneer.BIN / "pioneer", "audit", "verify", folder, "--verifier", verifier, "--json", *more, expect=expect)
        return json.loads(done.stdout)

    def test_is_accepted_by_us_to_the_same_root(self):
        for name, entries, size in (("one", 1, 1), ("small", 1000, 100), ("parts", 70_000, 20)):
            to, verifier = self.made(name, entries, size)
            found = self.verify(to, verifier, "--any-entries")
            lines = (to / "checkpoint").read_text(encoding="utf-8").split("\n")
            self.assertEqual((found["position"], found["proven"]), (lines[1], lines[1]))
            self.assertEqual(base64.b64encode(bytes.fromhex(found["root"])).decode(), lines[2])
            self.assertEqual(int(lines[1]), entries)
            self.assertNotIn("recordedAt", found)

    def test_is_no_log_of_ours(self):
        to, verifier = self.made("foreign", 10, 100)
        found = self.verify(to, verifier, expect=1)
        self.assertEqual((found["code"], found["entry"]), ("entry_damaged", "0"))

    def test_is_refused_where_it_was_changed_and_the_place_is_told(self):
        to, verifier = self.made("changed", 1000, 100)
        for name, at, code, entry in (("tile/entries/001", 5 * 102 + 50, "entry_differs", "261"), ("tile/0/002", 70, "tile_differs", None),
                                      ("tile/entries/003.p/232", 7 * 102 + 2, "entry_differs", "775"), ("checkpoint", 5, None, None)):
            copy = self.folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(to, copy)
            flip(copy / name, at)
            found = self.verify(copy, verifier, "--any-entries", expect=1)
            self.assertEqual(found["file"], name)
            if code:
                self.assertEqual(found["code"], code)
            if entry:
                self.assertEqual((found["entry"], found["byte"]), (entry, at // 102 * 102))


if __name__ == "__main__":
    unittest.main()
