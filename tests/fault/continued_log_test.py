"""A log that lost what it had signed: no server starts over it; `pioneer log continue` goes on as another log, which names the old one, with all that is left."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "golden"))
import pioneer  # noqa: E402
import read_log  # noqa: E402


class ContinuedLog(unittest.TestCase):
    def setUp(self):
        self.pioneer = pioneer.Pioneer()
        self.pioneer.__enter__()
        self.addCleanup(self.pioneer.__exit__, None, None, None)
        self.folder = pathlib.Path(self.pioneer.folder.name)
        self.pioneer.make()
        self.cadre = self.pioneer.token("Grace Hill", "cadre", "350206001001")
        self.auditor = self.pioneer.token("Otto", "auditor", "3502")
        self.older = self.folder / "older"

    def serve_until_signed(self) -> int:
        """How many records a server signed, and has stopped."""
        self.pioneer.start()
        position = int(self.pioneer.client().get("/readyz")["position"])

        def signed():
            try:
                return int(self.pioneer.client().get("/log/checkpoint").decode().split("\n")[1])
            except pioneer.Refused:
                return 0
        size = pioneer.until(lambda: (now := signed()) > position and now)
        self.pioneer.stop()
        return size

    def lose(self) -> None:
        """The log is put back to an older copy; what was signed since stands beside it."""
        self.serve_until_signed()
        shutil.copytree(self.pioneer.data / "log", self.older)
        self.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)
        self.signed = self.serve_until_signed()
        shutil.rmtree(self.pioneer.data / "log")
        shutil.copytree(self.older, self.pioneer.data / "log")

    def info(self) -> dict:
        return json.loads(self.pioneer.command("log", "info", "--json"))

    def refused(self, *arguments: str, code: int) -> str:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments, "--data", self.pioneer.data], text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def files(self, folder: pathlib.Path) -> dict:
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}

    def test_what_is_left_goes_on_under_another_name(self):
        self.lose()
        for name in ("db", "people"):
            shutil.rmtree(self.pioneer.data / name)  # they would tell before the checkpoint does
        server = subprocess.run([pioneer.BIN / "pioneerd", "--data", self.pioneer.data, "--listen", "127.0.0.1:0"], text=True, capture_output=True, timeout=60, check=False)
        self.assertIn("pioneer log continue", server.stderr)
        before, key = self.info(), self.pioneer.command("keys", "show", "--verifier").strip()
        old_files = self.files(self.pioneer.data / "log")
        told = json.loads(self.pioneer.command("log", "continue", "--json"))
        self.assertEqual(told["continues"], before["logId"])
        self.assertEqual((told["position"], told["root"]), (before["position"], before["root"]))
        self.assertEqual(int(told["lost"]), self.signed - int(before["position"]))
        self.assertTrue(told["compared"])
        after = self.info()
        self.assertEqual(after["position"], before["position"])
        # The record itself says so, by a reader that is not ours, and so does whoever is asked.
        old = {"logId": before["logId"], "size": before["position"], "root": before["root"]}
        leaves = read_log.Reader(str(self.pioneer.data / "log")).result()["leaves"]
        self.assertEqual(leaves[0]["continues"], {"log_id": old["logId"], "size": int(old["size"]), "root": old["root"]})
        self.assertFalse(any("continues" in leaf for leaf in leaves[1:]))
        self.assertNotIn("continues", before)
        self.assertEqual(after["continues"], old)
        self.assertIn(f"continues {old['logId']}", self.pioneer.command("log", "info"))
        self.assertEqual(after["logId"], told["logId"])
        self.assertNotEqual(after["logId"], before["logId"])
        kept = pathlib.Path(told["before"])
        self.assertEqual(self.files(kept / "log"), old_files, "the old segments are untouched")
        self.assertEqual(int((kept / "checkpoints" / "checkpoint").read_text(encoding="utf-8").split("\n")[1]), self.signed)
        self.assertIn(key, (kept / "keys" / "log-verifier").read_text(encoding="utf-8"))
        # It verifies, is projected, opens what was sealed, signs under its own name, and takes commands.
        self.assertTrue(json.loads(self.pioneer.command("verify", "--json"))["ok"])
        self.pioneer.command("replay")
        self.pioneer.start()
        client = self.pioneer.client(self.cadre)
        me = client.get("/api/v1/me")
        self.assertEqual(me["name"], "Grace Hill")
        asked = client.post("/api/v1/requests", {"title": "Dark gate", "description": "Its lamp is out", "category": "street_light",
                                                 "organisation": me["organisation"]["id"]})
        self.assertEqual(client.get(f"/api/v1/requests/{asked['id']}")["title"], "Dark gate")
        self.assertEqual(client.get("/version")["continues"], old)
        self.assertEqual(self.pioneer.client(self.auditor).get("/api/v1/log/incidents")["continues"], old)
        over_server = pioneer.run("log", "info", "--json", "--server", f"http://127.0.0.1:{self.pioneer.port}")
        self.assertEqual(json.loads(over_server)["continues"], old)
        note = pioneer.until(lambda: self.checkpoint())
        self.assertTrue(note.startswith(f"pioneer.log/{after['logId']}\n"), note)
        self.pioneer.stop()
        stick = self.folder / "stick"
        self.pioneer.command("audit", "mirror", "--to", str(stick))
        key = self.pioneer.command("keys", "show", "--verifier").strip()
        told = json.loads(pioneer.run("audit", "verify", str(stick), "--json", "--verifier", key))
        self.assertEqual(told["continues"], old)
        self.assertIn(f"continues    {old['logId']}", pioneer.run("audit", "verify", str(stick), "--verifier", key))
        self.assertIn("goes on under its name", self.refused("log", "continue", code=1))

    def checkpoint(self):
        try:
            return self.pioneer.client().get("/log/checkpoint").decode()
        except pioneer.Refused:
            return None

    def test_a_log_that_lost_nothing_is_not_continued(self):
        self.serve_until_signed()
        self.assertIn("goes on under its name", self.refused("log", "continue", code=1))
        self.pioneer.start()
        self.assertIn("another process holds", self.refused("log", "continue", code=3))

    def test_a_log_that_was_changed_is_not_continued(self):
        self.lose()
        other = pioneer.Pioneer()
        with other:
            other.make()
            shutil.rmtree(self.pioneer.data / "log")
            shutil.copytree(other.data / "log", self.pioneer.data / "log")
        self.assertIn("it was changed", self.refused("log", "continue", code=3))

    def test_a_crash_after_the_exchange_is_gone_on_from(self):
        self.lose()
        told = json.loads(self.pioneer.command("log", "continue", "--json"))
        kept = pathlib.Path(told["before"])
        # As it stood then: the new log in its place, all else of the old one.
        (kept / "log").rename(self.pioneer.data / "log-continued")
        (kept / "checkpoints").rename(self.pioneer.data / "checkpoints")
        for file in (kept / "keys").iterdir():
            shutil.copy(file, self.pioneer.data / "keys" / file.name)
        shutil.rmtree(kept)
        server = subprocess.run([pioneer.BIN / "pioneerd", "--data", self.pioneer.data, "--listen", "127.0.0.1:0"], text=True, capture_output=True, timeout=60, check=False)
        self.assertNotEqual(server.returncode, 0)
        again = json.loads(self.pioneer.command("log", "continue", "--json"))
        self.assertEqual((again["logId"], again["continues"], again["lost"]), (told["logId"], told["continues"], told["lost"]))
        self.serve_until_signed()


if __name__ == "__main__":
    unittest.main()
