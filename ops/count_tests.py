#!/usr/bin/env python3
"""Counts test cases: ctest's JUnit report, and beside it one XML file of cases for each program that writes one.

usage: count_tests.py CTEST_JUNIT CASES_DIR
       count_tests.py --cases REPORT EXIT_STATUS      (one program outside ctest)
Prints "PASSED FAILED". A program that reports no cases counts as one; a
program that failed although none of its cases did (a crash, a sanitizer's finding at exit, a time-out) is one failure more.
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def cases(report: pathlib.Path) -> tuple[int, int]:
    passed = failed = 0
    for case in xml.parse(report).getroot().iter("testcase"):
        if case.get("status") == "notrun" or case.get("result") in ("skipped", "suppressed") or case.find("skipped") is not None:
            continue
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return passed, failed


def of_program(report: pathlib.Path, program_failed: bool) -> tuple[int, int]:
    try:
        passed, failed = cases(report) if report.exists() else (int(not program_failed), 0)
    except xml.ParseError:
        passed, failed = 0, 0
        program_failed = True
    return passed, failed if failed else int(program_failed)


def main() -> int:
    if sys.argv[1] == "--cases":
        print(*of_program(pathlib.Path(sys.argv[2]), sys.argv[3] != "0"))
        return 0
    junit, directory = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    passed = failed = 0
    for program in xml.parse(junit).getroot().iter("testcase"):
        p, f = of_program(directory / f"{program.get('name')}.xml", program.get("status") not in ("run", "disabled"))
        passed += p
        failed += f
    print(passed, failed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
