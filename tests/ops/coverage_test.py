"""What ops/coverage_table.py makes of gcovr's numbers."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "ops"))
import coverage_table  # noqa: E402


class Coverage(unittest.TestCase):
    def test_files_are_added_up_by_folder(self):
        files = [{"filename": "api/node/node.cpp", "line_covered": 3, "line_total": 4},
                 {"filename": "api/node/projector.cpp", "line_covered": 1, "line_total": 4},
                 {"filename": "api/http/handlers/live.cpp", "line_covered": 2, "line_total": 2},
                 {"filename": "api/ports/http.hpp", "line_covered": 0, "line_total": 0}]
        self.assertEqual(coverage_table.by_folder(files), {"api/http": (2, 2), "api/node": (4, 8)})
        rows = coverage_table.table(files)
        self.assertEqual([row.split()[0] for row in rows], ["api/http", "api/node", "all"])
        self.assertTrue(rows[-1].endswith("6 of     10 lines   60 %"), rows)


if __name__ == "__main__":
    unittest.main()
