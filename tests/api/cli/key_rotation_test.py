"""The log's signing key is changed: the log goes on under its name, both keys sign for a while, and whoever has the keys verifies all of it."""
import json
import pathlib
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import pioneer  # noqa: E402


class KeyRotation(unittest.TestCase):
    def setUp(self):
        self.pioneer = pioneer.Pioneer()
        self.pioneer.__enter__()
        self.addCleanup(self.pioneer.__exit__, None, None, None)
        self.folder = pathlib.Path(self.pioneer.folder.name)
        self.pioneer.make()
        self.old = self.key()

    def key(self) -> str:
        return self.keys()[0]

    def keys(self) -> list[str]:
        """All that ever signed, the present one first."""
        return self.pioneer.command("keys", "show", "--verifier").splitlines()

    def mirror(self, name: str) -> pathlib.Path:
        self.pioneer.command("audit", "mirror", "--to", str(self.folder / name))
        return self.folder / name

    def verify(self, mirror: pathlib.Path, *keys: str, expect: int = 0) -> str:
        options = [text for key in keys for text in ("--verifier", key)]
        return pioneer.run("audit", "verify", str(mirror), *options, expect=expect)

    def served(self) -> str:
        """What a running server signed last, after it began."""
        self.pioneer.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.pioneer.port}/readyz", timeout=10):
            pass
        position = int(self.pioneer.client().get("/readyz")["position"])

        def newest():
            try:
                note = self.pioneer.client().get("/log/checkpoint").decode()
            except pioneer.Refused:
                return None
            return note if int(note.split("\n")[1]) > position else None
        note = pioneer.until(newest)
        self.pioneer.stop()
        return note

    def signatures(self, note: str) -> int:
        return note.count(f"— {self.old.split('+')[0]} ")

    def test_both_sign_until_the_change_is_ended(self):
        stick = self.mirror("stick")
        self.assertEqual(self.signatures(self.served()), 1)
        told = self.pioneer.command("keys", "rotate")
        new = self.key()
        self.assertIn(new, told)
        self.assertNotEqual(new, self.old)
        self.assertEqual(new.split("+")[0], self.old.split("+")[0], "the log keeps its name")
        self.assertEqual(self.signatures(self.served()), 2)
        between = self.mirror("between")
        for key in (self.old, new):
            self.verify(between, key)
        self.assertIn("being changed already", self.refused("keys", "rotate"))
        self.pioneer.command("keys", "rotate", "--end")
        self.assertIn("one signs", self.refused("keys", "rotate", "--end", code=1))
        self.assertEqual(self.key(), new)
        self.assertEqual(self.signatures(self.served()), 1)
        self.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)
        # The mirror goes on from what the old key signed, and both verify.
        self.mirror("stick")
        self.verify(stick)
        self.verify(stick, self.old, new)
        self.verify(self.mirror("later"), new)
        self.verify(between, self.old)
        self.assertTrue((told := self.verify(stick, self.old, expect=3)).startswith("CANNOT TELL: No key that was given"), told)

    def test_who_knows_another_key_only_has_no_word_against_what_it_signed(self):
        stick = self.mirror("stick")
        streams = [part["stream"] for line in self.pioneer.command("log", "show", "--json").splitlines() for part in json.loads(line)["streams"]]
        stream, archive = next(name for name in streams if name.startswith("organisation/")), self.folder / "evidence.zip"
        pioneer.run("audit", "evidence", str(stick), "--stream", stream, "--out", str(archive))
        self.pioneer.command("keys", "rotate")
        self.pioneer.command("keys", "rotate", "--end")
        told = pioneer.run("audit", "evidence-check", str(archive), "--verifier", self.key(), expect=3)
        self.assertTrue(told.startswith("CANNOT TELL: No key that was given signed this"), told)
        found = json.loads(pioneer.run("audit", "evidence-check", str(archive), "--verifier", self.key(), "--json", expect=3))
        self.assertEqual((found["ok"], found["code"]), (None, "not_signed"))
        pioneer.run("audit", "evidence-check", str(archive), "--verifier", self.old)
        for command in (["rerun"], ["invariants"], ["replay", "--scratch", str(self.folder)], ["invariants", "--unproven"]):
            done = subprocess.run([pioneer.BIN / "pioneer", "audit", command[0], stick, *command[1:], "--verifier", self.key()], text=True,
                                  capture_output=True, timeout=120, check=False)
            self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
            self.assertIn("CANNOT TELL", done.stderr)
        pioneer.run("audit", "invariants", str(stick), "--verifier", self.old)

    def test_the_history_tells_all_keys_and_when_they_signed(self):
        self.assertEqual(len(self.pioneer.command("keys", "show", "--history").splitlines()), 1)
        self.pioneer.command("keys", "rotate")
        second = self.key()
        self.pioneer.command("keys", "rotate", "--end")
        self.pioneer.command("keys", "rotate")
        third = self.key()
        lines = self.pioneer.command("keys", "show", "--history").splitlines()
        self.assertEqual([line.split()[0] for line in lines], [self.old, second, third])
        self.assertEqual(self.keys(), [third, second, self.old])
        shown = json.loads(self.pioneer.command("keys", "show", "--verifier", "--json"))
        self.assertEqual((shown["verifier"], shown["earlier"]), (third, [second, self.old]))
        self.assertRegex(lines[0], r"from 0 records to \d+ \(20")
        self.assertIn("signs now", lines[1])
        self.assertIn("signs now", lines[2])
        keys = self.folder / "keys"
        keys.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.verify(self.mirror("stick"), str(keys))

    def test_a_receipt_of_an_earlier_key_stays_good(self):
        def receipt(*how: str, expect: int = 0) -> str:
            return pioneer.run("receipt", "verify", str(file), *how, expect=expect)
        file = self.folder / "old.tlog-proof"
        self.pioneer.command("receipt", "get", "1", "--to", str(file))
        self.pioneer.command("keys", "rotate")
        self.pioneer.command("keys", "rotate", "--end")
        self.assertTrue(receipt("--data", str(self.pioneer.data)).startswith("Good: "))
        self.assertTrue(receipt("--verifier", "\n".join(self.keys())).startswith("Good: "))
        # Who knows the new key alone has no word against it.
        told = receipt("--verifier", self.key(), expect=3)
        self.assertTrue(told.startswith("CANNOT TELL: No key that was given signed this"), told)
        found = json.loads(receipt("--verifier", self.key(), "--json", expect=3))
        self.assertEqual((found["ok"], found["code"]), (None, "not_signed"))

    def test_a_running_server_keeps_its_key(self):
        self.pioneer.start()
        self.assertIn("another process holds", self.refused("keys", "rotate"))
        self.pioneer.stop()
        self.assertEqual(self.key(), self.old)

    def test_a_crash_between_the_two_files_is_mended(self):
        shown = self.pioneer.data / "keys" / "log-verifier"
        before = shown.read_bytes()
        self.pioneer.command("keys", "rotate")
        new = self.key()
        shown.write_bytes(before)
        self.assertEqual(self.key(), new)
        shown.write_text("another+12345678+AAAA\n", encoding="utf-8")
        self.assertIn("not the one that others know", self.refused("keys", "show", "--verifier"))

    def refused(self, *arguments: str, code: int = 3) -> str:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments, "--data", self.pioneer.data], text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr


if __name__ == "__main__":
    unittest.main()
