#!/usr/bin/env python3
"""Counts test cases: ctest's JUnit report, and beside it one XML file of cases for each program that writes one.

usage: count_tests.py [--told FILE] CTEST_JUNIT CASES_DIR
       count_tests.py [--told FILE] --cases REPORT EXIT_STATUS      (one program outside ctest)
Prints "PASSED FAILED". A program that reports no cases counts as one; a
program that failed although none of its cases did (a crash, a sanitizer's finding at exit, a time-out) is one failure more.
--told: what failed is added to this file, a line each: its name and the first words of why.
"""
import argparse
import pathlib
import sys
import xml.etree.ElementTree as xml

LONGEST = 300  # characters of a line that is told


def words(case: xml.Element) -> str:
    """The first try's, where a case was tried again."""
    problem = next(case.iter("failure"), None)
    problem = next(case.iter("error"), None) if problem is None else problem
    said = (problem.get("message") or problem.text or "").split("\n") if problem is not None else []
    # Python's traceback ends with the reason, others begin with it.
    why = [line.strip() for line in said if line.strip()]
    reason = "" if not why else why[-1] if why[0].startswith("Traceback") else " ".join(why)
    return f"{case.get('classname', '')} {case.get('name')}: {reason}".strip()[:LONGEST]


def cases(report: pathlib.Path) -> tuple[int, list[str]]:
    passed, failed = 0, []
    for case in xml.parse(report).getroot().iter("testcase"):
        if case.get("status") == "notrun" or case.get("result") in ("skipped", "suppressed") or case.find("skipped") is not None:
            continue
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(words(case))
        else:
            passed += 1
    return passed, failed


def of_program(report: pathlib.Path, program_failed: bool) -> tuple[int, list[str]]:
    whole = [f"{report.stem}: the program failed, none of its cases did"] if program_failed else []
    try:
        passed, failed = cases(report) if report.exists() else (int(not program_failed), [])
    except xml.ParseError:
        return 0, [f"{report.stem}: its report is torn"]
    return passed, failed or whole


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--told", type=pathlib.Path)
    options.add_argument("--cases", action="store_true")
    options.add_argument("report", type=pathlib.Path)
    options.add_argument("more")
    told = options.parse_args()
    if told.cases:
        passed, failed = of_program(told.report, told.more != "0")
    else:
        passed, failed = 0, []
        for program in xml.parse(told.report).getroot().iter("testcase"):
            p, f = of_program(pathlib.Path(told.more) / f"{program.get('name')}.xml", program.get("status") not in ("run", "disabled"))
            passed += p
            failed += f
    if told.told:
        with told.told.open("a") as file:
            file.writelines(line + "\n" for line in failed)
    print(passed, len(failed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
