"""`pioneer log copy`: a log goes into a topic of a real broker and back, and is the same log: root, head, digests of what is read from it."""
import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import kafka  # noqa: E402
import pioneer  # noqa: E402


class LogCopy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = cls.enterClassContext(kafka.Kafka())
        cls.broker.start()

    def setUp(self):
        self.source = self.enterContext(pioneer.Pioneer())
        self.source.make()
        self.source.token("李干部", "cadre", "350206001001")
        self.folder = pathlib.Path(self.source.folder.name)
        self.topic = self.folder / "topic.yaml"
        self.topic.write_text(self.broker.settings(self.id().rpartition(".")[2]), encoding="utf-8")

    def copy(self, origin, target) -> dict:
        return json.loads(pioneer.run("log", "copy", str(origin), str(target), "--json"))

    def told(self, data, *command: str) -> dict:
        return json.loads(pioneer.run(*command, "--data", str(data), "--json"))

    def proof(self, data) -> tuple:
        """What tells one log from another, by files alone."""
        found = self.told(data, "verify")
        about = self.told(data, "log", "info")
        return found["root"], found["records"], about["logId"], about["epoch"], about["head"]

    def test_into_a_topic_and_back_it_is_the_same_log(self):
        into = self.copy(self.source.data, self.topic)
        self.assertEqual(into["root"], self.told(self.source.data, "verify")["root"])
        other = self.folder / "other"
        back = self.copy(self.topic, other)
        self.assertEqual(back, into)
        self.assertEqual(self.proof(other), self.proof(self.source.data))
        shutil.copytree(self.source.data / "keys", other / "keys")
        self.assertEqual(self.told(other, "replay"), self.told(self.source.data, "replay"))
        self.assertEqual(self.copy(self.source.data, self.topic), into, "a second time there is nothing to do")

    def test_its_mirror_is_the_same_byte_for_byte(self):
        """What others hold of the log proves the copy as it proved the log: no tile and no entry is another."""
        before, after = self.folder / "before", self.folder / "after"
        self.told(self.source.data, "audit", "mirror", "--to", str(before))
        self.copy(self.source.data, self.topic)
        other = self.folder / "other"
        self.copy(self.topic, other)
        shutil.copytree(self.source.data / "keys", other / "keys")
        self.told(other, "audit", "mirror", "--to", str(after))
        files = [{file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
                 for folder in (before, after)]
        self.assertTrue(any(name.startswith("tile/entries/") for name in files[0]))
        self.assertIn("checkpoint", files[0])
        self.assertEqual(files[1], files[0])

    def test_a_log_that_grew_is_copied_on_and_one_that_went_another_way_is_refused(self):
        self.copy(self.source.data, self.topic)
        other = self.folder / "other"
        self.copy(self.topic, other)
        shutil.copytree(self.source.data / "keys", other / "keys")
        for data, member in ((self.source.data, "王干部"), (other, "张干部")):
            pioneer.run("token", "create", "--member", member, "--role", "cadre", "--organisation", "3502", "--data", str(data))
        longer = self.copy(self.source.data, self.topic)
        self.assertEqual(longer["root"], self.told(self.source.data, "verify")["root"])
        pioneer.run("log", "copy", str(other), str(self.topic), expect=1)
        third = self.folder / "third"
        self.assertEqual(self.copy(self.topic, third), longer)
        self.assertEqual(self.proof(third), self.proof(self.source.data))

    def test_what_holds_a_log_is_not_written_over(self):
        self.copy(self.source.data, self.topic)
        before = self.proof(self.source.data)
        pioneer.run("log", "copy", str(self.topic), str(self.source.data), expect=3)
        self.assertEqual(self.proof(self.source.data), before)
        foreign = self.enterContext(pioneer.Pioneer())
        foreign.make()
        pioneer.run("log", "copy", str(foreign.data), str(self.topic), expect=1)

    def test_a_damaged_log_is_not_copied(self):
        segment = self.source.data / "log" / "000000000000.segment"
        bytes_of = bytearray(segment.read_bytes())
        bytes_of[5_000] ^= 1
        segment.write_bytes(bytes_of)
        pioneer.run("log", "copy", str(self.source.data), str(self.topic), expect=3)
        pioneer.run("log", "copy", str(self.topic), str(self.folder / "nothing"), expect=3)


if __name__ == "__main__":
    unittest.main()
