"""Nodes of one log sign it by one key: whoever would make another is told before it signs anything."""
import pathlib
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "process"), str(HERE.parent)]
import cluster  # noqa: E402
import pioneer  # noqa: E402


def give_key(giver: pathlib.Path, taker: pathlib.Path) -> None:
    (taker / "keys").mkdir(parents=True, exist_ok=True)
    for name in ("log-signing", "log-verifier"):
        shutil.copy2(giver / "keys" / name, taker / "keys" / name)


class OneKey(unittest.TestCase):
    def setUp(self):
        self.nodes = self.enterContext(cluster.Cluster(1))
        # A key that came with a log from elsewhere, as `log copy` leaves it: none that nodes would make themselves.
        self.elsewhere = self.enterContext(pioneer.Pioneer())
        self.elsewhere.make()
        self.key = self.elsewhere.command("keys", "show", "--verifier").strip()
        self.first = self.nodes.nodes[0]
        self.nodes.make()
        give_key(self.elsewhere.data, self.first.data)
        self.nodes.start()
        self.assertEqual(self.key_of(self.first), self.key)

    def key_of(self, node: pioneer.Pioneer) -> str:
        """By which it says that it signs."""
        address = f"http://127.0.0.1:{node.port}"
        return pioneer.until(lambda: next((one.get("logKey") for one in self.nodes.status() if one["address"] == address), None))

    def test_a_node_without_the_key_does_not_start_and_one_with_it_does(self):
        comer = self.enterContext(self.nodes.node())
        with self.assertRaisesRegex(AssertionError, "signs this log with the key"):
            comer.start()
        self.assertFalse((comer.data / "keys" / "log-signing").exists(), "it makes none")
        self.first.kill()  # what it said still counts
        with self.assertRaisesRegex(AssertionError, "keys/log-signing"):
            comer.start()
        self.first.start()
        give_key(self.first.data, comer.data)
        comer.start()
        self.assertEqual(self.key_of(comer), self.key)

    def test_where_no_node_has_it_any_more_a_new_one_is_made_by_hand(self):
        self.first.kill()
        comer = self.enterContext(self.nodes.node())
        with self.assertRaisesRegex(AssertionError, "pioneer keys show"):
            comer.start()
        comer.command("keys", "show")
        comer.start()
        self.assertNotEqual(self.key_of(comer), self.key)


if __name__ == "__main__":
    unittest.main()
