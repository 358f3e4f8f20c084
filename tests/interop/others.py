"""Programs on others' libraries, built once a run below build/, and how tests run them."""
import functools
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
BUILT = pioneer.ROOT / "build/interop"
# Its own packages, not those of the machine: made by ops/setup --interop.
PYTHON = pioneer.ROOT / "build/interop-python/bin/python"


@functools.cache
def go_program(name: str) -> pathlib.Path:
    """The program in the folder of that name."""
    BUILT.mkdir(parents=True, exist_ok=True)
    where = {"GOMODCACHE": str(pioneer.ROOT / "build/go/modules"), "GOFLAGS": "-mod=readonly -modcacherw"}
    subprocess.run(["go", "build", "-o", BUILT / name, "."], cwd=HERE / name, check=True, env={**os.environ, **where})
    return BUILT / name


def asked(*words, expect: int = 0, timeout: int = 120) -> subprocess.CompletedProcess:
    """Runs a program that ends with `expect`."""
    done = subprocess.run([str(word) for word in words], cwd=pioneer.ROOT, text=True, capture_output=True, timeout=timeout, check=False)
    assert done.returncode == expect, f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done
