"""500 people claim 50 places at once; the server is killed in the middle and started again."""
import pathlib
import sys
import threading
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402

PEOPLE = 500
PLACES = 50
THREADS = 32  # for what is laid out before and read after


class ClaimsOverKill(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.make()
        self.administrator = self.pioneer.token("管理员", "administrator", "3502")
        self.cadre = self.pioneer.token("李干部", "cadre", "350206001001")
        self.pioneer.start()
        self.community = self.pioneer.client().get("/api/v1/organisations?code=350206001001")["items"][0]["id"]

    def register_people(self) -> list[str]:
        """Tokens of new members."""
        tokens: list[str] = [""] * PEOPLE

        def some(first: int) -> None:
            client = self.pioneer.client(self.administrator)
            for i in range(first, PEOPLE, THREADS):
                member = client.post("/api/v1/members", {"name": f"居民{i}", "organisation": self.community})["id"]
                tokens[i] = client.post(f"/api/v1/members/{member}/tokens")["token"]

        self.in_threads(some)
        return tokens

    def in_threads(self, work, threads: int = THREADS) -> None:
        problems: list[BaseException] = []

        def guarded(first: int) -> None:
            try:
                work(first)
            except BaseException as problem:  # noqa: BLE001  a thread's failure is the test's
                problems.append(problem)

        running = [threading.Thread(target=guarded, args=(i,)) for i in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        if problems:
            raise problems[0]

    def publish(self) -> str:
        cadre = self.pioneer.client(self.cadre)
        product = cadre.post("/api/v1/products", {
            "title": "陶艺课", "description": "一起做碗", "kind": "activity", "organisation": self.community,
            "sessions": [{"starts": "2096-01-01T09:00:00Z", "ends": "2096-01-01T11:00:00Z", "venue": "合兴"}],
            "capacity": PLACES, "maxPerMember": 1, "waitlist": True})["id"]
        cadre.post(f"/api/v1/products/{product}/publish")
        return product

    def test_nothing_acknowledged_is_lost_and_nothing_is_sold_twice(self):
        tokens = self.register_people()
        product = self.publish()
        keys = [str(uuid.uuid4()) for _ in tokens]
        acknowledged: dict[int, dict] = {}
        half = threading.Event()
        all_at_once = threading.Barrier(PEOPLE)

        def claim(i: int) -> None:
            client = self.pioneer.client(tokens[i])
            client.get("/healthz")  # connected before all of them ask
            all_at_once.wait(timeout=60)
            try:
                acknowledged[i] = client.post(f"/api/v1/products/{product}/claims", {"places": 1}, keys[i])
            except OSError:
                return  # killed: what became of this one is unknown
            if len(acknowledged) >= PEOPLE // 2:
                half.set()

        def kill() -> None:
            half.wait(timeout=60)
            self.pioneer.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        self.in_threads(claim, PEOPLE)
        killer.join()
        before = dict(acknowledged)
        self.assertGreaterEqual(len(before), PEOPLE // 2)

        self.pioneer.start()
        outcome: dict[int, dict] = {}

        def claim_again(first: int) -> None:
            client = self.pioneer.client()
            for i in range(first, PEOPLE, THREADS):
                client.token = tokens[i]
                client.position = None
                outcome[i] = client.post(f"/api/v1/products/{product}/claims", {"places": 1}, keys[i])

        self.in_threads(claim_again)
        for i, first in before.items():
            self.assertEqual(outcome[i]["claimId"], first["claimId"])
            self.assertEqual(outcome[i]["state"], first["state"])
        by_ticket = sorted(outcome.values(), key=lambda claim: int(claim["claimId"]))
        self.assertEqual([int(c["claimId"]) for c in by_ticket], list(range(1, PEOPLE + 1)))
        self.assertEqual([c["state"] for c in by_ticket], ["confirmed"] * PLACES + ["waitlisted"] * (PEOPLE - PLACES))

        view = self.pioneer.client().get(f"/api/v1/products/{product}")
        self.assertEqual((view["placesLeft"], view["waiting"]), (0, PEOPLE - PLACES))
        client = self.pioneer.client()
        for place in (1, 100, PEOPLE - PLACES):
            ticket = by_ticket[PLACES + place - 1]["claimId"]
            person = next(i for i, c in outcome.items() if c["claimId"] == ticket)
            client.token = tokens[person]
            shown = client.get(f"/api/v1/products/{product}/claims/{ticket}")
            self.assertEqual(shown["waitlistPosition"], place)
        self.pioneer.stop()
        self.pioneer.command("verify")


if __name__ == "__main__":
    unittest.main()
