"""Nodes of one log, and outsiders who sign it: one asks them, all show what they signed, and none takes a second's delay for a lie."""
import http.client
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "process"), str(HERE.parent)]
import cluster  # noqa: E402
import crowd  # noqa: E402
import pioneer  # noqa: E402
import witness  # noqa: E402


def fetched(node: pioneer.Pioneer, path: str) -> bytes | None:
    """A file of the node's log; nothing where it has none yet."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
    try:
        connection.request("GET", f"/log/{path}")
        answer = connection.getresponse()
        body = answer.read()
        return body if answer.status == 200 else None
    finally:
        connection.close()


def covered(note: bytes | None) -> int:
    return int(note.split(b"\n")[1]) if note else 0


class Base(unittest.TestCase):
    witnesses = 1

    def setUp(self):
        self.cluster = self.enterContext(cluster.Cluster(3))
        self.cluster.make()
        self.key = self.cluster.nodes[0].command("keys", "show", "--verifier").strip()
        self.outsiders = []
        for number in range(self.witnesses):
            outsider = witness.Witness(self.cluster.broker.data / f"witness-{number}", f"w{number}.example")
            outsider.start(self.key)
            self.addCleanup(outsider.kill)
            self.outsiders.append(outsider)
        listed = "".join(f"  - {{url: \"{one.url}\", key: \"{one.key}\"}}\n" for one in self.outsiders)
        for node in self.cluster.nodes if listed else ():
            node.settings = f"witnesses:\n{listed}witness_policy: {{need: {self.witnesses}}}\n"
        self.cluster.make = lambda: None  # it is
        self.crowd = crowd.Crowd(self.cluster, 4)
        self.client = self.cluster.client(self.crowd.tokens[0])
        self.addCleanup(self.client.close)

    @property
    def running(self) -> list[pioneer.Pioneer]:
        return [node for node in self.cluster.nodes if node.process is not None]

    def owner(self) -> pioneer.Pioneer:
        return pioneer.until(self.cluster.owner)

    def other(self) -> pioneer.Pioneer:
        owner = self.owner()
        return next(node for node in self.running if node is not owner)

    def ask(self, count: int = 1) -> None:
        for _ in range(count):
            self.crowd.ask(self.client)

    def end(self) -> int:
        return max(int(self.cluster.ready(node).get("position", 0)) for node in self.running) + 1

    def asking_until(self, condition, seconds: float = 60) -> None:
        """The log grows all the while, as no checkpoint is the newest one for long."""
        def asked():
            self.ask()
            return condition()
        pioneer.until(asked, seconds)

    def witnessed(self, node: pioneer.Pioneer) -> int:
        return int(self.cluster.ready(node).get("witnessed", {}).get("size", 0))

    def nobody_lied(self) -> None:
        for node in self.running:
            self.assertFalse(self.cluster.ready(node)["witnessed"].get("reason"))
            self.assertIn("pioneer_contradicting_checkpoints 0", node.client().get("/metrics").decode())
        for node in self.cluster.nodes:
            self.assertFalse((node.data / "checkpoints" / "evidence").exists())


class OneWitness(Base):
    def test_all_nodes_show_what_was_signed_and_none_is_contradicted(self):
        for _ in range(3):
            end = self.end()
            self.asking_until(lambda end=end: all(self.witnessed(node) >= end for node in self.running))
        self.nobody_lied()

    def test_whoever_writes_next_goes_on_with_the_witness(self):
        for gone in ("kill", "stop"):
            owner = self.owner()
            end = self.end()
            self.asking_until(lambda end=end: all(self.witnessed(node) >= end for node in self.running))
            getattr(owner, gone)()
            self.owner()
            end = self.end()
            self.asking_until(lambda end=end: all(self.witnessed(node) >= end for node in self.running))
            owner.start()
        self.nobody_lied()

    def test_a_node_that_was_away_starts_again(self):
        away = self.other()
        away.stop()
        end = self.end()
        self.ask(20)
        self.asking_until(lambda: all(self.witnessed(node) >= end + 20 for node in self.running))
        tree = away.data / "checkpoints"
        before = covered((tree / "checkpoint").read_bytes())
        self.assertLess(before, self.witnessed(self.owner()))
        away.start()
        end = self.end()
        self.asking_until(lambda: self.witnessed(away) >= end)
        self.nobody_lied()


class TwoWitnesses(Base):
    witnesses = 2

    def test_every_node_gets_both_signatures_of_one_checkpoint(self):
        for _ in range(3):
            end = self.end()
            self.asking_until(lambda end=end: all(self.witnessed(node) >= end for node in self.running), 120)
        for node in self.running:
            self.assertEqual(fetched(node, "witnessed").count("\u2014 ".encode()), 3)
        self.nobody_lied()


class SameHistory(Base):
    witnesses = 0

    def test_every_full_tile_is_the_same_on_all_nodes_and_so_is_the_key(self):
        for node in self.cluster.nodes:
            self.assertEqual(node.command("keys", "show", "--verifier").strip(), self.key)
        pioneer.until(lambda: all(fetched(node, "checkpoint") for node in self.running))
        while self.end() < 520:
            self.ask(50)
        pioneer.until(lambda: all(covered(fetched(node, "checkpoint")) >= 520 for node in self.running))
        size = min(covered(fetched(node, "checkpoint")) for node in self.running)
        names = [f"tile/{level}/{index:03}" for level in (0, 1) for index in range(size // 256 ** (level + 1))]
        self.assertGreaterEqual(len(names), 2)
        for name in names:
            tiles = {fetched(node, name) for node in self.running}
            self.assertEqual(len(tiles), 1, name)
            self.assertEqual(len(tiles.pop()), 256 * 32)


if __name__ == "__main__":
    unittest.main()
