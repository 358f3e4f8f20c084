"""Signs notes and cosignatures with a key that one of our programs made, by openssl: what its holder could say, and the program does not."""
import base64
import pathlib
import struct
import subprocess
import tempfile

# Of PKCS #8, before the seed (RFC 8410).
ED25519 = bytes.fromhex("302e020100300506032b657004220420")


class NoteKey:
    def __init__(self, file: pathlib.Path):
        # PRIVATE+KEY+name+id+base64(kind, seed)
        _, _, self.name, key_id, coded = file.read_text(encoding="utf-8").strip().split("+", 4)
        self.key_id = bytes.fromhex(key_id)
        self.der = ED25519 + base64.b64decode(coded)[1:]

    def sign(self, message: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            key, text = pathlib.Path(folder, "key"), pathlib.Path(folder, "text")
            key.write_bytes(self.der)
            text.write_bytes(message)
            return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", key, "-in", text], check=True,
                                  capture_output=True).stdout

    def line(self, signature: bytes) -> str:
        return f"\u2014 {self.name} {base64.b64encode(self.key_id + signature).decode()}\n"

    def note(self, text: str) -> str:
        return text + "\n" + self.line(self.sign(text.encode()))

    def cosignature(self, text: str, time_s: int) -> str:
        """A witness's line below a note of this text, as if it were then."""
        return self.line(struct.pack(">Q", time_s) + self.sign(f"cosignature/v1\ntime {time_s}\n{text}".encode()))


def text_of(note: str) -> str:
    return note[:note.index("\n\n") + 1]
