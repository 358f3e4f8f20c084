"""Somebody who may write into a topic and is none of our nodes: puts there what he likes, also copies of what is there already."""
import ctypes
import ctypes.util

PRODUCER, CONSUMER = 0, 1
COPY = 2  # of the payload
BEGINNING = -2
ANSWER_MS = 30_000


class Message(ctypes.Structure):
    """rd_kafka_message_t, as librdkafka's header has it."""

    _fields_ = [("error", ctypes.c_int), ("topic", ctypes.c_void_p), ("partition", ctypes.c_int32), ("payload", ctypes.c_void_p),
                ("length", ctypes.c_size_t), ("key", ctypes.c_void_p), ("key_length", ctypes.c_size_t), ("offset", ctypes.c_int64),
                ("opaque", ctypes.c_void_p)]


def library() -> ctypes.CDLL:
    it = ctypes.CDLL(ctypes.util.find_library("rdkafka"))
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_topic_new"):
        getattr(it, name).restype = ctypes.c_void_p
    it.rd_kafka_consume.restype = ctypes.POINTER(Message)
    return it


class Stranger:
    """One topic's partition 0. A context; not for several threads."""

    def __init__(self, brokers: str, topic: str):
        self.brokers = brokers
        self.name = topic.encode()
        self.kafka = library()

    def __enter__(self) -> "Stranger":
        self.clients = [self.client(kind) for kind in (PRODUCER, CONSUMER)]
        self.topics = [ctypes.c_void_p(self.kafka.rd_kafka_topic_new(client, self.name, None)) for client in self.clients]
        return self

    def __exit__(self, *_) -> None:
        for topic in self.topics:
            self.kafka.rd_kafka_topic_destroy(topic)
        for client in self.clients:
            self.kafka.rd_kafka_destroy(client)

    def client(self, kind: int) -> ctypes.c_void_p:
        settings = ctypes.c_void_p(self.kafka.rd_kafka_conf_new())
        reason = ctypes.create_string_buffer(256)
        if self.kafka.rd_kafka_conf_set(settings, b"bootstrap.servers", self.brokers.encode(), reason, len(reason)) != 0:
            raise AssertionError(reason.value.decode())
        client = self.kafka.rd_kafka_new(kind, settings, reason, len(reason))
        if not client:
            raise AssertionError(reason.value.decode())
        return ctypes.c_void_p(client)

    def write(self, records: list[bytes]) -> None:
        """All of them are in the topic when this returns."""
        for record in records:
            if self.kafka.rd_kafka_produce(self.topics[PRODUCER], 0, COPY, record, ctypes.c_size_t(len(record)), None, ctypes.c_size_t(0),
                                           None) != 0:
                raise AssertionError("the topic takes no more")
        if self.kafka.rd_kafka_flush(self.clients[PRODUCER], ANSWER_MS) != 0:
            raise AssertionError("the brokers did not take all")

    def end(self) -> int:
        first, end = ctypes.c_int64(), ctypes.c_int64()
        if self.kafka.rd_kafka_query_watermark_offsets(self.clients[CONSUMER], self.name, 0, ctypes.byref(first), ctypes.byref(end),
                                                       ANSWER_MS) != 0:
            raise AssertionError("nobody says where the topic ends")
        return end.value

    def read(self) -> list[bytes]:
        """Everything that the topic holds now."""
        topic, end = self.topics[CONSUMER], self.end()
        if self.kafka.rd_kafka_consume_start(topic, 0, ctypes.c_int64(BEGINNING)) != 0:
            raise AssertionError("the topic cannot be read")
        records: list[bytes] = []
        while len(records) < end:
            message = self.kafka.rd_kafka_consume(topic, 0, ANSWER_MS)
            if not message:
                raise AssertionError("the topic does not show its end")
            if message.contents.error != 0:
                raise AssertionError(f"the topic cannot be read: error {message.contents.error}")
            records.append(ctypes.string_at(message.contents.payload, message.contents.length))
            self.kafka.rd_kafka_message_destroy(message)
        self.kafka.rd_kafka_consume_stop(topic, 0)
        return records
