"""How a benchmark's result is printed."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import report  # noqa: E402

HOT = report.Row("claim-hot", "claims/s", 104_321.7, 4_150.2, "PostgreSQL", 467_000.0, "fdatasync", goal="≥ 25×", met=True, note="in process")


class Lines(unittest.TestCase):
    def test_json_has_the_names_that_the_api_outline_fixes(self):
        found = json.loads(report.json_line(HOT))
        self.assertEqual(list(found), ["name", "unit", "ours", "peer", "peer_name", "ratio", "limit", "limit_name"])
        self.assertEqual((found["ours"], found["peer"], found["ratio"]), (104_000, 4_150, 25.1))

    def test_a_missing_peer_is_null_and_has_no_ratio(self):
        found = json.loads(report.json_line(HOT._replace(peer=None)))
        self.assertIsNone(found["peer"])
        self.assertIsNone(found["ratio"])


class Tables(unittest.TestCase):
    def test_a_goal_shows_whether_it_is_met(self):
        self.assertIn("≥ 25× ✓", report.table([HOT]))
        self.assertIn("≥ 25× ✗", report.table([HOT._replace(met=False)]))
        self.assertNotRegex(report.table([HOT._replace(met=None)]), "[✓✗]")

    def test_columns_stand_below_their_heads(self):
        head, line = report.table([HOT]).split("\n")[:2]
        self.assertEqual(line[head.index("unit") :].split()[0], "claims/s")

    def test_the_readme_keeps_what_is_around_the_marks(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "README.md"
            path.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n", encoding="utf-8")
            report.into_readme(path, "new \\1")
            self.assertEqual(path.read_text(encoding="utf-8"), f"before\n{report.START}\nnew \\1\n{report.END}\nafter\n")
            path.write_text("no marks\n", encoding="utf-8")
            with self.assertRaises(ValueError):
                report.into_readme(path, "new")


if __name__ == "__main__":
    unittest.main()
