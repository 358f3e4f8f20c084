"""The disk fills up under load: nothing is acknowledged that is not kept, reads go on, and room cures it."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import crowd  # noqa: E402
import pioneer  # noqa: E402

DISK_BYTES = 160 << 20  # two segments and a little
LEFT_BYTES = 2 << 20
LONG = "灯" * 4000


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.assertEqual(os.geteuid(), 0, "a small disk of its own needs root: a test that did not run proves nothing")
        self.disk = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pioneer-disk-")))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", self.disk], check=False,
                                 capture_output=True)
        self.assertEqual(mounted.returncode, 0, f"file systems cannot be mounted here: {mounted.stderr.decode()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=False)
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.data = self.disk / "data"
        self.crowd = crowd.Crowd(self.pioneer, 2)

    def fill(self) -> pathlib.Path:
        """A file that leaves only a little room."""
        room = os.statvfs(self.disk)
        ballast = self.disk / "ballast"
        with open(ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - LEFT_BYTES)
        return ballast

    def test_nothing_is_acknowledged_that_is_not_kept(self):
        product = self.crowd.product(100)
        ballast = self.fill()
        asker = self.pioneer.client(self.crowd.tokens[0])
        acknowledged = []
        refused = None
        while refused is None and len(acknowledged) < 20_000:
            try:
                acknowledged.append(self.crowd.ask(asker, LONG)["id"])
            except pioneer.Refused as problem:
                refused = problem
        self.assertIsNotNone(refused, "the disk never filled up")
        self.assertEqual(refused.status, 503, refused)

        with self.assertRaises(pioneer.Refused) as ready:
            self.pioneer.client().get("/readyz")
        self.assertEqual(ready.exception.status, 503)
        self.assertFalse(ready.exception.body["ready"])
        self.assertTrue(ready.exception.body["reason"])
        with self.assertRaises(pioneer.Refused) as again:
            self.crowd.ask(self.pioneer.client(self.crowd.tokens[1]), LONG)
        self.assertEqual(again.exception.status, 503)
        # Reads go on.
        reader = self.pioneer.client(self.crowd.cadre)
        self.assertEqual(reader.get(f"/api/v1/requests/{acknowledged[0]}")["description"], LONG)
        self.assertEqual(self.pioneer.client().get(f"/api/v1/products/{product}")["placesLeft"], 100)

        self.pioneer.kill()
        ballast.unlink()
        self.assertTrue(json.loads(self.pioneer.command("verify", "--json"))["ok"])
        self.pioneer.start()
        self.assertTrue(self.pioneer.client().get("/readyz")["ready"])
        reader = self.pioneer.client(self.crowd.cadre)
        for request in acknowledged:
            self.assertEqual(reader.get(f"/api/v1/requests/{request}")["state"], "submitted")
        self.crowd.ask(self.pioneer.client(self.crowd.tokens[0]))
        self.pioneer.stop()
        self.pioneer.command("verify")


if __name__ == "__main__":
    unittest.main()
