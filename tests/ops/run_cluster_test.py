"""`ops/run --cluster` over a directory that it served before: links that it prints are good, and one key signs for the log."""
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


class RunCluster(unittest.TestCase):
    def setUp(self):
        self.made = self.enterContext(pioneer.Pioneer())
        self.town = self.made.data
        self.made.data = self.town / "made"  # where the log of a cluster is made
        self.address = self.free()

    def free(self) -> str:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            return f"127.0.0.1:{probe.getsockname()[1]}"

    def started(self, address: str) -> subprocess.Popen:
        return subprocess.Popen(
            [pioneer.ROOT / "ops/run", "--cluster", "1", "--demo", "--data", self.town, "--listen", address], cwd=pioneer.ROOT,
            env=os.environ | {"PIONEER_BIN": str(pioneer.BIN)}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def served(self) -> str:
        """What it says until it serves; then it is ended, as Ctrl-C ends it, when `self.end` is called."""
        self.process = self.started(self.address)
        said = ""
        for line in self.process.stdout:
            said += line
            if "Stop with Ctrl-C" in line:
                return said
        self.fail(said)

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        self.process.wait(timeout=60)

    def test_a_second_start_prints_links_to_sign_in_with(self):
        self.made.make()
        token = self.made.token("Anna", "cadre", "3502")
        (self.made.data / "demo-tokens.txt").write_text(f"cadre of somewhere\n  token {token}\n", encoding="utf-8")
        self.served()
        self.end()
        said = self.served()
        self.addCleanup(self.end)
        code = re.search(rf"http://{self.address}/in#(\w+)", said)
        self.assertIsNotNone(code, said)
        client = pioneer.Client(int(self.address.rpartition(":")[2]))
        self.addCleanup(client.close)
        second = self.started(self.free())
        self.assertIn("another ops/run --cluster serves", second.communicate(timeout=60)[0])
        self.assertEqual(second.returncode, 3)  # and the first has its broker and its node:
        client.call("POST", "/api/v1/session", {"code": code[1]}, headers={"Origin": f"http://{self.address}"})
        keys = {pioneer.run("keys", "show", "--verifier", "--data", str(self.town / where)) for where in ("made", "node-1")}
        self.assertEqual(len(keys), 1, "who asks for the log's key where it was made is shown the one that signs")


if __name__ == "__main__":
    unittest.main()
