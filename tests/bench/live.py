"""Live events: how soon a change of places left is with each of many who look; and what serving the pages costs the claims."""
import http.client
import pathlib
import re
import select
import socket
import threading
import time

import over_http
import programs
from report import Row
from session import ROOT, Session, median, say

STREAMS = 1_000
CHANGES = 10
PAGES_A_SECOND = 20
SETTINGS = f"limits:\n  streams: {4 * STREAMS}\n  streams_per_address: {4 * STREAMS}\n"


def opened(port: int, request: bytes) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=10)
    one.sendall(request)
    return one


class Watcher:
    """Somebody who looks at the shop window: a stream, and a connection to ask for the product again when it has changed."""

    def __init__(self, port: int, product: str):
        where = f"Host: 127.0.0.1:{port}\r\n".encode()
        self.stream = opened(port, b"GET /api/v1/events?types=ClaimPlaced HTTP/1.1\r\n" + where + b"Accept: text/event-stream\r\n\r\n")
        self.asking = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.question = b"GET /api/v1/products/" + product.encode() + b" HTTP/1.1\r\n" + where + b"\r\n"
        self.told = self.seen = 0.0
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.stream.recv(4096)
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(head.decode(errors="replace"))


def rounds(watchers: list[Watcher], claim, count: int) -> list[tuple[float, float]]:
    """For each change: seconds until the last stream had it, and until the last one had read the product anew."""
    poll = select.epoll()
    by_number = {}
    for w in watchers:
        by_number[w.stream.fileno()] = (w, w.stream)
        by_number[w.asking.fileno()] = (w, w.asking)
        poll.register(w.stream, select.EPOLLIN)
        poll.register(w.asking, select.EPOLLIN)
    found = []
    for _ in range(count):
        for w in watchers:
            w.told = w.seen = 0.0
        left = 2 * len(watchers)
        start = time.monotonic()
        claiming = threading.Thread(target=claim)
        claiming.start()
        while left:
            ready = poll.poll(30)
            if not ready:
                raise RuntimeError(f"{left} answers did not come")
            for number, _ in ready:
                w, connection = by_number[number]
                got = connection.recv(65536)
                if not got:
                    raise RuntimeError("the server closed a connection")
                now = time.monotonic() - start
                if connection is w.stream and not w.told and b"ClaimPlaced" in got:
                    w.told = now
                    left -= 1
                    w.asking.sendall(w.question)
                elif connection is w.asking and not w.seen and b'"placesLeft":' in got:
                    w.seen = now
                    left -= 1
        claiming.join()
        found.append((max(w.told for w in watchers), max(w.seen for w in watchers)))
    poll.close()
    return found


def market(session: Session) -> tuple[pathlib.Path, str, list[str]]:
    """A city of its own, for each measurement places claims in it."""
    folder = session.folder / "live"
    product = session.ours("bench_stored", "market", folder)["product"]
    return folder, product, folder.with_suffix(".tokens").read_text().split()


def streams(session: Session) -> list[Row]:
    folder, product, tokens = session.once("live", lambda: market(session))
    settings = session.folder / "live.yaml"
    settings.write_text(SETTINGS)
    port = programs.free_port()
    number = 0

    def claim() -> None:
        nonlocal number
        number += 1
        head = {"Authorization": f"Bearer {tokens[number]}", "Content-Type": "application/json", "Idempotency-Key": f"{number:08x}-0000-4000-8000-000000000000"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", f"/api/v1/products/{product}/claims", b'{"places":1}', head)
        answer = connection.getresponse()
        if answer.status != 201:
            raise RuntimeError(f"a claim was answered {answer.status}: {answer.read()[:200]}")
        connection.close()

    with over_http.pioneerd(session, folder, port, "--config", settings):
        watchers = [Watcher(port, product) for _ in range(STREAMS)]
        found = rounds(watchers, claim, 3 if session.quick else CHANGES)
        for w in watchers:
            w.stream.close()
            w.asking.close()
    told, seen = (1e3 * max(one[i] for one in found) for i in (0, 1))
    say(f"streams: {[(round(1e3 * a), round(1e3 * b)) for a, b in found]} ms")
    note = f"from the claim's start to the last of {STREAMS:,} open streams, the worst of {len(found)} changes; when all of them ask for the product again at once, the last has it after {seen:.0f} ms"
    return [Row("streams", "ms", told, goal="≤ 500", met=told <= 500, note=note)]


class Visitors:
    """Opens the start page and what it names, so many times a second, as new visitors do; in a thread."""

    def __init__(self, port: int):
        self.port, self.stopped, self.pages = port, threading.Event(), 0
        first = over_http.get(port, "/").decode()
        self.paths = ["/", *sorted(set(re.findall(r"/assets/[\w.-]+", first)))]

    def __enter__(self) -> "Visitors":
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *error) -> None:
        self.stopped.set()
        self.thread.join()

    def run(self) -> None:
        start = time.monotonic()
        while not self.stopped.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            for path in self.paths:
                connection.request("GET", path, headers={"Accept-Encoding": "br"})
                connection.getresponse().read()
            connection.close()
            self.pages += 1
            self.stopped.wait(max(0.0, start + self.pages / PAGES_A_SECOND - time.monotonic()))


def claim_http_visited(session: Session) -> list[Row]:
    """The same visitors at the same machine: once at the server that takes the claims, once at another."""
    web = ROOT / "build/web"
    if not (web / "index.html").exists():
        return [Row("claim-http-visited", "claims/s", None, note="there is no build/web: ops/web")]
    folder, product, _ = session.once("live", lambda: market(session))
    load = over_http.Load(session, f"/api/v1/products/{product}/claims", folder.with_suffix(".tokens"), part=0.4)
    load.runs = 1_000
    port, other = programs.free_port(), programs.free_port()

    def visited(at: int) -> float:
        with Visitors(at) as visitors:
            rate = load.run(port)["rate"]
        say(f"{visitors.pages} pages")
        return rate

    beside, rules = session.folder / "beside", ("--services", ROOT / "ops/config/services.yaml")
    with over_http.pioneerd(session, folder, port, "--web", web), over_http.pioneerd(session, beside, other, "--web", web, *rules):
        found = session.alternate(ours=lambda: visited(port), elsewhere=lambda: visited(other), alone=lambda: load.run(port)["rate"])
    row = Row("claim-http-visited", "claims/s", median(found["ours"]), median(found["elsewhere"]), "ours, the same visitors at another server")
    note = f"claim-http while {PAGES_A_SECOND} new visitors a second load the start page and its scripts; without visitors {median(found['alone']):,.0f}"
    return [row._replace(goal="≥ 0.95", met=row.ratio >= 0.95, note=note)]


#: Which names a measurement answers.
MEASUREMENTS = {streams: ["streams"], claim_http_visited: ["claim-http-visited"]}
