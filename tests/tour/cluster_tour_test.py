"""The README's tour at each port of `ops/run --cluster 3`; then all that runs is killed by hand, and what a user was told stands."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from tour import Shell, agrees, blocks

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402

PORTS = 3
START_SECONDS_MAX = 300
# What the tour does to a server of its own, and to the files of a log that is in a directory alone.
NOT_HERE = re.compile(r"\$SERVER|pioneer (verify|replay) --data run/|run/tour/log|run/damaged")


def first_of_free_ports() -> int:
    while True:
        try:
            with socket.create_server(("127.0.0.1", 0)) as first:
                port = first.getsockname()[1]
                for more in range(port + 1, port + PORTS):
                    socket.create_server(("127.0.0.1", more)).close()
                return port
        except (OSError, OverflowError):
            pass


class ClusterTour(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pioneer-cluster-tour-")))
        self.shell = Shell(str(pioneer.ROOT), dict(os.environ, PATH=f"{pioneer.BIN}:{os.environ['PATH']}"))
        self.addCleanup(self.shell.close)
        self.making, *rest = blocks((pioneer.ROOT / "README.md").read_text())
        self.steps = [step for block in rest for step in block]

    def begin_in(self, name: str) -> None:
        """From now on `run/` is a folder of its own; `run/tour` is where the cluster's log was made."""
        self.here = self.folder / name
        self.here.mkdir()

    def real(self, command: str) -> tuple[int, list[str]]:
        status, lines = self.shell.run(command.replace("run/tour", f"{self.folder}/town/made").replace("run/", f"{self.here}/"))
        lines = [line for line in lines if not line.startswith("pioneer: No page that checks itself")]  # this part builds no pages
        return status, [line.replace(f"{self.here}/", "run/") for line in lines]

    def follow(self, steps: list[tuple[str, list[str]]], asked_before: int = 0) -> None:
        self.assertGreater(len(steps), 0)
        for command, shown in steps:
            status, lines = self.real(command)
            if not shown:
                self.assertEqual(status, 0, "\n".join([command, *lines]))
            if " boards/" in command and asked_before:  # what was asked at the ports before is on this one's board
                shown = sorted([*shown, f'["closed_confirmed",{asked_before}]'])
                lines.sort()
            # Where the log is, and that more and more is in it.
            shown = [line.replace('"embedded","disk"', '"kafka","single"').replace("11,0…", "11,…") for line in shown]
            self.assertTrue(agrees(shown, lines), "\n".join([command, "shown:", *shown, "real:", *lines]))

    def give_tokens(self) -> None:
        """The tour's step that starts a server, without the lines that do."""
        step = next(command for command, _ in self.steps if "pioneerd --data" in command)
        self.follow([("\n".join(line for line in step.splitlines() if "$SERVER" not in line and "SERVER=" not in line), [])])

    def serve(self, first: int) -> None:
        self.said = self.folder / "said"
        with self.said.open("wb") as output:
            self.run_ = subprocess.Popen(
                [pioneer.ROOT / "ops/run", "--cluster", str(PORTS), "--data", self.folder / "town", "--listen", f"127.0.0.1:{first}"],
                cwd=pioneer.ROOT, env=os.environ | {"PIONEER_BIN": str(pioneer.BIN)}, stdout=output, stderr=subprocess.STDOUT)
        self.addCleanup(self.run_.wait, timeout=60)
        self.addCleanup(self.run_.terminate)
        self.is_said("Stop with Ctrl-C")

    def is_said(self, *words: str) -> None:
        def all_said():
            self.assertIsNone(self.run_.poll(), self.said.read_text())
            return all(word in self.said.read_text() for word in words)
        pioneer.until(all_said, START_SECONDS_MAX)

    def processes(self) -> list[int]:
        """Of each node and of the broker, as `ops/run` tells them."""
        told = [int(pid) for pid in re.findall(r"^  (?:node \d|broker) .* process (\d+)$", self.said.read_text(), flags=re.M)]
        self.assertEqual(len(told), PORTS + 1)
        return told

    def ready(self, port: int) -> bool:
        try:
            return pioneer.Client(port).get("/readyz")["ready"]
        except (OSError, pioneer.Refused):
            return False

    def test_any_port_shows_the_tour_and_kills_take_nothing_back(self):
        self.begin_in("making")
        self.follow(self.making)
        self.give_tokens()
        first = first_of_free_ports()
        ports = range(first, first + PORTS)
        self.serve(first)
        told = []
        for turn, port in enumerate(ports):
            self.begin_in(f"port-{turn + 1}")
            self.real(f"URL=http://127.0.0.1:{port}")
            self.follow([step for step in self.steps if not NOT_HERE.search(step[0])], asked_before=turn)
            told += self.real("echo $R")[1]
        self.assertEqual(len(set(told)), PORTS)

        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.is_said("The broker is back", *(f"Node {number + 1} was killed. It is started again" for number in range(PORTS)))
        pioneer.until(lambda: all(self.ready(port) for port in ports), START_SECONDS_MAX)
        receipt = [step for step in self.steps if "run/receipt" in step[0]]
        for port in ports:
            for request in told:
                self.begin_in(f"after-{port}-{request}")
                self.real(f"URL=http://127.0.0.1:{port} R={request}")
                self.follow(receipt)

        self.run_.terminate()
        self.run_.wait(timeout=60)
        self.assertFalse(any(self.ready(port) for port in ports))
        status = subprocess.run([pioneer.ROOT / "ops/kafka/status", "--data", self.folder / "town/kafka"], capture_output=True, check=False)
        self.assertEqual(status.returncode, 1, status.stdout)


if __name__ == "__main__":
    unittest.main()
