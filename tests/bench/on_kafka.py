"""The log on Kafka beside what the broker and librdkafka do without us: claims, latency, a node that joins, a writer that goes."""
import contextlib
import itertools
import json
import pathlib
import shutil
import sys
import threading
import time
import types
import typing
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/process"))

import cluster  # noqa: E402
import crowd  # noqa: E402
import kafka  # noqa: E402
import pioneer  # noqa: E402
import programs  # noqa: E402
import stored  # noqa: E402
from report import Row  # noqa: E402
from session import Session, median  # noqa: E402

LAG_MAX_S = 1.0
MIB = 1 << 20
RATE = 1_000
SESSION_S = 6


class Broker:
    """One broker, and a topic of its own for each measurement."""

    def __init__(self, session: Session, broker: kafka.Kafka):
        self.session = session
        self.broker = broker
        self.at = broker.start()
        self.names = (f"bench-{number}" for number in itertools.count())
        # A broker that has just started compiles itself, for some seconds, on the same processors.
        for _ in range(2):
            self.raw("pipelined")
            self.node("--in-flight", 1024, "--seconds", self.session.seconds / 2)

    def node(self, *words, topic: str | None = None) -> dict:
        """bench_node: its own topic, if none is named."""
        where = ["--kafka", self.at, "--topic", topic or next(self.names)]
        return self.session.ours("bench_node", "claim-hot", *words, *where)

    def raw(self, what: str, topic: str | None = None) -> dict:
        seconds = self.session.seconds / 2
        return self.session.ours("bench_kafka", what, "--brokers", self.at, "--topic", topic or next(self.names), "--seconds", seconds)


def broker(session: Session) -> Broker:
    def make() -> Broker:
        for program in ("java", "mvn"):
            if not shutil.which(program):
                raise programs.Unavailable(f"{program} is missing: ops/setup --kafka")
        return Broker(session, session.keep(kafka.Kafka()))

    found = session.once("Kafka", make)
    if found is None:
        raise RuntimeError(session.why_absent["Kafka"])
    return found


def claims(session: Session) -> list[Row]:
    on = broker(session)
    load = ["--in-flight", 1024, "--seconds", session.seconds / 2]
    found = session.alternate(
        ours=lambda: on.node(*load),
        alone=lambda: on.node(*load, "--without-projections"),
        raw=lambda: on.raw("pipelined")["rate"],
    )
    rate = {name: median([one["rate"] for one in found[name]]) for name in ("ours", "alone")}
    cpu = {name: median([one["cpu_us"] for one in found[name]]) for name in ("ours", "alone")}
    lag = max(one["lag_s"] for one in found["ours"])
    raw = median(found["raw"])
    peer = "librdkafka, pipelined, as large"
    row = Row("kafka-claims", "claims/s", rate["ours"], raw, peer, goal="≥ 0.08, lag ≤ 1 s")
    alone = Row("kafka-claims-unprojected", "claims/s", rate["alone"], raw, peer, goal="≥ 0.2")
    p50 = median([one["p50_ms"] for one in found["ours"]])
    note = f"one product, 1,024 in flight, one broker; p50 {p50:.1f} ms; projections {lag:.2f} s behind at the end; {cpu['ours']:.1f} µs of processor a claim"
    return [
        row._replace(met=row.ratio >= 0.08 and lag <= LAG_MAX_S, note=note),
        alone._replace(met=alone.ratio >= 0.2, note=f"nobody projects; {cpu['alone']:.1f} µs of processor a claim, without the broker's"),
    ]


def latency(session: Session) -> list[Row]:
    on = broker(session)
    found = session.alternate(
        ours=lambda: on.node("--rate", RATE, "--in-flight", 1024, "--seconds", session.seconds),
        raw=lambda: on.raw("latency"),
        transaction=lambda: on.raw("transaction"),
    )
    p50 = {name: median([one["p50_ms"] for one in found[name]]) for name in found}
    p99 = {name: median([one["p99_ms"] for one in found[name]]) for name in found}
    row = Row("kafka-latency", "ms", p50["ours"], p50["raw"], "produce to own consumer", goal="≤ 2.5")
    other = Row("kafka-latency-transaction", "ms", p50["ours"], p50["transaction"], "a transaction of one record", goal="≤ 0.1")
    note = f"p50 of {RATE:,} a second, claims until acknowledged; p99 {p99['ours']:.2f} ms, the peer's {p99['raw']:.2f} ms"
    return [row._replace(met=row.ratio <= 2.5, note=note), other._replace(met=other.ratio <= 0.1, note="the same, p50")]


class Town(typing.NamedTuple):
    """A topic that holds a log, and what a node needs to join it."""

    topic: str
    settings: pathlib.Path


def town(session: Session, on: Broker) -> Town:
    def make() -> Town:
        topic, master = next(on.names), session.folder / "town.master"
        count = session.events // 2
        on.node("--in-flight", 1024, "--placed", count, "--seconds", 0.1, "--master-key", master, topic=topic)
        settings = session.folder / "town.yaml"
        settings.write_text(f"log: kafka\nkafka: {{brokers: \"{on.at}\", topic: {topic}, copies: 1}}\nmaster_key: {master}\n", encoding="utf-8")
        return Town(topic, settings)

    return session.once("town on Kafka", make)


def emptied(folder: pathlib.Path) -> pathlib.Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def copied(session: Session, of: Town) -> float:
    """Seconds of `pioneer log copy`, from its start to its end."""
    to = emptied(session.folder / "copied")
    start = time.monotonic()
    programs.run([session.binaries / "pioneer", "log", "copy", of.settings, to], cwd=session.folder)
    return time.monotonic() - start


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return json.loads(answer.read())["ready"] is True
    except (OSError, urllib.error.URLError, ValueError, KeyError):
        return False


def joined(session: Session, of: Town) -> dict:
    """A node with an empty directory: seconds from its start to ready, and its memory then."""
    folder, port = emptied(session.folder / "joined"), programs.free_port()
    command = [session.binaries / "pioneerd", "--config", of.settings, "--data", folder, "--listen", f"127.0.0.1:{port}"]
    start = time.monotonic()
    with programs.serving(command, session.folder / "joined.log", lambda: ready(port), seconds_max=300, cwd=ROOT) as node:
        seconds = time.monotonic() - start
        return {"seconds": seconds, "mib": stored.resident_mib(node.pid)}


def catch_up(session: Session) -> list[Row]:
    on = broker(session)
    of = town(session, on)
    found = session.alternate(
        copied=lambda: copied(session, of),
        ready=lambda: joined(session, of)["seconds"],
        count=lambda: on.raw("count", of.topic),
    )
    size, records = (found["count"][0][what] for what in ("bytes", "records"))
    peer = median([one["rate"] for one in found["count"]]) / MIB
    rates = {name: size / MIB / median(found[name]) for name in ("copied", "ready")}
    row = Row("catch-up", "MiB/s", rates["copied"], peer, "a consumer that counts", goal="≥ 0.5")
    joins = Row("catch-up-ready", "MiB/s", rates["ready"], peer, "a consumer that counts", goal="≥ 0.1")
    note = f"{records:,} records of {size / records:.0f} bytes into files, checked: `pioneer log copy` from its start to its end"
    until = f"`pioneerd` with an empty directory from its start to ready, indexes and projections included: {median(found['ready']):.1f} s"
    return [row._replace(met=row.ratio >= 0.5, note=note), joins._replace(met=joins.ratio >= 0.1, note=until)]


def longest_pause(people: crowd.Crowd, through: pioneer.Pioneer, stop: typing.Callable, seconds: float) -> float:
    """Of requests that are sent one after the other through one node: from one answer to the next, while `stop` happens."""
    answered = []
    over = threading.Event()

    def ask() -> None:
        with contextlib.closing(cluster.AnyNode(types.SimpleNamespace(nodes=[through]), people.tokens[0])) as client:
            while not over.is_set():
                people.ask(client)
                answered.append(time.monotonic())

    asking = threading.Thread(target=ask)
    asking.start()
    pioneer.until(lambda: len(answered) > 100)
    began = len(answered)
    stop()
    end = time.monotonic() + seconds
    pioneer.until(lambda: time.monotonic() > end and answered[-1] > end, seconds + 60)
    over.set()
    asking.join()
    return max(after - before for before, after in itertools.pairwise(answered[began - 1:]))


def takeover(session: Session) -> list[Row]:
    pioneer.BIN = session.binaries
    broker(session)  # says why there is none
    with cluster.Cluster(3, session_seconds=SESSION_S) as nodes:
        people = crowd.Crowd(nodes, 2)

        def goes(how: str, seconds: float) -> float:
            owner = pioneer.until(nodes.owner)
            through = next(node for node in nodes.nodes if node is not owner)
            pause = longest_pause(people, through, getattr(owner, how), seconds)
            owner.start()
            pioneer.until(lambda: nodes.ready(owner)["ready"])
            return pause

        found = session.alternate(stopped=lambda: goes("stop", 2), killed=lambda: goes("kill", SESSION_S + 3))
    stopped, killed = median(found["stopped"]) * 1e3, median(found["killed"])
    return [
        Row("kafka-takeover", "ms", stopped, goal="≤ 500", met=stopped <= 500,
            note="the node that writes is asked to stop: the longest pause between two answers of another of three nodes"),
        Row("kafka-takeover-killed", "s", killed, goal=f"≤ {SESSION_S + 2}", met=killed <= SESSION_S + 2,
            note=f"the same, killed; a node is given up after {SESSION_S} s"),
    ]


def memory(session: Session) -> list[Row]:
    on = broker(session)
    loaded = on.node("--in-flight", 1024, "--seconds", session.seconds)["resident_mib"]
    caught_up = joined(session, town(session, on))["mib"]
    mib = max(loaded, caught_up)
    note = f"resident: {loaded:.0f} after {session.seconds:.0f} s of claims, with those who send them; {caught_up:.0f} when it has caught up from nothing"
    return [Row("kafka-memory", "MiB", mib, goal="≤ 250", met=mib <= 250, note=note)]


#: Which names a measurement answers.
MEASUREMENTS = {
    claims: ["kafka-claims", "kafka-claims-unprojected"],
    latency: ["kafka-latency", "kafka-latency-transaction"],
    catch_up: ["catch-up", "catch-up-ready"],
    takeover: ["kafka-takeover", "kafka-takeover-killed"],
    memory: ["kafka-memory"],
}
