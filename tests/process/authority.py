"""A time stamping authority (RFC 3161) of the tests' own, by openssl."""
import pathlib
import subprocess

SETTINGS = """
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""


def openssl(*arguments, given: bytes = b"", expect: int = 0) -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True, timeout=60, check=False)
    if done.returncode != expect:
        raise AssertionError(f"openssl {arguments}: {done.returncode} {done.stderr.decode()}")
    return done.stdout


class Authority:
    """A certificate authority, and a time stamping authority below it."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir()
        openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=A test's root", "-days", 2, "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=A test's clock", "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr")
        (folder / "use").write_text("extendedKeyUsage = critical,timeStamping\n", encoding="utf-8")
        openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", 2,
                "-extfile", folder / "use", "-out", folder / "tsa.pem")
        (folder / "serial").write_text("01\n", encoding="utf-8")
        (folder / "settings").write_text(SETTINGS.format(folder=folder), encoding="utf-8")

    def answer(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        return openssl("ts", "-reply", "-config", self.folder / "settings", "-queryfile", self.folder / "query")
