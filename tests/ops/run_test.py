"""`ops/run` over programs that are built: what it prints lets somebody sign in, at the address that it serves."""
import http.client
import json
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

    def run_until_served(self, *options: str, **variables: str) -> str:
        """Starts it, and gives what it printed before it served. It is ended as Ctrl-C ends it."""
        process = subprocess.Popen(
            [pioneer.ROOT / "ops/run", "--data", self.pioneer.data, "--listen", f"127.0.0.1:{self.port}", *options], cwd=pioneer.ROOT,
            env=os.environ | {"PIONEER_BIN": str(pioneer.BIN)} | variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
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

    def made_as_a_demo(self) -> dict[str, str]:
        """Tokens of four roles, as `pioneer demo` writes them down; and pages to serve."""
        self.pioneer.make()
        tokens = {role: self.pioneer.token(f"Anna {role}", role, "3502") for role in ("member", "cadre", "auditor", "administrator")}
        lines = (f'{role} of "Here"\n  http://127.0.0.1:8080/in#used\n  token {token}\n' for role, token in tokens.items())
        (self.pioneer.data / "demo-tokens.txt").write_text("".join(lines), encoding="utf-8")
        pages = self.pioneer.data.parent / "pages"
        pages.mkdir()
        (pages / "index.html").write_text("<!doctype html><title>pages</title>", encoding="utf-8")
        return tokens | {"pages": str(pages)}

    def start_page(self) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", "/demo.json")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def test_one_link_leads_to_the_demos_roles_but_the_administrators(self):
        made = self.made_as_a_demo()
        said = self.run_until_served("--demo", PIONEER_WEB=made["pages"])
        self.assertIn(f"Begin here: http://127.0.0.1:{self.port}/demo\n", said)
        status, text = self.start_page()
        self.assertEqual(status, 200)
        roles = [{"role": role, "where": "Here", "token": made[role]} for role in ("member", "cadre", "auditor")]
        self.assertEqual(json.loads(text), {"roles": roles})

    def test_without_demo_there_is_no_start_page_whatever_the_folder_holds(self):
        made = self.made_as_a_demo()
        said = self.run_until_served(PIONEER_WEB=made["pages"])
        self.assertNotIn("/demo\n", said)
        self.assertEqual(self.start_page()[0], 404)


if __name__ == "__main__":
    unittest.main()
