"""`pioneer --server`: what a person at a terminal gets is laid out as from a directory, with the same exit codes."""
import datetime
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import pioneer  # noqa: E402

MAPPING = pioneer.ROOT / "ops/demo/la311.yaml"


class OverServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.administrator = cls.pioneer.token("Anna", "administrator", "3502")
        cls.auditor = cls.pioneer.token("Otto", "auditor", "3502")
        cls.in_directory = cls.pioneer.command("log", "show", "--limit", "4")
        cls.pioneer.start()

    def run_pioneer(self, *arguments: str, token: str | None = None, expect: int = 0) -> tuple[str, str]:
        done = subprocess.run(
            [pioneer.BIN / "pioneer", *arguments, "--server", f"http://127.0.0.1:{self.pioneer.port}", "--token", token or self.auditor],
            cwd=pioneer.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(done.returncode, expect, f"{arguments}: {done.stdout}{done.stderr}")
        if expect and not done.stdout:
            self.assertTrue(done.stderr.startswith("pioneer: "), done.stderr)
        return done.stdout, done.stderr

    def organisation(self) -> str:
        return self.pioneer.client().get("/api/v1/organisations?code=3502")["items"][0]["id"]

    def test_log_is_laid_out_as_from_a_directory(self):
        self.assertEqual(self.run_pioneer("log", "show", "--limit", "4")[0], self.in_directory)
        first = self.run_pioneer("log", "show", "--limit", "2", "--json")[0].splitlines()
        self.assertEqual([json.loads(line)["position"] for line in first], ["0", "1"])
        kind = self.run_pioneer("log", "show", "--stream", "organisation/")[0].splitlines()
        self.assertEqual(len(kind), len(self.pioneer.client().get("/api/v1/organisations?limit=100")["items"]))
        self.assertTrue(all(line.endswith("OrganisationRegistered") for line in kind))

    def test_log_of_one_stream(self):
        name = f"organisation/{self.organisation()}"
        lines = self.run_pioneer("log", "stream", name)[0].splitlines()
        self.assertEqual(len(lines), 1)
        self.assertIn(f"{name}  OrganisationRegistered", lines[0])
        self.assertEqual(self.run_pioneer("log", "tail", "--stream", name)[0].splitlines(), lines)
        self.run_pioneer("log", "stream", "request/nothing", expect=1)

    def test_log_tail_and_info(self):
        tail = self.run_pioneer("log", "tail", "--limit", "2")[0].splitlines()
        self.assertEqual(len({line.split()[0] for line in tail}), 2, tail)
        shown = self.run_pioneer("log", "show", "--limit", "1000")[0].splitlines()
        self.assertEqual([line for line in shown if line in tail], tail)
        self.assertEqual(shown[-2:], tail, "the newest is among them")
        self.assertIn(f"commits   {len(shown)}\n", self.run_pioneer("log", "info")[0])
        self.assertEqual(json.loads(self.run_pioneer("log", "info", "--json")[0])["position"], str(len(shown)))

    def test_token_create_says_that_a_member_is_new(self):
        made, _ = self.run_pioneer("token", "create", "--member", "Berta", "--role", "cadre", "--organisation", "3502",
                                   token=self.administrator)
        self.assertIn("Registered a new member.", made)
        token = made.split()[-1]
        me = self.pioneer.client(token).get("/api/v1/me")
        again, _ = self.run_pioneer("token", "create", "--member", me["id"], "--role", "cadre", "--organisation", "3502",
                                    token=self.administrator)
        self.assertNotIn("Registered", again)
        self.run_pioneer("token", "create", "--member", "Carl", "--role", "cadre", "--organisation", "9999",
                         token=self.administrator, expect=1)

    def test_as_of(self):
        at = ("--at", datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        board = json.loads(self.run_pioneer("as-of", *at, "board", self.organisation())[0])
        self.assertEqual(board["organisation"]["id"], self.organisation())
        self.run_pioneer("as-of", *at, "request", self.organisation(), expect=1)
        self.run_pioneer("as-of", *at, "product", self.organisation(), expect=1)
        self.run_pioneer("as-of", "--at", "yesterday", "board", "3502", expect=2)
        told = self.run_pioneer("as-of", "--at", "2099-01-01T00:00:00Z", "board", self.organisation(), expect=1)[1]
        self.assertIn("as_of_in_future", told)

    def test_imports(self):
        rows = pathlib.Path(self.pioneer.folder.name) / "more.csv"
        rows.write_text("code,name,parent,level\n3502,厦门市,,city\n350299,海边区,3502,district\n350298,,3502,district\n", encoding="utf-8")
        told = json.loads(self.run_pioneer("import", "organisations", str(rows), "--json", token=self.administrator, expect=1)[0])
        self.assertEqual((told["added"], told["unchanged"], told["refused"]), (1, 1, 1))
        self.run_pioneer("import", "requests", str(rows), "--mapping", str(MAPPING), expect=2)

    def test_what_only_a_directory_has_says_so(self):
        for arguments in (("verify",), ("replay",), ("keys", "show"), ("token", "list"), ("export", "--out", "x")):
            self.assertIn("--data DIR", self.run_pioneer(*arguments, expect=2)[1])

    def test_a_wrong_token_is_a_refusal(self):
        self.assertIn("token_invalid", self.run_pioneer("log", "show", token="wrong", expect=1)[1])

    def test_erase_ends_what_is_open(self):
        cadre = self.pioneer.client(self.run_pioneer("token", "create", "--member", "Dora", "--role", "cadre", "--organisation",
                                                     "3502", token=self.administrator)[0].split()[-1])
        made = self.run_pioneer("token", "create", "--member", "Emil", "--role", "member", "--organisation", "3502",
                                token=self.administrator)[0]
        token = made.split()[-1]
        client = self.pioneer.client(token)
        product = cadre.post("/api/v1/products", {
            "title": "陶艺", "description": "一起做碗", "kind": "activity", "organisation": self.organisation(),
            "sessions": [{"starts": "2096-01-01T09:00:00Z", "ends": "2096-01-01T11:00:00Z", "venue": "合兴"}],
            "capacity": 5, "maxPerMember": 2, "waitlist": True})["id"]
        cadre.post(f"/api/v1/products/{product}/publish")
        client.post(f"/api/v1/products/{product}/claims", {"places": 2})
        me = client.get("/api/v1/me")["id"]
        self.run_pioneer("erase", "--member", "Emil", token=token, expect=2)
        self.assertIn("cancelled", self.run_pioneer("erase", "--member", me, token=token)[0])
        self.assertEqual(cadre.get(f"/api/v1/products/{product}")["placesLeft"], 5)
        self.run_pioneer("erase", "--member", me, token=token, expect=1)


class AnotherRoot(unittest.TestCase):
    def test_what_an_auditor_may_not_see_is_no_takeover(self):
        """Of another root's records an auditor sees that something stands there, and no more."""
        two = self.enterContext(pioneer.Pioneer())
        two.make()
        rows = pathlib.Path(two.folder.name) / "elsewhere.csv"
        rows.write_text("code,name,parent,level\n9901,别处,,city\n", encoding="utf-8")
        two.command("import", "organisations", str(rows))
        two.token("Anna", "cadre", "3502")
        token = two.token("Ulla", "auditor", "9901")
        two.start()

        def told(*arguments: str) -> list[str]:
            lines = pioneer.run("log", *arguments, "--limit", "1000", "--server", f"http://127.0.0.1:{two.port}", "--token", token).splitlines()
            return [line.split("  ", 2)[2] for line in lines]

        shown = told("show")
        self.assertEqual(told("tail"), shown)
        two.stop()
        all_of_it = [line.split("  ", 2)[2] for line in two.command("log", "show", "--limit", "1000").splitlines()]
        takeovers = [line for line in all_of_it if line.endswith(" opened)")]
        self.assertGreater(len(takeovers), 1)
        self.assertEqual([line for line in shown if line.endswith(" opened)")], takeovers)
        # Organisations and rules are everybody's to see; each of Anna's records is a line that says nothing.
        hidden = [there for there, line in zip(all_of_it, shown, strict=True) if line == "(not for you to see)"]
        self.assertGreater(len(hidden), 0)
        self.assertTrue(all(line.startswith("member/") for line in hidden), hidden)
        self.assertEqual([line for line in shown if line != "(not for you to see)"], [line for line in all_of_it if line not in hidden])


if __name__ == "__main__":
    unittest.main()
