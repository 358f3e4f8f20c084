"""SPIN over the models of eventstore/spec: what a run is, how it is made, and what came of it.

usage: spin.py NAME     runs one of those below by hand; where it is refuted, shows the trace.
"""
import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile

SPEC = pathlib.Path(__file__).resolve().parents[2] / "eventstore/spec"


@dataclasses.dataclass(frozen=True)
class Run:
    model: str  # "safety" or "liveness"
    bounds: str = ""  # -D options
    refuted_by: str = ""  # what the verifier must say; empty: nothing may be found
    approximate: bool = False  # bit-state hashing: says nothing about the states that it leaves out


@dataclasses.dataclass(frozen=True)
class Outcome:
    errors: int
    complete: bool  # the search was neither cut short by depth nor by memory
    states: float
    said: str
    trace: str


# The bounds of the checks: all of them together take less than two minutes on one core.
CHECKS = {
    "rule": Run("safety", "-DL=8 -DREIGNS=2"),
    "copies": Run("safety", "-DL=7 -DCOPIES=1"),
    "drops": Run("safety", "-DL=7 -DREIGNS=2 -DDROPS=1"),
    "truncation": Run("safety", "-DL=6 -DREIGNS=2 -DCUTS=1"),
    "two_commands": Run("safety", "-DL=7 -DCMDS=2"),
    "together": Run("safety", "-DL=5 -DCOPIES=1 -DDROPS=1 -DCUTS=1"),
    "no_fence_is_safe": Run("safety", "-DL=8 -DREIGNS=2 -DNOFENCE"),
    "chained_fence_is_safe": Run("safety", "-DL=7 -DREIGNS=2 -DCHAINFENCE"),
    "takeover": Run("liveness"),
    "acknowledged_at_produce": Run("safety", "-DL=6 -DACKEARLY", "assertion violated"),
    "no_look_up_after_takeover": Run("safety", "-DL=6 -DNOLOOKUP", "assertion violated"),
    "not_compared_after_truncation": Run("safety", "-DL=6 -DCUTS=1 -DNORECHECK", "assertion violated"),
    "no_fence": Run("liveness", "-DNOFENCE", "acceptance cycle"),
    "fence_that_must_chain": Run("liveness", "-DCHAINFENCE", "acceptance cycle"),
}

# Larger ones, for the night.
LONG = {
    "truncation": Run("safety", "-DL=7 -DREIGNS=2 -DCUTS=1"),
    "copies": Run("safety", "-DL=7 -DREIGNS=2 -DCOPIES=1", approximate=True),
    "together": Run("safety", "-DL=6 -DCMDS=2 -DCOPIES=1 -DDROPS=1 -DCUTS=1", approximate=True),
    "takeover": Run("liveness", "-DTROUBLES=3"),
}


def search(run: Run, seconds_max: float, folder: pathlib.Path) -> Outcome:
    """Builds the verifier in `folder` and runs it to its end; raises if that takes too long, or if it cannot run."""

    def step(*command: str, seconds: float = 900) -> str:
        done = subprocess.run(command, cwd=folder, timeout=seconds, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}")
        return done.stdout

    model = str(SPEC / f"{run.model}.pml")
    step("spin", *run.bounds.split(), "-a", model)
    live = run.model == "liveness"
    step("gcc", "-O1", "-w", "-DMEMLIM=6000", *(["-DNFAIR=3"] if live else ["-DSAFETY"]), *(["-DBITSTATE"] if run.approximate else ["-DCOLLAPSE"]),
         "-o", "pan", "pan.c")
    said = step("./pan", "-m2000000", *(["-a", "-f"] if live else []), *(["-w30"] if run.approximate else ["-w24"]), seconds=seconds_max)
    errors = re.search(r"errors: (\d+)", said)
    states = re.search(r"([0-9.e+]+) states, stored", said)
    if errors is None or states is None:
        raise RuntimeError(said)
    cut_short = re.search(r"max search depth too small|out of memory|Search not completed", said)
    trace = ""
    if int(errors[1]):
        trace = step("spin", *run.bounds.split(), "-t", "-k", next(folder.glob("*.trail")).name, "-p", "-g", model)
    return Outcome(int(errors[1]), cut_short is None, float(states[1]), said, trace)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        outcome = search((CHECKS | {f"long_{name}": run for name, run in LONG.items()})[sys.argv[1]], 36_000, pathlib.Path(scratch))
        print(outcome.said, outcome.trace, sep="\n")
