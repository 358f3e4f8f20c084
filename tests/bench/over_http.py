"""Claims over HTTP: our server, PostgreSQL with as many clients, and a constant answer, under the same load."""
import json
import pathlib
import re
import shutil
import urllib.error
import urllib.request

import programs
from report import Row
from session import Session, median

CONNECTIONS = 64
HERE = pathlib.Path(__file__).resolve().parent


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[unit]


class Load:
    """wrk with one thread: the other core is the server's."""

    def __init__(self, session: Session, path: str, tokens: pathlib.Path, part: float = 1):
        """`part`: of the session's seconds, where more rounds than usual share a product's million claims."""
        if not shutil.which("wrk"):
            raise programs.Unavailable("wrk is not installed: ops/setup --bench")
        self.session, self.path, self.tokens, self.runs = session, path, tokens, 0
        self.seconds = max(1, round(session.seconds * part))

    def run(self, port: int) -> dict:
        self.runs += 1
        script = [HERE / "claims.lua", f"http://127.0.0.1:{port}", "--", self.path, self.tokens, self.runs]
        printed = programs.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{self.seconds}s", "--latency", "-s", *script])
        wrong = re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", printed)
        if wrong:
            raise RuntimeError(f"wrk: {wrong.group(0)}\n{answered(port)}")
        rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", printed).group(1))
        return {"rate": rate} | {f"p{p}_ms": milliseconds(re.search(rf"^\s+{p}%\s+(\S+)", printed, flags=re.M).group(1)) for p in (50, 99)}


def get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read()


def answered(port: int) -> str:
    """What the server says of its answers, and how it is; for the one who reads why a measurement ended."""
    try:
        counts = [line for line in get(port, "/metrics").decode().splitlines() if line.startswith("pioneer_http_requests_total")]
        return "\n".join(counts + [get(port, "/healthz").decode()])
    except (OSError, urllib.error.URLError) as error:
        return f"it does not answer: {error}"


def ready(port: int) -> bool:
    try:
        return json.loads(get(port, "/readyz"))["ready"] is True
    except (OSError, urllib.error.URLError, ValueError, KeyError):
        return False


def pioneerd(session: Session, folder: pathlib.Path, port: int, *words):
    command = [session.binaries / "pioneerd", "--data", folder, "--listen", f"127.0.0.1:{port}", *words]
    return programs.serving(command, session.folder / "pioneerd.log", lambda: ready(port), seconds_max=300, cwd=session.folder)


def claim_http(session: Session) -> list[Row]:
    folder = session.folder / "market"
    product = session.ours("bench_stored", "market", folder)["product"]
    load = Load(session, f"/api/v1/products/{product}/claims", folder.with_suffix(".tokens"))
    peer = session.claims()
    ours_port, constant_port = programs.free_port(), programs.free_port()
    constant = [session.binaries / "bench_constant_answer", constant_port, 1]
    log = session.folder / "constant.log"
    with pioneerd(session, folder, ours_port), programs.serving(constant, log, lambda: programs.accepts(constant_port)):
        found = session.alternate(
            ours=lambda: load.run(ours_port),
            peer=peer and (lambda: peer.load(CONNECTIONS, 1, session.seconds)),
            limit=lambda: load.run(constant_port),
        )
    rate, p99, limit = median([one["rate"] for one in found["ours"]]), median([one["p99_ms"] for one in found["ours"]]), median([one["rate"] for one in found["limit"]])
    peers = found.get("peer", [])
    row = Row("claim-http", "claims/s", rate, median([one.rate for one in peers]), "PostgreSQL, 64 clients", limit, "a constant answer from Beast")
    late = Row("claim-http-p99", "ms", p99, median([one.p99_ms for one in peers]), "PostgreSQL, 64 clients", median([one["p99_ms"] for one in found["limit"]]), "a constant answer from Beast")
    if peers:
        row = row._replace(met=row.ratio >= 5 and rate >= 0.3 * limit)
        late = late._replace(met=late.ratio < 1)
    share = f"one hot product, 64 keep-alive connections, an Idempotency-Key each: both go through a socket, the like-for-like row; {rate / limit:.0%} of the constant answer"
    return [row._replace(goal="≥ 5×, ≥ 30% of the limit", note=share), late._replace(goal="< 1")]


#: Which names a measurement answers.
MEASUREMENTS = {claim_http: ["claim-http", "claim-http-p99"]}
