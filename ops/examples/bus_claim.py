#!/usr/bin/env python3
"""Claims places of a product over the bus, and follows what becomes of it. Needs pyzmq, protobuf and protoc.

  pioneer bus key gate                                            # our key pair: gate.key, gate.key_secret
  pioneer keys bus allow gate.key --name gate --data DIR          # the server admits it
  python3 ops/examples/bus_claim.py --bus tcp://127.0.0.1:5555 --server-key DIR/keys/bus.key --key gate --token=T --product ID

Prints a line of JSON for the claim, then one for each commit of the product, from its first one, until `--events` of them came.
"""
import argparse
import importlib
import json
import pathlib
import subprocess
import sys
import tempfile
import uuid

import zmq
import zmq.auth
from google.protobuf import json_format

ROOT = pathlib.Path(__file__).resolve().parents[2]
ANSWER_MS = 45_000  # a server with nothing to tell says so every 15 s


def messages(folder: str):
    """The messages of the bus, made from the .proto files as they stand here."""
    files = [ROOT / f"api/messages/{name}.proto" for name in ("bus", "commands", "views")] + sorted((ROOT / "domain").glob("*/*.proto"))
    subprocess.run(["protoc", f"--proto_path={ROOT}", f"--python_out={folder}", *files], check=True)
    sys.path.insert(0, folder)
    return [importlib.import_module(f"api.messages.{name}_pb2") for name in ("bus", "commands", "views")]


class Refused(Exception):
    """The server answered with a problem, whose code is a stable word."""


class Bus:
    """One connection; not for several threads."""

    def __init__(self, bus, views, address: str, server_key: str, key: str, token: str):
        self.bus, self.views, self.token, self.last_id, self.position = bus, views, token, 0, None
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.curve_publickey, self.socket.curve_secretkey = zmq.auth.load_certificate(key + ".key_secret")
        self.socket.curve_serverkey = zmq.auth.load_certificate(server_key)[0]
        self.socket.setsockopt(zmq.IMMEDIATE, 1)  # without a server, sending waits instead of queueing
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.HANDSHAKE_IVL, 4_000)
        self.socket.setsockopt(zmq.HEARTBEAT_IVL, 5_000)
        self.socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 15_000)
        self.socket.setsockopt(zmq.SNDTIMEO, 5_000)
        self.socket.setsockopt(zmq.RCVTIMEO, ANSWER_MS)
        self.socket.connect(address)

    def request(self):
        self.last_id += 1
        request = self.bus.BusRequest(id=self.last_id, token=self.token)
        if self.position is not None:
            request.position = self.position  # read what was written before
        return request

    def answer(self, to: int):
        while True:
            answer = self.bus.BusAnswer.FromString(self.socket.recv())
            if answer.id != to:
                continue
            if answer.WhichOneof("what") == "problem":
                raise Refused(f"{answer.problem.code}: {answer.problem.detail}")
            return answer

    def call(self, operation: str, body=None, **parameters: str):
        """The operation's view. What is sent again with the same key takes effect once."""
        request = self.request()
        request.call.operation = operation
        request.call.idempotency_key = str(uuid.uuid4()) if body is not None else ""
        request.call.body = body.SerializeToString() if body is not None else b""
        for name, value in parameters.items():
            request.call.parameters.add(name=name, value=value)
        self.socket.send(request.SerializeToString())
        answer = self.answer(request.id)
        if answer.HasField("position"):
            self.position = answer.position
        return getattr(self.views, answer.view.message).FromString(answer.view.content)

    def follow(self, first: int, **of: str):
        """Commits from this position on, for ever; who reads too slowly goes on where it was."""
        while True:
            request = self.request()
            request.ClearField("position")
            request.subscribe.CopyFrom(self.bus.BusSubscription(**{"from": first}, **of))
            self.socket.send(request.SerializeToString())
            try:
                while True:
                    answer = self.answer(request.id)
                    if answer.HasField("position"):
                        first = answer.position + 1
                    if answer.WhichOneof("what") == "ended":
                        break
                    if answer.WhichOneof("what") == "events":
                        yield answer.events
            except zmq.Again:
                pass  # silence: the server went away, or came back and knows nothing of us
            except Refused as refused:
                if not str(refused).startswith("slow"):
                    raise


def main() -> None:
    options = argparse.ArgumentParser(description="Claims places over the bus, and follows what becomes of them.")
    for name in ("bus", "server-key", "key", "token", "product"):
        options.add_argument("--" + name, required=True)
    options.add_argument("--places", type=int, default=1)
    options.add_argument("--events", type=int, default=1, help="commits to wait for")
    told = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bus, commands, views = messages(folder)
        connected = Bus(bus, views, told.bus, told.server_key, told.key, told.token)
        claim = connected.call("place_claim", commands.PlaceClaimBody(places=told.places), id=told.product)
        print(json.dumps(json_format.MessageToDict(claim)), flush=True)
        followed = connected.follow(0, stream=f"product/{told.product}")
        for _, events in zip(range(told.events), followed):
            print(json.dumps(json_format.MessageToDict(events)), flush=True)


if __name__ == "__main__":
    main()
