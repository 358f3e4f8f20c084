"""`ops/run` over programs that are built: what it prints lets somebody sign in, at the address that it serves."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402

LINK = re.compile(r"http://(127\.0\.0\.1:[0-9]+)/in#(\w+)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.port = free_port()

    def run_until_served(self, *options: str) -> str:
        """Starts it, and gives what it printed before it served. It is ended as Ctrl-C ends it."""
        process = subprocess.Popen(
            [pioneer.ROOT / "ops/run", "--data", self.pioneer.data, "--listen", f"127.0.0.1:{self.port}", *options], cwd=pioneer.ROOT,
            env=os.environ | {"PIONEER_BIN": str(pioneer.BIN)}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.send_signal, signal.SIGINT)
        said = ""
        for line in process.stdout:
            said += line
            if " serves " in line:
                return said
        self.fail(said)

    def sign_in(self, said: str) -> None:
        address, code = LINK.search(said).groups()
        self.assertEqual(address, f"127.0.0.1:{self.port}", said)
        client = pioneer.Client(self.port)
        self.addCleanup(client.close)
        client.call("POST", "/api/v1/session", {"code": code}, headers={"Origin": f"http://{address}"})

    def test_an_empty_log_folder_is_no_log(self):
        (self.pioneer.data / "log").mkdir(parents=True)  # as an attempt that was refused may leave it
        said = self.run_until_served()
        self.assertIn("organisations added", said)
        self.assertIn("The token is shown only now", said)
        self.sign_in(said)

    def test_the_demo_prints_links_for_where_it_is_served_now(self):
        self.pioneer.make()
        token = self.pioneer.token("Anna", "cadre", "3502")
        (self.pioneer.data / "demo-tokens.txt").write_text(
            f"cadre of somewhere\n  http://127.0.0.1:8080/in#used\n  token {token}\n", encoding="utf-8")
        said = self.run_until_served("--demo")
        self.assertIn(token, said)
        self.assertNotIn("#used", said)
        self.sign_in(said)


if __name__ == "__main__":
    unittest.main()
