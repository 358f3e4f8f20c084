"""Witnesses and cosignatures with others' programs: Go's note packages check what we cosign and publish, a log of theirs is fed to our witness,
and a witness of theirs (torchwood's litewitness) signs our checkpoints."""
import base64
import hashlib
import os
import pathlib
import sqlite3
import struct
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import others  # noqa: E402
import pioneer  # noqa: E402
import witness  # noqa: E402


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.checker = others.go_program("witness")
        cls.log_key = cls.pioneer.command("keys", "show", "--verifier").strip()

    def ours(self, name: str, *logs: str) -> witness.Witness:
        one = witness.Witness(self.folder / name, name)
        one.start(*(logs or (self.log_key,)))
        self.addCleanup(one.kill)
        return one

    def run_with(self, need: int, *witnesses: tuple[str, str]) -> None:
        listed = "".join(f"  - {{url: \"{url}\", key: \"{key}\"}}\n" for url, key in witnesses)
        self.pioneer.settings = f"witnesses:\n{listed}witness_policy: {{need: {need}}}\n"
        self.pioneer.start()
        self.addCleanup(lambda: self.pioneer.process and self.pioneer.stop())

    def witnessed(self) -> dict:
        return self.pioneer.client().get("/readyz")["witnessed"]

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.pioneer.port}/log/{path}", timeout=10) as answer:
            return answer.read()

    def check(self, note: bytes, *keys: str) -> list[str]:
        """Who signed it, as others' programs find."""
        file = self.folder / "note"
        file.write_bytes(note)
        done = subprocess.run([self.checker, "check", self.log_key, file, *keys], text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()


class Ours(Base):
    def test_a_log_of_theirs_is_signed_as_the_protocol_says(self):
        name, seed = "made.example/log", "seed"
        key = subprocess.run([self.checker, "key", name, seed], text=True, capture_output=True, check=True).stdout.strip()
        one = self.ours("first.example", key, self.log_key)
        done = subprocess.run([self.checker, "feed", one.url, one.key, name, seed], text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("two different roots for 3000 records", one.told())
        origin = hashlib.sha256(name.encode()).hexdigest()
        self.assertEqual(len(list((one.state / "logs" / origin / "evidence").iterdir())), 2)
        with urllib.request.urlopen(f"{one.url}/{origin}/checkpoint", timeout=10) as answer:
            self.assertIn(f"{name}\n3100\n", answer.read().decode())

    def test_two_of_three_are_enough_while_one_is_down(self):
        first, second = self.ours("a.example"), self.ours("b.example")
        down = witness.Witness(self.folder / "down.example", "down.example")
        self.run_with(2, (first.url, first.key), (f"http://127.0.0.1:{witness.free_port()}", down.key), (second.url, second.key))
        status = pioneer.until(lambda: (now := self.witnessed())["size"] != "0" and now)
        self.assertEqual((status["needed"], status["have"]), (2, 2))
        self.assertEqual(self.check(self.get("witnessed"), first.key, second.key), ["a.example", "b.example"])
        # Nothing happens now: the newest checkpoint is the witnessed one.
        pioneer.until(lambda: self.get("checkpoint") == self.get("witnessed"))
        before = int(status["size"])
        self.pioneer.stop()
        self.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)
        self.pioneer.start()
        grown = pioneer.until(lambda: (now := self.witnessed()) and int(now["size"]) > before + 1000 and now)
        self.assertEqual(grown["have"], 2)
        # A server that was killed still has what was witnessed, though nobody answers it any more.
        first.kill()
        second.kill()
        self.pioneer.kill()
        self.pioneer.start()
        self.assertEqual(self.witnessed()["size"], grown["size"])
        self.assertEqual(self.check(self.get("witnessed"), first.key, second.key), ["a.example", "b.example"])


class Theirs(Base):
    """litewitness keeps its key in an SSH agent."""

    def agent(self, seed: bytes) -> pathlib.Path:
        # PROTOCOL.key of OpenSSH: the only private format that ssh-add takes of a seed.
        public = self.public(seed)
        text = lambda value: struct.pack(">I", len(value)) + value  # noqa: E731
        blob = text(b"ssh-ed25519") + text(public)
        private = b"\0" * 8 + blob + text(seed + public) + text(b"")
        private += bytes(range(1, 1 + (-len(private)) % 8))
        whole = b"openssh-key-v1\0" + text(b"none") + text(b"none") + text(b"") + struct.pack(">I", 1) + text(blob) + text(private)
        file = self.folder / "key.pem"
        kind = "OPENSSH PRIVATE KEY"
        file.write_text(f"-----BEGIN {kind}-----\n{base64.encodebytes(whole).decode()}-----END {kind}-----\n", encoding="utf-8")
        file.chmod(0o600)
        at = self.folder / "agent"
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", at], stdout=subprocess.DEVNULL)
        self.addCleanup(agent.wait)
        self.addCleanup(agent.kill)
        pioneer.until(at.exists)
        subprocess.run(["ssh-add", "-q", file], env={**os.environ, "SSH_AUTH_SOCK": str(at)}, check=True)
        return at

    def public(self, seed: bytes) -> bytes:
        der = bytes.fromhex("302e020100300506032b657004220420") + seed
        made = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=der, capture_output=True, check=True)
        return made.stdout[-32:]

    def test_a_witness_of_theirs_signs_our_checkpoints(self):
        litewitness = others.go_program("witness", "filippo.io/torchwood/cmd/litewitness")
        seed = hashlib.sha256(b"a key for this test").digest()
        public = self.public(seed)
        agent = self.agent(seed)
        name = "lite.example/w"
        key_id = hashlib.sha256(name.encode() + b"\n\x04" + public).digest()[:4].hex()
        key = f"{name}+{key_id}+{base64.b64encode(b'%c' % 4 + public).decode()}"
        port = witness.free_port()
        database = self.folder / "lite.db"
        lite = subprocess.Popen([litewitness, "-name", name, "-db", database, "-ssh-agent", agent, "-listen", f"127.0.0.1:{port}",
                                 "-key", hashlib.sha256(public).hexdigest()], stderr=subprocess.PIPE, text=True)
        self.addCleanup(lite.stderr.close)
        self.addCleanup(lite.wait)
        self.addCleanup(lite.kill)
        while "listening" not in (line := lite.stderr.readline()):
            self.assertTrue(line, "litewitness ended")
            self.assertTrue("vkey" not in line or key in line, line)
        rows = sqlite3.connect(database)
        rows.execute("PRAGMA foreign_keys = OFF")
        origin = self.log_key.split("+", 1)[0]
        empty = base64.b64encode(hashlib.sha256().digest()).decode()
        rows.execute("INSERT INTO log VALUES (?, 0, ?)", (origin, empty))
        rows.execute("INSERT INTO key VALUES (?, ?)", (origin, self.log_key))
        rows.commit()
        rows.close()
        self.run_with(1, (f"http://127.0.0.1:{port}", key))
        first = pioneer.until(lambda: (now := self.witnessed())["size"] != "0" and now)
        self.assertEqual(self.check(self.get("witnessed"), key), [name])
        self.pioneer.stop()
        self.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)
        self.pioneer.start()
        pioneer.until(lambda: int(self.witnessed()["size"]) > int(first["size"]) + 1000)
        self.assertEqual(self.check(self.get("witnessed"), key), [name])


if __name__ == "__main__":
    unittest.main()
