"""Adds one commit to a log that was closed, as a writer of another version, or with another clock, might have left it; or changes one and
chains all that follows anew, as somebody would who holds the keys."""
import pathlib
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "golden"))
import read_log as fmt  # noqa: E402

CRC_IN_RECORD = 12
CRC_IN_BATCH = 40


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def recorded_at(us: int) -> bytes:
    """A commit body that says only when it was recorded."""
    return b"\x08" + varint(us)


def sealed(data: bytes, at: int) -> bytes:
    """`data` with its CRC at `at`."""
    return data[:at] + zlib.crc32(data).to_bytes(4, "little") + data[at + 4:]


def batch(number: int, first: int, kind: int, record: bytes = b"") -> bytes:
    payload = record or b"\xff" * (fmt.BLOCK - fmt.BATCH_HEADER.size)
    count = 1 if record else 0
    whole = fmt.BATCH_HEADER.pack(fmt.BATCH_MAGIC, number, first, count, count, len(payload), kind, 0, 0) + payload
    return sealed(whole, CRC_IN_BATCH) + bytes(-len(whole) % fmt.BLOCK)


def append(segment: pathlib.Path, body: bytes, level: int = 1) -> None:
    """Behind the closing batch: an opening one, the commit, a closing one."""
    file = bytearray(segment.read_bytes())
    at, last, number = fmt.FILE_HEADER, b"", 0
    while file[at:at + 8] == fmt.BATCH_MAGIC:
        _, number, _, records, _, length, kind, _, _ = fmt.BATCH_HEADER.unpack_from(file, at)
        record_at = at + fmt.BATCH_HEADER.size
        for _ in range(records if kind == fmt.DATA else 0):
            header = fmt.RECORD_HEADER.unpack_from(file, record_at)
            size = fmt.RECORD_HEADER.size + header[4]
            if header[2] != fmt.FENCE:
                last = bytes(file[record_at:record_at + size])
            record_at += size
        at += -(-(fmt.BATCH_HEADER.size + length) // fmt.BLOCK) * fmt.BLOCK
    magic, form, _, _, _, _, log_id, epoch, sequence, writer, _ = fmt.RECORD_HEADER.unpack_from(last, 0)
    head = fmt.sha256(b"\x00" + last)
    record = sealed(fmt.RECORD_HEADER.pack(magic, form, fmt.COMMIT, level, len(body), 0, log_id, epoch, sequence + 1, writer,
                                           head) + body, CRC_IN_RECORD)
    added = (batch(number + 1, sequence + 1, fmt.OPENING) + batch(number + 2, sequence + 1, fmt.DATA, record)
             + batch(number + 3, sequence + 2, fmt.CLOSING))
    file[at:at + len(added)] = added
    segment.write_bytes(file)


def rewrite(segment: pathlib.Path, old: bytes, new: bytes) -> int:
    """`old` becomes `new` in the one record that holds it; every later one chains to it, and every checksum fits. Its sequence."""
    assert len(old) == len(new)
    file = bytearray(segment.read_bytes())
    at, head, found = fmt.FILE_HEADER, None, []
    while file[at:at + 8] == fmt.BATCH_MAGIC:
        _, _, _, records, _, length, kind, _, _ = fmt.BATCH_HEADER.unpack_from(file, at)
        record_at, end = at + fmt.BATCH_HEADER.size, at + fmt.BATCH_HEADER.size + length
        for _ in range(records if kind == fmt.DATA else 0):
            fields = list(fmt.RECORD_HEADER.unpack_from(file, record_at))
            size = fmt.RECORD_HEADER.size + fields[4]
            body = bytes(file[record_at + fmt.RECORD_HEADER.size:record_at + size])
            if fields[2] != fmt.FENCE:
                if old in body:
                    found.append(fields[8])
                fields[5], fields[10] = 0, head or fields[10]
                record = sealed(fmt.RECORD_HEADER.pack(*fields) + body.replace(old, new), CRC_IN_RECORD)
                file[record_at:record_at + size] = record
                head = fmt.sha256(b"\x00" + record)
            record_at += size
        file[at + CRC_IN_BATCH:at + CRC_IN_BATCH + 4] = bytes(4)
        file[at:end] = sealed(bytes(file[at:end]), CRC_IN_BATCH)
        at += -(-(fmt.BATCH_HEADER.size + length) // fmt.BLOCK) * fmt.BLOCK
    assert len(found) == 1, found
    segment.write_bytes(file)
    return found[0]


def rewrite_mirrored(mirror: pathlib.Path, old: bytes, new: bytes) -> int:
    """`old` becomes `new` in the one record of a mirror that holds it, whose checksum fits; nothing else is touched. Its sequence."""
    assert len(old) == len(new)
    found = []
    for bundle in (mirror / "tile/entries").rglob("*"):
        content = bytearray(bundle.read_bytes() if bundle.is_file() else b"")
        at = 0
        while at < len(content):
            begin, end = at + 2, at + 2 + int.from_bytes(content[at:at + 2], "big")
            if old in content[begin:end]:
                record = bytes(content[begin:end]).replace(old, new)
                found.append(fmt.RECORD_HEADER.unpack_from(record)[8])
                content[begin:end] = sealed(record[:CRC_IN_RECORD] + bytes(4) + record[CRC_IN_RECORD + 4:], CRC_IN_RECORD)
            at = end
        if found:
            bundle.write_bytes(content)
            return found[0]
    raise AssertionError("no such record")
