"""Runs the README's tour against a server of its own."""
import datetime
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
DEMO_SECONDS_MAX = 300


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


def until(condition, process: subprocess.Popen):
    """Waits for what the condition gives while the process runs, with a limit."""
    limit = time.monotonic() + DEMO_SECONDS_MAX
    while time.monotonic() < limit:
        if value := condition():
            return value
        if process.poll() is not None:
            raise RuntimeError(f"ops/run ended with {process.returncode}")
        select.select([], [], [], 0.05)
    raise TimeoutError("waited too long")


def answers(address: str, token: str = "") -> int:
    """The status of a GET; 0 where nobody listens."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Demo(unittest.TestCase):
    """`ops/run --demo` as a newcomer types it: what it prints is there."""

    def test_every_printed_address_and_token_answers(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pioneer-demo-")))
        said = folder / "said"
        listen = f"127.0.0.1:{free_port()}"
        environment = dict(os.environ, PIONEER_BIN=str(BIN))
        if BIN == ROOT / "build/release/bin":
            del environment["PIONEER_BIN"]  # then it also sets up and builds, as for a newcomer
        with said.open("wb") as output:
            run = subprocess.Popen([ROOT / "ops/run", "--demo", "--data", folder / "demo", "--listen", listen], cwd=ROOT,
                                   env=environment, stdout=output, stderr=subprocess.STDOUT)
        self.addCleanup(run.wait, timeout=60)
        self.addCleanup(run.terminate)
        until(lambda: answers(f"http://{listen}/readyz") == 200, run)
        text = said.read_text()
        passes = re.findall(r"^(\w+) of .*\n((?:  .*\n)+)", text, flags=re.M)
        self.assertEqual([role for role, _ in passes], ["member", "cadre", "auditor", "administrator"], text)
        for role, lines in passes:
            token = re.search(r"token (\S+)", lines)
            self.assertIsNotNone(token, lines)
            self.assertEqual(answers(f"http://{listen}/api/v1/me", token[1]), 200, role)
            addresses = re.findall(r"http://\S+", lines)
            self.assertGreater(len(addresses), 0, lines)
            for address in addresses:
                self.assertIn(f"http://{listen}/", address)
                with self.subTest(role=role, address=address):
                    self.assertEqual(answers(address, token[1]), 200)
        self.assertIn(f"Begin here: http://{listen}/demo\n", text)
        self.assertEqual(answers(f"http://{listen}/demo"), 200)
        with urllib.request.urlopen(f"http://{listen}/demo.json", timeout=30) as page:
            begin = json.load(page)["roles"]
        self.assertEqual([one["role"] for one in begin], ["member", "cadre", "auditor"])
        for one in begin:
            self.assertEqual(answers(f"http://{listen}/api/v1/me", one["token"]), 200)
        self.somebody_is_at_the_door(f"http://{listen}/api/v1/", begin[1]["token"])

    def somebody_is_at_the_door(self, api: str, token: str) -> None:
        """A volunteer can check people in at once, in the cadre's name: from a day before the first session to the last one's end."""
        def ask(path: str):
            with urllib.request.urlopen(urllib.request.Request(api + path, headers={"Authorization": f"Bearer {token}"}), timeout=30) as answer:
                return json.load(answer)
        place = ask("me")["roles"][0]["organisation"]["id"]
        now = datetime.datetime.now(datetime.timezone.utc)
        waiting = 0
        for product in ask(f"products?organisation={place}&subtree=true&state=published&limit=100")["items"]:
            sessions = ask(f"products/{product['id']}")["sessions"]
            first, last = (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (sessions[0]["starts"], sessions[-1]["ends"]))
            if first - datetime.timedelta(days=1) <= now < last:
                waiting += sum(claim["state"] == "confirmed" for claim in ask(f"products/{product['id']}/claims?limit=200")["items"])
        self.assertGreater(waiting, 3)


class Tour(unittest.TestCase):
    """The tour's folders are temporary ones; it starts and ends its own server."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="pioneer-tour-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.shell = Shell(str(ROOT), dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}"))
        cls.addClassCleanup(cls.shell.close)

    def real(self, command: str) -> tuple[int, list[str]]:
        """Runs a command as shown, in the tour's own folder, and gives its output as it would be shown."""
        status, lines = self.shell.run(command.replace("run/", f"{self.folder}/"))
        return status, [line.replace(f"{self.folder}/", "run/") for line in lines]

    def test_every_block(self):
        tour = blocks((ROOT / "README.md").read_text())
        self.assertGreater(len(tour), 0)
        for number, block in enumerate(tour, 1):
            for command, shown in block:
                with self.subTest(block=number, command=command):
                    status, lines = self.real(command)
                    if not shown:
                        self.assertEqual(status, 0, "\n".join(lines))
                    self.assertTrue(agrees(shown, lines), "shown:\n" + "\n".join(shown) + "\nreal:\n" + "\n".join(lines))


if __name__ == "__main__":
    unittest.main()
