"""Programs that a measurement starts: each in a process group of its own, with bounded time, stopped by its id."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time


class Unavailable(Exception):
    """A peer cannot be had on this machine; the text says why."""


def run(command: list, seconds_max: float = 600, **options) -> str:
    """Runs to the end and returns what it printed; a failure or a time-out raises with its last lines."""
    child = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **options
    )
    try:
        out, err = child.communicate(timeout=seconds_max)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{command[0]} did not end within {seconds_max:.0f} s") from error
    finally:
        stop(child, seconds_max=0)
    if child.returncode != 0:
        last = "\n".join((out + err).strip().splitlines()[-8:])
        raise RuntimeError(f"{command[0]} ended with {child.returncode}: {last}")
    return out


def stop(child: subprocess.Popen, seconds_max: float = 20, with_signal: int = signal.SIGTERM) -> None:
    """Asks the process to end, and ends its whole group when it has not within the time."""
    if child.poll() is None and seconds_max > 0:
        child.send_signal(with_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=seconds_max)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream:
            stream.close()


@contextlib.contextmanager
def serving(command: list, log: pathlib.Path, ready, seconds_max: float = 60, stop_signal: int = signal.SIGTERM, **options):
    """A server, from when `ready()` is true until the block ends. `log` takes what it prints."""
    with open(log, "ab") as out:
        child = subprocess.Popen(
            [str(word) for word in command], stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True, **options
        )
    try:
        end = time.monotonic() + seconds_max
        while not ready():
            if child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} does not serve: " + "\n".join(log.read_text(errors="replace").splitlines()[-8:]))
            time.sleep(0.02)
        yield child
    finally:
        stop(child, with_signal=stop_signal)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port: int) -> bool:
    """Somebody listens on this port of the loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def scratch():
    """A temporary folder that others may enter; on the disk, not in memory, where TMPDIR says so."""
    with tempfile.TemporaryDirectory(prefix="pioneer-bench-", dir=os.environ.get("TMPDIR"), ignore_cleanup_errors=True) as folder:
        path = pathlib.Path(folder)
        path.chmod(0o755)
        yield path
