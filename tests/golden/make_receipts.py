#!/usr/bin/env python3
"""Makes receipts (C2SP tlog-proof) of the golden log, with keys that everybody knows: no code of ours, Python's own library and openssl.

usage: make_receipts.py DIRECTORY

Writes a file for each of PLACES, the verifier keys of the log and of two witnesses, all as they are kept in tests/golden/receipts.
"""
import base64
import hashlib
import pathlib
import struct
import subprocess
import sys
import tempfile

from read_log import COMMIT, DATA, FENCE, FILE_HEADER, OPENED, RECORD_HEADER, batch_at, sha256

HERE = pathlib.Path(__file__).parent
ORIGIN = "pioneer.example/golden"
WITNESSES = ("witness.example/archive", "witness.example/university")
PLACES = (0, 1, 5, 13)
SEEN_AT = 1_767_225_700  # a moment after the last record


class Key:
    """Ed25519 from a name: no secret, for nothing but these files is signed with it."""

    def __init__(self, name, kind):
        seed = sha256(b"golden key of " + name.encode())
        self.der = bytes.fromhex("302e020100300506032b657004220420") + seed
        self.name, self.public = name, self.openssl("pkey", "-pubout", "-outform", "DER")[-32:]
        self.id = sha256(name.encode() + b"\n" + bytes([kind]) + self.public)[:4]
        self.verifier = f"{name}+{self.id.hex()}+{base64.b64encode(bytes([kind]) + self.public).decode()}"

    def openssl(self, command, *words, message=b""):
        with tempfile.TemporaryDirectory() as folder:
            key, text = pathlib.Path(folder, "key.der"), pathlib.Path(folder, "text")
            key.write_bytes(self.der)
            text.write_bytes(message)
            source = ["-in", key] if command == "pkey" else ["-inkey", key, "-in", text]
            run = ["openssl", command, "-inform" if command == "pkey" else "-keyform", "DER", *source, *words]
            return subprocess.run(run, check=True, capture_output=True).stdout

    def sign(self, message):
        return self.openssl("pkeyutl", "-sign", "-rawin", message=message)

    def line(self, signature):
        return f"\u2014 {self.name} {base64.b64encode(self.id + signature).decode()}\n"


def leaves():
    """The records of the golden log that are leaves. That all of it is sound, read_log.py tells."""
    found = []
    for path in sorted((HERE / "log").iterdir()):
        file, at = path.read_bytes(), FILE_HEADER
        while not isinstance(batch := batch_at(file, at), str):
            (_, _, records, _, kind), payload, stored = batch
            offset = 0
            for _ in range(records if kind == DATA else 0):
                size = RECORD_HEADER.size + struct.unpack_from("<I", payload, offset + 8)[0]
                record, offset = payload[offset:offset + size], offset + size
                if record[5] in (OPENED, COMMIT):
                    found.append(record)
                else:
                    assert record[5] == FENCE
            at += stored
    return found


def root(hashes):
    """RFC 6962, section 2.1, as it is written there."""
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + root(hashes[:middle]) + root(hashes[middle:]))


def path_to(index, hashes):
    """RFC 6962, section 2.1.1."""
    if len(hashes) == 1:
        return []
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    if index < middle:
        return path_to(index, hashes[:middle]) + [root(hashes[middle:])]
    return path_to(index - middle, hashes[middle:]) + [root(hashes[:middle])]


def checkpoint(hashes):
    log, witnesses = Key(ORIGIN, 1), [Key(name, 4) for name in WITNESSES]
    text = f"{ORIGIN}\n{len(hashes)}\n{base64.b64encode(root(hashes)).decode()}\n"
    lines = log.line(log.sign(text.encode()))
    for witness in witnesses:
        signature = witness.sign(f"cosignature/v1\ntime {SEEN_AT}\n{text}".encode())
        lines += witness.line(struct.pack(">Q", SEEN_AT) + signature)
    return f"{text}\n{lines}", "".join(f"{key.verifier}\n" for key in (log, *witnesses))


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    records = leaves()
    hashes = [hashlib.sha256(b"\0" + record).digest() for record in records]
    note, keys = checkpoint(hashes)
    (folder / "keys.txt").write_text(keys)
    for index in PLACES:
        text = f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(records[index]).decode()}\nindex {index}\n"
        text += "".join(f"{base64.b64encode(one).decode()}\n" for one in path_to(index, hashes)) + "\n" + note
        (folder / f"{index}.tlog-proof").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
