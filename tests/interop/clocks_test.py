"""A log whose clock stood an hour ahead: a witness and a time stamping authority signed before it was, by its own word, and whoever checks is told."""
import datetime
import json
import pathlib
import shutil
import sys
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / folder) for folder in ("process", "fault", "interop")]
import authority  # noqa: E402
import forged_log  # noqa: E402
import note_key  # noqa: E402
import others  # noqa: E402
import pioneer  # noqa: E402
import witness  # noqa: E402

HOUR_US = 3_600_000_000


def microseconds(text: str) -> int:
    whole = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return whole // datetime.timedelta(microseconds=1)


class Clocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        cls.one = witness.Witness(cls.folder / "w", "w.example")
        cls.authority = authority.Authority(cls.folder / "authority")
        cls.key = cls.pioneer.command("keys", "show", "--verifier").strip()  # of both
        cls.right, cls.ahead = cls.folder / "right", cls.folder / "ahead"
        shutil.copytree(cls.pioneer.data, cls.folder / "of-right")
        cls.signed_by_outsiders(cls.folder / "of-right", cls.right)
        last = json.loads(cls.pioneer.command("log", "show", "--json").splitlines()[-1])
        then = microseconds(last["recordedAt"])
        (segment,) = (cls.pioneer.data / "log").glob("*.segment")
        forged_log.rewrite(segment, forged_log.recorded_at(then), forged_log.recorded_at(then + HOUR_US))
        cls.signed_by_outsiders(cls.pioneer.data, cls.ahead)

    @classmethod
    def signed_by_outsiders(cls, data: pathlib.Path, stick: pathlib.Path) -> None:
        """A mirror, and what they sign of it at this moment."""
        shutil.rmtree(data / "checkpoints", ignore_errors=True)
        told = json.loads(pioneer.run("audit", "mirror", "--data", str(data), "--to", str(stick), "--json"))
        note = (stick / "checkpoint").read_text(encoding="utf-8")
        stamped = stick / "stamps" / told["position"]
        stamped.parent.mkdir()
        stamped.write_text(note, encoding="utf-8")
        query = authority.openssl("ts", "-query", "-data", stamped, "-sha256", "-cert")
        stamped.with_name(stamped.name + ".tsr").write_bytes(cls.authority.answer(query))
        own = note_key.NoteKey(cls.one.state / "witness-signing")
        (stick / "checkpoint").write_text(note + own.cosignature(note_key.text_of(note), int(time.time())), encoding="utf-8")

    def checked(self, command: str, what: pathlib.Path, *more: str) -> str:
        return others.asked(pioneer.BIN / "pioneer", "audit", command, what, "--verifier", self.key, "--verifier", self.one.key,
                            "--tsa-ca", self.authority.folder / "ca.pem", *more).stdout

    def packed(self, stick: pathlib.Path) -> pathlib.Path:
        archive = stick.with_suffix(".zip")
        pioneer.run("audit", "evidence", str(stick), "--stream", "organisation/", "--out", str(archive))
        return archive

    def test_a_clock_that_was_wrong_is_told(self):
        for command, what in (("verify", self.ahead), ("evidence-check", self.packed(self.ahead))):
            told = json.loads(self.checked(command, what, "--json"))
            self.assertEqual((told["ok"], len(told["cosigners"]), told["stamps"]), (True, 1, 1))
            by = {sentence.split(" says ")[0]: sentence for sentence in told["clocksDiffer"]}
            self.assertEqual(set(by), {'The witness "w.example"', f"The authority that stamped the first {told['stampedEntries']} entries"})
            words = self.checked(command, what)
            for sentence in by.values():
                self.assertRegex(sentence, r"this was signed 3[56]\d\d seconds before the log says that it was recorded: one of the two clocks was wrong\.")
                self.assertIn(f"  clocks       {sentence}\n", words)

    def test_clocks_that_agree_are_not_spoken_of(self):
        for command, what in (("verify", self.right), ("evidence-check", self.packed(self.right))):
            self.assertEqual(json.loads(self.checked(command, what, "--json"))["clocksDiffer"], [])
            self.assertNotIn("clocks ", self.checked(command, what))


if __name__ == "__main__":
    unittest.main()
