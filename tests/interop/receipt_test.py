"""A receipt as a running server gives it, judged by programs that are not ours: signed notes by golang.org/x/mod, paths by
transparency-dev/merkle."""
import pathlib
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import others  # noqa: E402
import pioneer  # noqa: E402


class Receipt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.key = cls.pioneer.command("keys", "show", "--verifier").strip()
        cls.token = cls.pioneer.token("Ben", "member", "350206001001")
        cls.pioneer.start()
        cls.ben = cls.pioneer.client(cls.token)
        cls.community = cls.ben.get("/api/v1/me")["organisation"]["id"]
        cls.file = cls.folder / "receipt.tlog-proof"
        cls.position = cls.ask()
        cls.file.write_bytes(cls.fetch(cls.position))
        cls.judge = others.go_program("receipt")

    @classmethod
    def ask(cls) -> int:
        body = {"title": "Dark gate", "description": "Its lamp is out", "category": "repair", "organisation": cls.community}
        cls.ben.post("/api/v1/requests", body)
        return int(cls.ben.position)

    @classmethod
    def fetch(cls, position: int) -> bytes:
        path = f"/api/v1/receipts/{position}"
        pioneer.until(lambda: cls.ben.get(path)["state"] == "in_log")
        request = urllib.request.Request(f"http://127.0.0.1:{cls.pioneer.port}{path}/proof", headers={"Authorization": f"Bearer {cls.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8", answer.headers
            assert answer.headers["Content-Disposition"] == f'attachment; filename="pioneer-{position}.tlog-proof"', answer.headers
            return answer.read()

    def theirs(self, file: pathlib.Path, key: str | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([self.judge, key or self.key, file], text=True, capture_output=True, timeout=60, check=False)

    def ours(self, file: pathlib.Path) -> int:
        return subprocess.run([pioneer.BIN / "pioneer", "receipt", "verify", file, "--verifier", self.key], capture_output=True, timeout=60,
                              check=False).returncode

    def test_others_find_it_good(self):
        done = self.theirs(self.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        index, size = map(int, done.stdout.split())
        self.assertEqual(index, self.position)
        self.assertGreater(size, index)
        self.assertEqual(self.ours(self.file), 0)

    def test_others_and_we_refuse_the_same(self):
        good = self.file.read_bytes()
        lines = good.split(b"\n")
        changed = {f"byte {at}": good[:at] + bytes([good[at] ^ 1]) + good[at + 1:] for at in range(0, len(good), 37)}
        changed["an index moved"] = good.replace(b"index %d" % self.position, b"index %d" % (self.position - 1))
        changed["a leading zero"] = good.replace(b"index ", b"index 0")
        changed["a hash less"] = b"\n".join(lines[:3] + lines[4:])
        changed["a hash twice"] = b"\n".join(lines[:4] + lines[3:])
        changed["cut off"] = good[:-30]
        bad = self.folder / "changed"
        for name, content in changed.items():
            with self.subTest(name):
                bad.write_bytes(content)
                self.assertEqual(self.theirs(bad).returncode, 1)
                self.assertIn(self.ours(bad), (1, 3), "3: what is left was signed by nobody who is known")

    def test_another_logs_key_finds_nothing(self):
        other = self.enterContext(pioneer.Pioneer())
        other.make()
        self.assertEqual(self.theirs(self.file, other.command("keys", "show", "--verifier").strip()).returncode, 1)

    def test_the_record_of_an_erased_person_still_proves(self):
        position = self.ask()
        file = self.folder / "of-one-who-left"
        file.write_bytes(self.fetch(position))
        eve = self.pioneer.client(self.token)
        eve.post(f"/api/v1/members/{eve.get('/api/v1/me')['id']}/erase")
        self.assertEqual(self.theirs(file).returncode, 0)
        self.assertEqual(self.theirs(self.file).returncode, 0)
        self.assertEqual(self.ours(file), 0)


if __name__ == "__main__":
    unittest.main()
