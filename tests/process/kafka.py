"""A broker of ops/kafka in a temporary directory, on free ports, and the few tools of Kafka's that tests call."""
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPS = ROOT / "ops/kafka"


class Kafka:
    """A context: the brokers run from `start` until its end. Their directory goes with it."""

    def __init__(self, brokers: int = 1):
        self.brokers = brokers
        self.bootstrap = ""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pioneer-kafka-")
        self.data = pathlib.Path(self.folder.name)
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def call(self, script: str, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([OPS / script, "--data", self.data, *words], text=True, capture_output=True, timeout=300)

    def start(self) -> str:
        done = self.call("start", "--brokers", str(self.brokers), "--port", "0")
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        self.bootstrap = done.stdout.strip().splitlines()[-1]
        return self.bootstrap

    def stop(self) -> None:
        self.call("stop")

    def pid(self, broker: int) -> int:
        return int((self.data / f"broker-{broker}" / "pid").read_text())

    def tool(self, name: str, *words: str, stdin: str = "") -> str:
        """A class of org.apache.kafka.tools, by its name there."""
        command = ["java", "-Xmx128m", f"-Dlog4j2.configurationFile={OPS / 'log4j2.properties'}", "-cp", f"{ROOT}/build/kafka/libs/*",
                   f"org.apache.kafka.tools.{name}", "--bootstrap-server", self.bootstrap, *words]
        done = subprocess.run(command, text=True, capture_output=True, timeout=300, input=stdin, env=os.environ)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout
