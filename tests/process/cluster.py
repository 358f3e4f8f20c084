"""Nodes of one log on real brokers, in directories of their own, and a client that asks any of them until one answers."""
import json
import os
import random
import signal
import subprocess
import time
import uuid

import kafka
import pioneer

# What passes by itself: the same command, with the same key, is sent again.
PASSING = {"taking_over", "elsewhere", "broker_unreachable", "outcome_unknown", "not_yet_projected", "queue_full", "not_writable",
           "stopping"}


class AnyNode:
    """Asks one node after another, also one command several times, until it hears what became of it. Not for several threads."""

    def __init__(self, cluster: "Cluster", token: str | None = None, seconds: float = 60.0):
        self.cluster = cluster
        self.seconds = seconds
        # A node may sleep: whoever asked it asks another.
        self.clients = [pioneer.Client(0, token, timeout=15) for _ in cluster.nodes]
        self.turn = random.randrange(len(self.clients))
        self.silent_until = [0.0] * len(self.clients)  # as a load balancer leaves out a node that did not answer
        self.position: str | None = None

    def close(self) -> None:
        for client in self.clients:
            client.close()

    def call(self, method: str, path: str, body=None, key: str | None = None):
        until = time.monotonic() + self.seconds
        while True:
            self.turn = (self.turn + 1) % len(self.clients)
            if time.monotonic() < self.silent_until[self.turn] and time.monotonic() < until:
                time.sleep(0.002)
                continue
            node, client = self.cluster.nodes[self.turn], self.clients[self.turn]
            if client.port != node.port:
                client.close()
                client.port = node.port
            client.position = self.position
            try:
                answer = client.call(method, path, body, key)
            except pioneer.Refused as refused:
                if refused.code not in PASSING or time.monotonic() > until:
                    raise
            except OSError:
                if time.monotonic() > until:
                    raise
                self.silent_until[self.turn] = time.monotonic() + 2
            else:
                self.position = client.position
                return answer
            time.sleep(0.02)

    def get(self, path: str):
        return self.call("GET", path)

    def post(self, path: str, body=None, key: str | None = None):
        return self.call("POST", path, {} if body is None else body, key or str(uuid.uuid4()))


class Cluster:
    """A context: brokers, and nodes that are started one by one. Looks like a Pioneer to a Crowd.

    `cuttable`: nodes can be cut off from the one broker that there is.
    """

    def __init__(self, nodes: int = 3, brokers: int = 1, session_seconds: int = 6, cuttable: bool = False):
        self.broker = kafka.Kafka(brokers, cuttable)
        self.session_seconds = session_seconds
        self.count = nodes
        self.names: dict[pioneer.Pioneer, str] = {}  # by which the brokers, and who stands before them, know it
        self.nodes: list[pioneer.Pioneer] = []

    def __enter__(self) -> "Cluster":
        self.broker.__enter__()
        try:
            self.broker.start()
            for _ in range(self.count):
                self.nodes.append(self.node())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for node in self.nodes:
            if node.process is not None:
                node.process.send_signal(signal.SIGCONT)
            node.__exit__()
        self.broker.__exit__()

    def node(self) -> pioneer.Pioneer:
        """One more, not started; what all share stands beside the brokers' data."""
        name = f"node-{len(self.names) + 1}"
        node = pioneer.Pioneer(self.settings(name))
        self.names[node] = name
        return node

    def settings(self, name: str) -> str:
        shared = self.broker.data
        settings = self.broker.settings("town").rstrip().removesuffix("}")
        return (f"{settings}, session_seconds: {self.session_seconds}, properties: {{client.id: {name}}}}}\n"
                f"master_key: {shared}/master\n")

    def make(self) -> None:
        self.nodes[0].make()

    def token(self, *who: str) -> str:
        return self.nodes[0].token(*who)

    def start(self) -> None:
        for node in self.nodes:
            node.start()

    def client(self, token: str | None = None) -> AnyNode:
        return AnyNode(self, token)

    def ready(self, node: pioneer.Pioneer) -> dict:
        try:
            return node.client().get("/readyz")
        except pioneer.Refused as refused:
            return refused.body
        except OSError:
            return {"ready": False, "reason": "away"}

    def status(self) -> list[dict]:
        """What the nodes say of themselves, by address; also those that are gone and could not say so."""
        out = subprocess.run([pioneer.BIN / "pioneer", "cluster", "status", "--json", "--config",
                              str(self.nodes[0].written("status.yaml", self.settings("status")))],
                             text=True, capture_output=True, timeout=60, check=False)
        return json.loads(out.stdout).get("nodes", []) if out.returncode in (0, 1) else []

    def owner(self) -> pioneer.Pioneer | None:
        """The node that says that it writes in the highest epoch."""
        writing = [(int(node.get("epoch", 0)), node["address"]) for node in self.status() if int(node.get("epoch", 0))]
        if not writing:
            return None
        port = int(max(writing)[1].rsplit(":", 1)[1])
        return next((node for node in self.nodes if node.port == port and node.process is not None), None)

    def pause(self, node: pioneer.Pioneer) -> None:
        os.kill(node.process.pid, signal.SIGSTOP)

    def resume(self, node: pioneer.Pioneer) -> None:
        os.kill(node.process.pid, signal.SIGCONT)

    def cut(self, node: pioneer.Pioneer | None = None, group_alone: bool = False) -> None:
        """All nodes, or one of them, from the broker; or only from the part of it that says who should write."""
        self.broker.between.cut("" if node is None else self.names[node], group_alone)

    def heal(self) -> None:
        self.broker.between.heal()

    def mend(self) -> None:
        """Everything runs again, whatever was done to it."""
        if self.broker.between is not None:
            self.heal()
        if self.broker.call("status").returncode != 0:
            self.broker.start()
        for node in self.nodes:
            if node.process is None:
                node.start()
            else:
                self.resume(node)
        pioneer.until(lambda: all(self.ready(node)["ready"] for node in self.nodes), 60)

    def stop(self) -> None:
        for node in self.nodes:
            if node.process is not None:
                node.stop()
