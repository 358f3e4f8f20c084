"""A city with many requests: reading it, rebuilding it, keeping it in memory, starting again."""
import pathlib
import re
import time

import over_http
import programs
from report import Row
from session import ROOT, Session, median

FEW = 10_000
#: What `bench_stored fill` makes of a request: its own events, a quarter's acceptance, an eighth's claim, each with its deadlines.
EVENTS_A_REQUEST = 4.44
MIB = 1024


def city(session: Session, requests: int) -> pathlib.Path:
    """Made once a run."""

    def make() -> pathlib.Path:
        folder = session.folder / f"city-{requests}"
        session.ours("bench_stored", "fill", folder, "--requests", requests, seconds_max=3600)
        return folder

    return session.once(f"city of {requests}", make)


def rebuild(session: Session) -> list[Row]:
    folder = city(session, round(session.events / EVENTS_A_REQUEST))
    peer = session.kafka_streams()
    found = session.alternate(
        ours=lambda: session.ours("bench_stored", "rebuild", folder)["rate"],
        peer=peer and (lambda: peer.rebuild(session.events)),
    )
    row = Row("rebuild", "events/s", median(found["ours"]), median(found.get("peer", [])), "Kafka Streams into RocksDB")
    met = None if row.peer is None else row.ratio >= 5
    absent = session.why_absent.get("Kafka Streams", "")
    note = f"all projections from a log of {session.events:,} events of requests, acceptances and claims; the peer keeps one aggregate" + (f"; no peer: {absent}" if absent else "")
    return [row._replace(goal="≥ 5×", met=met, note=note)]


def board(session: Session) -> list[Row]:
    many, few = city(session, session.events), city(session, FEW)
    found = session.alternate(
        times=5,
        many=lambda: session.ours("bench_stored", "board", many),
        few=lambda: session.ours("bench_stored", "board", few),
    )
    middle = {name: median([one["p50_ms"] for one in found[name]]) for name in found}
    late = median([one["p99_ms"] for one in found["many"]])
    row = Row("board", "ms", middle["many"], middle["few"], f"ours with {FEW:,} requests")
    note = f"first page as JSON with {session.events:,} requests, in process; p99 {late:.3f} ms"
    return [row._replace(goal="≤ 1.2, p99 < 1 ms", met=row.ratio <= 1.2 and late < 1, note=note)]


def verify(session: Session) -> list[Row]:
    folder = city(session, session.events)

    def ours() -> float:
        start = time.monotonic()
        programs.run([session.binaries / "pioneer", "verify", "--data", folder, "--json"], cwd=session.folder)
        return leaves / (time.monotonic() - start)

    leaves = session.events + session.events // 4 + session.events // 8
    found = session.alternate(ours=ours, limit=lambda: session.limit("hash", 600, session.seconds / 3))
    return [Row("verify", "commits/s", median(found["ours"]), None, "", median(found["limit"]), "SHA-256 of leaf and node, one core",
                note="`pioneer verify` from its start to its end: checksums, chain, tree, padding")]


def resident_mib(pid: int) -> float:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / MIB


def serve(session: Session, folder: pathlib.Path) -> dict:
    """Starts pioneerd, looks at a few lists, and weighs it. `start_s`: from the process's start to ready."""
    port = programs.free_port()
    start = time.monotonic()
    with over_http.pioneerd(session, folder, port) as server:
        started = time.monotonic() - start
        for _ in range(200):
            over_http.get(port, "/api/v1/products")
            over_http.get(port, "/api/v1/organisations")
        return {"start_s": started, "mib": resident_mib(server.pid)}


def demo(session: Session) -> pathlib.Path:
    def make() -> pathlib.Path:
        folder = session.folder / "demo"
        programs.run([session.binaries / "pioneer", "demo", "--data", folder, "--files", ROOT / "ops/demo"], seconds_max=600, cwd=ROOT)
        return folder

    return session.once("demo", make)


def memory(session: Session) -> list[Row]:
    mib = serve(session, demo(session))["mib"]
    return [Row("memory", "MiB", mib, goal="≤ 150", met=mib <= 150, note="resident, serving the demo")]


def memory_million(session: Session) -> list[Row]:
    mib = serve(session, city(session, session.events))["mib"]
    return [Row("memory-million", "MiB", mib, goal="≤ 400", met=mib <= 400, note=f"resident, serving {session.events:,} requests")]


def restart(session: Session) -> list[Row]:
    folder = city(session, session.events)
    found = session.alternate(ours=lambda: serve(session, folder)["start_s"])
    seconds = median(found["ours"])
    note = f"from the process's start to ready, {session.events:,} requests projected"
    return [Row("restart", "s", seconds, goal="< 1", met=seconds < 1, note=note)]


#: Which names a measurement answers.
MEASUREMENTS = {
    rebuild: ["rebuild"],
    board: ["board"],
    verify: ["verify"],
    memory: ["memory"],
    memory_million: ["memory-million"],
    restart: ["restart"],
}
