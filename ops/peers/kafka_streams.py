"""Kafka Streams: one broker, and a program that aggregates a topic into RocksDB."""
import contextlib
import pathlib
import shutil

import programs

HERE = pathlib.Path(__file__).resolve().parent / "kafka_streams"
KEYS = 100_000
PARTITIONS = 4

BROKER = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={folder}/log
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""


class KafkaStreams:
    """Runs from `started` until its block ends."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder / "kafka"
        self.rounds = 0

    def java(self, heap: str, *words) -> list:
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
        return ["java", f"-Xmx{heap}", logging, "-cp", f"{self.folder}/libs/*:{self.folder}/classes", *words]

    def install(self) -> None:
        for program in ("mvn", "javac"):
            if not shutil.which(program):
                raise programs.Unavailable(f"Kafka needs {program}: ops/setup --bench")
        (self.folder / "classes").mkdir(parents=True)
        shutil.copy(HERE / "pom.xml", self.folder)
        try:
            goal = ["dependency:copy-dependencies", f"-DoutputDirectory={self.folder}/libs"]
            programs.run(["mvn", "-q", "-B", *goal], seconds_max=300, cwd=self.folder)
        except RuntimeError as error:
            raise programs.Unavailable(f"Maven cannot fetch Kafka: {error}") from error
        programs.run(["javac", "-cp", f"{self.folder}/libs/*", "-d", self.folder / "classes", HERE / "Aggregate.java"])

    @contextlib.contextmanager
    def started(self, events: int):
        """Installs, starts the broker, and fills the topic with so many events of 300 bytes."""
        self.install()
        port, controller = programs.free_port(), programs.free_port()
        settings = self.folder / "broker.properties"
        settings.write_text(BROKER.format(folder=self.folder, port=port, controller=controller))
        self.bootstrap = f"127.0.0.1:{port}"
        storage = self.java("256m", "kafka.tools.StorageTool")
        cluster = programs.run([*storage, "random-uuid"]).strip().splitlines()[-1]
        programs.run([*storage, "format", "--standalone", "-t", cluster, "-c", settings])
        broker = self.java("1g", "kafka.Kafka", settings)
        with programs.serving(broker, self.folder / "broker.log", lambda: programs.accepts(port), cwd=self.folder):
            programs.run(self.java("1g", "Aggregate", self.bootstrap, "fill", events, KEYS, PARTITIONS), seconds_max=300)
            yield self

    def rebuild(self, events: int) -> float:
        """Events a second, from the first that the aggregate sees to the last."""
        self.rounds += 1
        state = self.folder / f"state-{self.rounds}"
        words = [self.bootstrap, "aggregate", events, f"rebuild-{self.rounds}", state]
        printed = programs.run(self.java("3g", "Aggregate", *words), seconds_max=300)
        shutil.rmtree(state, ignore_errors=True)
        return float(printed.split()[-1])
