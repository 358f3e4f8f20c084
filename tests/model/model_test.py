"""The rule holds in every run within the bounds, and each of its broken variants is refuted with a trace."""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import spin  # noqa: E402

LONG = os.environ.get("PIONEER_MODEL") == "long"
SECONDS_MAX = 6 * 3600 if LONG else 600


class Model(unittest.TestCase):
    def check(self, run: spin.Run) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            outcome = spin.search(run, SECONDS_MAX, pathlib.Path(scratch))
        print(f"{self.id().rpartition('.')[2]}: {outcome.states:.3g} states, errors: {outcome.errors}", flush=True)
        if run.refuted_by:
            self.assertEqual(outcome.errors, 1, "the broken variant was not refuted")
            self.assertIn(run.refuted_by, outcome.said)
            self.assertIn("proc", outcome.trace, "no trace")
        else:
            self.assertEqual(outcome.errors, 0, outcome.said + outcome.trace)
            self.assertTrue(outcome.complete or run.approximate, outcome.said)
            self.assertGreater(outcome.states, 100, "the model does nothing")


def test_of(run: spin.Run):
    return lambda self: self.check(run)


for name, run in (spin.LONG if LONG else spin.CHECKS).items():
    setattr(Model, f"test_{name}", test_of(run))
