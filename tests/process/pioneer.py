"""A real pioneerd in a directory of its own, and the small HTTP client that tests of whole processes use."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PIONEER_BIN", ROOT / "build/release/bin"))


class Refused(Exception):
    """The server answered with a problem."""

    def __init__(self, status: int, body):
        super().__init__(f"{status} {body}")
        self.status = status
        self.code = body.get("code", "") if isinstance(body, dict) else ""
        self.body = body


class Client:
    """One keep-alive connection; not for several threads."""

    def __init__(self, port: int, token: str | None = None, timeout: float = 60):
        self.port = port
        self.timeout = timeout
        self.token = token
        self.connection: http.client.HTTPConnection | None = None
        self.position: str | None = None
        self.headers: http.client.HTTPMessage | None = None  # of the last answer

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def call(self, method: str, path: str, body=None, key: str | None = None, headers: dict | None = None):
        """The answer's JSON. Raises Refused, or OSError where the server went away."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        if key:
            sent["Idempotency-Key"] = key
        if self.position:
            sent["Pioneer-Position"] = self.position
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, sent)
            answer = self.connection.getresponse()
            text = answer.read()
        except (http.client.HTTPException, OSError) as error:
            self.close()
            raise OSError(str(error)) from error
        self.headers = answer.headers
        position = answer.getheader("Pioneer-Position")
        if position:
            self.position = position
        content = json.loads(text) if text and "json" in (answer.getheader("Content-Type") or "") else text
        if answer.status >= 400:
            raise Refused(answer.status, content)
        return content

    def get(self, path: str):
        return self.call("GET", path)

    def post(self, path: str, body=None, key: str | None = None):
        return self.call("POST", path, {} if body is None else body, key or str(uuid.uuid4()))


def run(*arguments: str, expect: int = 0) -> str:
    """Runs `pioneer …`; its standard output."""
    done = subprocess.run([BIN / "pioneer", *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=300, check=False)
    if done.returncode != expect:
        raise AssertionError(f"pioneer {arguments} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


class Pioneer:
    """A data directory, and the server that may run over it."""

    def __init__(self, log: str = ""):
        self.folder = tempfile.TemporaryDirectory(prefix="pioneer-")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.process: subprocess.Popen | None = None
        self.port = 0
        self.settings = ""  # YAML, if not the defaults
        self.log = log  # YAML: where the log is, if not in the directory
        self.said: list[str] = []  # before it served

    @classmethod
    def of(cls, case: type) -> "Pioneer":
        """One with a new log, for all tests of a class, gone after them."""
        one = case.enterClassContext(cls())
        one.make()
        return one

    def __enter__(self) -> "Pioneer":
        return self

    def __exit__(self, *error) -> None:
        if self.process is not None:
            self.kill()
        self.folder.cleanup()

    def command(self, *arguments: str, expect: int = 0) -> str:
        """Runs `pioneer … --data DIR`; its standard output."""
        where = ["--config", str(self.written("pioneer.yaml", self.log))] if self.log else []
        return run(*arguments, "--data", str(self.data), *where, expect=expect)

    def written(self, name: str, text: str) -> pathlib.Path:
        file = pathlib.Path(self.folder.name) / name
        file.write_text(text, encoding="utf-8")
        return file

    def make(self) -> None:
        """A new log with one city and one community in it."""
        rows = pathlib.Path(self.folder.name) / "organisations.csv"
        rows.write_text("code,name,parent,level\n3502,厦门市,,city\n350206001001,和通社区,3502,community\n", encoding="utf-8")
        self.command("import", "organisations", str(rows))

    def token(self, member: str, role: str, organisation: str) -> str:
        return self.command("token", "create", "--member", member, "--role", role, "--organisation", organisation).split()[-1]

    def start(self) -> None:
        options = []
        if self.log or self.settings:
            options = ["--config", self.written("pioneerd.yaml", self.log + self.settings)]
        self.process = subprocess.Popen([BIN / "pioneerd", "--data", self.data, "--listen", "127.0.0.1:0", *options], cwd=ROOT,
                                        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert self.process.stdout is not None
        self.said = []
        while " on http://" not in (line := self.process.stdout.readline()):
            self.said.append(line)
            if not line:
                raise AssertionError(f"pioneerd did not start: {''.join(self.said)}")
        self.port = int(line.rsplit(":", 1)[1])

    def client(self, token: str | None = None) -> Client:
        return Client(self.port, token)

    def kill(self) -> None:
        """SIGKILL: as a power cut, but for what the kernel holds."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            raise AssertionError("pioneerd ended badly")
        self.process = None


def until(condition, seconds: float = 30.0):
    """Waits for a condition, with a limit; what it gave."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.02)
