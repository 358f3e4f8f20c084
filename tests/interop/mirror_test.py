"""A mirror, read by others' programs: golang.org/x/mod/sumdb and transparency-dev/merkle come to our root, or catch what was changed."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import others  # noqa: E402
import pioneer  # noqa: E402

def begin(case: type[unittest.TestCase]) -> None:
    """Gives the class a new log (`pioneer`), its folder and others' reader; they go with the class."""
    case.pioneer = pioneer.Pioneer.of(case)
    case.folder = pathlib.Path(case.pioneer.folder.name)
    case.reader = others.go_program("tlog")


def mirror(log: pioneer.Pioneer, to: pathlib.Path, *more, expect=0):
    """What `pioneer audit mirror` tells, or why it refuses."""
    done = subprocess.run([pioneer.BIN / "pioneer", "audit", "mirror", "--data", log.data, "--to", to, "--json", *more],
                          cwd=pioneer.ROOT, text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return json.loads(done.stdout) if expect == 0 else done.stderr


class Mirror(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        begin(cls)
        cls.to = cls.folder / "stick"
        first = mirror(cls.pioneer, cls.to)
        cls.first = cls.folder / "first"
        shutil.copytree(cls.to, cls.first)
        cls.older = cls.folder / "older"
        shutil.copy(cls.to / "checkpoint", cls.older)
        cls.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)  # one differs from what make() wrote
        cls.told = mirror(cls.pioneer, cls.to)
        cls.assert_more(first, cls.told)

    @classmethod
    def assert_more(cls, first, then):
        assert int(then["position"]) > int(first["position"]) > 0, (first, then)

    def read(self, folder, older=None):
        """By the stick alone: there is no network where it runs."""
        arguments = [self.reader, self.told["verifier"], folder] + ([older] if older else [])
        return subprocess.run([*others.without_network(), *arguments], text=True, capture_output=True, timeout=120, check=False)

    def test_others_come_to_our_root_and_prove_each_step(self):
        done = self.read(self.to, self.older)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.strip(), self.told["root"])
        verified = json.loads(self.pioneer.command("verify", "--json"))
        self.assertEqual((verified["position"], verified["root"]), (self.told["position"], self.told["root"]))

    def test_a_mirror_made_at_once_is_the_one_that_went_on(self):
        whole = self.folder / "whole"
        mirror(self.pioneer, whole)
        self.assertEqual((whole / "checkpoint").read_bytes(), (self.to / "checkpoint").read_bytes())
        for file in whole.rglob("*"):
            if file.is_file():
                self.assertEqual(file.read_bytes(), (self.to / file.relative_to(whole)).read_bytes(), file)
        self.assertEqual(mirror(self.pioneer, whole)["filesWritten"], 0)

    def test_hashes_alone_hold_no_records(self):
        bare = self.folder / "bare"
        mirror(self.pioneer, bare, "--hashes-only")
        self.assertFalse((bare / "tile" / "entries").exists())
        self.assertEqual((bare / "tile/0/000").read_bytes(), (self.to / "tile/0/000").read_bytes())

    def test_every_kind_of_change_is_caught_by_others(self):
        changes = {"checkpoint": 5, "tile/0/000": 40, "tile/entries/000": 1000}
        last = max(file.relative_to(self.to).as_posix() for file in self.to.glob("tile/0/*.p/*"))
        changes[last] = 3
        for name, at in changes.items():
            copy = self.folder / "changed"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.to, copy)
            content = bytearray((copy / name).read_bytes())
            content[at] ^= 1
            (copy / name).write_bytes(content)
            done = self.read(copy)
            self.assertEqual(done.returncode, 1, name)
            self.assertTrue(done.stderr.strip(), name)

    def verify(self, folder, *more, expect=0):
        """What `pioneer audit verify` tells; it needs no log."""
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", "verify", folder, "--json", *more], cwd=pioneer.ROOT, text=True,
                              capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr

    def copied(self, name):
        copy = self.folder / name
        shutil.copytree(self.to, copy)
        return copy

    def killed_at(self, to, name):
        """A run of the mirror that dies while it writes this file: it waits for whoever reads a pipe, and nobody does."""
        pipe = to / f"{name}.new"
        pipe.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(pipe)
        process = subprocess.Popen([pioneer.BIN / "pioneer", "audit", "mirror", "--data", self.pioneer.data, "--to", to], cwd=pioneer.ROOT,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        told: list[str] = []

        def waits():
            self.assertIsNone(process.poll(), f"{name} was not written")
            told.append(pathlib.Path(f"/proc/{process.pid}/syscall").read_text(encoding="utf-8"))
            return len(told) > 20 and len(set(told[-20:])) == 1 and not told[-1].startswith("running")
        pioneer.until(waits, seconds=120)
        process.kill()
        process.wait()
        pipe.unlink()
        whole = (self.to / name).read_bytes()
        pipe.write_bytes(whole[:len(whole) // 2])

    def test_a_run_that_was_killed_is_gone_on_from(self):
        names = sorted(file.relative_to(self.to).as_posix() for file in (self.to / "tile").rglob("*") if file.is_file())
        older = self.older.read_text(encoding="utf-8").split("\n")[1]
        for number, name in enumerate(names):
            if f".p/{older}" in name:
                continue  # of the first mirror; not written by a later one
            for to, before in ((self.folder / f"new {number}", False), (self.folder / f"grown {number}", True)):
                if before:
                    shutil.copytree(self.first, to)
                if (to / name).exists():
                    continue
                self.killed_at(to, name)
                self.assertEqual((to / "checkpoint").exists(), before, "it promises what is not all there")
                if before:
                    found = self.verify(to)
                    self.assertEqual((found["ok"], found["position"]), (True, older))
                gone_on = mirror(self.pioneer, to)
                self.assertEqual(gone_on["root"], self.told["root"])
                found = self.verify(to)
                self.assertEqual((found["ok"], found["root"], found["unknownFiles"], found["unsignedFiles"]), (True, self.told["root"], 0, 0))

    def test_we_come_to_the_same_root_from_the_mirror_alone(self):
        for keys in ((), ("--verifier", self.told["verifier"]), ("--verifier", self.to / "verifier")):
            found = self.verify(self.to, *keys, "--checkpoint", self.older)
            self.assertEqual((found["ok"], found["root"], found["position"]), (True, self.told["root"], self.told["position"]))
            self.assertEqual((found["checkpoints"], found["unknownFiles"], found["unsignedFiles"]), (2, 0, 0))
        other = self.told["verifier"].replace("pioneer.log/", "pioneer.log/0")
        self.assertIn("hash is not that of its name", self.verify(self.to, "--verifier", other, expect=2))
        self.assertIn("no mirror in", self.verify(self.folder, expect=3))

    def test_what_was_changed_is_located(self):
        copy = self.copied("located")
        content = bytearray((copy / "tile/entries/001").read_bytes())
        content[1000] ^= 1
        (copy / "tile/entries/001").write_bytes(content)
        found = self.verify(copy, expect=1)
        self.assertEqual((found["code"], found["file"]), ("entry_damaged", "tile/entries/001"))
        self.assertLessEqual(found["byte"], 1000)
        self.assertEqual(found["proven"], "256")
        self.assertTrue(256 <= int(found["entry"]) < 512)

    def test_a_checkpoint_that_contradicts_is_kept_and_reported(self):
        another = self.enterContext(pioneer.Pioneer())
        another.make()
        shutil.copy(self.pioneer.data / "keys/log-signing", another.data / "keys/log-signing")
        shutil.rmtree(another.data / "checkpoints", ignore_errors=True)
        (another.data / "keys/log-verifier").write_text(self.told["verifier"] + "\n", encoding="utf-8")
        fork = self.folder / "fork"
        mirror(another, fork)  # the same key over another history
        copy = self.copied("contradicted")
        found = self.verify(copy, "--checkpoint", fork / "checkpoint", expect=1)
        self.assertEqual(found["code"], "contradiction")
        self.assertEqual((copy / found["file"]).read_bytes(), (fork / "checkpoint").read_bytes())
        self.assertEqual(self.verify(copy, expect=1)["code"], "contradiction", "it stays")
        stranger = self.enterContext(pioneer.Pioneer())
        stranger.make()
        mirror(stranger, self.folder / "stranger")
        self.assertIn("No key that was given signed this",
                      self.verify(self.copied("unmoved"), "--checkpoint", self.folder / "stranger/checkpoint", expect=3))

    def test_a_person_who_is_erased_leaves_proofs_that_hold(self):
        another = self.enterContext(pioneer.Pioneer())
        another.make()
        another.token("Erna Erased", "member", "3502")
        stick = self.folder / "erased"
        before = mirror(another, stick)
        older = self.folder / "before"
        shutil.copy(stick / "checkpoint", older)
        another.command("erase", "--member", "Erna Erased")
        after = mirror(another, stick)
        self.assertGreater(int(after["position"]), int(before["position"]))
        found = self.verify(stick, "--checkpoint", older)
        self.assertEqual((found["ok"], found["checkpoints"]), (True, 2))
        done = subprocess.run([*others.without_network(), self.reader, after["verifier"], stick, older], text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, after["root"]), done.stderr)
        for file in stick.rglob("*"):
            if file.is_file():
                self.assertNotIn(b"Erna", file.read_bytes(), file)

    def test_our_own_mirror_says_so_when_what_it_holds_is_not_the_log(self):
        copy = self.folder / "damaged"
        shutil.copytree(self.to, copy)
        content = bytearray((copy / "tile/0/000").read_bytes())
        content[7] ^= 1
        (copy / "tile/0/000").write_bytes(content)
        self.assertIn("is not what the log says", mirror(self.pioneer, copy, expect=1))

    def test_another_history_under_the_same_name_is_caught(self):
        copy = self.folder / "forked"
        shutil.copytree(self.to, copy)
        lines = (copy / "checkpoint").read_text(encoding="utf-8").split("\n")
        lines[2] = "A" * 43 + "="
        (copy / "checkpoint").write_text("\n".join(lines), encoding="utf-8")
        self.assertIn("Keep both", mirror(self.pioneer, copy, expect=1))
        lines[1] = str(int(lines[1]) + 1000)
        (copy / "checkpoint").write_text("\n".join(lines), encoding="utf-8")
        self.assertIn("were cut off", mirror(self.pioneer, copy, expect=1))
        lines[0] = "pioneer.log/another"
        (copy / "checkpoint").write_text("\n".join(lines), encoding="utf-8")
        self.assertIn("not of this log", mirror(self.pioneer, copy, expect=1))


if __name__ == "__main__":
    unittest.main()
