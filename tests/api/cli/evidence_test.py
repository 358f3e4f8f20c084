"""Evidence out of a mirror: the same bytes for everybody, nothing opened, and nothing in it that could be changed unseen."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import pioneer  # noqa: E402

REQUEST = {"title": "Dark gate", "description": "Its lamp is out", "category": "repair"}
PAGE = ('<!doctype html><html><body><main></main><script id="embedded" type="application/json">{}</script>'
        "<script>/* what checks */</script></body></html>")


class Evidence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        tokens = {name: cls.pioneer.token(name, role, "350206001001") for name, role in (("Grace", "cadre"), ("Ben", "member"))}
        stick = ("audit", "mirror", "--to", str(cls.folder / "stick"))
        cls.pioneer.command(*stick)  # a checkpoint that is kept
        cls.pioneer.start()
        grace, ben = (cls.pioneer.client(tokens[name]) for name in ("Grace", "Ben"))
        cls.community = grace.get("/api/v1/me")["organisation"]["id"]
        cls.request = ben.post("/api/v1/requests", {**REQUEST, "organisation": cls.community})["id"]
        grace.post(f"/api/v1/requests/{cls.request}/accept")
        grace.post(f"/api/v1/requests/{cls.request}/resolve", {"text": "A new lamp is in"})
        ben.post(f"/api/v1/requests/{cls.request}/confirm")
        cls.pioneer.stop()
        cls.pioneer.command(*stick)
        stamped = cls.folder / "stick/stamps" / (cls.folder / "stick/checkpoint").read_text(encoding="utf-8").split("\n")[1]
        stamped.parent.mkdir()
        shutil.copy(cls.folder / "stick/checkpoint", stamped)  # a checkpoint that was stamped, and the answer
        stamped.with_suffix(".tsr").write_bytes(b"\x30\x03\x02\x01\x00")
        cls.key = cls.pioneer.command("keys", "show", "--verifier").strip()
        cls.page = cls.folder / "verify.html"
        cls.page.write_text(PAGE, encoding="utf-8")
        cls.archive = cls.folder / "evidence.zip"
        cls.told = cls.made("evidence.zip")

    @classmethod
    def run_audit(cls, *arguments: str, expect: int) -> dict:
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", *arguments, "--json"], cwd=cls.folder, text=True, capture_output=True,
                              timeout=120, check=False)
        assert done.returncode == expect, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout else {"error": done.stderr}

    @classmethod
    def made(cls, name: str, *more: str, expect: int = 0) -> dict:
        return cls.run_audit("evidence", "stick", "--stream", f"request/{cls.request}", "--out", name, "--page", "verify.html", *more,
                             expect=expect)

    def check(self, archive: pathlib.Path, expect: int = 0) -> dict:
        return self.run_audit("evidence-check", str(archive), "--verifier", self.key, "--page", "verify.html", expect=expect)

    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.archive) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def rewritten(self, files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> pathlib.Path:
        other = self.folder / "other.zip"
        with zipfile.ZipFile(other, "w", method) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return other

    def test_it_holds_the_things_entries_and_the_policy_that_decided_them(self):
        told = self.check(self.archive)
        self.assertEqual((told["ok"], told["entries"], told["related"], told["gap"], told["wholeBeginning"]), (True, 4, 1, False, True))
        self.assertEqual((told["page"], told["ownPage"], told["stamps"], told["checkpoints"]), (True, True, 1, 3))
        self.assertEqual(told["stream"], f"request/{self.request}")
        self.assertEqual([self.told[name] for name in ("entries", "related", "checkpoints", "proven")], [4, 1, 3, True])
        self.assertEqual(self.told["sha256"], hashlib.sha256(self.archive.read_bytes()).hexdigest())
        files = self.files()
        self.assertEqual(sum(name.startswith("entries/") for name in files), 5)
        self.assertEqual(sum(name.startswith("proofs/") for name in files), 5)
        embedded = files["index.html"].decode().split('type="application/json">')[1].split("</script>")[0]
        self.assertEqual([proof["name"] for proof in json.loads(embedded)["proofs"]],
                         [name for name in files if name.startswith("proofs/")])
        self.assertEqual(json.loads(embedded)["keys"], [self.key])
        self.assertEqual(json.loads(embedded)["proofs"][0]["proof"].encode(), next(files[n] for n in files if n.startswith("proofs/")))

    def test_it_is_read_in_both_languages_and_opens_nothing(self):
        files = self.files()
        for name in ("events.txt", "events.html"):
            text = files[name].decode()
            for words in ("提交求助", "Request submitted", "求助人确认已解决", "密封", "sealed", "按类别规定的受理时限", "启用规则"):
                self.assertIn(words, text, name)
        whole = b"".join(files.values())
        for secret in (REQUEST["title"], REQUEST["description"], "A new lamp is in", "Grace", "Ben"):
            self.assertNotIn(secret.encode(), whole)
        self.assertIn("怎样核对", files["README.txt"].decode())
        self.assertIn("How to check it", files["README.txt"].decode())

    def test_the_same_question_gives_the_same_bytes(self):
        self.made("again.zip")
        self.assertEqual((self.folder / "again.zip").read_bytes(), self.archive.read_bytes())
        self.assertIn("exist", self.made("again.zip", expect=3)["error"].lower())
        self.assertEqual(self.check(self.rewritten(self.files(), zipfile.ZIP_DEFLATED))["ok"], True, "compressed by somebody else")

    def test_a_part_of_the_time_is_told_as_a_part(self):
        first = int(next(n for n in self.files() if n.startswith("entries/") and n != "entries/1.entry").split("/")[1].split(".")[0])
        self.made("late.zip", "--from", str(first + 1))
        told = self.check(self.folder / "late.zip")
        self.assertEqual((told["ok"], told["entries"], told["wholeBeginning"]), (True, 3, False))
        self.assertIn("no stream", self.made("none.zip", "--to", "2", expect=1)["error"])

    def test_each_changed_byte_of_each_file_is_caught(self):
        files = self.files()
        for name, data in files.items():
            if not data or name.endswith(".tsr"):
                continue  # is checked by its authority's certificate
            for at in {0, len(data) // 2, len(data) - 1}:
                changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
                found = self.run_audit("evidence-check", str(self.rewritten({**files, name: changed})), "--verifier", self.key, "--page",
                                       "verify.html", expect=0 if name == "index.html" and at in (0, len(data) - 1) else 1)
                if name == "index.html" and found["ok"]:
                    self.assertFalse(found["ownPage"], "the page is told to be another's")

    def test_a_file_more_or_less_is_told(self):
        files = self.files()
        for name in files:
            if name in ("index.html", "key-history") or name.endswith(".tsr"):
                continue  # may be there or not
            less = {other: data for other, data in files.items() if other != name}
            self.assertFalse(self.check(self.rewritten(less), expect=1)["ok"], name)
        more = self.check(self.rewritten({**files, "judgement.txt": b"guilty"}), expect=1)
        self.assertEqual((more["code"], more["file"]), ("unknown_file", "judgement.txt"))
        proof = next(name for name in files if name.startswith("proofs/"))
        other = {**files, "entries/9999.entry": b"x", "proofs/9999.tlog-proof": files[proof]}
        self.assertFalse(self.check(self.rewritten(other), expect=1)["ok"])

    def test_an_archive_is_told_from_a_receipt(self):
        (self.folder / "large.zip").write_bytes(self.archive.read_bytes() + bytes(1 << 20))
        for archive in (self.archive, self.folder / "large.zip"):
            done = subprocess.run([pioneer.BIN / "pioneer", "receipt", "verify", archive, "--verifier", self.key], text=True, capture_output=True,
                                  timeout=60, check=False)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("`pioneer audit evidence-check` judges it", done.stdout)

    def test_another_logs_key_or_none_is_told(self):
        other = self.enterContext(pioneer.Pioneer())
        other.make()
        key = other.command("keys", "show", "--verifier").strip()
        told = self.run_audit("evidence-check", str(self.archive), "--verifier", key, expect=1)
        self.assertEqual((told["ok"], told["keyFrom"]), (False, "given"))
        self.assertEqual(self.run_audit("evidence-check", str(self.archive), expect=0)["keyFrom"], "archive")
        words = subprocess.run([pioneer.BIN / "pioneer", "audit", "evidence-check", str(self.archive)], text=True, capture_output=True,
                               check=True).stdout
        self.assertIn("by the key in the archive itself", words)
        self.assertIn("only a mirror shows", words)
        self.assertIn("nobody whose key was given", words)
        self.assertIn(f"Good: 4 entries of request/{self.request} and 1 policy that decided, each in its place", words)

    def test_archives_that_lead_elsewhere_or_swell_are_refused(self):
        files = self.files()
        for name in ("../outside", "/etc/passwd", "entries/../../up", "C:evil", "entries\\1.entry"):
            self.assertIn("leads elsewhere", self.check(self.rewritten({**files, name: b"x"}), expect=1)["reason"], name)
        twice = self.rewritten({**files, "Checkpoint": files["checkpoint"]})
        self.assertIn("twice", self.check(twice, expect=1)["reason"])
        bomb = self.rewritten({**files, "bomb": bytes(80 << 20)}, zipfile.ZIP_DEFLATED)
        self.assertLess(bomb.stat().st_size, 1 << 20)
        self.assertIn("more than 32 MiB", self.check(bomb, expect=1)["reason"])
        many = self.rewritten({f"n{n}": b"" for n in range(14_000)})
        self.assertIn("more than", self.check(many, expect=1)["reason"])
        whole = self.archive.read_bytes()
        cut = self.folder / "cut.zip"
        for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
            cut.write_bytes(whole[:length])
            self.assertFalse(self.check(cut, expect=1)["ok"])
        self.assertIn("error", self.run_audit("evidence-check", "nowhere.zip", "--verifier", self.key, expect=3))


if __name__ == "__main__":
    unittest.main(verbosity=2)
