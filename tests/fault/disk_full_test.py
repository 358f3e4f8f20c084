"""The disk fills up under load: nothing is acknowledged that is not kept, reads go on, and room alone cures it."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import crowd  # noqa: E402
import pioneer  # noqa: E402

MEBIBYTE = 1 << 20
DISK_BYTES = 240 * MEBIBYTE  # two segments, the stores, and a little
HEADROOM_MEBIBYTES = 24
LONG = "灯" * 4000
RECOVERS_IN_S = 60


class DiskFull(unittest.TestCase):
    def begin(self, headroom_mebibytes: int) -> None:
        self.assertEqual(os.geteuid(), 0, "a small disk of its own needs root: a test that did not run proves nothing")
        self.disk = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pioneer-disk-")))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", self.disk], check=False,
                                 capture_output=True)
        self.assertEqual(mounted.returncode, 0, f"file systems cannot be mounted here: {mounted.stderr.decode()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=False)
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.data = self.disk / "data"
        self.pioneer.settings = f"limits:\n  disk_headroom_mebibytes: {headroom_mebibytes}\n"
        self.crowd = crowd.Crowd(self.pioneer, 2)
        self.administrator = self.pioneer.client(self.crowd.administrator)
        self.asker = self.pioneer.client(self.crowd.tokens[0])
        self.acknowledged: list[str] = []
        self.hidden: list[str] = []  # keys of what was recorded and could not be shown

    def fill(self, left_bytes: int) -> None:
        """A file that leaves only a little room."""
        room = os.statvfs(self.disk)
        self.ballast = self.disk / "ballast"
        with open(self.ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - left_bytes)

    def ask_until_refused(self) -> pioneer.Refused:
        while len(self.acknowledged) < 20_000:
            key = str(uuid.uuid4())
            try:
                self.acknowledged.append(self.crowd.ask(self.asker, LONG, key)["id"])
            except pioneer.Refused as problem:
                if problem.code != "not_yet_projected":
                    return problem
                self.hidden.append(key)
        raise AssertionError("the disk never filled up")

    def refusal(self, act) -> tuple[int, str]:
        with self.assertRaises(pioneer.Refused) as refused:
            act()
        return refused.exception.status, refused.exception.code

    def ready(self) -> dict:
        try:
            return self.pioneer.client().get("/readyz")
        except pioneer.Refused as problem:
            return problem.body

    def log_position(self) -> str:
        lines = self.pioneer.client().get("/metrics").decode().splitlines()
        return next(line.split()[1] for line in lines if line.startswith("pioneer_log_position "))

    def revoke(self) -> None:
        self.administrator.position = None
        self.administrator.post(f"/api/v1/members/{self.crowd.members[1]}/tokens/revoke",
                                {"tokenHash": hashlib.sha256(self.crowd.tokens[1].encode()).hexdigest()})

    def is_read_only(self) -> None:
        """Every change is refused with the reason, nothing reaches the log, and reads go on."""
        self.assertEqual((self.ready()["ready"], self.ready()["reason"]), (False, "disk_full"))
        before = self.log_position()
        other = self.pioneer.client(self.crowd.tokens[1])
        for _ in range(20):
            self.assertEqual(self.refusal(lambda: self.crowd.ask(other, LONG)), (503, "disk_full"))
        self.assertEqual(self.refusal(self.revoke), (503, "disk_full"))
        self.assertEqual(self.log_position(), before)
        reader = self.pioneer.client(self.crowd.cadre)
        self.assertEqual(reader.get(f"/api/v1/requests/{self.acknowledged[0]}")["description"], LONG)
        self.assertEqual(self.pioneer.client().get("/healthz")["status"], "ok")

    def recovers(self) -> None:
        """Room returns: the same process writes again, and knows everything."""
        self.ballast.unlink()
        end = time.monotonic() + RECOVERS_IN_S
        while not self.ready()["ready"]:
            self.assertLess(time.monotonic(), end, self.ready())
            time.sleep(0.1)
        for key in self.hidden:
            self.acknowledged.append(self.crowd.ask(self.asker, LONG, key)["id"])
        self.acknowledged.append(self.crowd.ask(self.asker)["id"])
        self.revoke()
        self.assertEqual(self.refusal(lambda: self.crowd.ask(self.pioneer.client(self.crowd.tokens[1]))),
                         (401, "token_invalid"))

    def nothing_is_lost(self) -> None:
        self.pioneer.stop()
        self.assertTrue(json.loads(self.pioneer.command("verify", "--json"))["ok"])
        self.pioneer.start()
        reader = self.pioneer.client(self.crowd.cadre)
        for request in self.acknowledged:
            self.assertEqual(reader.get(f"/api/v1/requests/{request}")["state"], "submitted")
        self.assertEqual(len(set(self.acknowledged)), len(self.acknowledged))
        self.pioneer.stop()

    def test_commands_are_refused_while_there_is_still_room_for_what_was_accepted(self):
        self.begin(HEADROOM_MEBIBYTES)
        self.fill((HEADROOM_MEBIBYTES + 3) * MEBIBYTE)
        refused = self.ask_until_refused()
        self.assertEqual((refused.status, refused.code), (503, "disk_full"))
        self.assertEqual(self.hidden, [])
        self.is_read_only()
        self.recovers()
        self.nothing_is_lost()

    def test_a_database_without_room_stops_the_writer_and_goes_on_by_itself(self):
        self.begin(0)
        self.fill(2 * MEBIBYTE)
        refused = self.ask_until_refused()
        self.assertEqual((refused.status, refused.code), (503, "disk_full"))
        self.is_read_only()
        self.recovers()
        self.nothing_is_lost()


if __name__ == "__main__":
    unittest.main()
