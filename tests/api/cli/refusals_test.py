"""What a refused command leaves behind: nothing; and what it says, so that the next try is the last."""
import fcntl
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import pioneer  # noqa: E402

HEADER = "code,name,parent,level\n"
PAST = "2020-01-01T00:00:00Z"
MAPPING = """source: elsewhere
times: {zone: Asia/Shanghai, format: "%Y-%m-%d %H:%M"}
columns: {number: nr, type: kind, status: state, submitted: made, closed: [ended]}
categories: {Lamp: street_light}
states: {open: submitted}
tree: {root: {code: X, name: Elsewhere}, area: area, council: council}
"""


class WithDirectory(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.folder = pathlib.Path(self.pioneer.folder.name)

    def file(self, name: str, content: str) -> str:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    def told(self, *arguments: str, expect: int) -> subprocess.CompletedProcess:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments, "--data", self.pioneer.data], cwd=pioneer.ROOT, text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, expect, f"{arguments}: {done.stdout}{done.stderr}")
        return done

    def start_refused(self, *arguments: str, expect: int = 3) -> str:
        done = subprocess.run([pioneer.BIN / "pioneerd", "--data", self.pioneer.data, "--listen", "127.0.0.1:0", *arguments],
                              cwd=pioneer.ROOT, text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stderr

    def streams(self, kind: str) -> int:
        return len(self.pioneer.command("log", "show", "--stream", kind, "--limit", "1000").splitlines())

    def position(self) -> str:
        return json.loads(self.pioneer.command("log", "info", "--json"))["position"]


class Help(unittest.TestCase):
    def test_every_command_says_where_it_works(self):
        for command, over_http in (("import organisations", True), ("token create", True), ("as-of", True), ("token revoke", False),
                                   ("log raise-level", False), ("keys show", False), ("verify", False), ("demo", False)):
            where = " ".join(pioneer.run(*command.split(), "--help").split()).split("Where: ")[1]
            beside = "beside a server too" if command == "verify" else "stopped server"
            self.assertTrue(where.startswith(f"--data DIR ({beside})"), command)
            self.assertEqual("or --server URL --token T" in where, over_http, command)
        self.assertIn("makes the log in an empty directory", " ".join(pioneer.run("import", "organisations", "--help").split()))
        self.assertIn("Irreversible; --data only", pioneer.run("log", "raise-level", "--help"))


    def refused(self, *arguments: str, expect: int = 2) -> str:
        done = subprocess.run([pioneer.BIN / "pioneer", *arguments], text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stderr

    def test_a_word_that_is_no_command_is_named(self):
        for words, unknown in ((("foo",), "foo"), (("audit", "bar"), "bar"), (("log", "baz", "--data", "x"), "baz")):
            self.assertIn(f"There is no command {unknown}.", self.refused(*words))

    def test_where_a_command_does_not_work_is_not_offered(self):
        self.assertEqual(self.refused("verify"), "pioneer: Say where: --data DIR.\n")
        self.assertIn("--server URL", self.refused("log", "info"))
        self.assertIn("leave --data out", self.refused("audit", "verify", "mirror", "--data", "x"))
        for command in ("witness key", "receipt verify", "audit why"):
            self.assertIn("Where: the files named", " ".join(pioneer.run(*command.split(), "--help").split()))

    def test_a_witness_that_runs_is_named_and_its_public_key_needs_no_lock(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pioneer-"))) / "witness"
        key = pioneer.run("witness", "key", "--state", str(folder), "--name", "witness.example.org")
        with open(folder / "lock", "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(pioneer.run("witness", "key", "--state", str(folder)), key)
            golden = str(pioneer.ROOT / "tests/golden/receipts/keys.txt")
            log_key = next(line for line in pathlib.Path(golden).read_text(encoding="utf-8").splitlines() if "witness" not in line)
            told = self.refused("witness", "--state", str(folder), "--listen", "127.0.0.1:0", "--log", log_key, expect=3)
        self.assertIn("Another `pioneer witness` uses", told)
        self.assertNotIn("server", told)


class InADirectory(WithDirectory):
    def test_a_date_alone_is_a_time(self):
        self.pioneer.make()
        stick = str(self.folder / "stick")
        self.told("audit", "mirror", "--to", stick, expect=0)
        self.assertEqual(pioneer.run("audit", "diff", stick, "--from", "2020-01-01", "--json"), pioneer.run("audit", "diff", stick, "--json"))
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", "diff", stick, "--from", "2020-13-01"], text=True, capture_output=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("or dates", done.stderr)

    def test_a_refused_token_registers_nobody(self):
        self.pioneer.make()
        before = self.position()
        create = ("token", "create", "--role", "cadre", "--organisation", "3502", "--member")
        self.assertIn("has passed", self.told(*create, "Anna", "--expires", PAST, expect=1).stderr)
        self.assertEqual(self.position(), before)
        self.told(*create, "x" * 500, expect=1)
        self.told(*create, "Anna", "--phone", "no number", expect=1)
        self.assertEqual(self.streams("member/"), 0)

    def test_rules_that_cannot_be_used_make_no_log(self):
        rows = self.file("rows.csv", HEADER + "3502,厦门市,,city\n")
        bad = self.file("services.yaml", "categories: 7\n")
        missing = str(self.folder / "none.yaml")
        for rules in (bad, missing):
            self.assertIn(rules, self.told("import", "organisations", rows, "--services", rules, expect=3).stderr)
            self.assertIn(rules, self.start_refused("--services", rules))
            self.assertIn(rules, self.start_refused("--config", self.file("pioneerd.yaml", f"services: {rules}\n")))
            self.assertFalse((self.pioneer.data / "log").exists())
        self.pioneer.make()
        before = self.position()
        for rules in (bad, missing):
            self.told("import", "organisations", rows, "--services", rules, expect=3)
            self.start_refused("--services", rules)
        self.assertEqual(self.position(), before)

    def test_an_origin_is_checked_and_one_that_is_set_wins(self):
        self.pioneer.make()
        administrator = self.pioneer.token("Anna", "administrator", "3502")
        for bad in ("ftp://x", "foo", "https://pioneer.example/app"):
            self.assertIn("--origin", self.start_refused("--origin", bad, expect=2))
            self.assertIn(":1: origin: expected", self.start_refused("--config", self.file("pioneerd.yaml", f"origin: {bad}\n")))
            self.told("token", "link", "--member", "Anna", "--origin", bad, expect=2)
        self.pioneer.settings = "origin: https://pioneer.example\n"
        self.pioneer.start()
        client = self.pioneer.client(administrator)
        me = client.get("/api/v1/me")["id"]
        self.assertTrue(client.post(f"/api/v1/members/{me}/sign-in-links")["link"].startswith("https://pioneer.example/in#"))

    def test_refused_rows_of_requests_make_no_organisations(self):
        self.pioneer.make()
        before = self.streams("organisation/")
        rows = self.file("rows.csv", "nr,kind,state,made,ended,area,council\n"
                         "1,Lamp,open,2020-01-01 00:00,,north,good\n"
                         "2,Lift,open,2020-01-01 00:00,,north,wrong kind\n"
                         "3,Lamp,open,2999-01-01 00:00,,south,to come\n")
        told = json.loads(self.told("import", "requests", rows, "--mapping", self.file("mapping.yaml", MAPPING), "--json", expect=1).stdout)
        self.assertEqual((told["added"], told["refused"]), (1, 2))
        self.assertEqual([f["sentence"] for f in told["findings"] if f["line"] == 4], ["made: is in the future"])
        self.assertEqual(self.streams("organisation/"), before + 3)

    def test_a_zone_is_told_with_its_line_and_the_others(self):
        self.pioneer.make()
        mapping = self.file("mapping.yaml", MAPPING.replace("Asia/Shanghai", "Mars/Base").replace("street_light", "lamps"))
        told = self.told("import", "requests", mapping, "--mapping", mapping, expect=3).stderr
        self.assertIn("mapping.yaml:2: times.zone: expected an IANA time zone", told)
        self.assertIn("mapping.yaml:4: categories.Lamp", told)

    def test_a_changed_organisation_is_told_and_stays(self):
        self.pioneer.make()
        rows = self.file("rows.csv", HEADER + "3502,Xiamen,,city\n350206001001,和通社区,3502,street\n350299,海边区,3502,district\n")
        told = json.loads(self.told("import", "organisations", rows, "--json", expect=1).stdout)
        self.assertEqual((told["added"], told["unchanged"], told["refused"]), (1, 0, 2))
        self.assertEqual([f["line"] for f in told["findings"]], [2, 3])
        again = self.told("import", "organisations", rows, expect=1)
        self.assertIn("rows.csv:2: An organisation with this code is there with another name", again.stderr)
        self.assertIn("1 was there already, 2 refused", again.stdout)

    def test_nothing_there_is_said(self):
        self.pioneer.make()
        for arguments in (("show", "--from", "999999"), ("show", "--stream", "bogus/"), ("tail", "--from", "999999")):
            told = self.told("log", *arguments, expect=0)
            self.assertEqual(told.stdout, "")
            self.assertIn("Nothing is there", told.stderr)

    def test_a_newer_format_is_no_damage(self):
        self.pioneer.make()
        segment = next((self.pioneer.data / "log").glob("*.segment"))
        content = bytearray(segment.read_bytes())
        self.assertEqual(content[8], 1, "where the format stands")
        content[8] = 2
        content[12] ^= 1  # a newer format has a checksum of its own
        segment.write_bytes(content)
        told = self.told("verify", expect=3).stdout
        self.assertIn("TOO NEW", told)
        self.assertIn("format is 2, this build reads up to 1", told)
        self.assertNotIn("DAMAGED", told)
        self.assertFalse(json.loads(self.told("verify", "--json", expect=3).stdout)["ok"])

    def test_a_format_from_before_the_freeze_is_no_damage(self):
        self.pioneer.make()
        segment = next((self.pioneer.data / "log").glob("*.segment"))
        content = bytearray(segment.read_bytes())
        content[8] = 0
        content[12] ^= 1  # its checksum was over other bytes
        segment.write_bytes(content)
        told = self.told("verify", expect=3).stdout
        self.assertIn("TOO OLD", told)
        self.assertNotIn("DAMAGED", told)
        self.assertIn("before the format was fixed", self.told("log", "info", expect=3).stderr)
        self.assertEqual(segment.read_bytes(), content, "untouched")

    def test_as_of_is_laid_out_for_a_reader(self):
        self.pioneer.make()
        board = ("as-of", "--at", PAST, "board", "3502")
        shown = self.told(*board, expect=0).stdout
        self.assertGreater(len(shown.splitlines()), 10)
        plain = self.told(*board, "--json", expect=0).stdout
        self.assertEqual(len(plain.splitlines()), 1)
        self.assertEqual(json.loads(shown), json.loads(plain))

    def test_a_list_of_tokens_tells_kinds_and_roles(self):
        self.pioneer.make()
        self.pioneer.token("Anna", "cadre", "3502")
        self.pioneer.command("token", "link", "--member", "Anna")
        items = json.loads(self.pioneer.command("token", "list", "--json"))["items"]
        self.assertEqual(sorted(item["kind"] for item in items), ["bearer", "sign_in"])
        self.assertEqual({item["roles"] for item in items}, {"cadre of 3502"})
        self.assertIn("sign-in code", self.pioneer.command("token", "list"))


class OverAServer(WithDirectory):
    def setUp(self):
        super().setUp()
        self.pioneer.make()
        self.made = json.loads(self.pioneer.command("token", "create", "--member", "Anna", "--role", "administrator",
                                                    "--organisation", "3502", "--json"))
        self.auditor = self.pioneer.token("Otto", "auditor", "3502")
        self.pioneer.start()
        self.administrator = self.made["token"]

    def served(self, *arguments: str, token: str, expect: int) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [pioneer.BIN / "pioneer", *arguments, "--server", f"http://127.0.0.1:{self.pioneer.port}", "--token", token],
            cwd=pioneer.ROOT, text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, expect, f"{arguments}: {done.stdout}{done.stderr}")
        return done

    def members(self) -> int:
        log = self.pioneer.client(self.auditor).get("/api/v1/log?from=0&limit=200")
        return sum(part["stream"].startswith("member/") for entry in log["items"] for part in entry["streams"])

    def test_a_refused_token_leaves_nothing_however_often_it_is_tried(self):
        cadre = self.served("token", "create", "--member", "Carl", "--role", "cadre", "--organisation", "350206001001",
                            token=self.administrator, expect=0).stdout.split()[-1]
        before = self.members()
        create = ("token", "create", "--member", "Berta", "--organisation", "350206001001", "--role", "member")
        for _ in range(2):
            self.served(*create, "--expires", PAST, token=self.administrator, expect=1)
            self.served(*create, "--expires", "soon", token=self.administrator, expect=2)
            told = self.served(*create, token=cadre, expect=1).stderr  # may register, but not grant
            self.assertIn("Only an administrator of 和通社区", told)
        self.assertEqual(self.members(), before)

    def test_a_role_is_not_left_with_somebody_whose_token_cannot_be_made(self):
        # Otto is an auditor of the whole city; an administrator of one community may not act as him.
        local = self.served("token", "create", "--member", "Lina", "--role", "administrator", "--organisation", "350206001001",
                            token=self.administrator, expect=0).stdout.split()[-1]
        otto = self.pioneer.client(self.auditor).get("/api/v1/me")["id"]
        before = self.members()
        self.served("token", "create", "--member", otto, "--role", "member", "--organisation", "350206001001", token=local, expect=1)
        self.assertEqual(self.members(), before)

    def test_a_token_is_the_same_object_as_from_a_directory(self):
        made = json.loads(self.served("token", "create", "--member", "Berta", "--role", "member", "--organisation", "3502",
                                      "--expires", "2099-01-01", "--json", token=self.administrator, expect=0).stdout)
        self.assertEqual(list(made), [*self.made, "expires"])
        self.assertEqual((made["registered"], made["role"], made["expires"]), (True, "member", "2099-01-01T00:00:00Z"))
        self.assertEqual(made["organisation"], self.made["organisation"])

    def test_organisations_hang_under_what_the_server_has(self):
        rows = self.file("rows.csv", HEADER + "350299,海边区,3502,district\n350299001,,350299,street\n350299001001,沙滩社区,350299001,community\n"
                         "350298,无处,9999,district\n3502x,厦门市,350206001001,city\n3502x1,别处,3502x,district\n")
        told = json.loads(self.served("import", "organisations", rows, "--json", token=self.administrator, expect=1).stdout)
        self.assertEqual(told["added"], 1, told)
        sentences = {finding["line"]: finding["sentence"] for finding in told["findings"]}
        self.assertIn("there is no organisation 9999", sentences[5])
        self.assertEqual(sentences[7], "The parent 3502x is not there.")
        changed = self.file("changed.csv", HEADER + "350299,湖边区,3502,district\n")
        told = json.loads(self.served("import", "organisations", changed, "--json", token=self.administrator, expect=1).stdout)
        self.assertEqual((told["added"], told["unchanged"], told["refused"]), (0, 0, 1))

    def test_the_level_is_raised_in_a_directory_only(self):
        self.assertIn("--data DIR", self.served("log", "raise-level", token=self.administrator, expect=2).stderr)

    def test_nothing_there_is_said(self):
        told = self.served("log", "show", "--from", "999999", token=self.auditor, expect=0)
        self.assertEqual(told.stdout, "")
        self.assertIn("Nothing is there", told.stderr)
        self.assertIn("--data DIR", self.served("log", "info", token=self.auditor, expect=0).stdout)


if __name__ == "__main__":
    unittest.main()
