"""The topic loses its end behind our back: the node stops, nothing acknowledged is gone, and the next generation goes on from its copy."""
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "process"), str(HERE.parent)]
import crowd  # noqa: E402
import kafka  # noqa: E402
import pioneer  # noqa: E402


class LostEnd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = cls.enterClassContext(kafka.Kafka())
        cls.broker.start()

    def setUp(self):
        self.topic = self.id().rpartition(".")[2]
        self.node = self.enterContext(pioneer.Pioneer(self.broker.settings(self.topic)))
        self.crowd = crowd.Crowd(self.node, 2)

    def ready(self) -> dict:
        try:
            return self.node.client().get("/readyz")
        except pioneer.Refused as refused:
            return refused.body

    def ask(self, count: int) -> list[str]:
        client = self.node.client(self.crowd.tokens[0])
        self.addCleanup(client.close)
        return [self.crowd.ask(client)["id"] for _ in range(count)]

    def lose(self) -> list[str]:
        """Requests of which people were told, and that the topic no longer holds."""
        self.ask(5)
        self.broker.stop()
        kept = self.broker.data / "broker-1" / "log" / f"{self.topic}-0"
        shutil.copytree(kept, self.broker.data / "before")
        self.broker.start()
        pioneer.until(lambda: self.ready()["ready"], 60)
        lost = self.ask(5)
        self.node.stop()
        self.broker.stop()
        shutil.rmtree(kept)
        shutil.move(self.broker.data / "before", kept)
        self.broker.start()
        return lost

    def generation(self, number: int) -> None:
        self.node.log = self.broker.settings(f"{self.topic}, generation: {number}")

    def restore(self, *directories: str, expect: int = 0) -> str:
        settings = self.node.written("damaged.yaml", self.broker.settings(self.topic))
        return pioneer.run("log", "restore", *directories, "--config", str(settings), "--json", expect=expect)

    def test_the_next_generation_holds_all_that_was_acknowledged(self):
        lost = self.lose()
        self.assertIn("lost", self.start_refused())
        root = json.loads(self.node.command("verify", "--json"))["root"]
        restored = json.loads(self.restore(str(self.node.data)))
        self.assertEqual((restored["root"], restored["generation"]), (root, 2))
        self.generation(2)
        self.node.start()
        client = self.node.client(self.crowd.cadre)
        self.addCleanup(client.close)
        for request in lost:
            self.assertEqual(client.get(f"/api/v1/requests/{request}")["title"], "路灯")
        self.ask(1)
        self.node.stop()
        self.node.command("replay")
        self.assertTrue((self.node.data / "log.generation-1").exists(), "the old copy is kept")

    @property
    def checkpoints(self) -> pathlib.Path:
        return next(self.node.data.rglob("checkpoint")).parent

    def signed(self) -> str:
        return (self.checkpoints / "checkpoint").read_text(encoding="utf-8")

    def start_refused(self) -> str:
        try:
            self.node.start()
        except AssertionError as refused:
            self.node.process.wait()
            self.node.process = None
            return str(refused)
        return "it started"

    def test_a_copy_behind_what_was_signed_is_refused(self):
        """Only the signed checkpoints still know of the end."""
        behind = self.node.data.parent / "behind"
        self.ask(5)
        self.node.stop()
        shutil.copytree(self.node.data, behind)
        self.node.start()
        self.ask(5)
        end = int(self.ready()["position"]) + 1
        pioneer.until(lambda: int(self.signed().split("\n")[1]) >= end)
        self.node.stop()
        shutil.copytree(self.checkpoints, behind / self.checkpoints.name, dirs_exist_ok=True)
        refused = self.refused("log", "restore", str(behind), "--config",
                               str(self.node.written("damaged.yaml", self.broker.settings("town"))))
        self.assertIn("log continue", refused)
        self.assertIn("log copy", refused)

    def refused(self, *arguments: str) -> str:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments], text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stderr

    def test_where_no_copy_holds_what_was_signed_the_longest_goes_on_as_another_log(self):
        """As restore's refusal says: the old log is named by the new one, which goes into a topic of its own."""
        old = json.loads(self.node.command("log", "info", "--json"))
        asked = self.ask(5)
        self.node.stop()
        behind = self.node.data.parent / "behind"
        shutil.copytree(self.node.data, behind)
        self.node.start()
        lost = self.ask(5)
        end = int(self.ready()["position"]) + 1
        pioneer.until(lambda: int(self.signed().split("\n")[1]) >= end)
        signed = self.signed()
        self.node.stop()
        # All that is left: a copy from before, and what was signed since.
        shutil.copytree(self.checkpoints, behind / self.checkpoints.name, dirs_exist_ok=True)
        shutil.rmtree(self.node.data)
        shutil.move(behind, self.node.data)
        self.restore(str(self.node.data), expect=1)

        told = json.loads(pioneer.run("log", "continue", "--data", str(self.node.data), "--json"))
        self.assertEqual(told["continues"], old["logId"])
        self.assertEqual(int(told["published"]), int(signed.split("\n")[1]))
        self.generation(2)
        settings = self.node.written("next.yaml", self.node.log)
        copied = json.loads(pioneer.run("log", "copy", str(self.node.data), str(settings), "--json"))
        self.assertEqual(copied["root"], json.loads(pioneer.run("verify", "--data", str(self.node.data), "--json"))["root"])
        self.assertIn("log copy", self.start_refused(), "the directory still holds a log of its own")
        shutil.move(self.node.data / "log", self.node.data / "log.continued")
        self.node.start()
        client = self.node.client(self.crowd.cadre)
        self.addCleanup(client.close)
        for request in asked:
            self.assertEqual(client.get(f"/api/v1/requests/{request}")["title"], "路灯", "its keys are there, too")
        for request in lost:
            with self.assertRaises(pioneer.Refused):
                client.get(f"/api/v1/requests/{request}")
        new = client.get("/version")
        self.assertEqual(new["continues"], {"logId": old["logId"], "size": told["position"], "root": told["root"]})
        self.ask(1)
        note = pioneer.until(lambda: self.checkpoints.exists() and self.signed())
        self.assertTrue(note.startswith(f"pioneer.log/{told['logId']}\n"), note)
        self.node.stop()
        # Another node joins it with the settings, the master key and the key that signs.
        other = self.enterContext(pioneer.Pioneer(self.node.log))
        (other.data / "keys").mkdir(parents=True)
        for key in ("master", "log-signing", "log-verifier"):
            shutil.copy(self.node.data / "keys" / key, other.data / "keys" / key)
        other.start()
        seen = other.client(self.crowd.cadre)
        self.addCleanup(seen.close)
        self.assertEqual(seen.get(f"/api/v1/requests/{asked[0]}")["title"], "路灯")
        other.stop()
        self.assertEqual(other.command("keys", "show", "--verifier"), self.node.command("keys", "show", "--verifier"))

    def test_two_branches_with_commits_are_for_people_to_decide(self):
        other = self.node.data.parent / "other"
        self.ask(2)
        self.node.stop()
        shutil.copytree(self.node.data, other)
        elsewhere = self.node.data.parent / "elsewhere.yaml"
        elsewhere.write_text(self.broker.settings("elsewhere"), encoding="utf-8")
        pioneer.run("log", "copy", str(other), str(elsewhere))
        for data, settings in ((self.node.data, self.node.written("one.yaml", self.node.log)), (other, elsewhere)):
            pioneer.run("token", "create", "--member", "某人", "--role", "member", "--organisation", "3502", "--data", str(data),
                        "--config", str(settings))
        self.restore(str(self.node.data), str(other), expect=1)


if __name__ == "__main__":
    unittest.main()
