"""One node whose log is on a real broker: the city's day; the node killed under load; the broker killed under load. What was
acknowledged is accepted, once."""
import json
import pathlib
import shutil
import sys
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "process"), str(HERE.parent)]
import crowd  # noqa: E402
import kafka  # noqa: E402
import kill_storm_test  # noqa: E402
import pioneer  # noqa: E402

PASSING = {"taking_over", "broker_unreachable", "outcome_unknown", "not_yet_projected", "queue_full", "not_writable"}


class Stubborn(crowd.Load):
    """Sends each command until it hears what became of it, always with the same key."""

    def insist(self, client: pioneer.Client, path: str, body: dict) -> dict:
        key = str(uuid.uuid4())
        while True:
            try:
                answer = client.post(path, body, key)
            except pioneer.Refused as refused:
                if refused.code not in PASSING:
                    raise
            else:
                self.told.append((path, key, answer))
                return answer

    def step(self, client: pioneer.Client) -> None:
        self.insist(client, f"/api/v1/products/{self.product}/claims", {"places": 1})
        asked = self.insist(client, "/api/v1/requests", {"title": "路灯", "description": "灯不亮", "category": "safety",
                                                         "organisation": self.crowd.community})
        if len(self.told) % 3 == 0:
            self.insist(client, f"/api/v1/requests/{asked['id']}/withdraw", {})


class OnKafka(kill_storm_test.KillStorm):
    """The kill storm, and more, over a topic of its own for each test."""

    @classmethod
    def setUpClass(cls):
        cls.broker = cls.enterClassContext(kafka.Kafka())
        cls.broker.start()

    def where(self) -> pioneer.Pioneer:
        self.topic = self.id().rpartition(".")[2]
        return pioneer.Pioneer(self.broker.settings(self.topic))

    def ready(self) -> dict:
        try:
            return self.pioneer.client().get("/readyz")
        except pioneer.Refused as refused:
            return refused.body

    def incidents(self) -> dict:
        return self.pioneer.client(self.crowd.auditor).get("/api/v1/log/incidents")

    def test_a_day_of_the_city(self):
        ready = self.ready()
        self.assertEqual((ready["ready"], ready["engine"], ready["durability"]), (True, "kafka", "single"))
        product = self.crowd.product(kill_storm_test.PLACES)
        with crowd.Load(self.crowd, product) as load:
            pioneer.until(lambda: len(load.told) >= 200 or load.problems)
        self.assertEqual(load.problems, [])
        told = self.told(load)
        self.check(product, *told)

        self.assertEqual(self.incidents()["voidRecords"], 0)
        self.broker.tool("ConsoleProducer", "--topic", self.topic, stdin="no record\nnor this\n")
        pioneer.until(lambda: self.incidents()["voidRecords"] == 2)
        self.assertNotIn("fork", self.incidents())
        self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))
        self.pioneer.stop()

        verified = json.loads(self.pioneer.command("verify", "--json"))
        self.assertTrue(verified["ok"])
        self.assertFalse(verified["tornTail"])
        digests = json.loads(self.pioneer.command("replay", "--json"))
        other = pathlib.Path(self.pioneer.folder.name) / "other"
        settings = self.pioneer.written("topic.yaml", self.pioneer.log)
        copied = json.loads(pioneer.run("log", "copy", str(settings), str(other), "--json"))
        self.assertEqual(copied["root"], verified["root"], "what stands in the topic is what the node has")
        shutil.copytree(self.pioneer.data / "keys", other / "keys")
        self.assertEqual(json.loads(pioneer.run("replay", "--data", str(other), "--json"))["digests"], digests["digests"])

        self.pioneer.start()
        self.check(product, *told)
        self.assertEqual(len(self.incidents()["takeovers"]), int(self.incidents()["takeovers"][0]["epoch"]) - 1,
                         "every epoch but that of the fence that founded the log")

    def test_a_copy_that_is_gone_is_filled_again(self):
        product = self.crowd.product(kill_storm_test.PLACES)
        with crowd.Load(self.crowd, product) as load:
            pioneer.until(lambda: len(load.told) >= 60 or load.problems)
        self.pioneer.stop()
        for gone in ("log", "db", "people"):
            shutil.rmtree(self.pioneer.data / gone)
        self.pioneer.start()
        self.check(product, *self.told(load))
        self.pioneer.stop()
        self.pioneer.command("replay")

    def test_the_broker_is_killed_under_load(self):
        product = self.crowd.product(kill_storm_test.PLACES)
        with Stubborn(self.crowd, product) as load:
            pioneer.until(lambda: len(load.told) >= 60 or load.problems)
            self.broker.kill()
            pioneer.until(lambda: not self.ready()["ready"] or load.problems)
            self.assertIn(self.ready()["reason"], ("taking_over", "broker_unreachable"))
            self.broker.start()
            pioneer.until(lambda: self.ready()["ready"] or load.problems, 60)
            before = len(load.told)
            pioneer.until(lambda: len(load.told) >= before + 60 or load.problems, 60)
            self.broker.kill()
            self.broker.start()
            before = len(load.told)
            pioneer.until(lambda: len(load.told) >= before + 60 or load.problems, 60)
        self.assertEqual(load.problems, [])
        claims, requests = self.told(load)
        self.check(product, claims, requests)
        listed = pioneer.until(lambda: self.pioneer.client(self.crowd.cadre).get(f"/api/v1/products/{product}"))
        placed = sum(path.endswith("/claims") for path, _, _ in load.told)
        self.assertEqual(kill_storm_test.PLACES - listed["placesLeft"] + listed["waiting"], placed, "each key took one place")
        asked = {answer["id"] for path, _, answer in load.told if path == "/api/v1/requests"}
        self.assertEqual(len(asked), sum(path == "/api/v1/requests" for path, _, _ in load.told))
        self.pioneer.stop()
        self.pioneer.command("replay")


if __name__ == "__main__":
    unittest.main()
