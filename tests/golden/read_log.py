#!/usr/bin/env python3
"""Reads and proves a Pioneer log, written from eventstore/README.md alone: no code of ours, only Python's own library.

usage: read_log.py DIRECTORY [--no-leaves]

Prints JSON: log_id, position (leaves), epoch, head, root, closed, torn_tail, and each leaf with its hash, time, streams and
event types. Damage is printed to standard error, as file, byte and reason; exit code 1.
"""
import hashlib
import json
import pathlib
import re
import struct
import sys
import zlib

FORMAT = 1
FEATURE_LEVEL = 2
BLOCK = 512
FILE_HEADER = 4096
BATCH_HEADER = struct.Struct("<8sQQIIIIII")
RECORD_HEADER = struct.Struct("<4sBBHII16sQQ16s32s")
RECORD_MAX = 65_535
PAYLOAD_MAX = 8 << 20
BATCH_MAGIC = b"\xffPBATCH\n"
FENCE, OPENED, COMMIT = 1, 2, 3
DATA, OPENING, PROTECTING, CLOSING = 0, 1, 2, 3
NO_OFFSET = 2**64 - 1
ZERO_HASH = bytes(32)


class Damage(Exception):
    def __init__(self, path, offset, reason):
        super().__init__(f"{path} at byte {offset}: {reason}")


class TooOld(Exception):
    pass


def sha256(data):
    return hashlib.sha256(data).digest()


def crc_without(data, at):
    return zlib.crc32(data[at + 4:], zlib.crc32(bytes(4), zlib.crc32(data[:at])))


class Tree:
    """The right edge of an RFC 6962 tree: (size of the perfect subtree, root), the largest first."""

    def __init__(self, edge=()):
        self.edge = list(edge)

    def add(self, leaf):
        size = 1
        while self.edge and self.edge[-1][0] == size:
            leaf = sha256(b"\x01" + self.edge.pop()[1] + leaf)
            size *= 2
        self.edge.append((size, leaf))

    def root(self):
        if not self.edge:
            return sha256(b"")
        root = self.edge[-1][1]
        for _, left in reversed(self.edge[:-1]):
            root = sha256(b"\x01" + left + root)
        return root


class Fold:
    """The state of acceptance. Its `see` answers accepted_leaf, accepted_fence, void, fork or stop."""

    def __init__(self, log_id):
        self.log_id = log_id
        self.epoch, self.writer, self.open, self.fence_hash = 0, bytes(16), False, ZERO_HASH
        self.next, self.head = 0, sha256(b"pioneer" + log_id)
        self.newer = None  # what the first record above our feature level is behind: so many leaves

    def state(self):
        return (self.log_id, self.epoch, self.next, self.writer, self.fence_hash, self.head, self.open)

    def see(self, record):
        header = record_header(record)
        if header is None:
            return "void"
        form, kind, level, log_id, epoch, sequence, writer, previous = header
        if log_id != self.log_id:
            return "void"
        too_new = form > FORMAT
        if kind == FENCE:
            if epoch <= self.epoch:
                return "void"
            if epoch != self.epoch + 1:
                return "fork"
            if too_new:
                return "stop"
            self.note(level)
            self.epoch, self.writer, self.open = epoch, writer, False
            self.fence_hash = sha256(b"\x00" + record)
            return "accepted_fence"
        if epoch < self.epoch:
            return "void"
        if epoch > self.epoch or writer != self.writer or self.epoch == 0:
            return "fork"
        fits = sequence == self.next and previous == self.head
        if not self.open and not (kind == OPENED and fits):
            return "fork"
        if self.open and not (kind == COMMIT and fits):
            return "void"
        if too_new:
            return "stop"
        self.note(level)
        self.open = True
        self.head = sha256(b"\x00" + record)
        self.next += 1
        return "accepted_leaf"

    def note(self, level):
        """That files are whole can be told of bodies that cannot be read."""
        if level > FEATURE_LEVEL and self.newer is None:
            self.newer = self.next


def record_header(record):
    """(format, kind, feature level, log id, epoch, sequence, writer, previous hash), or None if it is bad."""
    if not RECORD_HEADER.size <= len(record) <= RECORD_MAX:
        return None
    magic, form, kind, level, length, crc, log_id, epoch, sequence, writer, previous = RECORD_HEADER.unpack_from(record)
    if magic != b"PREC" or kind not in (FENCE, OPENED, COMMIT) or length != len(record) - RECORD_HEADER.size:
        return None
    if crc != crc_without(record, 12):
        return None
    if kind == FENCE and (sequence != 0 or previous != ZERO_HASH):
        return None
    return form, kind, level, log_id, epoch, sequence, writer, previous


def read_file_header(path, data):
    """The fields of the header, as a dictionary; checks all but what a predecessor determines."""
    if len(data) < FILE_HEADER or data[:8] != b"PSEGMENT":
        raise Damage(path, 0, "no segment file")
    if data[8] != FORMAT:
        raise Damage(path, 8, f"format {data[8]}, this reader reads {FORMAT}")
    header = data[:FILE_HEADER]
    if struct.unpack_from("<I", header, 12)[0] != crc_without(header, 12):
        raise Damage(path, 12, "the header's CRC does not match")
    number, size, generation, last_offset, first_batch, epoch, following = struct.unpack_from("<7Q", header, 32)
    count = following.bit_count()
    sizes = [1 << bit for bit in range(63, -1, -1) if following >> bit & 1]
    edge = [(sizes[i], header[176 + 32 * i:208 + 32 * i]) for i in range(count)]
    if size != len(data) or size % BLOCK or size < 73_728:
        raise Damage(path, 40, f"the file has {len(data)} bytes, its header says {size}")
    if data[9] > 1 or data[10:12] != bytes(2) or data[168] > 1 or any(data[169:176]) or any(header[176 + 32 * count:]):
        raise Damage(path, 0, "the header has bytes that mean nothing")
    fold = Fold(data[16:32])
    fold.epoch, fold.next, fold.writer = epoch, following, data[88:104]
    fold.fence_hash, fold.head, fold.open = data[104:136], data[136:168], data[168] == 1
    return {"source": (data[9], generation), "number": number, "last_offset": last_offset, "first_batch": first_batch,
            "fold": fold, "tree": Tree(edge)}


def batch_at(data, at):
    """((number, first, records, leaves, kind), payload, bytes with padding), or a sentence that says what is wrong."""
    if len(data) - at < BLOCK or data[at:at + 8] != BATCH_MAGIC:
        return "no batch begins here"
    _, number, first, records, leaves, length, kind, crc, zero = BATCH_HEADER.unpack_from(data, at)
    stored = (BATCH_HEADER.size + length + BLOCK - 1) // BLOCK * BLOCK
    if kind > CLOSING:
        return "the batch's kind is unknown"
    if length > PAYLOAD_MAX or at + stored > len(data) or leaves > records or zero != 0:
        return "the batch's header makes no sense"
    if (records == 0) != (kind != DATA) or (kind != DATA and length != BLOCK - BATCH_HEADER.size):
        return "the batch's header makes no sense"
    used = data[at:at + BATCH_HEADER.size + length]
    if crc != crc_without(used, 40):
        return "the batch's CRC does not match"
    if any(data[at + len(used):at + stored]):
        return "the padding is not zero"
    return (number, first, records, leaves, kind), used[BATCH_HEADER.size:], stored


def empty_batch(kind, number, first):
    payload = b"\xff" * (BLOCK - BATCH_HEADER.size)
    header = BATCH_HEADER.pack(BATCH_MAGIC, number, first, 0, 0, len(payload), kind, 0, 0)
    crc = zlib.crc32(header + payload)
    return BATCH_HEADER.pack(BATCH_MAGIC, number, first, 0, 0, len(payload), kind, crc, 0) + payload


class Reader:
    def __init__(self, directory):
        self.fold = self.tree = self.source = None
        self.next_batch, self.last_offset, self.leaves = 0, NO_OFFSET, []
        self.closed = self.torn = False
        named = [path for path in pathlib.Path(directory).iterdir() if re.fullmatch(r"[0-9]{12,}\.segment", path.name)]
        paths = sorted(named, key=lambda path: int(path.stem))
        if not paths:
            raise Damage(directory, 0, "no log")
        for index, path in enumerate(paths):
            self.read_file(path, index, index + 1 == len(paths))
        if self.fold.newer is not None:
            raise TooOld(f"{directory}: whole, but behind {self.fold.newer} leaves it was written at a higher feature level")

    def read_file(self, path, index, last):
        data = path.read_bytes()
        header = read_file_header(path, data)
        if self.fold is None:
            self.fold, self.tree, self.source = Fold(header["fold"].log_id), Tree(), header["source"]
        expected = (index, self.source, self.last_offset, self.next_batch, self.fold.state(), self.tree.edge)
        if (header["number"], header["source"], header["last_offset"], header["first_batch"], header["fold"].state(),
                header["tree"].edge) != expected or int(path.stem) != index:
            raise Damage(path, 0, "the header does not continue where its predecessor ends")
        at, kind = FILE_HEADER, None
        while at < len(data) and any(data[at:at + BLOCK]):
            batch = batch_at(data, at)
            if isinstance(batch, str):
                break
            if kind == CLOSING and batch[0][4] != OPENING:
                raise Damage(path, at, "a closing batch is followed by another than an opening one")
            kind = self.read_batch(path, at, *batch[:2])
            at += batch[2]
        self.judge_tail(path, data, at, kind, last)

    def read_batch(self, path, at, header, payload):
        number, first, records, leaves, kind = header
        if number != self.next_batch or first != self.fold.next:
            raise Damage(path, at, "another batch than the next")
        self.next_batch += 1
        if kind != DATA:
            return kind
        offset = 8 * records if self.source[0] == 1 else 0
        if offset:
            if offset > len(payload):
                raise Damage(path, at, "no room for the source offsets")
            self.last_offset = struct.unpack_from("<Q", payload, offset - 8)[0]
        accepted = 0
        for _ in range(records):
            if len(payload) - offset < RECORD_HEADER.size:
                raise Damage(path, at, "the records do not fit the batch")
            size = RECORD_HEADER.size + struct.unpack_from("<I", payload, offset + 8)[0]
            record = payload[offset:offset + size]
            offset += size
            verdict = self.fold.see(record)
            if verdict == "accepted_leaf":
                accepted += 1
                self.tree.add(self.fold.head)
                self.leaves.append(describe(self.fold.next - 1, self.fold.head, record))
            elif verdict != "accepted_fence":
                raise Damage(path, at, f"a record that is not accepted: {verdict}")
        if offset != len(payload) or accepted != leaves:
            raise Damage(path, at, "the records do not fit the batch")
        return kind

    def judge_tail(self, path, data, at, kind, last):
        rest = data[at:].rstrip(b"\0")
        self.closed = kind == CLOSING
        if not rest:
            return
        if not last or self.closed:
            raise Damage(path, at, "bytes behind the last batch that are not zero")
        block = data[at:at + BLOCK]
        for empty in (OPENING, PROTECTING, CLOSING):
            if sum(a != b for a, b in zip(block, empty_batch(empty, self.next_batch, self.fold.next))) <= 8:
                raise Damage(path, at, "a few bytes of an empty batch were changed")
        for later in range(at + BLOCK, at + len(rest), BLOCK):
            batch = batch_at(data, later)
            if not isinstance(batch, str) and batch[0][0] >= self.next_batch:
                raise Damage(path, at, "a bad batch with a whole one behind it")
        self.torn = True

    def result(self):
        return {"log_id": self.fold.log_id.hex(), "position": self.fold.next, "epoch": self.fold.epoch,
                "head": self.fold.head.hex(), "root": self.tree.root().hex(), "closed": self.closed,
                "torn_tail": self.torn, "leaves": self.leaves}


def fields(message):
    """Protocol Buffers' wire format: (field number, integer or bytes), in order."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 2:
            size = varint()
            if at + size > len(message):
                raise ValueError("a field is longer than its message")
            yield key >> 3, message[at:at + size]
            at += size
        else:
            raise ValueError(f"wire type {key & 7} does not occur in a commit")


def describe(sequence, leaf_hash, record):
    """What an auditor wants to see of a leaf. A body that cannot be read is said to be so: the chain does not rest on it."""
    kind = record[5]
    leaf = {"sequence": sequence, "kind": "opened" if kind == OPENED else "commit", "hash": leaf_hash.hex()}
    try:
        body = list(fields(record[RECORD_HEADER.size:]))
        leaf["recorded_at_us"] = next((value for field, value in body if field == 1), 0)
        if kind == OPENED and (old := {field: value for field, value in body if field in (4, 5, 6)}):
            leaf["continues"] = {"log_id": old.get(4, b"").hex(), "size": old.get(5, 0), "root": old.get(6, b"").hex()}
        if kind == COMMIT:
            leaf["streams"] = [describe_part(value) for field, value in body if field == 8]
    except (ValueError, IndexError, UnicodeDecodeError) as problem:
        leaf["unreadable"] = str(problem)
    return leaf


def describe_part(part):
    known = list(fields(part))
    events = [dict(fields(value)) for field, value in known if field == 5]
    return {"stream": next((value.decode() for field, value in known if field == 1), ""),
            "first_revision": next((value for field, value in known if field == 2), 0),
            "events": [event.get(1, b"").decode() for event in events]}


def main(arguments):
    if not arguments or len(arguments) > 2 or (len(arguments) == 2 and arguments[1] != "--no-leaves"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        result = Reader(arguments[0]).result()
    except (Damage, TooOld, OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    if len(arguments) == 2:
        del result["leaves"]
    json.dump(result, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
