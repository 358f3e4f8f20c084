"""A run that miscounts would be believed: how ops/test counts."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

GTEST = """<testsuites><testsuite>
<testcase name="a" status="run" result="completed"/>
<testcase name="b" status="run" result="completed"><failure/></testcase>
<testcase name="c" status="run" result="skipped"><skipped/></testcase>
<testcase name="d" status="notrun" result="suppressed"/>
</testsuite></testsuites>"""
CLEAN = '<testsuites><testsuite><testcase name="a" status="run" result="completed"/></testsuite></testsuites>'
PYTHON = """import unittest
class A(unittest.TestCase):
    def test_good(self): pass
    def test_bad(self): self.fail("no")
    def test_raises(self): raise ValueError
    def test_parts(self):
        for i in range(3):
            with self.subTest(i): self.assertLess(i, 2)
"""


class Counting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def count(self, programs: dict[str, str], reports: dict[str, str]) -> str:
        cases = "".join(f'<testcase name="{name}" status="{status}"/>' for name, status in programs.items())
        (self.folder / "ctest.xml").write_text(f"<testsuite>{cases}</testsuite>")
        for name, text in reports.items():
            (self.folder / f"{name}.xml").write_text(text)
        return subprocess.run([sys.executable, ROOT / "ops/count_tests.py", self.folder / "ctest.xml", self.folder],
                              check=True, capture_output=True, text=True).stdout.strip()

    def test_cases_are_counted_and_skipped_ones_are_not(self):
        self.assertEqual(self.count({"one": "fail"}, {"one": GTEST}), "1 1")

    def test_a_program_without_a_report_counts_as_one(self):
        self.assertEqual(self.count({"good": "run", "bad": "fail"}, {}), "1 1")

    def test_a_crash_after_passing_cases_is_a_failure(self):
        self.assertEqual(self.count({"one": "fail"}, {"one": CLEAN}), "1 1")

    def test_a_torn_report_is_a_failure(self):
        self.assertEqual(self.count({"one": "run"}, {"one": CLEAN[:40]}), "0 1")

    def test_python_cases_are_counted_each(self):
        (self.folder / "x_test.py").write_text(PYTHON)
        run = subprocess.run([sys.executable, "-B", ROOT / "ops/python_tests.py", "--report", self.folder / "one.xml", self.folder / "x_test.py"],
                             capture_output=True)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(self.count({"one": "fail"}, {}), "1 3")

    def test_what_failed_is_told_in_a_line_with_the_first_words_of_why(self):
        report = self.folder / "x.xml"
        report.write_text('<testsuite><testcase classname="S" name="a"/><testcase classname="S" name="b">'
                          '<failure message="a was 1&#10;not 2"/><failure message="then this"/></testcase>'
                          '<testcase classname="S" name="c"><failure>Traceback (most recent call last):\n  a line\nAssertionError: no</failure></testcase></testsuite>')
        told = self.folder / "told.txt"
        for _ in range(2):
            run = subprocess.run([sys.executable, ROOT / "ops/count_tests.py", "--told", told, "--cases", report, "1"], check=True, capture_output=True, text=True)
            self.assertEqual(run.stdout, "1 2\n")
        subprocess.run([sys.executable, ROOT / "ops/count_tests.py", "--told", told, "--cases", self.folder / "none.xml", "1"], check=True, capture_output=True)
        self.assertEqual(told.read_text().splitlines(),
                         ["S b: a was 1 not 2", "S c: AssertionError: no"] * 2 + ["none: the program failed, none of its cases did"])

    def test_python_without_tests_fails(self):
        (self.folder / "x_test.py").write_text("")
        self.assertEqual(subprocess.run([sys.executable, ROOT / "ops/python_tests.py", self.folder / "x_test.py"], capture_output=True).returncode, 1)

    def test_an_unknown_part_is_refused(self):
        run = subprocess.run([ROOT / "ops/test", "no-such-part"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 2)
        self.assertIn("no part is called no-such-part", run.stderr)


if __name__ == "__main__":
    unittest.main()
