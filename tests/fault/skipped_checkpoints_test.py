"""Checkpoints that were left out: also those of a time when no server ran are told, and no restart forgets them."""
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402

LATE_S = 5


class SkippedCheckpoints(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.make()
        self.auditor = self.pioneer.token("Otto", "auditor", "3502")

    def covered(self) -> int:
        try:
            return int(self.pioneer.client().get("/log/checkpoint").decode().split("\n")[1])
        except pioneer.Refused:
            return 0

    def start(self) -> int:
        """How much is signed, once that is all that is there."""
        self.pioneer.start()
        end = int(self.pioneer.client().get("/readyz")["position"])
        return pioneer.until(lambda: (now := self.covered()) > end and now)

    def incidents(self) -> dict:
        return self.pioneer.client(self.auditor).get("/api/v1/log/incidents")

    def test_what_nobody_signed_while_no_server_ran_is_told_for_good(self):
        signed = self.start()
        self.assertEqual((self.incidents()["late"], self.incidents()["gaps"]), (0, []), "before the first checkpoint nothing was left out")
        self.pioneer.stop()
        self.pioneer.token("Ben", "member", "350206001001")
        unsigned = json.loads(self.pioneer.command("log", "show", "--from", str(signed), "--limit", "1", "--json").splitlines()[0])
        written = time.monotonic()
        pioneer.until(lambda: time.monotonic() - written > LATE_S + 1)
        covers = self.start()
        found = self.incidents()
        (gap,) = found["gaps"]
        self.assertEqual((found["late"], gap["reason"]), (1, "not_running"))
        self.assertEqual((int(gap["fromSize"]), gap["began"]), (signed, unsigned["recordedAt"]))
        self.assertLessEqual(int(gap["toSize"]), covers)
        self.assertGreater(gap["ended"], found["since"])
        # Nothing is left out by a start over what is signed; and what was is told as before.
        self.pioneer.kill()
        self.start()
        self.assertEqual((self.incidents()["late"], self.incidents()["gaps"]), (1, [gap]))
        self.pioneer.stop()
        record = self.pioneer.data / "checkpoints" / "incidents"
        record.write_text("nothing that was written here\n", encoding="utf-8")
        self.start()
        self.assertTrue(any("are not shown any more" in line for line in self.pioneer.said), self.pioneer.said)
        self.assertEqual(self.incidents()["gaps"], [])


if __name__ == "__main__":
    unittest.main()
