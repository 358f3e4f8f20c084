"""One run of ops/bench: where its programs and folders are, which peers serve, how rounds alternate."""
import contextlib
import json
import pathlib
import statistics
import sys
import typing

import kafka_streams
import message_db
import postgres
import programs

ROOT = pathlib.Path(__file__).resolve().parents[2]


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Session:
    """Peers start when they are first wanted, and stop when the session ends."""

    def __init__(self, binaries: pathlib.Path, quick: bool):
        self.binaries = binaries
        self.quick = quick
        self.rounds = 1 if quick else 3
        self.seconds = 2.0 if quick else 6.0
        self.events = 100_000 if quick else 1_000_000
        self.why_absent: dict[str, str] = {}
        self._kept: dict[str, typing.Any] = {}
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "Session":
        self.folder = self._open.enter_context(programs.scratch())
        return self

    def __exit__(self, *error) -> None:
        self._open.close()

    def once(self, name: str, make: typing.Callable) -> typing.Any:
        """What `make` returns, made at the first call; None if it cannot be had on this machine."""
        if name not in self._kept:
            try:
                self._kept[name] = make()
            except programs.Unavailable as reason:
                self.why_absent[name] = str(reason)
                say(f"{name}: {reason}")
                self._kept[name] = None
        return self._kept[name]

    def keep(self, context):
        """Enters a context until the session ends."""
        return self._open.enter_context(context)

    def cluster(self) -> postgres.Cluster | None:
        return self.once("PostgreSQL", lambda: self.keep(postgres.Cluster(self.folder).started()))

    def claims(self) -> postgres.Claims | None:
        cluster = self.cluster()
        return self.once("claims on PostgreSQL", lambda: postgres.Claims(cluster)) if cluster else None

    def message_db(self) -> message_db.MessageDb | None:
        cluster = self.cluster()
        return self.once("message-db", lambda: message_db.MessageDb(cluster)) if cluster else None

    def kafka_streams(self) -> kafka_streams.KafkaStreams | None:
        return self.once("Kafka Streams", lambda: self.keep(kafka_streams.KafkaStreams(self.folder).started(self.events)))

    def ours(self, program: str, *words, seconds_max: float = 900) -> dict:
        """Runs a program of ours; its last line is JSON."""
        printed = programs.run([self.binaries / program, *words], seconds_max=seconds_max, cwd=self.folder)
        return json.loads(printed.strip().splitlines()[-1])

    def limit(self, *words) -> float:
        return self.ours("bench_limits", *words)["rate"]

    def alternate(self, times: int = 1, **subjects) -> dict[str, list]:
        """Runs each subject once a round, one after the other; what a missing peer (None) would be is left out. `times`: so many
        times the usual rounds, for what is short: its median then outlasts a machine that runs at half its speed for seconds."""
        found: dict[str, list] = {name: [] for name, subject in subjects.items() if subject}
        rounds = self.rounds * times
        for number in range(rounds):
            for name in found:
                found[name].append(subjects[name]())
                say(f"round {number + 1} of {rounds}, {name}: {found[name][-1]}")
        return found


def median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None
