"""What happens to a directory: bytes flipped, the database gone, a second process, a newer format, a torn tail."""
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import threading
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import crowd  # noqa: E402
import pioneer  # noqa: E402

FLIPS = int(os.environ.get("PIONEER_FLIPS", "200"))
SEED = int(os.environ.get("PIONEER_SEED", "20260301"))
HEADER_BYTES = 4096
FORMAT_AT = 8


def content(folder: pathlib.Path) -> dict[str, str]:
    """Digest of each file below."""
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(folder.rglob("*")) if file.is_file()}


class Damage(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.crowd = crowd.Crowd(self.pioneer, 4)
        self.product = self.crowd.product(20)
        with crowd.Load(self.crowd, self.product, 4) as load:
            pioneer.until(lambda: len(load.told) >= 60 or load.problems)
        self.assertEqual(load.problems, [])

    def segments(self) -> list[pathlib.Path]:
        return sorted((self.pioneer.data / "log").glob("*.segment"))

    def verified(self, expect: int) -> dict:
        return json.loads(self.pioneer.command("verify", "--json", expect=expect))

    def serve(self) -> subprocess.CompletedProcess:
        """A server that is expected to refuse."""
        return subprocess.run([pioneer.BIN / "pioneerd", "--data", self.pioneer.data, "--listen", "127.0.0.1:0"],
                              cwd=pioneer.ROOT, text=True, capture_output=True, timeout=60, check=False)

    def read_again(self) -> int:
        """Commits that the running server's start read."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.pioneer.port}/metrics", timeout=10) as answer:
            return int(float(re.search(r"^pioneer_start_commits (\S+)", answer.read().decode(), flags=re.M)[1]))

    def quiet_log(self) -> dict[str, str]:
        """The log's files when the running server has protected its last batch."""
        seen: list[dict[str, str]] = [{}]

        def still() -> dict[str, str] | None:
            seen.append(content(self.pioneer.data / "log"))
            threading.Event().wait(0.2)  # twice as long as a batch stays unprotected
            now = content(self.pioneer.data / "log")
            return now if now == seen[-1] else None

        return pioneer.until(still)

    def test_each_flipped_byte_is_found_and_its_file_named(self):
        self.pioneer.stop()
        self.assertTrue(self.verified(0)["ok"])
        chance = random.Random(SEED)
        for number in range(FLIPS):
            file = chance.choice(self.segments())
            with open(file, "r+b") as opened:
                size = file.stat().st_size
                used = len(opened.read().rstrip(b"\0"))
                # A third in the header and what is used, a third around its end, a third anywhere in the unused rest.
                first, last = [(0, used), (max(0, used - 2048), min(size, used + 8192)), (used, size)][number % 3]
                at = chance.randrange(first, last)
                opened.seek(at)
                before = opened.read(1)
                opened.seek(at)
                opened.write(bytes([before[0] ^ (1 << chance.randrange(8))]))
                opened.flush()
                with self.subTest(seed=SEED, flip=number, file=file.name, byte=at):
                    found = self.verified(1)
                    self.assertFalse(found["ok"])
                    self.assertTrue(found["file"].endswith(file.name), found)
                    # What guards the byte begins at or before it: the header, or its batch.
                    self.assertLessEqual(int(found["offset"]), at)
                opened.seek(at)
                opened.write(before)
        self.assertTrue(self.verified(0)["ok"])

    def test_a_damaged_log_is_not_served(self):
        self.pioneer.stop()
        file = self.segments()[0]
        with open(file, "r+b") as opened:
            opened.seek(HEADER_BYTES + 1500)
            byte = opened.read(1)
            opened.seek(HEADER_BYTES + 1500)
            opened.write(bytes([byte[0] ^ 1]))
        before = content(self.pioneer.data / "log")
        refused = self.serve()
        self.assertEqual(refused.returncode, 3, refused.stdout + refused.stderr)
        self.assertIn(file.name, refused.stderr)
        self.assertEqual(content(self.pioneer.data / "log"), before)

    def test_a_lost_database_is_built_again(self):
        board = f"/api/v1/boards/{self.crowd.community}"
        shown = self.pioneer.client(self.crowd.cadre).get(board)["columns"]
        self.pioneer.stop()
        before = json.loads(self.pioneer.command("replay", "--json"))
        shutil.rmtree(self.pioneer.data / "db")
        self.pioneer.start()
        self.assertEqual(self.pioneer.client(self.crowd.cadre).get(board)["columns"], shown)
        self.pioneer.stop()
        self.assertEqual(json.loads(self.pioneer.command("replay", "--json"))["digests"], before["digests"])
        shutil.rmtree(self.pioneer.data / "db")
        shutil.rmtree(self.pioneer.data / "people")
        self.pioneer.start()
        self.assertEqual(self.pioneer.client(self.crowd.cadre).get(board)["columns"], shown)
        me = self.pioneer.client(self.crowd.tokens[0]).get("/api/v1/me")
        self.assertEqual(me["name"], "居民0")
        self.pioneer.stop()
        self.assertEqual(json.loads(self.pioneer.command("replay", "--json"))["digests"], before["digests"])

    def test_a_directory_in_use_is_refused_and_left_alone(self):
        before = self.quiet_log()
        refused = self.serve()
        self.assertEqual(refused.returncode, 3, refused.stdout + refused.stderr)
        for arguments in (["import", "organisations", "ops/demo/organisations.csv"], ["replay"],
                          ["token", "create", "--member", "别人", "--role", "auditor", "--organisation", "3502"]):
            self.pioneer.command(*arguments, expect=3)
        self.assertEqual(content(self.pioneer.data / "log"), before)
        self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))  # the first goes on

    def test_a_newer_format_is_refused_and_left_alone(self):
        self.pioneer.stop()
        file = self.segments()[-1]
        with open(file, "r+b") as opened:
            opened.seek(FORMAT_AT)
            newer = opened.read(1)[0] + 1
            opened.seek(FORMAT_AT)
            opened.write(bytes([newer]))
            opened.seek(12)  # a newer format has a checksum of its own
            opened.write(b"none")
        before = content(self.pioneer.data)
        refused = self.serve()
        self.assertEqual(refused.returncode, 3, refused.stdout + refused.stderr)
        self.assertIn(f"format is {newer}", refused.stderr)
        self.pioneer.command("replay", expect=3)
        self.assertEqual(content(self.pioneer.data), before)

    def test_a_start_reads_again_only_what_was_not_projected(self):
        self.pioneer.stop()
        self.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)  # one differs from what make() wrote
        self.pioneer.start()
        self.pioneer.kill()
        self.pioneer.start()
        self.assertLess(self.read_again(), 100, "after SIGKILL, of more than 1,300")
        self.pioneer.stop()
        shutil.rmtree(self.pioneer.data / "db")
        self.pioneer.start()
        self.assertGreater(self.read_again(), 1_300, "without a database")

    def test_after_a_kill_the_tail_is_torn_and_the_log_good(self):
        self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))
        self.pioneer.kill()
        found = self.verified(0)
        self.assertTrue(found["ok"])
        self.assertTrue(found["tornTail"], found)
        # Half of a batch that no sync ever covered: dropped at the next start, and nothing else.
        file = self.segments()[-1]
        end = (len(file.read_bytes().rstrip(b"\0")) + 511) // 512 * 512
        with open(file, "r+b") as opened:
            opened.seek(end)
            opened.write(random.Random(SEED).randbytes(300))
        torn = self.verified(0)
        self.assertTrue(torn["tornTail"], torn)
        self.assertEqual(torn["position"], found["position"])
        self.pioneer.start()
        self.pioneer.stop()
        self.assertGreaterEqual(int(self.verified(0)["position"]), int(found["position"]))


if __name__ == "__main__":
    unittest.main()
