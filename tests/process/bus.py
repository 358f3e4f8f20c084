"""The bus of a real pioneerd: its address and keys, and `pioneer bus` over it."""
import json
import os
import pathlib
import re
import subprocess

import pioneer


class Bus:
    """The server runs with `settings` of its own before this is made; a program's key pair is made and admitted."""

    SETTINGS = "bus: {listen: \"tcp://127.0.0.1:0\"}\n"

    def __init__(self, server: pioneer.Pioneer, name: str = "program"):
        said = re.search(r"the bus listens on (tcp://\S+), with the key (\S+)", "".join(server.said))
        assert said, f"there is no bus: {server.said}"
        self.address, self.server_key = said.groups()
        self.key = pathlib.Path(server.folder.name) / name
        pioneer.run("bus", "key", str(self.key))
        server.command("keys", "bus", "allow", f"{self.key}.key", "--name", name)

    def environment(self, token: str | None = None) -> dict:
        return {**os.environ, "PIONEER_BUS": self.address, "PIONEER_BUS_SERVER_KEY": self.server_key, "PIONEER_BUS_KEY": str(self.key),
                "PIONEER_TOKEN": token or ""}

    def run(self, *words: str, token: str | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([pioneer.BIN / "pioneer", "bus", *words, "--json"], cwd=pioneer.ROOT, text=True, capture_output=True,
                              timeout=120, check=False, env=self.environment(token))

    def call(self, operation: str, body: dict | None = None, token: str | None = None, **parameters: str):
        """The view, or AssertionError."""
        words = [word for name, value in parameters.items() for word in ("--set", f"{name}={value}")]
        done = self.run("call", operation, *words, *([] if body is None else ["--body", json.dumps(body)]), token=token)
        if done.returncode != 0:
            raise AssertionError(f"{operation} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def refused(self, operation: str, body: dict | None = None, token: str | None = None, **parameters: str) -> tuple[int, str]:
        """The exit code, and the problem's code."""
        words = [word for name, value in parameters.items() for word in ("--set", f"{name}={value}")]
        done = self.run("call", operation, *words, *([] if body is None else ["--body", json.dumps(body)]), token=token)
        code = re.search(r"\[(\w+)\]", done.stderr)
        return done.returncode, code.group(1) if code else done.stderr

    def follow(self, *words: str, token: str | None = None) -> list[dict]:
        """`words` hold a --limit."""
        done = self.run("follow", *words, token=token)
        if done.returncode != 0:
            raise AssertionError(f"follow ended with {done.returncode}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]
