"""The server is killed again and again under mixed load: whatever it acknowledged is there after the next start."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import crowd  # noqa: E402
import pioneer  # noqa: E402

ROUNDS = int(os.environ.get("PIONEER_KILL_ROUNDS", "5"))
PLACES = 40


class KillStorm(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.crowd = crowd.Crowd(self.pioneer, 8)
        self.product = self.crowd.product(PLACES)
        self.claims: dict[int, dict] = {}
        self.requests: dict[str, str] = {}

    def keep(self, load: crowd.Load) -> None:
        for path, _, answer in load.told:
            if path.endswith("/claims"):
                self.assertNotIn(int(answer["claimId"]), self.claims, "one ticket was given twice")
                self.claims[int(answer["claimId"])] = answer
            elif path.endswith("/withdraw"):
                self.requests[answer["id"]] = "withdrawn"
            else:
                self.requests.setdefault(answer["id"], "submitted")

    def test_acknowledged_is_recovered(self):
        for round_number in range(ROUNDS):
            with crowd.Load(self.crowd, self.product) as load:
                pioneer.until(lambda: len(load.told) >= 40 + 7 * round_number or load.problems)
                self.pioneer.kill()
            self.assertEqual(load.problems, [])
            self.keep(load)
            found = json.loads(self.pioneer.command("verify", "--json"))
            self.assertTrue(found["ok"])
            self.pioneer.start()
            self.check()
        self.pioneer.stop()
        self.assertFalse(json.loads(self.pioneer.command("verify", "--json"))["tornTail"])
        self.pioneer.command("replay")

    def check(self) -> None:
        cadre = self.pioneer.client(self.crowd.cadre)
        for request, state in self.requests.items():
            shown = cadre.get(f"/api/v1/requests/{request}")["state"]
            # A withdrawal that was not acknowledged may have happened; an acknowledged one must have.
            self.assertIn(shown, [state, "withdrawn"])
        listed: dict[int, dict] = {}
        cursor = ""
        while True:
            page = cadre.get(f"/api/v1/products/{self.product}/claims?cursor={cursor}")
            listed.update({int(claim["claimId"]): claim for claim in page["items"]})
            cursor = page.get("nextCursor", "")
            if not cursor:
                break
        self.assertEqual(sorted(listed), list(range(1, len(listed) + 1)), "tickets have no gap")
        for ticket, claim in self.claims.items():
            self.assertEqual(listed[ticket]["state"], claim["state"])
        confirmed = [ticket for ticket, claim in listed.items() if claim["state"] == "confirmed"]
        self.assertEqual(sorted(confirmed), list(range(1, min(PLACES, len(listed)) + 1)), "sold in order, never twice")


if __name__ == "__main__":
    unittest.main()
