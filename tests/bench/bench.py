"""The measurements by name, and the command line of ops/bench."""
import argparse
import os
import pathlib
import platform
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "ops/peers"))

import audit  # noqa: E402
import claims  # noqa: E402
import in_browser  # noqa: E402
import live  # noqa: E402
import on_kafka  # noqa: E402
import over_http  # noqa: E402
import receipts  # noqa: E402
import report  # noqa: E402
import stored  # noqa: E402
from session import ROOT, Session, say  # noqa: E402

MEASUREMENTS = claims.MEASUREMENTS | over_http.MEASUREMENTS | stored.MEASUREMENTS | receipts.MEASUREMENTS | live.MEASUREMENTS | audit.MEASUREMENTS | on_kafka.MEASUREMENTS | in_browser.MEASUREMENTS


def words() -> argparse.Namespace:
    known = [name for names in MEASUREMENTS.values() for name in names]
    parser = argparse.ArgumentParser(
        prog="ops/bench",
        description="Our benchmarks beside their peers and the machine's limits, in alternating rounds of one run.",
        epilog="Names: " + ", ".join(known) + ". Peers: ops/setup --bench.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="all, if none is given")
    parser.add_argument("--quick", action="store_true", help="one short round: shows that it runs, its numbers are noise")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one line for each benchmark and nothing else")
    form.add_argument("--markdown", action="store_true", help="the table as the README shows it")
    form.add_argument("--readme", action="store_true", help="puts the table into README.md")
    parser.add_argument("--binaries", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    found = parser.parse_args()
    for name in found.names:
        if name not in known:
            parser.error(f"no benchmark is called {name}; there are: {', '.join(known)}")
    found.names = found.names or known
    return found


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} × {model}, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def main() -> int:
    found = words()
    # A terminated run must stop its peers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows, failed = [], []
    with Session(found.binaries.resolve(), found.quick) as session:
        for measure, names in MEASUREMENTS.items():
            if not set(names) & set(found.names):
                continue
            say(", ".join(names))
            try:
                measured = [row for row in measure(session) if row.name in found.names]
            except (RuntimeError, AssertionError) as error:  # the others are worth their time still
                say(f"failed: {error}")
                failed.append(names[0])
                continue
            rows += measured
            if found.json:
                for row in measured:
                    print(report.json_line(row), flush=True)
    where = f"Measured on {machine()}, by `ops/bench{' --quick' if found.quick else ''}`: medians of {session.rounds} alternating rounds."
    if found.markdown:
        print(report.markdown(rows, where))
    elif found.readme and not failed:
        report.into_readme(ROOT / "README.md", report.markdown(rows, where))
    elif not found.json:
        print(where + "\n\n" + report.table(rows))
    if failed:
        say("not measured: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
