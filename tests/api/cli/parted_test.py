"""Two logs that part under one key: an auditor's replay finds the entry, from a running server and from signed digests alone. So it does where the
logs are one, and what the server signs of its read models is not what they are."""
import http.client
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import note_key  # noqa: E402
import pioneer  # noqa: E402

REQUEST = {"title": "Dark gate", "description": "Its lamp is out", "category": "repair"}
BEFORE, AFTER = 12, 5  # requests on both, and on each alone


class Retouched(http.server.ThreadingHTTPServer):
    """Passes on to a server, but what that one signs of its read models from some place on: there one digest is another, signed by the same key."""

    daemon_threads = True

    def __init__(self, port: int, key: note_key.NoteKey, from_size: int):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                real = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                real.request("GET", self.path, headers={name: self.headers[name] for name in ("Authorization",) if self.headers[name]})
                answer = real.getresponse()
                body = answer.read()
                real.close()
                place = self.path.removeprefix("/log/digests/")
                if answer.status == 200 and place.isdecimal() and int(place) >= from_size:
                    body = key.note(retouched(note_key.text_of(body.decode()))).encode()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


def retouched(text: str) -> str:
    """The digests of which one is of something else."""
    before, line, after = text.partition("\nrequests ")
    assert line, text
    return before + line + ("0" if after[0] != "0" else "1") + after[1:]


class Parted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mine, cls.theirs = (cls.enterClassContext(pioneer.Pioneer()) for _ in range(2))
        cls.folder = pathlib.Path(cls.mine.folder.name)
        cls.mine.make()
        cls.auditor = cls.mine.token("Otto", "auditor", "3502")
        cls.ben = cls.mine.token("Ben", "member", "350206001001")
        cls.lives(cls.mine, BEFORE)
        cls.parted = cls.position(cls.mine)  # what comes next is different
        shutil.copytree(cls.mine.data, cls.theirs.data)
        for one in (cls.mine, cls.theirs):
            cls.lives(one, AFTER)
        cls.stick = cls.folder / "stick"
        cls.mine.command("audit", "mirror", "--to", str(cls.stick))
        # A start changes no row: it is the first commit after it by which the read models part.
        cls.rows, = {cls.first_commit(one) for one in (cls.mine, cls.theirs)}

    @classmethod
    def first_commit(cls, one: pioneer.Pioneer) -> int:
        lines = one.command("log", "show", "--from", str(cls.parted), "--json").splitlines()
        return next(int(line["position"]) for line in map(json.loads, lines) if line["streams"])

    @staticmethod
    def position(one: pioneer.Pioneer) -> int:
        return int(json.loads(one.command("log", "info", "--json"))["position"])

    @classmethod
    def lives(cls, one: pioneer.Pioneer, requests: int) -> None:
        one.start()
        ben = one.client(cls.ben)
        community = ben.get("/api/v1/me")["organisation"]["id"]
        for _ in range(requests):
            ben.post("/api/v1/requests", {**REQUEST, "organisation": community})
        ben.close()
        one.stop()

    @staticmethod
    def covered(port: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/log/checkpoint")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return int(text.split("\n")[1]) if answer.status == 200 else 0

    def serve(self, one: pioneer.Pioneer) -> str:
        one.start()
        self.addCleanup(one.stop)
        end = int(one.client().get("/readyz")["position"])
        pioneer.until(lambda: self.covered(one.port) > end)
        return f"http://127.0.0.1:{one.port}"

    def audit(self, *arguments: str, expect: int = 0) -> dict:
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", *arguments, "--json"], cwd=self.folder, text=True, capture_output=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else {"error": done.stderr}

    def test_a_server_is_asked_until_the_first_entry_is_found(self):
        copy = self.folder / "asked"
        shutil.copytree(self.stick, copy)
        url = self.serve(self.theirs)
        told = self.audit("replay", str(copy), "--server", url, "--token", self.auditor, expect=1)
        self.assertEqual((told["ok"], told["historiesPart"]), (False, str(self.parted)))
        self.assertEqual((told["parted"], told["agreed"], told["position"]), (str(self.rows), str(self.rows), str(self.rows + 1)))
        self.assertIn("requests", [one["projection"] for one in told["different"]])
        self.assertLess(told["compared"], 12, "the middle is asked for, not each entry")
        # What the other one signs, which is longer, is in the mirror now: whoever verifies it is told.
        self.assertEqual(self.audit("verify", str(copy), expect=1)["code"], "history_shorter")
        words = subprocess.run([pioneer.BIN / "pioneer", "audit", "replay", str(self.stick), "--server", url, "--token", self.ben],
                               cwd=self.folder, text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(words.returncode, 3, words.stdout + words.stderr)
        self.assertIn("auditors", words.stderr)

    def test_the_same_log_agrees_and_a_mirror_of_it_brings_its_digests(self):
        url = self.serve(self.mine)
        told = self.audit("replay", str(self.stick), "--server", url, "--token", self.auditor)
        self.assertEqual((told["ok"], told["compared"], told["different"]), (True, 1, []))
        self.assertNotIn("historiesPart", told)
        fetched = self.folder / "fetched"
        take = "mirror", "--server", url, "--token", self.auditor, "--to", str(fetched)
        self.audit(*take)
        # A server may have to replay its log for them: that is not waited for unless somebody asks.
        self.assertFalse((fetched / "digests").exists())
        self.assertEqual(self.audit("replay", str(fetched))["compared"], 0)
        self.audit(*take, "--hashes-only", "--digests", expect=2)
        size = self.audit(*take, "--digests")["position"]
        self.assertEqual([note.name for note in (fetched / "digests").iterdir()], [size])
        told = self.audit("replay", str(fetched))
        self.assertEqual((told["ok"], told["compared"], told["position"]), (True, 1, size))
        self.assertEqual(self.audit("verify", str(fetched))["unknownFiles"], 0)
        note = fetched / "digests" / size
        note.write_text(note.read_text(encoding="utf-8").replace("requests ", "requests 0"), encoding="utf-8")
        self.assertIn("was changed", self.audit("replay", str(fetched), expect=1)["error"])

    def test_read_models_that_are_not_what_the_history_makes_of_them(self):
        """The same entries, and another digest signed by the log's own key: nothing but a replay finds that."""
        key = note_key.NoteKey(self.mine.data / "keys/log-signing")
        size = int((self.stick / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
        published = self.folder / "retouched"
        published.mkdir()
        self.mine.command("replay", "--publish", str(published), "--at", str(size))
        note = published / "digests" / str(size)
        self.assertEqual(self.audit("replay", str(self.stick), "--published", str(note))["ok"], True)
        note.write_text(key.note(retouched(note_key.text_of(note.read_text(encoding="utf-8")))), encoding="utf-8")
        told = self.audit("replay", str(self.stick), "--published", str(note), expect=1)
        self.assertEqual((told["different"], told["position"], told["agreed"]), ([{"projection": "requests"}], str(size), "0"))
        self.serve(self.mine)
        for from_size in (size, size - 7):
            server = Retouched(self.mine.port, key, from_size)
            self.addCleanup(server.end)
            asked = "replay", str(self.stick), "--server", f"http://127.0.0.1:{server.server_address[1]}", "--token", self.auditor
            told = self.audit(*asked, expect=1)
            self.assertEqual((told["ok"], told["sameHistory"], told["different"]), (False, True, [{"projection": "requests"}]))
            self.assertEqual((told["position"], told["parted"]), (str(from_size), str(from_size - 1)))
            self.assertNotIn("historiesPart", told)
            words = subprocess.run([pioneer.BIN / "pioneer", "audit", *asked], cwd=self.folder, text=True, capture_output=True, timeout=120, check=False)
            self.assertEqual(words.returncode, 1, words.stdout + words.stderr)
            self.assertIn("THE SAME HISTORY, entry by entry", words.stdout)
            self.assertIn(f"DIFFERENT from what was published for {from_size} entries:\n  requests\n", words.stdout)
            self.assertNotIn("ANOTHER HISTORY", words.stdout)
        self.assertTrue(self.audit("verify", str(self.stick))["ok"], "nothing of it stays in the mirror")

    def test_signed_places_narrow_it_down_without_a_server(self):
        places = self.folder / "places"
        places.mkdir()
        self.theirs.command("replay", "--publish", str(places), "--every", "7")
        ends = sorted(int(note.name) for note in (places / "digests").iterdir())
        self.assertEqual(ends[:-1], list(range(7, ends[-1], 7)))
        told = self.audit("replay", str(self.stick), *self.published(places), expect=1)
        low, high = int(told["agreed"]), int(told["position"])
        self.assertEqual(low // 7, self.rows // 7)
        self.assertTrue(low <= self.rows < high, told)
        (self.folder / "closer").mkdir()
        asked = [flag for at in range(low + 1, high) for flag in ("--at", str(at))]
        self.theirs.command("replay", "--publish", str(self.folder / "closer"), *asked)
        told = self.audit("replay", str(self.stick), *self.published(self.folder / "closer"), expect=1)
        self.assertEqual((told["parted"], told["position"]), (str(self.rows), str(self.rows + 1)))

    @staticmethod
    def published(folder: pathlib.Path) -> list[str]:
        return [word for note in (folder / "digests").iterdir() for word in ("--published", str(note))]

    def test_where_nothing_was_published_it_says_so(self):
        self.assertEqual(self.audit("replay", str(self.stick))["compared"], 0)
        words = subprocess.run([pioneer.BIN / "pioneer", "audit", "replay", str(self.stick)], cwd=self.folder, text=True,
                               capture_output=True, timeout=120, check=True)
        self.assertIn("NOT COMPARED", words.stdout)
        self.assertIn("--digests", words.stdout)

    def test_a_directory_publishes_its_digests_by_replay(self):
        words = subprocess.run([pioneer.BIN / "pioneer", "audit", "mirror", "--data", self.mine.data, "--digests", "--to", self.folder / "asked-so"],
                               cwd=self.folder, text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(words.returncode, 2, words.stdout + words.stderr)
        self.assertIn("replay --publish", words.stderr)


if __name__ == "__main__":
    unittest.main()
