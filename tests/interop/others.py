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


# Where the machine's Go is too old: made by ops/setup --interop.
NEWER_GO = pioneer.ROOT / "build/go/newer/bin"


@functools.cache
def go_program(name: str, package: str = ".") -> pathlib.Path:
    """The program in the folder of that name, or one of another package that its module requires."""
    BUILT.mkdir(parents=True, exist_ok=True)
    program = BUILT / (name if package == "." else package.rsplit("/", 1)[-1])
    where = {"GOMODCACHE": str(pioneer.ROOT / "build/go/modules"), "GOFLAGS": "-mod=readonly -modcacherw", "GOTOOLCHAIN": "local"}
    if NEWER_GO.exists():
        where["PATH"] = f"{NEWER_GO}:{os.environ['PATH']}"
    done = subprocess.run(["go", "build", "-o", program, package], cwd=HERE / name, text=True, capture_output=True, check=False,
                          env={**os.environ, **where})
    if done.returncode != 0:
        raise AssertionError(f"{name} is not built, so that nobody else checks what we do. ops/setup --interop fetches what is missing.\n{done.stderr}")
    return program


@functools.cache
def without_network() -> tuple[str, ...]:
    """What stands before a program's words so that it reaches nobody: a network of its own, with nothing in it."""
    cut = ("unshare", "--map-root-user", "--net")
    done = subprocess.run([*cut, "cat", "/proc/net/dev"], text=True, capture_output=True, check=False)
    left = [line.split(":")[0].strip() for line in done.stdout.splitlines()[2:]]
    if done.returncode != 0 or left != ["lo"]:
        raise AssertionError("The network cannot be cut here, so that it is not shown that others' programs need none. `unshare --map-root-user --net` "
                             f"must be permitted (in a container: user namespaces): {done.stderr or left}")
    return cut


def asked(*words, expect: int = 0, timeout: int = 120) -> subprocess.CompletedProcess:
    """Runs a program that ends with `expect`."""
    done = subprocess.run([str(word) for word in words], cwd=pioneer.ROOT, text=True, capture_output=True, timeout=timeout, check=False)
    assert done.returncode == expect, f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done
