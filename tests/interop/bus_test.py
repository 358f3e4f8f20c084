"""The bus by others' library, pyzmq: the example claims a product and follows its events; and what our own clients never send."""
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bus  # noqa: E402
import crowd  # noqa: E402
import others  # noqa: E402
import pioneer  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


class Example(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(pioneer.Pioneer())
        cls.server.settings = bus.Bus.SETTINGS
        cls.people = crowd.Crowd(cls.server, 1)
        cls.bus = bus.Bus(cls.server)
        cls.place = ["--bus", cls.bus.address, "--server-key", str(cls.server.data / "keys/bus.key"), "--key", str(cls.bus.key)]

    def test_claims_a_product_and_follows_its_events(self):
        product = self.people.product(3)
        done = others.asked(others.PYTHON, pioneer.ROOT / "ops/examples/bus_claim.py", *self.place, f"--token={self.people.tokens[0]}",
                            "--product", product, "--places", "2", "--events", "3")
        claim, *commits = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual((claim["claimId"], claim["places"]), ("1", 2))
        self.assertEqual([commit["events"][-1]["type"] for commit in commits], ["ProductCreated", "ProductPublished", "ClaimPlaced"])
        self.assertEqual({commit["stream"] for commit in commits}, {f"product/{product}"})
        places = self.server.client(self.people.cadre).get(f"/api/v1/products/{product}")["placesLeft"]
        self.assertEqual(places, 1)

    def test_says_what_is_refused(self):
        done = subprocess.run([others.PYTHON, pioneer.ROOT / "ops/examples/bus_claim.py", *self.place, "--token=made up", "--product", "x"],
                              text=True, capture_output=True, timeout=120, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("token_invalid", done.stderr)

    def test_a_client_that_is_not_ours_gets_no_further_than_it_may(self):
        done = others.asked(others.PYTHON, HERE / "bus_stranger.py", *self.place, f"--token={self.people.cadre}",
                            "--product", self.people.product(3), timeout=280)
        self.assertEqual(done.stdout.split(), ["frames", "bytes", "pairs", "many", "slow", "answers"])


if __name__ == "__main__":
    unittest.main()
