"""Files that were made to hurt whoever checks them: deep, endless, linked, with names for the terminal; and a disk without room for the answer."""
import fcntl
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402

MEMORY_MAX_KIB = 256 * 1024
CLEAR = "\x1b[2J\x1b[HGood: 5 entries"


class HostileFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.pioneer.command("audit", "mirror", "--to", str(cls.folder / "stick"))

    def copied(self, name: str) -> pathlib.Path:
        shutil.copytree(self.folder / "stick", self.folder / name)
        return self.folder / name

    def run_audit(self, *arguments, expect: int, out=subprocess.PIPE) -> str:
        child = subprocess.Popen([pioneer.BIN / "pioneer", "audit", *map(str, arguments)], cwd=self.folder, stdout=out, stderr=subprocess.PIPE, text=True)
        said, complained = child.communicate(timeout=100)
        self.assertEqual(child.returncode, expect, f"{said}{complained}")
        return f"{said}{complained}"

    def test_folders_within_folders_are_refused_in_bounded_memory(self):
        copy = self.copied("deep")
        at = os.open(copy / "tile", os.O_RDONLY)
        for _ in range(3_000):
            os.mkdir("d" * 200, dir_fd=at)
            below = os.open("d" * 200, os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
        os.close(at)
        self.addCleanup(subprocess.run, ["rm", "-rf", copy], check=False)
        self.assertIn("deeper than any mirror", self.run_audit("verify", "deep", expect=1))
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, MEMORY_MAX_KIB)

    def test_a_link_in_place_of_a_folder_is_not_followed(self):
        copy = self.copied("linked")
        shutil.rmtree(copy / "checkpoints")
        (copy / "checkpoints").symlink_to("/usr/share")
        said = self.run_audit("verify", "linked", expect=1)
        self.assertIn("leads out of the mirror", said)

    def test_names_do_not_speak_to_the_terminal(self):
        copy = self.copied("named")
        (copy / "checkpoints" / f"{CLEAR}\n").write_text("no checkpoint", encoding="utf-8")
        said = self.run_audit("verify", "named", expect=1)
        self.assertNotIn("\x1b", said)
        self.assertNotIn("5 entries\n", said)
        archive = self.folder / "named.zip"
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr(f"../{CLEAR}", b"x")
        self.assertNotIn("\x1b", self.run_audit("evidence-check", archive, expect=1))

    def test_archives_of_empty_lines_take_no_memory(self):
        archive = self.folder / "lines.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("evidence.txt", b"\n" * (30 << 20))
            for name in ("checkpoint", "verifier"):
                made.writestr(name, (self.folder / "stick" / name).read_bytes())
        self.assertIn("longer than such a file can be", self.run_audit("evidence-check", archive, expect=1))
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("verifier", (self.folder / "stick/verifier").read_bytes() * 100_000)
        self.assertIn("longer than any log's keys", self.run_audit("evidence-check", archive, expect=1))
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, MEMORY_MAX_KIB)

    def test_pipes_are_not_waited_for(self):
        os.mkfifo(self.folder / "pipe")
        self.assertIn("cannot be read", self.run_audit("what-if", "stick", "--policy", "pipe", expect=3))
        self.assertIn("no file of certificates", self.run_audit("verify", "stick", "--tsa-ca", "pipe", expect=2))
        with open(self.folder / "long.yaml", "wb") as long:
            long.write(b"# " + b"x" * (2 << 20))
        self.assertIn("longer than 1 MiB", self.run_audit("what-if", "stick", "--policy", "long.yaml", expect=3))

    def test_an_answer_without_room_is_no_answer(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            self.assertIn("could not be written to its end", self.run_audit("verify", "stick", expect=3, out=full))

    def test_a_mirror_has_one_writer(self):
        to = self.folder / "shared"
        to.mkdir()
        other = os.open(to, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(other, fcntl.LOCK_EX)
        self.assertIn("Another mirror is being written", self.run_audit("mirror", "--data", self.pioneer.data, "--to", to, expect=3))
        os.close(other)
        self.run_audit("mirror", "--data", self.pioneer.data, "--to", to, expect=0)


if __name__ == "__main__":
    unittest.main()
