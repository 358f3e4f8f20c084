"""Runs the README's tour against a server of its own."""
import json
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from tour import BEGIN, END, Shell, agrees, blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PIONEER_BIN", ROOT / "build/release/bin"))
START_SECONDS_MAX = 60
SHOWN_ADDRESS = "127.0.0.1:8080"


class Comparing(unittest.TestCase):
    def test_ellipsis_stands_for_text_and_for_lines(self):
        self.assertTrue(agrees(["a … z", "…", "end"], ["a b c z", "1", "2", "end"]))
        self.assertTrue(agrees(["…"], []))

    def test_anything_else_is_literal(self):
        self.assertFalse(agrees(["a.c"], ["abc"]))
        self.assertFalse(agrees(["a"], ["a", "b"]))
        self.assertFalse(agrees(["a", "b"], ["a"]))

    def test_blocks_are_found(self):
        text = f"```sh\n$ no\n```\n{BEGIN}\n```sh\n$ echo a\n> echo b\na\nb\n```\n```\nplain\n```\n{END}\n"
        self.assertEqual(blocks(text), [[("echo a\necho b", ["a", "b"])]])

    def test_shell_keeps_variables(self):
        shell = Shell(str(ROOT), dict(os.environ))
        self.addCleanup(shell.close)
        self.assertEqual(shell.run("X=1"), (0, []))
        self.assertEqual(shell.run("echo $X; false"), (1, ["1"]))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until_ready(server: subprocess.Popen, url: str) -> None:
    limit = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url + "/readyz", timeout=5) as answer:
                if json.load(answer)["ready"]:
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        if server.poll() is not None:
            raise RuntimeError(f"pioneerd ended with {server.returncode}")
        select.select([], [], [], 0.05)
    raise TimeoutError("pioneerd is not ready")


class Tour(unittest.TestCase):
    """The tour's folders are temporary ones; the demo's server starts with the first command that speaks to it."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="pioneer-tour-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.address = f"127.0.0.1:{free_port()}"
        cls.served = False
        cls.shell = Shell(str(ROOT), dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}"))
        cls.addClassCleanup(cls.shell.close)

    @classmethod
    def serve(cls):
        data = cls.folder / "demo"
        subprocess.run([BIN / "pioneer", "demo", "--data", data, "--files", ROOT / "ops/demo", "--listen", cls.address], check=True)
        server = subprocess.Popen([BIN / "pioneerd", "--config", ROOT / "ops/config/pioneerd.yaml", "--data", data, "--listen", cls.address])
        cls.addClassCleanup(server.wait, timeout=30)
        cls.addClassCleanup(server.terminate)
        wait_until_ready(server, f"http://{cls.address}")
        for name, token in re.findall(r"^(\w+) of .*\n.*\n  token (\S+)$", (data / "demo-tokens.txt").read_text(), flags=re.M):
            cls.shell.run(f"{name.upper()}={token}")
        cls.served = True

    def real(self, command: str) -> tuple[int, list[str]]:
        """Runs a command as shown, on the tour's own address and folders, and gives its output as it would be shown."""
        own = ((SHOWN_ADDRESS, self.address), ("run/", f"{self.folder}/"))
        for shown, real in own:
            command = command.replace(shown, real)
        status, lines = self.shell.run(command)
        for shown, real in own:
            lines = [line.replace(real, shown) for line in lines]
        return status, lines

    def test_every_block(self):
        tour = blocks((ROOT / "README.md").read_text())
        self.assertGreater(len(tour), 0)
        for number, block in enumerate(tour, 1):
            for command, shown in block:
                with self.subTest(block=number, command=command):
                    if not self.served and (SHOWN_ADDRESS in command or "run/demo" in command):
                        self.serve()
                    status, lines = self.real(command)
                    if not shown:
                        self.assertEqual(status, 0, "\n".join(lines))
                    self.assertTrue(agrees(shown, lines), "shown:\n" + "\n".join(shown) + "\nreal:\n" + "\n".join(lines))


if __name__ == "__main__":
    unittest.main()
