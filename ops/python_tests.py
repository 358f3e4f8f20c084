#!/usr/bin/env python3
"""Runs Python unittest files and writes their cases as an XML report that ops/count_tests.py reads.

usage: python_tests.py [--report FILE.xml] FILE_OR_DIRECTORY…   (a directory: its files *_test.py)
Without --report, the report goes where GTEST_OUTPUT=xml:DIR/ points and is named after $PIONEER_TEST_NAME.
"""
import argparse
import importlib.util
import os
import pathlib
import sys
import time
import unittest
import xml.etree.ElementTree as xml


class Recorder(unittest.TextTestResult):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.cases = []

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()
        self.problem = None
        self.skip = None

    def stopTest(self, test):
        self.cases.append((test.id(), time.monotonic() - self.began, self.problem, self.skip))
        super().stopTest(test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.problem = self.failures[-1][1]

    def addError(self, test, error):
        super().addError(test, error)
        self.problem = self.errors[-1][1]
        if not hasattr(self, "began"):  # a class or module that could not be set up
            self.cases.append((str(test), 0.0, self.problem, None))

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.problem = f"{subtest}: {error[1]}"

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.skip = reason

    def write(self, path: pathlib.Path) -> None:
        suite = xml.Element("testsuite", name=path.stem)
        for name, seconds, problem, skip in self.cases:
            owner, _, method = name.rpartition(".")
            case = xml.SubElement(suite, "testcase", classname=owner, name=method, time=f"{seconds:.3f}")
            if problem is not None:
                xml.SubElement(case, "failure").text = problem
            if skip is not None:
                xml.SubElement(case, "skipped", message=skip)
        path.parent.mkdir(parents=True, exist_ok=True)
        xml.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def load(path: pathlib.Path) -> unittest.TestSuite:
    sys.path.insert(0, str(path.parent.resolve()))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    report = arguments.report
    target = os.environ.get("GTEST_OUTPUT", "")
    if report is None and target.startswith("xml:"):
        report = pathlib.Path(target[4:]) / f"{os.environ.get('PIONEER_TEST_NAME', arguments.paths[0].stem)}.xml"
    suite = unittest.TestSuite()
    for path in arguments.paths:
        for file in sorted(path.glob("*_test.py")) if path.is_dir() else [path]:
            suite.addTests(load(file))
    result = unittest.TextTestRunner(resultclass=Recorder, verbosity=1).run(suite)
    if report is not None:
        result.write(report)
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
