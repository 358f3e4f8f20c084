"""Three nodes of one log: any takes any command, and whatever happens to one of them, what people were told stands, once, on all."""
import json
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

PLACES = kill_storm_test.PLACES


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
    brokers = 1

    def setUp(self):
        self.cluster = self.enterContext(cluster.Cluster(3, self.brokers))
        self.crowd = crowd.Crowd(self.cluster, 8)
        self.product = self.crowd.product(PLACES)

    def owner(self) -> pioneer.Pioneer:
        return pioneer.until(self.cluster.owner)

    def more(self, load: crowd.Load, count: int = 60) -> None:
        before = len(load.told)
        pioneer.until(lambda: len(load.told) >= before + count or load.problems, 90)
        self.assertEqual(load.problems, [])

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
        end = max(int(self.cluster.ready(node)["position"]) for node in self.cluster.nodes if node.process is not None)
        running = [node for node in self.cluster.nodes if node.process is not None]
        for node in running:
            pioneer.until(lambda node=node: int(self.cluster.ready(node).get("position", 0)) >= end)
            seen = node.client(self.crowd.cadre)
            self.addCleanup(seen.close)
            listed = {}
            cursor = ""
            while True:
                page = seen.get(f"/api/v1/products/{self.product}/claims?cursor={cursor}")
                listed.update({int(claim["claimId"]): claim for claim in page["items"]})
                cursor = page.get("nextCursor", "")
                if not cursor:
                    break
            self.assertEqual(sorted(listed), list(range(1, len(listed) + 1)), "tickets have no gap")
            self.assertEqual(len(listed), len(claims), "each key took one place")
            confirmed = sorted(ticket for ticket, claim in listed.items() if claim["state"] == "confirmed")
            self.assertEqual(confirmed, list(range(1, min(PLACES, len(listed)) + 1)), "sold in order, never twice")
            for request in list(requests)[:40]:
                self.assertEqual(seen.get(f"/api/v1/requests/{request}")["title"], "路灯", "every node has the key of every text")
        # Not stopped one by one: each that leaves is replaced, which is one more entry for the rest.
        for node in running:
            node.kill()
        found = {json.dumps(json.loads(node.command("replay", "--json"))["digests"], sort_keys=True) for node in running}
        self.assertEqual(len(found), 1, "every node computes the same")
        self.assertEqual(len({json.loads(node.command("verify", "--json"))["root"] for node in running}), 1)


class OfThree(Nodes):
    def test_a_day_with_every_command_sent_three_times(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load, 90)
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
            time.sleep(self.cluster.session_seconds + 3)
            self.more(load)
            self.cluster.resume(sleeper)
            self.more(load)
        pioneer.until(lambda: all(self.cluster.ready(node)["ready"] for node in self.cluster.nodes))
        self.settle(load)

    def test_the_broker_is_killed_under_load(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            self.cluster.broker.kill()
            time.sleep(1)
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
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            self.cluster.broker.tool("ConsoleProducer", "--topic", "town", stdin="no record\nnor this\n" * 50)
            self.more(load)
        auditor = self.cluster.nodes[1].client(self.crowd.auditor)
        self.addCleanup(auditor.close)
        pioneer.until(lambda: auditor.get("/api/v1/log/incidents")["voidRecords"] >= 100)
        self.settle(load)

    def test_a_new_node_joins_from_nothing(self):
        with Thrice(self.crowd, self.product) as load:
            self.more(load)
            self.cluster.nodes.append(self.cluster.node())
            load_clients = len(self.cluster.nodes)
            self.cluster.nodes[-1].start()
            self.assertEqual(load_clients, 4)
            self.more(load)
        self.settle(load)


class OnThreeBrokers(Nodes):
    """What one broker less, and a node less, do where each record stands on three brokers."""

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
