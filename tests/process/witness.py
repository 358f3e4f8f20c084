"""A real `pioneer witness`, and servers in its place that are down, wrong, slow, endless or lying."""
import http.server
import pathlib
import socket
import subprocess
import threading
import time

import note_key
import pioneer


class Witness:
    """Signs the checkpoints of the logs that it is told, from a folder of its own."""

    def __init__(self, state: pathlib.Path, name: str):
        self.state = state
        self.key = pioneer.run("witness", "key", "--state", str(state), "--name", name).strip()
        self.name = name
        self.process: subprocess.Popen | None = None
        self.port = 0

    def start(self, *logs: str) -> None:
        options = [text for log in logs for text in ("--log", log)]
        told = (self.state / "told").open("a", encoding="utf-8")
        self.process = subprocess.Popen([pioneer.BIN / "pioneer", "witness", "--state", self.state, "--listen", f"127.0.0.1:{self.port}", *options],
                                        text=True, stdout=subprocess.PIPE, stderr=told)
        told.close()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise AssertionError(f"the witness did not start: {self.told()}")
        self.port = int(line.rsplit(":", 1)[1])

    def told(self) -> str:
        return (self.state / "told").read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


def free_port() -> int:
    """One at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Lying(http.server.ThreadingHTTPServer):
    """Answers every POST by `answer(handler, body)`; counts them."""

    daemon_threads = True

    def __init__(self, answer):
        outer = self
        self.asked = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked += 1
                try:
                    answer(self, body)
                except OSError:
                    pass  # whoever asked went away

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def end(self) -> None:
        self.shutdown()
        self.server_close()


def says(status: int, body: bytes, kind: str = "text/plain"):
    def answer(handler, _):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    return answer


def never_ends(handler, _):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"\xe2\x80\x94 x " * 8192)


def slow(handler, _):
    """A byte now and then, for ever."""
    while True:
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.5)


def says_nothing(handler, _):
    handler.rfile.read(1)


def signs_at(real: Witness, clock):
    """Signs whatever it is shown, validly with that witness's key, at the time (seconds) that the clock tells."""
    key = note_key.NoteKey(real.state / "witness-signing")

    def answer(handler, body):
        text = body.decode().split("\n\n")[1] + "\n"  # between the proof and the signatures
        says(200, key.cosignature(text, clock()).encode())(handler, body)
    return answer


def changes(url: str, change):
    """Asks a real witness and changes what it answers."""
    import urllib.error
    import urllib.request

    def answer(handler, body):
        try:
            with urllib.request.urlopen(url + "/add-checkpoint", body, timeout=10) as real:
                status, text = real.status, real.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        says(status, change(text) if status == 200 else text)(handler, body)
    return answer
