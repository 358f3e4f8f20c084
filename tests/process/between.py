"""What stands between a broker and its clients, and can be cut: for all, for one of them, or for the members of a group alone."""
import asyncio
import contextlib
import struct
import threading
from collections.abc import Callable

# Of Kafka's protocol: what only the coordinator of a consumer group is asked.
JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP = 11, 12, 13, 14
GROUP_REQUESTS = {JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP}
REQUEST_BYTES_MAX = 16 << 20
ANSWER_BYTES = 1 << 16


class Connection:
    """Whose it is and what for, as its requests say. Each begins: api key (i16), version (i16), number (i32), client id (i16, text)."""

    def __init__(self):
        self.client = ""
        self.group = False

    def note(self, request: bytes) -> None:
        api, _, _, length = struct.unpack_from(">hhih", request)
        self.client = request[10:10 + max(length, 0)].decode()
        # A client keeps a connection of its own to the coordinator.
        self.group = self.group or api in GROUP_REQUESTS


class Between:
    """A context: listens at `address`, and carries everything to `target()` and back, which is asked for each connection.

    What is cut is held back, as in a network that lost its way: no connection ends, and when it is healed all that was sent arrives,
    however late, also from who has given up waiting.
    """

    def __init__(self, target: Callable[[], str]):
        self.target = target
        self.address = ""
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.held: Callable[[Connection], bool] = lambda _: False
        self.carrying: set[asyncio.Task] = set()

    def __enter__(self) -> "Between":
        self.thread.start()
        self.server = self.call(self.listen())
        self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_) -> None:
        self.call(self.end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def cut(self, client: str = "", group_alone: bool = False) -> None:
        """All clients, or the one of that id; everything, or what it asks a group's coordinator."""
        self.hold(lambda one: client in ("", one.client) and (one.group or not group_alone))

    def heal(self) -> None:
        self.hold(lambda _: False)

    def hold(self, which: Callable[[Connection], bool]) -> None:
        async def change() -> None:
            self.held = which
            async with self.changed:
                self.changed.notify_all()
        self.call(change())

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def listen(self) -> asyncio.Server:
        self.changed = asyncio.Condition()
        return await asyncio.start_server(self.carry, "127.0.0.1", 0)

    async def end(self) -> None:
        self.server.close()
        for task in self.carrying:
            task.cancel()
        await asyncio.gather(*self.carrying, return_exceptions=True)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self.carrying.add(task)
        try:
            host, _, port = self.target().rpartition(":")
            with contextlib.suppress(OSError):
                there, back = await asyncio.open_connection(host, int(port))
                connection = Connection()
                await asyncio.gather(self.requests(connection, reader, back), self.answers(connection, there, writer))
        finally:
            writer.close()
            self.carrying.discard(task)

    async def requests(self, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            while True:
                length = await reader.readexactly(4)
                size = int.from_bytes(length, "big")
                if size > REQUEST_BYTES_MAX:
                    raise AssertionError(f"a request of {size} bytes")
                request = await reader.readexactly(size)
                connection.note(request)
                await self.open_way(connection)
                writer.write(length + request)
                await writer.drain()

    async def answers(self, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), contextlib.closing(writer):
            while answer := await reader.read(ANSWER_BYTES):
                await self.open_way(connection)
                writer.write(answer)
                await writer.drain()

    async def open_way(self, connection: Connection) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: not self.held(connection))
