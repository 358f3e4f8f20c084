"""The transparency log as a running server gives it: anybody fetches it over HTTP, others' programs verify it, a crash leaves one history."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import mirror_test  # noqa: E402
import pioneer  # noqa: E402

WIDTH = 256


def index_path(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def tiles_of(size: int):
    """The paths of all hash tiles of a tree of so many leaves."""
    level = 0
    while size:
        for index in range(size // WIDTH):
            yield f"tile/{level}/{index_path(index)}"
        if size % WIDTH:
            yield f"tile/{level}/{index_path(size // WIDTH)}.p/{size % WIDTH}"
        size //= WIDTH
        level += 1


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        mirror_test.begin(cls)
        cls.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)  # one differs from what make() wrote
        cls.auditor = cls.pioneer.token("Ann Audit", "auditor", "3502")
        cls.cadre = cls.pioneer.token("Carl Cadre", "cadre", "3502")
        cls.local = cls.pioneer.token("Lena Local", "auditor", "350206001001")
        cls.pioneer.start()

    def get(self, path: str, token: str = "") -> bytes:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.pioneer.port}/log/{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.read()

    def status(self, path: str, token: str = "") -> int:
        try:
            self.get(path, token)
            return 200
        except urllib.error.HTTPError as error:
            return error.code

    def size(self) -> int:
        return int(self.get("checkpoint").decode().split("\n")[1])

    def covers(self, position: int):
        pioneer.until(lambda: self.status("checkpoint") == 200 and self.size() >= position)

    def fetch(self, to: pathlib.Path) -> None:
        """As a monitor does: the checkpoint, then every tile of that size."""
        to.mkdir()
        (to / "checkpoint").write_bytes(self.get("checkpoint"))
        for path in tiles_of(int((to / "checkpoint").read_text(encoding="utf-8").split("\n")[1])):
            (to / path).parent.mkdir(parents=True, exist_ok=True)
            (to / path).write_bytes(self.get(path))

    def position(self) -> int:
        return int(self.pioneer.client().get("/readyz")["position"])

    def test_what_is_served_is_what_a_mirror_holds_and_others_verify_it(self):
        self.covers(self.position())
        first = self.folder / "first"
        self.fetch(first)
        self.pioneer.kill()
        self.pioneer.start()
        seen = int((first / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
        self.assertGreaterEqual(self.size(), seen, "after SIGKILL")
        self.covers(max(seen + 1, self.position()))  # its new epoch is a record too
        second = self.folder / "second"
        self.fetch(second)
        self.pioneer.stop()

        mirror = self.folder / "mirror"
        told = mirror_test.mirror(self.pioneer, mirror)
        self.assertEqual((mirror / "checkpoint").read_bytes(), (second / "checkpoint").read_bytes())
        for file in second.rglob("*"):
            if file.is_file():
                self.assertEqual(file.read_bytes(), (mirror / file.relative_to(second)).read_bytes(), file)
        shutil.copytree(mirror / "tile/entries", second / "tile/entries")
        done = subprocess.run([self.reader, told["verifier"], second, first / "checkpoint"], text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.strip(), told["root"])
        self.pioneer.start()

    def test_what_is_no_tile_is_not_found(self):
        self.covers(1)
        for path in ("tile/0/999", "tile/0/0", "tile/0/000.p/0", "tile/0/000.p/256", "tile/9/000", "tile/-1/000", "tile/00/000", "tile/0/x000/001",
                     "tile/0/../0/000", "tile/0", "tile", "checkpoints", "tile/0/%2e%2e/000"):
            self.assertIn(self.status(path), (404, 400), path)

    def entries(self, path: str) -> list[bytes]:
        """The records of a bundle, as the format frames them."""
        rest, records = self.get(path, self.auditor), []
        while rest:
            length = int.from_bytes(rest[:2], "big")
            records.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
        return records

    def test_entries_are_for_auditors_of_a_root_and_never_beyond_the_checkpoint(self):
        self.covers(self.position())
        size = self.size()
        for path in ("tile/entries/000", f"tile/entries/{index_path(size // WIDTH)}.p/{size % WIDTH}", "tile/entries/000.p/1", "tile/entries/000.p/255"):
            records = self.entries(path)
            width = int(path.partition(".p/")[2] or WIDTH)
            self.assertEqual(len(records), width, path)
            hashes = self.get("tile/0/" + path.removeprefix("tile/entries/"))
            leaves = [hashlib.sha256(b"\0" + record).digest() for record in records]
            self.assertEqual(b"".join(leaves), hashes, path)
            for token, status in (("", 401), (self.cadre, 403), (self.local, 403), ("nobody's", 401)):
                self.assertEqual(self.status(path, token), status, path)
        beyond = self.size() + 500
        for path in ("tile/entries/999", f"tile/entries/{index_path(beyond // WIDTH)}.p/{beyond % WIDTH or 1}", "tile/entries/0", "tile/entries/000.p/0",
                     "tile/entries/000.p/256", "tile/entries/x000/001", "tile/entries/../0/000", "tile/entries", f"tile/entries/{'x999/' * 4}999"):
            self.assertIn(self.status(path, self.auditor), (404, 400), path)

    def test_the_log_tells_once_a_day_and_stretch_who_fetched_entries(self):
        def notes():
            lines = self.pioneer.command("log", "show", "--limit", "100000", "--stream", "access/", "--json").splitlines()
            return [event["data"] | {"actor": stream["actor"]} for line in lines for stream in json.loads(line)["streams"] for event in stream["events"]
                    if event["type"] == "EntriesFetched"]

        self.covers(self.position())
        self.get("tile/entries/000", self.auditor)
        for width in range(1, 200):
            self.get(f"tile/entries/000.p/{width}", self.auditor)
        self.pioneer.kill()  # what was noted is noted, whatever the server remembers
        first = notes()
        self.assertEqual([(note["first"], note["last"]) for note in first], [("0", "65535")])
        self.assertTrue(first[0]["actor"])
        self.pioneer.start()
        self.covers(self.position())
        self.get("tile/entries/000", self.auditor)
        self.pioneer.kill()
        self.assertLessEqual(len(notes()), 2, "two only where midnight lay between")
        self.pioneer.start()

    def test_answers_say_how_long_they_hold(self):
        self.covers(1)
        text, octets = "text/plain; charset=utf-8", "application/octet-stream"
        for path, kind, kept in (("checkpoint", text, "public, max-age=1"), ("key-history", text, "public, max-age=1"), ("stamps", text, "public, max-age=1"),
                                 ("tile/0/000.p/1", octets, "public, max-age=31536000, immutable")):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.pioneer.port}/log/{path}", timeout=10) as answer:
                self.assertEqual((path, answer.headers["Content-Type"], answer.headers["Cache-Control"]), (path, kind, kept))
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
        self.assertEqual(len(self.get("tile/0/000.p/1")), 32)
        asked = urllib.request.Request(f"http://127.0.0.1:{self.pioneer.port}/log/tile/entries/000.p/1", headers={"Authorization": f"Bearer {self.auditor}"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            self.assertEqual((answer.headers["Content-Type"], answer.headers["Cache-Control"]), (octets, "no-store"))
            self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])

    def test_another_log_in_its_place_is_refused(self):
        self.covers(1)
        self.pioneer.stop()
        checkpoint = self.pioneer.data / "checkpoints" / "checkpoint"
        kept = checkpoint.read_bytes()
        lines = kept.decode().split("\n")
        lines[2] = "A" * 43 + "="
        checkpoint.write_text("\n".join(lines), encoding="utf-8")
        refused = subprocess.run([pioneer.BIN / "pioneerd", "--data", self.pioneer.data, "--listen", "127.0.0.1:0"], text=True,
                                 capture_output=True, timeout=60, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("Keep both", refused.stderr)
        checkpoint.write_bytes(kept)
        self.pioneer.start()


if __name__ == "__main__":
    unittest.main()
