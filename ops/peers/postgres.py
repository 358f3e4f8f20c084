"""PostgreSQL: a cluster of our own, loaded by pgbench."""
import contextlib
import getpass
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import typing

import programs

HERE = pathlib.Path(__file__).resolve().parent
PRODUCTS = 10_000
EVENT_BYTES = 300


class Load(typing.NamedTuple):
    rate: float  # transactions a second
    p50_ms: float
    p99_ms: float


def event_body() -> str:
    """About as large as one of our commits that places a claim."""
    body = {"type": "ClaimPlaced", "product": "01JD0000000000000000000000", "member": "9f2b7c4e", "places": 1, "sealed": ""}
    body["sealed"] = "x" * (EVENT_BYTES - len(json.dumps(body)))
    return json.dumps(body)


class Cluster:
    """Runs from `started` until its block ends. The socket stands in its folder; nothing listens on a port."""

    def __init__(self, folder: pathlib.Path):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
        if not found or not shutil.which("pgbench"):
            raise programs.Unavailable("PostgreSQL is not installed: ops/setup --bench")
        self.bin = pathlib.Path(found[-1])
        self.folder = folder / "postgres"
        self.socket = self.folder / "socket"
        # initdb refuses to be root; Debian's package makes a user for it.
        self.owner = "postgres" if os.geteuid() == 0 else getpass.getuser()
        self.as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.environment = os.environ | {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": self.owner, "LC_ALL": "C.UTF-8"}

    @contextlib.contextmanager
    def started(self):
        self.socket.mkdir(parents=True)
        for path in (self.folder, self.socket):
            if os.geteuid() == 0:
                shutil.chown(path, self.owner)
        place = self.folder / "cluster"
        programs.run([*self.as_owner, self.bin / "initdb", "-D", place, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"], cwd=self.folder)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.socket,
            "shared_buffers": "2GB",
            "max_connections": 300,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = self.folder / "log"
        ready = lambda: self.ready()  # noqa: E731
        # SIGINT is its fast stop: sessions are ended, the data directory is closed well.
        command = [*self.as_owner, self.bin / "postgres", "-D", place, *options]
        with programs.serving(command, log, ready, stop_signal=signal.SIGINT, cwd=self.folder):
            yield self

    def ready(self) -> bool:
        with contextlib.suppress(RuntimeError):
            programs.run([self.bin / "pg_isready", "-q"], env=self.environment)
            return True
        return False

    def sql(self, database: str, text: str) -> str:
        return programs.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", text], env=self.environment).strip()

    def file(self, database: str, path: pathlib.Path) -> None:
        programs.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", path], env=self.environment)

    def load(self, database: str, script: pathlib.Path, clients: int, seconds: float, options: str = "", **variables) -> Load:
        """pgbench with prepared statements and two threads; every transaction must succeed."""
        for old in self.folder.glob("latency.*"):
            old.unlink()
        named = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        printed = programs.run(
            ["pgbench", "-n", "-M", "prepared", "-c", clients, "-j", min(2, clients), "-T", max(1, round(seconds)), *named]
            + ["-f", script, "-l", f"--log-prefix={self.folder}/latency", database],
            env=self.environment | {"PGOPTIONS": options},
        )
        failed = re.search(r"number of failed transactions: (\d+)", printed)
        if failed and int(failed.group(1)) > 0:
            raise RuntimeError(f"pgbench: {failed.group(0)}")
        rate = float(re.search(r"^tps = ([0-9.]+)", printed, flags=re.M).group(1))
        taken = sorted(int(line.split()[2]) for path in self.folder.glob("latency.*") for line in open(path))
        return Load(rate, taken[len(taken) // 2] / 1e3, taken[len(taken) * 99 // 100] / 1e3)


class Claims:
    """The supermarket by hand: a counter under a condition and the event's row, in one function."""

    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        cluster.sql("postgres", "create database claims")
        cluster.file("claims", HERE / "claims.sql")
        self.script = cluster.folder / "take_place.sql"
        self.script.write_text(f"\\set product random(1, :products)\nselect take_place(:product, 1, '{event_body()}');\n")

    def load(self, clients: int, products: int, seconds: float) -> Load:
        measured = self.cluster.load("claims", self.script, clients, seconds, products=products)
        claimed, events = self.cluster.sql("claims", "select (select sum(claimed) from products), (select count(*) from events)").split("|")
        if claimed != events:
            raise RuntimeError(f"{claimed} places are claimed by {events} events")
        return measured
