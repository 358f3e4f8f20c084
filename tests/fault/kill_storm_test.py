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
    def where(self) -> pioneer.Pioneer:
        return pioneer.Pioneer()

    def setUp(self):
        self.pioneer = self.enterContext(self.where())
        self.crowd = crowd.Crowd(self.pioneer, 8)

    def told(self, load: crowd.Load) -> tuple[dict[int, dict], dict[str, str]]:
        """Claims by ticket and states of requests, as their people were told."""
        claims: dict[int, dict] = {}
        requests: dict[str, str] = {}
        for path, _, answer in load.told:
            if path.endswith("/claims"):
                self.assertNotIn(int(answer["claimId"]), claims, "one ticket was given twice")
                claims[int(answer["claimId"])] = answer
            elif path.endswith("/withdraw"):
                requests[answer["id"]] = "withdrawn"
            else:
                requests.setdefault(answer["id"], "submitted")
        return claims, requests

    def test_acknowledged_is_recovered(self):
        rounds = []
        for number in range(ROUNDS):
            product = self.crowd.product(PLACES)
            with crowd.Load(self.crowd, product) as load:
                pioneer.until(lambda: len(load.told) >= 40 + 7 * (number % 20) or load.problems)
                self.pioneer.kill()
            self.assertEqual(load.problems, [])
            rounds.append((product, *self.told(load)))
            self.assertTrue(json.loads(self.pioneer.command("verify", "--json"))["ok"])
            self.pioneer.start()
            self.check(*rounds[-1])
        for told in rounds:
            self.check(*told)
        self.pioneer.stop()
        self.assertFalse(json.loads(self.pioneer.command("verify", "--json"))["tornTail"])
        self.pioneer.command("replay")

    def check(self, product: str, claims: dict[int, dict], requests: dict[str, str]) -> None:
        cadre = self.pioneer.client(self.crowd.cadre)
        self.addCleanup(cadre.close)
        for request, state in requests.items():
            # A withdrawal that was not acknowledged may have happened; an acknowledged one must have.
            self.assertIn(cadre.get(f"/api/v1/requests/{request}")["state"], [state, "withdrawn"])
        listed: dict[int, dict] = {}
        cursor = ""
        while True:
            page = cadre.get(f"/api/v1/products/{product}/claims?cursor={cursor}")
            listed.update({int(claim["claimId"]): claim for claim in page["items"]})
            cursor = page.get("nextCursor", "")
            if not cursor:
                break
        self.assertEqual(sorted(listed), list(range(1, len(listed) + 1)), "tickets have no gap")
        for ticket, claim in claims.items():
            self.assertEqual(listed[ticket]["state"], claim["state"])
        confirmed = sorted(ticket for ticket, claim in listed.items() if claim["state"] == "confirmed")
        self.assertEqual(confirmed, list(range(1, min(PLACES, len(listed)) + 1)), "sold in order, never twice")


if __name__ == "__main__":
    unittest.main()
