"""Does to a bus what no client of ours does, by pyzmq; a word on stdout for each thing that the server took as it must."""
import argparse
import pathlib
import random
import re
import sys
import tempfile
import time

import zmq
import zmq.auth

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "ops/examples"))
import bus_claim  # noqa: E402

SUBSCRIPTIONS = 16  # as many as one person may have


class Stranger:
    def __init__(self, told, folder: str):
        self.told = told
        self.messages, self.commands, self.views = bus_claim.messages(folder)

    def connect(self, small: bool = False) -> bus_claim.Bus:
        """`small`: little is kept on the way."""
        context = zmq.Context.instance()
        context.setsockopt(zmq.RCVBUF, 4_096 if small else -1)
        context.setsockopt(zmq.RCVHWM, 1 if small else 1_000)
        return bus_claim.Bus(self.messages, self.views, self.told.bus, self.told.server_key, self.told.key, self.told.token)

    def answers(self, connected, count: int) -> list:
        return [self.messages.BusAnswer.FromString(connected.socket.recv()) for _ in range(count)]

    def frames(self) -> None:
        connected = self.connect()
        connected.socket.send_multipart([b""] * 100)
        connected.socket.send_multipart([b"", connected.request().SerializeToString()])
        assert [a.problem.code for a in self.answers(connected, 2)] == ["too_many_frames"] * 2

    def bytes(self) -> None:
        connected = self.connect()
        chance = random.Random(3)
        good = connected.request()
        good.call.operation = "get_version"
        sent = 500
        for _ in range(sent):
            changed = bytearray(good.SerializeToString())
            changed[chance.randrange(len(changed))] = chance.randrange(256)
            connected.socket.send(bytes(changed))
            answer = self.answers(connected, 1)[0]
            assert answer.WhichOneof("what") in ("problem", "view"), answer
        assert connected.call("get_version").version

    def pairs(self) -> None:
        """Others' programs with keys of their own, or from the documentation, or none."""
        for public, secret in (zmq.curve_keypair(), (b"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", b"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"), (None, None)):
            socket = zmq.Context.instance().socket(zmq.DEALER)
            socket.setsockopt(zmq.IMMEDIATE, 1)
            socket.setsockopt(zmq.LINGER, 0)
            if public:
                socket.curve_publickey, socket.curve_secretkey = public, secret
                socket.curve_serverkey = zmq.auth.load_certificate(self.told.server_key)[0]
            socket.connect(self.told.bus)
            assert socket.poll(1_500, zmq.POLLOUT) == 0, "a stranger came in"
            socket.close()

    def subscription(self, connected, **of):
        request = connected.request()
        request.subscribe.CopyFrom(self.messages.BusSubscription(**of))
        connected.socket.send(request.SerializeToString())
        return request.id

    def many(self) -> None:
        """A thousand calls before one answer is read, and more subscriptions than a person may have: each is answered, once."""
        connected = self.connect()
        ids = set()
        for _ in range(1_000):
            request = connected.request()
            request.call.operation = "list_products"
            ids.add(request.id)
            connected.socket.send(request.SerializeToString())
        for answer in self.answers(connected, len(ids)):
            ids.remove(answer.id)
            assert answer.problem.code in ("", "busy", "queue_full"), answer
        ids = {self.subscription(connected) for _ in range(200)}
        codes: dict[str, list[int]] = {}
        while ids:
            answer = self.answers(connected, 1)[0]
            if answer.id in ids:
                ids.remove(answer.id)
                codes.setdefault(answer.problem.code or "runs", []).append(answer.id)
        assert len(codes["runs"]) == SUBSCRIPTIONS and set(codes) <= {"runs", "busy", "too_many_listeners"}, codes
        for one in codes["runs"]:
            connected.socket.send(self.messages.BusRequest(id=one, end=self.messages.BusEnd()).SerializeToString())
        ended = {a.id for a in self.answers(connected, SUBSCRIPTIONS) if a.WhichOneof("what") == "ended"}
        assert ended == set(codes["runs"]), ended

    def accepted(self, connected) -> int:
        """A subscription to all there is, that runs."""
        while True:
            one = self.subscription(connected, **{"from": 0})
            while (answer := self.answers(connected, 1)[0]).id != one:
                pass
            if answer.problem.code != "too_many_listeners":
                return one
            time.sleep(0.05)

    def slow(self) -> None:
        """Subscribes to everything from the beginning, many times over, and reads nothing until the server has given up."""
        connected = self.connect(small=True)
        # What was ended is forgotten within a second.
        ids = [self.accepted(connected) for _ in range(SUBSCRIPTIONS)]
        other = self.connect()
        large = self.commands.CreateProductBody(title="长", description="长" * 4_000, kind="activity", capacity=3, max_per_member=1,
                                                organisation=other.call("get_product", id=self.told.product).organisation.id)
        session = large.sessions.add(venue="合兴")
        session.starts.FromJsonString("2096-01-01T09:00:00Z")
        session.ends.FromJsonString("2096-01-01T11:00:00Z")
        while self.open(other) > 1:
            other.call("create_product", large)
        told: dict[int, list] = {one: [] for one in ids}
        while any(not answers or answers[-1].problem.code != "slow" for answers in told.values()):
            answer = self.answers(connected, 1)[0]
            told[answer.id].append(answer)
        # Each goes on behind the last one that it was told: nothing is lost.
        positions = [answer.events.position for answer in told[ids[0]] if answer.WhichOneof("what") == "events"]
        rest = connected.follow(told[ids[0]][-1].position + 1, kind="product")
        all_of_it = other.follow(positions[-1], kind="product")
        assert next(all_of_it).position == positions[-1]
        assert next(rest).position == next(all_of_it).position

    def open(self, other) -> int:
        """How many messages of all programs the server has open: one is this one."""
        request = other.request()
        request.call.operation = "get_metrics"
        other.socket.send(request.SerializeToString())
        text = other.answer(request.id).view.content.decode()
        return int(float(re.search(r'^pioneer_queue_depth{queue="bus"} (\S+)$', text, re.MULTILINE).group(1)))

    def answers_still(self) -> None:
        assert self.connect().call("get_version").version


def main() -> None:
    options = argparse.ArgumentParser()
    for name in ("bus", "server-key", "key", "token", "product"):
        options.add_argument("--" + name, required=True)
    with tempfile.TemporaryDirectory() as folder:
        stranger = Stranger(options.parse_args(), folder)
        for name, what in (("frames", stranger.frames), ("bytes", stranger.bytes), ("pairs", stranger.pairs), ("many", stranger.many),
                           ("slow", stranger.slow), ("answers", stranger.answers_still)):
            what()
            print(name, flush=True)


if __name__ == "__main__":
    main()
