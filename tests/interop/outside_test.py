"""What outsiders signed leaves with a mirror: witnessed checkpoints, time stamps, the log's earlier keys."""
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import authority  # noqa: E402
import others  # noqa: E402
import pioneer  # noqa: E402
import witness  # noqa: E402


def mirror(to: pathlib.Path, *where: str) -> dict:
    return json.loads(others.asked(pioneer.BIN / "pioneer", "audit", "mirror", "--to", to, "--json", *where).stdout)


def begin(case: type[unittest.TestCase]) -> None:
    """Gives the class a log (`pioneer`) that changed its key, has a witness (`one`) and is stamped by an `authority`, and mirrors of it: `fetched`
    from the server, and `local` from its directory, which began before the key was changed, as did `old_receipt`."""
    case.pioneer = pioneer.Pioneer.of(case)
    case.folder = pathlib.Path(case.pioneer.folder.name)
    case.fetched, case.local, case.old_receipt = case.folder / "fetched", case.folder / "local", case.folder / "old.tlog-proof"
    auditor = case.pioneer.token("Ann Audit", "auditor", "3502")
    key = lambda: case.pioneer.command("keys", "show", "--verifier").split()[0]  # noqa: E731
    case.first_key = key()
    mirror(case.local, "--data", str(case.pioneer.data))
    case.pioneer.command("receipt", "get", "1", "--to", str(case.old_receipt))
    case.pioneer.command("keys", "rotate")
    case.pioneer.command("keys", "rotate", "--end")
    case.second_key = key()
    case.keys = ("--verifier", case.first_key, "--verifier", case.second_key)
    case.one = witness.Witness(case.folder / "w", "w.example")
    case.one.start(case.second_key)
    case.addClassCleanup(case.one.kill)
    case.authority = authority.Authority(case.folder / "authority")
    stamping = witness.Lying(lambda handler, query: witness.says(200, case.authority.answer(query), "application/timestamp-reply")(handler, query))
    case.addClassCleanup(stamping.end)
    case.pioneer.settings = (f"witnesses:\n  - {{url: \"{case.one.url}\", key: \"{case.one.key}\"}}\n"
                             f"time_stamps: {{url: \"{stamping.url}\", every: 1 d}}\n")
    case.pioneer.start()
    case.stamped = pioneer.until(lambda: case.pioneer.client().get("/log/stamps").decode().strip())
    pioneer.until(lambda: case.pioneer.client().get("/readyz")["witnessed"]["size"] != "0")
    mirror(case.fetched, "--server", f"http://127.0.0.1:{case.pioneer.port}", "--token", auditor, *case.keys)
    case.pioneer.stop()
    mirror(case.local, "--data", str(case.pioneer.data))


class Outside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        begin(cls)

    def verify(self, folder: pathlib.Path, *more: str, expect: int = 0) -> dict:
        return json.loads(others.asked(pioneer.BIN / "pioneer", "audit", "verify", folder, "--json", *self.keys, *more, expect=expect).stdout)

    def copied(self, name: str) -> pathlib.Path:
        copy = self.folder / name
        shutil.copytree(self.fetched, copy)
        return copy

    def test_a_mirror_brings_it_from_a_server_and_from_a_directory(self):
        for folder in (self.fetched, self.local):
            found = self.verify(folder)
            self.assertEqual((found["ok"], found["unknownFiles"], found["unsignedFiles"], found["stamps"]), (True, 0, 0, 1))
            self.assertIn("— w.example ", (folder / "witnessed").read_text(encoding="utf-8"))
            lines = (folder / "key-history").read_text(encoding="utf-8").split("\n")
            self.assertEqual([line.split(" ")[0] for line in lines[1:3]], [self.first_key, self.second_key])
            kept = [file.read_text(encoding="utf-8") for file in (folder / "checkpoints").iterdir()]
            self.assertTrue([note for note in kept if "— w.example " in note], "also when another is the newest witnessed one")
        self.assertEqual((self.fetched / "stamps" / self.stamped).read_bytes(), (self.local / "stamps" / self.stamped).read_bytes())
        for name in ("key-history", f"stamps/{self.stamped}.tsr"):
            self.assertEqual((self.fetched / name).read_bytes(), (self.local / name).read_bytes(), name)

    def test_who_cosigned_is_told_by_their_keys_alone(self):
        for folder in (self.fetched, self.local):
            self.assertEqual(self.verify(folder)["cosigners"], [])
            found = self.verify(folder, "--verifier", self.one.key)
            notes = [(folder / name).read_text(encoding="utf-8") for name in ("witnessed", "checkpoint")]
            newest = max(int(note.split("\n")[1]) for note in notes if "— w.example " in note)
            self.assertEqual([(one["name"], one["size"]) for one in found["cosigners"]], [("w.example", str(newest))])
            self.assertRegex(found["cosigners"][0]["at"], "^20..-..-..T")
        told = others.asked(pioneer.BIN / "pioneer", "audit", "verify", self.fetched, *self.keys, "--verifier", self.one.key).stdout
        self.assertRegex(told, r"cosigned +w.example, the first [\d,]+ entries, on 20")
        self.assertIn("nobody whose key was given", others.asked(pioneer.BIN / "pioneer", "audit", "verify", self.fetched, *self.keys).stdout)

    def test_a_known_witnesses_wrong_line_is_a_fault(self):
        copy = self.copied("wrong line")
        names = ["witnessed", *(f"checkpoints/{file.name}" for file in (copy / "checkpoints").iterdir()), f"stamps/{self.stamped}", "checkpoint"]
        changed = 0
        for name in names:
            good = (copy / name).read_text(encoding="utf-8")
            before, line, after = good.partition("— w.example ")
            if not line:
                continue
            (copy / name).write_text(before + line + after[:40] + ("A" if after[40] != "A" else "B") + after[41:], encoding="utf-8")
            found = self.verify(copy, "--verifier", self.one.key, expect=1)
            self.assertEqual((found["code"], found["file"]), ("bad_cosignature", name))
            self.assertTrue(self.verify(copy)["ok"], "who is not known says nothing")
            (copy / name).write_text(good, encoding="utf-8")
            changed += 1
        self.assertGreaterEqual(changed, 2)

    def test_what_is_there_is_not_written_again(self):
        copy = self.folder / "again"
        shutil.copytree(self.local, copy)
        self.assertEqual(mirror(copy, "--data", str(self.pioneer.data))["filesWritten"], 0)

    def test_openssl_verifies_the_stamp_in_a_mirror(self):
        at = self.fetched / "stamps"
        authority.openssl("ts", "-verify", "-data", at / self.stamped, "-in", at / f"{self.stamped}.tsr", "-CAfile", self.authority.folder / "ca.pem")

    def test_what_is_of_another_history_is_a_fault(self):
        other = self.enterContext(pioneer.Pioneer())
        other.make()
        shutil.copy(self.pioneer.data / "keys/log-signing", other.data / "keys/log-signing")
        (other.data / "keys/log-verifier").write_text(self.second_key + "\n", encoding="utf-8")
        shutil.rmtree(other.data / "checkpoints", ignore_errors=True)
        fork = self.folder / "fork"
        mirror(fork, "--data", str(other.data))
        size = (fork / "checkpoint").read_text(encoding="utf-8").split("\n")[1]
        for name in ("witnessed", f"stamps/{size}"):
            copy = self.copied(f"contradicted by {name.split('/')[0]}")
            shutil.copy(fork / "checkpoint", copy / name)
            found = self.verify(copy, expect=1)
            self.assertEqual((found["code"], found["file"]), ("contradiction", name))

    def test_a_stamp_or_what_it_stamped_alone_is_told(self):
        copy = self.copied("without the stamp")
        (copy / f"stamps/{self.stamped}.tsr").unlink()
        found = self.verify(copy, expect=1)
        self.assertEqual((found["code"], found["file"]), ("missing_file", f"stamps/{self.stamped}.tsr"))
        copy = self.copied("without what was stamped")
        (copy / f"stamps/{self.stamped}").unlink()
        self.assertEqual(self.verify(copy)["unsignedFiles"], 1)

    def test_a_history_of_keys_that_nobody_signed_is_not_taken(self):
        files = {file.relative_to(self.local).as_posix(): file.read_bytes() for file in self.local.rglob("*") if file.is_file()}
        self.assertIn("key-history", files)
        data = self.folder / "forged"
        shutil.copytree(self.pioneer.data, data)
        history = data / "keys/log-key-history"
        history.write_text(history.read_text(encoding="utf-8").replace(" 0 0 ", " 1 0 ", 1), encoding="utf-8")
        copy = self.folder / "another history of keys"
        shutil.copytree(self.local, copy)
        mirror(copy, "--data", str(data))
        self.assertNotEqual((copy / "key-history").read_bytes(), files["key-history"], "the operator may tell it anew, but signs it")


if __name__ == "__main__":
    unittest.main()
