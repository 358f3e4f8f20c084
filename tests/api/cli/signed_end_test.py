"""What a directory signed last is held against its records: one that was cut short or written anew is refused, and nothing signs for it."""
import json
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "fault"))
import forged_log  # noqa: E402
import pioneer  # noqa: E402


class SignedEnd(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.folder = pathlib.Path(self.pioneer.folder.name)
        self.pioneer.make()
        self.mirror("first")
        self.log, self.checkpoints = self.pioneer.data / "log", self.pioneer.data / "checkpoints"
        self.shorter = self.folder / "shorter"
        shutil.copytree(self.log, self.shorter)

    def said(self, *arguments: str, code: int) -> str:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments, "--data", self.pioneer.data], text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def mirror(self, name: str, code: int = 0) -> str:
        return self.said("audit", "mirror", "--to", str(self.folder / name), code=code)

    def size(self) -> int:
        return int(json.loads(self.said("verify", "--json", code=0))["position"])

    def grow(self) -> None:
        """By one record, which nobody signed."""
        self.pioneer.make()

    def forge(self) -> None:
        """A record more, as somebody would who writes the files."""
        segment, = self.log.glob("*.segment")
        forged_log.append(segment, forged_log.recorded_at(time.time_ns() // 1000))

    def signed(self) -> int:
        return int((self.checkpoints / "checkpoint").read_text(encoding="utf-8").split("\n")[1])

    def put_back(self, log: pathlib.Path) -> None:
        shutil.rmtree(self.log)
        shutil.copytree(log, self.log)

    def test_what_a_mirror_signs_is_kept_where_the_log_is(self):
        self.assertEqual(self.signed(), self.size())
        self.assertEqual((self.folder / "first/checkpoint").read_bytes(), (self.checkpoints / "checkpoint").read_bytes())
        before = self.size()
        self.grow()
        found = json.loads(self.said("verify", "--json", code=0))
        self.assertEqual((found["signed"], found["position"]), (str(before), str(before + 1)))
        self.assertIn(f"signed    {before} records, all here; 1 came after", self.said("verify", code=0))
        self.mirror("first")
        self.assertEqual(self.signed(), before + 1)
        self.assertIn(f"signed    {before + 1} records, all here\n", self.said("verify", code=0))

    def test_beside_a_server_a_mirror_takes_what_the_server_signed(self):
        self.pioneer.start()
        self.mirror("beside")
        served = (self.folder / "beside/checkpoint").read_text(encoding="utf-8")
        pioneer.run("audit", "verify", str(self.folder / "beside"))
        pioneer.until(lambda: self.signed() == self.size())
        self.assertLessEqual(int(served.split("\n")[1]), self.signed())
        self.mirror("beside")
        self.assertEqual((self.folder / "beside/checkpoint").read_bytes(), (self.checkpoints / "checkpoint").read_bytes())
        self.pioneer.stop()

    def test_an_end_that_was_cut_off_is_noticed_and_signed_by_nobody(self):
        self.grow()
        self.mirror("first")
        note = (self.checkpoints / "checkpoint").read_bytes()
        self.put_back(self.shorter)
        told = self.said("verify", code=1)
        self.assertTrue(told.startswith("BAD: The log has "), told)
        self.assertIn("its end was cut off", told)
        found = json.loads(self.said("verify", "--json", code=1))
        self.assertEqual((found["ok"], found["code"]), (False, "log_behind_checkpoint"))
        for name in ("first", "second"):
            self.assertIn("were signed in", self.mirror(name, code=1))
        self.forge()  # As long again, and another history.
        self.assertIn("not those that were signed", self.said("verify", code=1))
        self.mirror("second", code=1)
        self.assertEqual((self.checkpoints / "checkpoint").read_bytes(), note)
        self.assertFalse((self.folder / "second").exists())

    def test_a_record_that_was_written_anew_is_noticed(self):
        segment, = self.log.glob("*.segment")
        forged_log.rewrite(segment, "和通社区".encode(), "通和社区".encode())
        self.assertTrue(self.said("verify", code=1).startswith("BAD: The log's first "))
        self.assertEqual(json.loads(self.said("verify", "--json", code=1))["code"], "history_differs")
        self.mirror("second", code=1)
        self.forge()
        self.assertEqual(json.loads(self.said("verify", "--json", code=1))["code"], "history_differs")
        self.mirror("second", code=1)
        self.assertFalse((self.folder / "second").exists())

    def test_a_checkpoint_that_was_changed_and_one_that_is_missing(self):
        path = self.checkpoints / "checkpoint"
        note = path.read_text(encoding="utf-8")
        path.write_text(note.replace(f"\n{self.size()}\n", "\n1\n"), encoding="utf-8")
        self.assertTrue((told := self.said("verify", code=1)).startswith("BAD: "), told)
        self.assertIn("text or the signature was changed", told)
        self.mirror("second", code=1)
        path.unlink()
        self.assertIn("signed    nothing is here", self.said("verify", code=0))

    def test_a_copy_without_keys_is_compared_and_not_signed(self):
        shutil.rmtree(self.pioneer.data / "keys")
        self.assertIn("the signature was not checked", self.said("verify", code=0))
        self.assertIn("no key", self.mirror("second", code=3))
        self.assertFalse((self.pioneer.data / "keys").exists())
        segment, = self.log.glob("*.segment")
        forged_log.rewrite(segment, "和通社区".encode(), "通和社区".encode())
        self.assertEqual(json.loads(self.said("verify", "--json", code=1))["code"], "history_differs")


if __name__ == "__main__":
    unittest.main()
