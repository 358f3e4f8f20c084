"""Runs the README's tour against a server of its own."""
import json
import os
import pathlib
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
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="pioneer-tour-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.data = cls.folder / "demo"
        cls.address = f"127.0.0.1:{free_port()}"
        subprocess.run([BIN / "pioneer", "demo", "--data", cls.data, "--files", ROOT / "ops/demo", "--listen", cls.address], check=True)
        cls.server = subprocess.Popen([BIN / "pioneerd", "--config", ROOT / "ops/config/pioneerd.yaml", "--data", cls.data, "--listen", cls.address])
        cls.addClassCleanup(cls.stop)
        wait_until_ready(cls.server, f"http://{cls.address}")
        environment = dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}")
        tokens = cls.data / "tokens.json"
        if tokens.exists():
            environment |= {name.upper(): token for name, token in json.loads(tokens.read_text()).items()}
        cls.shell = Shell(str(ROOT), environment)
        cls.addClassCleanup(cls.shell.close)

    @classmethod
    def stop(cls):
        cls.server.terminate()
        cls.server.wait(timeout=30)

    def test_every_block(self):
        for number, block in enumerate(blocks((ROOT / "README.md").read_text()), 1):
            for command, shown in block:
                with self.subTest(block=number, command=command):
                    status, real = self.shell.run(command.replace("127.0.0.1:8080", self.address).replace("run/demo", str(self.data)))
                    real = [line.replace(self.address, "127.0.0.1:8080").replace(str(self.data), "run/demo") for line in real]
                    if not shown:
                        self.assertEqual(status, 0, "\n".join(real))
                    self.assertTrue(agrees(shown, real), "shown:\n" + "\n".join(shown) + "\nreal:\n" + "\n".join(real))


if __name__ == "__main__":
    unittest.main()
