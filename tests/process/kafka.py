"""A broker of ops/kafka in a temporary directory, on free ports, and the few tools of Kafka's that tests call."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time

import between

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPS = ROOT / "ops/kafka"


class Kafka:
    """A context: the brokers run from `start` until its end. Their directory goes with it.

    `cuttable`: of one broker, whose clients then come to it by `between`.
    """

    def __init__(self, brokers: int = 1, cuttable: bool = False):
        self.brokers = brokers
        self.bootstrap = ""
        self.between = between.Between(lambda: (self.data / "bootstrap").read_text().strip()) if cuttable else None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pioneer-kafka-")
        self.data = pathlib.Path(self.folder.name)
        if self.between is not None:
            self.between.__enter__()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.between is not None:
            self.between.__exit__()
        self.folder.cleanup()

    def call(self, script: str, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([OPS / script, "--data", self.data, *words], text=True, capture_output=True, timeout=300)

    def start(self) -> str:
        advertised = ["--advertised", self.between.address] if self.between is not None else []
        done = self.call("start", "--brokers", str(self.brokers), "--port", "0", *advertised)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        self.bootstrap = self.between.address if self.between is not None else done.stdout.strip().splitlines()[-1]
        return self.bootstrap

    def settings(self, topic: str) -> str:
        """What a node's settings file says of its log; the topic is made when it is first opened."""
        return f"log: kafka\nkafka: {{brokers: \"{self.bootstrap}\", topic: {topic}, copies: {self.brokers}}}\n"

    def stop(self) -> None:
        self.call("stop")

    def pid(self, broker: int) -> int:
        return int((self.data / f"broker-{broker}" / "pid").read_text())

    def kill(self, broker: int = 1) -> None:
        """SIGKILL: what the kernel holds for its files stays."""
        pid = self.pid(broker)
        os.kill(pid, signal.SIGKILL)
        while pathlib.Path(f"/proc/{pid}").exists() and "\nState:\tZ" not in pathlib.Path(f"/proc/{pid}/status").read_text():
            time.sleep(0.02)

    def tool(self, name: str, *words: str, stdin: str = "") -> str:
        """A class of org.apache.kafka.tools, by its name there."""
        command = ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", f"-Dlog4j2.configurationFile={OPS / 'log4j2.properties'}", "-cp", f"{ROOT}/build/kafka/libs/*",
                   f"org.apache.kafka.tools.{name}", "--bootstrap-server", self.bootstrap, *words]
        done = subprocess.run(command, text=True, capture_output=True, timeout=300, input=stdin, env=os.environ)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout
