"""`pioneer audit mirror --server`: what a running server sends is what a mirror of its directory holds; ended anywhere it goes on; lies are not kept."""
import http.client
import http.server
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import mirror_test  # noqa: E402
import pioneer  # noqa: E402


class Between(http.server.ThreadingHTTPServer):
    """A proxy before the server: `meddle(number, path, status, body)` is asked about each answer."""

    daemon_threads = True

    def __init__(self, port: int, meddle):
        super().__init__(("127.0.0.1", 0), Passing)
        self.behind, self.meddle, self.asked, self.lock = port, meddle, [], threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()

    def handle_error(self, *who):
        """A client that was killed is no error here."""


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.asked.append(self.path)
            number = len(self.server.asked)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        connection.request("GET", self.path, headers={"Authorization": self.headers.get("Authorization", "")} if "Authorization" in self.headers else {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        status, body = self.server.meddle(number, self.path, answer.status, body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", answer.getheader("Content-Type", "text/plain"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def honest(_number, _path, status, body):
    return status, body


class Fetched(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        mirror_test.begin(cls)
        cls.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)  # one differs from what make() wrote
        cls.auditor = cls.pioneer.token("Ann Audit", "auditor", "3502")
        cls.cadre = cls.pioneer.token("Carl Cadre", "cadre", "3502")
        cls.pioneer.start()
        cls.settle()

    @classmethod
    def settle(cls):
        """Until the checkpoint covers what is there, once a mirror's own note is among it."""
        cls.first = cls.folder / "first"
        cls.fetch(cls.pioneer.port, cls.first)
        position = int(cls.pioneer.client().get("/readyz")["position"])
        pioneer.until(lambda: cls.covered() > position)

    @classmethod
    def covered(cls):
        connection = http.client.HTTPConnection("127.0.0.1", cls.pioneer.port, timeout=60)
        connection.request("GET", "/log/checkpoint")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return int(text.split("\n")[1]) if answer.status == 200 else 0

    @classmethod
    def words(cls, port, to, *more, token=None):
        token = cls.auditor if token is None else token
        return [pioneer.BIN / "pioneer", "audit", "mirror", "--server", f"http://127.0.0.1:{port}", *(["--token", token] if token else []),
                "--to", to, "--json", *more]

    @classmethod
    def fetch(cls, port, to, *more, token=None, expect=0):
        done = subprocess.run(cls.words(port, to, *more, token=token), cwd=pioneer.ROOT, text=True, capture_output=True, timeout=120, check=False)
        assert done.returncode == expect, done.stdout + done.stderr
        return json.loads(done.stdout) if expect == 0 else done.stderr

    def verify(self, folder, *more, expect=0):
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", "verify", folder, "--json", *more], cwd=pioneer.ROOT, text=True,
                              capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def files(self, folder):
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def test_is_the_mirror_of_the_directory_and_others_verify_it(self):
        fetched, local = self.folder / "fetched", self.folder / "local"
        told = self.fetch(self.pioneer.port, fetched)
        self.pioneer.stop()
        mirror_test.mirror(self.pioneer, local)
        closed = self.files(local)
        self.pioneer.start()
        mine = self.files(fetched)
        full = {name for name in mine if name.startswith("tile/") and ".p/" not in name}
        self.assertTrue(full)
        self.assertEqual({name: mine[name] for name in full}, {name: closed[name] for name in full})
        self.assertEqual(mine["verifier"], closed["verifier"])
        self.assertEqual(self.verify(fetched)["root"], told["root"])
        done = subprocess.run([self.reader, told["verifier"], fetched, self.first / "checkpoint"], text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, told["root"]), done.stderr)
        again = self.fetch(self.pioneer.port, fetched)  # what was fetched is not fetched again, but the server's new epoch is new
        self.assertLess(again["filesWritten"], 8)
        self.assertEqual([one["keyFrom"] for one in (told, again)], ["server", "mirror"])
        self.assertEqual(self.verify(fetched)["checkpoints"], 2)

    def test_goes_on_wherever_it_was_killed(self):
        whole = self.folder / "whole"
        with Between(self.pioneer.port, honest) as counted:
            self.fetch(counted.server_port, whole)
            requests = len(counted.asked)
        self.assertGreater(requests, 10)
        for ends in range(1, requests + 1):
            to = self.folder / "killed"
            shutil.rmtree(to, ignore_errors=True)
            process = None

            def kill(number, _path, status, body, ends=ends):
                if number == ends:
                    process.send_signal(signal.SIGKILL)  # noqa: B023
                return status, body

            with Between(self.pioneer.port, kill) as proxy:
                proxy.lock.acquire()  # nothing is answered before we know whom to kill
                process = subprocess.Popen(self.words(proxy.server_port, to), cwd=pioneer.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                proxy.lock.release()
                self.assertEqual(process.wait(timeout=60), -signal.SIGKILL)
            kept = self.files(to)
            self.assertNotIn("checkpoint", kept, "it promises what is not all there")
            with Between(self.pioneer.port, honest) as proxy:
                self.fetch(proxy.server_port, to)
                asked = [path.removeprefix("/log/") for path in proxy.asked if path != "/log/checkpoint"]
            for name in kept:
                if name.startswith("tile/") and ".p/" not in name and not name.endswith(".new"):
                    self.assertNotIn(name, asked, "it was there")
            self.assertTrue(self.verify(to)["ok"])

    def test_keeps_nothing_that_the_checkpoint_does_not_prove(self):
        honest_files = self.files(self.first)
        for name in ("tile/entries/001", "tile/0/002", next(name for name in honest_files if name.startswith("tile/entries/") and ".p/" in name)):
            to = self.folder / "lied"
            shutil.rmtree(to, ignore_errors=True)

            def lie(_number, path, status, body, name=name):
                if path.partition(".p/")[0] == "/log/" + name.partition(".p/")[0]:
                    body = body[:50] + bytes([body[50] ^ 1]) + body[51:]
                return status, body

            with Between(self.pioneer.port, lie) as proxy:
                self.assertIn("is not what the checkpoint signed", self.fetch(proxy.server_port, to, expect=1))
            kept = self.files(to)
            self.assertNotIn("checkpoint", kept)
            self.assertFalse([one for one in kept if one.partition(".p/")[0] == name.partition(".p/")[0]])

    def test_a_checkpoint_that_nobody_signed_is_refused(self):
        def forge(_number, path, status, body):
            return status, body.replace(b"\n1", b"\n2", 1) if path == "/log/checkpoint" else body

        with Between(self.pioneer.port, forge) as proxy:
            self.assertIn("not over this text", self.fetch(proxy.server_port, self.folder / "forged", expect=1))
        other = (self.first / "verifier").read_text(encoding="utf-8").strip().replace("pioneer.log/", "pioneer.log/0")
        self.assertIn("hash is not that of its name", self.fetch(self.pioneer.port, self.folder / "other", "--verifier", other, expect=3))
        deep = self.folder / "new/deep/stick"
        self.assertIn("Nobody answers", self.fetch(1, deep, expect=3))
        for left in ("forged", "other", "new"):
            self.assertFalse((self.folder / left).exists(), "nothing came, so nothing is left")
        empty = self.folder / "empty"
        empty.mkdir()
        self.fetch(1, empty, expect=3)
        self.assertTrue(empty.is_dir(), "it was there before")

    def test_another_history_under_the_same_key_is_kept_as_evidence(self):
        another = self.enterContext(pioneer.Pioneer())
        another.make()
        shutil.copy(self.pioneer.data / "keys/log-signing", another.data / "keys/log-signing")
        (another.data / "keys/log-verifier").write_bytes((self.first / "verifier").read_bytes())
        shutil.rmtree(another.data / "checkpoints", ignore_errors=True)
        token = another.token("Ann Audit", "auditor", "3502")
        another.start()
        to = self.folder / "fork"
        shutil.copytree(self.first, to)
        pioneer.until(lambda: "were cut off" in self.fetch_until_signed(another, to, token))
        self.assertEqual(self.verify(to, expect=1)["code"], "contradiction", "it was kept, and its few records are others")
        another.stop()
        another.command("import", "organisations", "ops/demo/organisations.csv", expect=1)
        for number in range(8):
            another.token(f"Member {number}", "member", "3502")
        another.start()
        pioneer.until(lambda: "history was changed" in self.fetch_until_signed(another, to, token))
        found = self.verify(to, expect=1)
        # None of its tiles took the place of ours, so that all of ours is proven still, and its checkpoint stands beside.
        self.assertEqual(found["code"], "history_shorter")
        self.assertTrue(found["file"].startswith("checkpoints/"))
        kept = self.files(to)
        self.assertEqual({name: kept.get(name) for name in self.files(self.first)}, self.files(self.first))

    def test_an_older_copy_of_the_same_history_is_asked_again_and_no_evidence(self):
        older, to = self.files(self.first), self.folder / "newer"
        shutil.copytree(self.first, to)
        size = int(older["checkpoint"].split(b"\n")[1])
        pioneer.until(lambda: self.covered() > size)
        self.fetch(self.pioneer.port, to)
        newer = self.files(to)

        def behind(_number, path, status, body):
            name = path.removeprefix("/log/")
            return (200, older[name]) if name in older else (status, body)

        with Between(self.pioneer.port, behind) as proxy:
            told = self.fetch(proxy.server_port, to, expect=3)
        self.assertIn("An older copy answers here", told)
        self.assertIn("ask again", told)
        self.assertEqual(self.files(to), newer, "nothing is changed, and nothing is held against anybody")
        self.fetch(self.pioneer.port, to)

    def fetch_until_signed(self, server, to, token):
        done = subprocess.run(self.words(server.port, to, token=token), cwd=pioneer.ROOT, text=True, capture_output=True, timeout=120, check=False)
        self.assertIn(done.returncode, (1, 3), done.stdout + done.stderr)
        return done.stderr

    def test_entries_need_an_auditor_and_hashes_nobody(self):
        for token in ("", self.cadre):
            self.assertIn("Entries go to auditors", self.fetch(self.pioneer.port, self.folder / "refused", token=token, expect=3))
        bare = self.folder / "bare"
        told = self.fetch(self.pioneer.port, bare, "--hashes-only", token="")
        self.assertFalse((bare / "tile/entries").exists())
        self.assertEqual(self.verify(bare)["root"], told["root"])

    def test_says_at_once_that_nobody_answers(self):
        """Also where a mirror is there already: it asks again, for a server may only be restarting."""
        copy = self.folder / "lonely"
        shutil.copytree(self.first, copy)
        asking = subprocess.Popen(self.words(1, copy), cwd=pioneer.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            line = asking.stderr.readline()
            self.assertIsNone(asking.poll(), "it goes on asking")
            self.assertRegex(line, "^pioneer: Nobody answers.* It is asked again, up to 4 times.$")
        finally:
            asking.kill()
            asking.communicate(timeout=60)

    def test_waits_for_a_server_that_is_busy(self):
        def busy(number, _path, status, body):
            return (503, b"") if number in (2, 4) else (status, body)

        to = self.folder / "patient"
        with Between(self.pioneer.port, busy) as proxy:
            self.fetch(proxy.server_port, to, "--connections", "1")
        self.assertTrue(self.verify(to)["ok"])

    def test_a_whole_mirror_is_one_line_in_the_log(self):
        self.pioneer.stop()
        lines = self.pioneer.command("log", "show", "--limit", "100000", "--stream", "access/", "--json").splitlines()
        self.pioneer.start()
        notes = [event["data"] for line in lines for stream in json.loads(line)["streams"] for event in stream["events"] if event["type"] == "EntriesFetched"]
        self.assertTrue(1 <= len(notes) <= 2, "two only where midnight lay between")
        self.assertEqual((notes[0]["first"], notes[0]["last"]), ("0", "65535"))


if __name__ == "__main__":
    unittest.main()
