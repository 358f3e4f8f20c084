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
        self.assertTrue(any("is not shown any more" in line for line in self.pioneer.said), self.pioneer.said)
        self.assertEqual([one["reason"] for one in self.incidents()["gaps"]], ["record_unreadable"])

    def test_a_record_that_was_taken_away_is_missed(self):
        """It is there with the first checkpoint, whoever signs that one."""
        record = self.pioneer.data / "checkpoints" / "incidents"
        self.assertFalse(record.exists())
        self.pioneer.command("audit", "mirror", "--to", str(self.pioneer.data.parent / "stick"))
        self.assertEqual(record.read_text(encoding="utf-8"), "0\n")
        self.start()
        self.assertFalse(any("is not shown any more" in line for line in self.pioneer.said), self.pioneer.said)
        self.assertEqual(self.incidents()["late"], 0)
        self.pioneer.stop()
        covered = int((record.parent / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
        record.unlink()
        self.start()
        self.assertTrue(any("is gone" in line and "is not shown any more" in line for line in self.pioneer.said), self.pioneer.said)
        found = self.incidents()
        (gap,) = found["gaps"]
        first = json.loads(self.pioneer.command("log", "show", "--limit", "1", "--json").splitlines()[0])
        self.assertEqual((found["late"], gap["reason"], gap["began"]), (1, "record_lost", first["recordedAt"]))
        self.assertEqual((gap["fromSize"], gap["toSize"]), ("0", str(covered)))
        # For good: a start later it is told still, and not as another one.
        self.pioneer.stop()
        self.start()
        self.assertFalse(any("is not shown any more" in line for line in self.pioneer.said), self.pioneer.said)
        self.assertEqual(self.incidents()["gaps"], [gap])


if __name__ == "__main__":
    unittest.main()
