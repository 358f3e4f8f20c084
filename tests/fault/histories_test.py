"""Directories that do not fit together, or not this program: found out at the start, before anything is written."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import crowd  # noqa: E402
import forged_log  # noqa: E402
import pioneer  # noqa: E402

HOUR_US = 3600 * 1_000_000
NEWER_LEVEL = forged_log.fmt.FEATURE_LEVEL + 1


def digest(folder: pathlib.Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


class Histories(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.crowd = crowd.Crowd(self.pioneer, 1)
        self.request = self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))["id"]
        self.pioneer.stop()

    def log(self) -> pathlib.Path:
        return self.pioneer.data / "log"

    def refused_start(self) -> str:
        done = subprocess.run([pioneer.BIN / "pioneerd", "--data", self.pioneer.data, "--listen", "127.0.0.1:0"],
                              cwd=pioneer.ROOT, text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 3, done.stdout)
        return done.stderr

    def state(self) -> str:
        return self.shown(self.crowd.cadre)["state"]

    def shown(self, token: str) -> dict:
        return self.pioneer.client(token).get(f"/api/v1/requests/{self.request}")

    def is_read_only(self, reason: str) -> None:
        with self.assertRaises(pioneer.Refused) as ready:
            self.pioneer.client().get("/readyz")
        self.assertEqual((ready.exception.status, ready.exception.body["reason"]), (503, reason))
        with self.assertRaises(pioneer.Refused) as asked:
            self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))
        self.assertEqual((asked.exception.status, asked.exception.code), (503, reason))
        self.assertEqual(self.state(), "submitted")
        self.assertEqual(self.pioneer.client().get("/healthz")["status"], "ok")

    def test_stores_of_another_log_are_computed_anew(self):
        with pioneer.Pioneer() as other:
            stranger = crowd.Crowd(other, 1)
            for _ in range(2):
                stranger.ask(other.client(stranger.tokens[0]))
            other.stop()
            for name in ("db", "people"):
                shutil.rmtree(self.pioneer.data / name)
                shutil.copytree(other.data / name, self.pioneer.data / name)
        # The other log is longer: as it stands, this one would seem to have lost its end.
        self.lengthen()
        self.pioneer.start()
        self.assertEqual(sum("computed anew" in line for line in self.pioneer.said), 2, self.pioneer.said)
        self.assertEqual(self.state(), "submitted")
        self.pioneer.stop()

    def lengthen(self) -> None:
        """Behind what the other one holds."""
        for _ in range(3):
            forged_log.append(sorted(self.log().glob("*.segment"))[-1], forged_log.recorded_at(time.time_ns() // 1000))

    def test_a_log_behind_its_stores_is_refused_untouched(self):
        older = self.pioneer.data.parent / "older"
        shutil.copytree(self.log(), older)
        self.pioneer.start()
        self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))
        self.pioneer.stop()
        shutil.rmtree(self.log())
        shutil.copytree(older, self.log())
        before = digest(self.log())
        words = self.refused_start()
        self.assertIn("the log has lost its end", words)
        self.assertIn("computed from it anew", words)
        self.assertEqual(digest(self.log()), before)
        # What the words tell to do helps.
        shutil.rmtree(self.pioneer.data / "db")
        shutil.rmtree(self.pioneer.data / "people")
        # What others were shown stands in the way still: nobody goes on in silence behind a signed checkpoint.
        words = self.refused_start()
        self.assertIn("were signed in", words)
        self.assertEqual(digest(self.log()), before, words)
        shutil.move(self.pioneer.data / "checkpoints", self.pioneer.data.parent / "kept")
        self.pioneer.start()
        self.assertEqual(self.state(), "submitted")
        self.pioneer.stop()

    def test_a_commit_of_a_newer_program_is_served_around(self):
        segment = sorted(self.log().glob("*.segment"))[-1]
        forged_log.append(segment, b"\x99\x99 nothing that this program reads", level=NEWER_LEVEL)
        before = digest(self.log())
        told = json.loads(self.pioneer.command("verify", "--json", expect=1))
        self.assertEqual((told["ok"], told["code"]), (False, "newer_feature_level"))
        self.assertIn("a newer program is needed", told["reason"])
        self.assertIn("NEWER", self.pioneer.command("verify", expect=1))
        self.pioneer.start()
        self.is_read_only("newer_feature_level")
        self.pioneer.stop()
        self.assertEqual(digest(self.log()), before)

    def test_permissions_that_the_log_does_not_have_are_recorded_at_the_start(self):
        def field(number: int, value: bytes) -> bytes:
            return forged_log.varint(number << 3 | 2) + forged_log.varint(len(value)) + value

        category = field(1, b"repair") + field(2, "维修".encode()) + field(3, b"Repairs") + b"\x30\x3c\x38\x78"
        adopted = field(1, field(1, category) + b"\x10\x3c" + field(3, b"repair"))
        part = field(1, b"policy/services") + b"\x10\x01" + field(5, field(1, b"PolicyAdopted") + field(3, adopted))
        body = forged_log.recorded_at(time.time_ns() // 1000) + field(8, part)
        forged_log.append(sorted(self.log().glob("*.segment"))[-1], body)

        def policies() -> list[dict]:
            return json.loads(self.pioneer.command("policy", "history", "--json"))["items"]

        self.assertEqual([bool(policy["permissions"]) for policy in policies()], [True, False])
        self.pioneer.start()
        served = self.pioneer.client().get("/api/v1/policies")["items"]
        # First the rules in force are told with their permissions; then the server adopts its own services.yaml.
        self.assertEqual([bool(policy["permissions"]) for policy in served], [True, False, True, True])
        self.assertEqual(served[0]["permissions"], served[2]["permissions"])
        self.assertEqual(served[3]["categories"], served[0]["categories"])
        self.assertEqual((served[2]["categories"], served[2]["differences"]), (served[1]["categories"], []), "the rules stay")
        self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))
        self.pioneer.stop()
        asked = json.loads(self.pioneer.command("log", "tail", "--json", "--limit", "1"))
        self.assertEqual(asked["policy"], served[3]["position"])
        self.pioneer.start()
        self.pioneer.stop()
        self.assertEqual(len(policies()), 4, "and not again")
        self.assertEqual(policies(), served)

    def test_the_feature_level_goes_no_higher_than_this_program_knows(self):
        self.pioneer.command("log", "raise-level", "--to", str(NEWER_LEVEL), expect=1)
        self.assertNotIn("FeatureLevelRaised", self.pioneer.command("log", "show", "--json"))
        self.pioneer.command("log", "raise-level")
        self.pioneer.command("log", "raise-level", expect=1)  # it is there already
        self.assertEqual(self.pioneer.command("log", "show", "--json").count("FeatureLevelRaised"), 1)

    def test_a_clock_behind_the_log_is_served_for_reading_until_it_is_confirmed(self):
        ahead = time.time_ns() // 1000 + HOUR_US
        forged_log.append(sorted(self.log().glob("*.segment"))[-1], forged_log.recorded_at(ahead))
        self.pioneer.start()
        self.is_read_only("clock_behind_log")
        # That a cadre opens somebody's name cannot be put on record: so it is not opened. All else is shown.
        seen = self.shown(self.crowd.cadre)
        self.assertEqual((seen["title"], seen.get("askerName")), ("路灯", None))
        self.pioneer.stop()
        self.assertIn("confirmed", self.pioneer.command("log", "confirm-clock"))
        for _ in range(2):  # also at the start after the next
            self.pioneer.start()
            pioneer.until(lambda: self.pioneer.client().get("/readyz")["ready"])
            self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))
            self.assertEqual(self.shown(self.crowd.cadre)["askerName"], "居民0")
            self.pioneer.stop()
        self.pioneer.command("verify")


if __name__ == "__main__":
    unittest.main()
