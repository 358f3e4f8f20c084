"""Three nodes of one log: any takes any command, and whatever happens to one of them, what people were told stands, once, on all."""
import json
import os
import pathlib
import sys
import time
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "process"), str(HERE.parent)]
import cluster  # noqa: E402
import crowd  # noqa: E402
import kill_storm_test  # noqa: E402
import pioneer  # noqa: E402
import stranger  # noqa: E402

PLACES = kill_storm_test.PLACES
LOAD = int(os.environ.get("PIONEER_LOAD", "30"))  # commands between one event and the next


class Thrice(crowd.Load):
    """Sends every command three times, each to the next node, under one key: it takes effect once, and all hear the same."""

    def step(self, client) -> None:
        client.steps = getattr(client, "steps", 0) + 1
        claim = (f"/api/v1/products/{self.product}/claims", {"places": 1})
        ask = ("/api/v1/requests", {"title": "路灯", "description": "灯不亮", "category": "safety", "organisation": self.crowd.community})
        for path, body in (claim, ask) if client.steps <= 90 else (ask,):  # a person may hold a hundred places
            key = str(uuid.uuid4())
            first = client.post(path, body, key)
            for _ in range(2):
                again = client.post(path, body, key)
                name = "claimId" if path.endswith("/claims") else "id"
                if again[name] != first[name]:
                    raise AssertionError(f"{path}: {first} and then {again}")
            self.told.append((path, key, first))


class Nodes(unittest.TestCase):
    """One cluster for all of them; each with a product of its own."""

    nodes = 3
    brokers = 1

    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(cluster.Cluster(cls.nodes, cls.brokers, cuttable=cls.brokers == 1))
        cls.crowd = crowd.Crowd(cls.cluster, 8)

    def setUp(self):
        self.cluster.mend()
        self.product = self.crowd.product(PLACES)

    def owner(self) -> pioneer.Pioneer:
        return pioneer.until(self.cluster.owner)

    def another_than(self, node: pioneer.Pioneer) -> pioneer.Pioneer:
        """Writes by now."""
        return pioneer.until(lambda: (found := self.cluster.owner()) is not node and found, 60)

    def more(self, load: crowd.Load, count: int = LOAD) -> None:
        before = len(load.told)
        pioneer.until(lambda: len(load.told) >= before + count or load.problems, 60 + LOAD)
        self.assertEqual(load.problems, [])

    def client(self, node: pioneer.Pioneer, token: str) -> pioneer.Client:
        client = node.client(token)
        self.addCleanup(client.close)
        return client

    def settle(self, load: crowd.Load) -> None:
        """Nobody was told what is not so; all nodes hold the same log, and read the same out of it."""
        self.assertEqual(load.problems, [])
        claims, requests = {}, set()
        for path, _, answer in load.told:
            if path.endswith("/claims"):
                self.assertNotIn(int(answer["claimId"]), claims, "one ticket was given twice")
                claims[int(answer["claimId"])] = answer
            else:
                requests.add(answer["id"])
        pioneer.until(lambda: all(self.cluster.ready(node)["ready"] for node in self.cluster.nodes), 60)
        end = 1 + max(int(self.cluster.ready(node)["position"]) for node in self.cluster.nodes)
        digests = set()
        for node in self.cluster.nodes:
            pioneer.until(lambda node=node: int(self.cluster.ready(node).get("position", 0)) + 1 >= end)
            self.read(self.client(node, self.crowd.cadre), claims, requests)
            digests.add(self.digests(self.client(node, self.crowd.auditor), end))
        self.assertEqual(len(digests), 1, "every node has the same log, and computes the same")

    def read(self, seen: pioneer.Client, claims: dict[int, dict], requests: set[str]) -> None:
        listed = {}
        cursor = ""
        while True:
            page = seen.get(f"/api/v1/products/{self.product}/claims?cursor={cursor}")
            listed.update({int(claim["claimId"]): claim for claim in page["items"]})
            cursor = page.get("nextCursor", "")
            if not cursor:
                break
        self.assertEqual(sorted(listed), list(range(1, len(listed) + 1)), "tickets have no gap")
        self.assertEqual(sorted(listed), sorted(claims), "each key took one place")
        confirmed = sorted(ticket for ticket, claim in listed.items() if claim["state"] == "confirmed")
        self.assertEqual(confirmed, list(range(1, min(PLACES, len(listed)) + 1)), "sold in order, never twice")
        for request in list(requests)[:40]:
            self.assertEqual(seen.get(f"/api/v1/requests/{request}")["title"], "路灯", "every node has the key of every text")

    def digests(self, auditor: pioneer.Client, end: int) -> str:
        """What the node's log comes to; its signature is its own."""
        def signed():
            try:
                return auditor.get(f"/log/digests/{end}")
            except pioneer.Refused as refused:
                if refused.code != "not_found":
                    raise
                return None  # it signs that in a moment
        return pioneer.until(signed).decode().partition("\n\n")[0]


class OfThree(Nodes):
    def test_a_day_with_every_command_sent_three_times(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
        status = self.cluster.status()
        self.assertEqual(len(status), 3)
        self.assertEqual(sum(int(node.get("epoch", 0)) > 0 for node in status), 1, "one writes")
        self.settle(load)

    def test_the_writer_is_killed_under_load(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            killed = self.owner()
            killed.kill()
            self.more(load)
            killed.start()
            self.more(load)
        self.settle(load)

    def test_the_writer_stops_and_another_goes_on(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            first = self.owner()
            first.stop()
            self.more(load)
            self.assertIsNot(self.owner(), first)
            first.start()
            self.more(load)
        self.settle(load)

    def test_the_writer_sleeps_past_its_session_and_wakes(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            sleeper = self.owner()
            self.cluster.pause(sleeper)
            self.another_than(sleeper)
            self.more(load)
            self.cluster.resume(sleeper)
            self.more(load)
        self.settle(load)

    def test_the_writer_loses_the_coordinator_of_its_group_alone(self):
        """It could go on writing; the group gives the log to another one."""
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            first = self.owner()
            self.cluster.cut(first, group_alone=True)
            self.another_than(first)
            self.more(load)
            self.cluster.heal()
            self.more(load)
        self.settle(load)

    def test_the_writer_loses_the_broker(self):
        """What it had sent arrives when it is heard again: late, behind another's fence."""
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            first = self.owner()
            self.cluster.cut(first)
            self.another_than(first)
            self.more(load)
            self.cluster.heal()
            self.more(load)
        self.settle(load)

    def test_all_lose_the_broker(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            self.cluster.cut()
            time.sleep(self.cluster.session_seconds + 1)
            self.cluster.heal()
            self.more(load)
        self.settle(load)

    def test_the_broker_is_killed_under_load(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            self.cluster.broker.kill()
            self.cluster.broker.start()
            self.more(load)
        self.settle(load)

    def test_the_group_changes_twenty_times(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            owner = self.owner()
            comer = next(node for node in self.cluster.nodes if node is not owner)
            for _ in range(10):
                comer.stop()
                comer.start()
            self.more(load)
            self.assertIs(self.owner(), owner, "who writes goes on writing while others come and go")
        self.settle(load)

    def test_a_stranger_writes_into_the_topic(self):
        """Garbage, and copies of all that stood there."""
        with stranger.Stranger(self.cluster.broker.bootstrap, "town") as somebody, Thrice(self.crowd, self.product) as load:
            self.more(load)
            copies = somebody.read()
            somebody.write([b"no record", b"", bytes(64)] * 20 + copies)
            self.more(load)
        auditor = self.client(self.cluster.nodes[1], self.crowd.auditor)
        pioneer.until(lambda: auditor.get("/api/v1/log/incidents")["voidRecords"] >= 60 + len(copies))
        self.settle(load)

    def test_a_new_node_joins_from_nothing(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            comer = self.enterContext(self.cluster.node())
            comer.start()
            self.cluster.nodes.append(comer)
            self.addCleanup(self.cluster.nodes.remove, comer)
            self.more(load)
        self.settle(load)
        comer.stop()

    def test_when_all_are_killed_each_holds_the_same(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
        self.settle(load)
        # Not stopped one by one: each that leaves is replaced, which is one more entry for the rest.
        for node in self.cluster.nodes:
            node.kill()
        found = {node.command("replay", "--json") for node in self.cluster.nodes}
        self.assertEqual(len(found), 1, "every node had computed the same")
        self.assertEqual(len({json.loads(node.command("verify", "--json"))["root"] for node in self.cluster.nodes}), 1)
        self.cluster.start()
        self.settle(load)


class OnThreeBrokers(Nodes):
    """Each record stands on three brokers."""

    nodes = 2
    brokers = 3

    def test_one_broker_of_three_is_killed(self):
        self.assertEqual(self.cluster.ready(self.cluster.nodes[0])["durability"], "replicated")
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            self.cluster.broker.kill(1)
            self.more(load)
            self.cluster.broker.start()
            self.more(load)
        self.settle(load)


if __name__ == "__main__":
    unittest.main()
