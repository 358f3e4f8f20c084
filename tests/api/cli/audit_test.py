"""What an auditor computes from a mirror alone: read models, differences, reasons, rules."""
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / folder) for folder in ("process", "fault")]
import forged_log  # noqa: E402
import pioneer  # noqa: E402

PRODUCT = {"title": "Free haircuts", "description": "Just come", "kind": "service", "capacity": 2, "maxPerMember": 2, "waitlist": True,
           "sessions": [{"starts": "2099-05-01T08:00:00Z", "ends": "2099-05-01T12:00:00Z", "venue": "Town hall"}]}
REQUEST = {"title": "Dark gate", "description": "Its lamp is out", "category": "repair"}


class Audit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pioneer = pioneer.Pioneer.of(cls)
        cls.folder = pathlib.Path(cls.pioneer.folder.name)
        tokens = {name: cls.pioneer.token(name, role, "350206001001")
                  for name, role in (("Grace", "cadre"), ("Ben", "member"), ("Eve", "member"))}
        cls.stick = cls.folder / "stick"
        cls.stick.mkdir()
        cls.publish()
        cls.pioneer.start()
        grace, ben, eve = (cls.pioneer.client(tokens[name]) for name in ("Grace", "Ben", "Eve"))
        community = cls.community = grace.get("/api/v1/me")["organisation"]["id"]
        cls.street = grace.get(f"/api/v1/organisations/{community}")["parent"]
        cls.product = grace.post("/api/v1/products", {**PRODUCT, "organisation": community})["id"]
        grace.post(f"/api/v1/products/{cls.product}/publish")
        first = ben.post(f"/api/v1/products/{cls.product}/claims", {"places": 2})
        waiting = eve.post(f"/api/v1/products/{cls.product}/claims", {"places": 1})
        assert waiting["state"] == "waitlisted", waiting
        ben.post(f"/api/v1/products/{cls.product}/claims/{first['claimId']}/cancel")
        cls.request = ben.post("/api/v1/requests", {**REQUEST, "organisation": community})["id"]
        for step, body in (("accept", {}), ("resolve", {"text": "A new lamp is in"})):
            grace.post(f"/api/v1/requests/{cls.request}/{step}", body)
        ben.post(f"/api/v1/requests/{cls.request}/confirm")
        ben.post(f"/api/v1/requests/{cls.request}/rate", {"stars": 4})
        cls.pioneer.stop()
        cls.publish()
        cls.pioneer.command("audit", "mirror", "--to", str(cls.stick))

    @classmethod
    def publish(cls):
        cls.pioneer.command("replay", "--publish", str(cls.stick))

    def audit(self, *arguments: str, expect: int = 0) -> dict:
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", *arguments, "--json"], cwd=self.folder, text=True, capture_output=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else {"error": done.stderr}

    def copied(self, name: str) -> pathlib.Path:
        shutil.copytree(self.stick, self.folder / name)
        return self.folder / name

    def test_read_models_come_from_the_mirror_alone_and_are_those_published(self):
        told = self.audit("replay", "stick")
        self.assertEqual((told["ok"], told["compared"], told["different"]), (True, 2, []))
        self.assertEqual(json.loads(self.pioneer.command("replay", "--json"))["digests"], told["digests"])
        self.assertFalse((self.folder / "replay").exists(), "nothing stays behind")
        found = self.audit("verify", "stick")
        self.assertEqual((found["ok"], found["unknownFiles"]), (True, 0))

    def test_where_what_was_published_parts_from_the_log_is_told(self):
        copy = self.copied("parted")
        notes = sorted((copy / "digests").iterdir(), key=lambda file: int(file.name))
        early, late = (int(note.name) for note in notes)
        # Signed for another place: the digests of the beginning, said to be those of the end.
        lines = notes[0].read_text(encoding="utf-8").split("\n")
        self.assertEqual(lines[1], str(early))
        notes[1].write_text("\n".join([lines[0], str(late), *lines[2:]]), encoding="utf-8")
        self.assertIn("was changed", self.audit("replay", "parted", expect=1)["error"], "the signature does not fit")
        other = self.enterContext(pioneer.Pioneer())
        other.make()
        shutil.copy(self.pioneer.data / "keys/log-signing", other.data / "keys/log-signing")
        (other.data / "keys/log-verifier").write_bytes((self.pioneer.data / "keys/log-verifier").read_bytes())
        lying = self.folder / "lying"
        lying.mkdir()
        while int(json.loads(other.command("log", "info", "--json"))["position"]) <= early:  # each opens an epoch
            other.command("import", "organisations", str(pathlib.Path(other.folder.name) / "organisations.csv"))
        other.command("replay", "--publish", str(lying))
        note = next((lying / "digests").iterdir())
        told = self.audit("replay", "stick", "--published", str(note), expect=1)
        self.assertFalse(told["ok"])
        self.assertTrue(told["different"])
        self.assertEqual(told["agreed"], str(early))
        self.assertEqual(told["position"], note.name)

    def test_rules_of_our_own_hold(self):
        told = self.audit("invariants", "stick")
        self.assertEqual((told["ok"], told["products"], told["requests"], told["breaches"]), (True, 1, 1, []))
        self.assertGreaterEqual(told["offices"], 1)

    def test_why_tells_each_event_and_its_rules(self):
        told = self.audit("why", "stick", f"request/{self.request}")
        types = [event["type"] for commit in told["commits"] for event in commit["events"]]
        self.assertEqual([t for t in types if t != "RequestDeadlineSet"],
                         ["SubjectKeyIssued", "RequestSubmitted", "RequestAccepted", "RequestResolved", "RequestConfirmed", "RequestRated"])
        self.assertTrue(all(int(commit["policy"]) > 0 for commit in told["commits"]))
        self.assertEqual([commit["rules"] for commit in told["commits"]],
                         [["category_known", "accept_within", "resolve_within", "organisation_active"], ["holder_acts"],
                          ["confirm_within", "holder_acts"], ["asker_answers", "answer_in_time", "not_own_work"],
                          ["asker_answers", "not_own_work", "rated_once"]])
        waited = self.audit("why", "stick", f"product/{self.product}")["commits"][3]["rules"]
        self.assertIn("waiting_list", waited)
        position = int(told["commits"][1]["position"])
        then = self.audit("why", "stick", f"request/{self.request}", "--to", str(position))
        self.assertEqual(len(then["commits"]), 1)
        self.assertIn("no stream", self.audit("why", "stick", "request/nobody", expect=1)["error"])

    def test_a_figure_names_the_entry_that_closed_a_request_not_its_rating(self):
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", "why", "stick", f"board/{self.community}/closed_confirmed", "--json"], cwd=self.folder,
                              text=True, capture_output=True, timeout=120, check=True)
        one, told = (json.loads(line) for line in done.stdout.splitlines())
        self.assertEqual((told["counted"], one["stream"], one["events"]), (1, f"request/{self.request}", "RequestConfirmed"))

    def test_each_decision_is_made_again_from_the_mirror_alone(self):
        told = self.audit("rerun", "stick")
        self.assertEqual((told["ok"], told["different"], told["differs"], told["notRun"]), (True, [], 0, 0), told)
        same = {command: counts["same"] for command, counts in told["commands"].items()}
        for command, count in {"PlaceClaim": 2, "CancelClaim": 1, "SubmitRequest": 1, "ResolveRequest": 1, "RateRequest": 1, "GrantRole": 3,
                               "PublishProduct": 1, "AdoptPolicy": 1}.items():
            self.assertEqual(same.get(command), count, command)
        self.assertEqual(told["unasked"], {"not_own_work": 2}, "who asked is known by their key alone")
        part = self.audit("rerun", "stick", "--from", told["to"])
        self.assertEqual((part["same"], part["commands"]), (0, {}))
        for stream in (f"request/{self.request}", f"product/{self.product}", "policy/services", "organisation/"):
            again = [commit["again"] for commit in self.audit("why", "stick", stream)["commits"]]
            self.assertEqual({one["verdict"] for one in again}, {"same"}, again)
        self.assertEqual(again[0]["command"], "RegisterOrganisation")

    def test_a_decision_that_was_changed_is_named_though_all_is_chained_and_signed_anew(self):
        waiting, confirmed = (b"\x0a\x0bClaimPlaced\x1a\x06\x08\x02\x10\x01\x18" + state for state in (b"\x02", b"\x01"))
        forged = self.folder / "forged"
        shutil.copytree(self.pioneer.data, forged)
        for derived in ("checkpoints", "rocksdb"):
            shutil.rmtree(forged / derived, ignore_errors=True)
        at = str(forged_log.rewrite(next((forged / "log").glob("*.segment")), waiting, confirmed))
        pioneer.run("audit", "mirror", "--to", str(self.folder / "forged-stick"), "--data", str(forged))
        self.assertTrue(self.audit("verify", "forged-stick")["ok"], "hashes and signatures say nothing of decisions")
        told = self.audit("rerun", "forged-stick", expect=1)
        self.assertEqual(told["ok"], False)
        first = told["different"][0]
        self.assertEqual((first["position"], first["stream"], first["command"]), (at, f"product/{self.product}", "PlaceClaim"))
        self.assertIn("state: confirmed -> waitlisted", first["reason"])
        commits = self.audit("why", "forged-stick", f"product/{self.product}")["commits"]
        self.assertEqual([commit["again"]["verdict"] for commit in commits if commit["position"] == at], ["differs"])
        # The log signed both: where a stamp proves that it did, nobody needs the authority to see it.
        copy = self.copied("stamped-otherwise")
        (copy / "stamps").mkdir()
        checkpoint = (self.folder / "forged-stick/checkpoint").read_text(encoding="utf-8")
        size = checkpoint.split("\n")[1]
        (copy / "stamps" / size).write_text(checkpoint, encoding="utf-8")
        (copy / "stamps" / f"{size}.tsr").write_bytes(b"an answer")
        told = self.audit("verify", "stamped-otherwise", expect=1)
        self.assertEqual((told["code"], told["file"]), ("contradiction", f"stamps/{size}"))

    def every_command(self, mirror: str) -> dict[str, list[str]]:
        """One call of each command that computes from a mirror."""
        return {"why": [mirror, f"product/{self.product}"], "rerun": [mirror], "invariants": [mirror], "diff": [mirror], "replay": [mirror],
                "policies": [mirror], "what-if": [mirror, "--policy", str(pioneer.ROOT / "ops/config/services.yaml")],
                "evidence": [mirror, "--stream", f"product/{self.product}", "--out", f"{mirror}.zip"],
                "figure": [mirror, f"board/{self.community}"], "complete": [mirror, "--kind", "claim"]}

    def called(self, name: str, arguments: list[str], *more: str) -> subprocess.CompletedProcess:
        command = "why" if name == "figure" else name
        return subprocess.run([pioneer.BIN / "pioneer", "audit", command, *arguments, *more], cwd=self.folder, text=True, capture_output=True,
                              timeout=120, check=False)

    def test_nothing_is_computed_from_a_forged_entry(self):
        forged_log.rewrite_mirrored(self.copied("forged-entry"), b"\x0a\x0bClaimPlaced\x1a\x06\x08\x02\x10\x01\x18\x02",
                                    b"\x0a\x0bClaimPlaced\x1a\x06\x08\x02\x10\x01\x18\x01")
        key = self.pioneer.command("keys", "show", "--verifier").strip()
        self.assertEqual(self.audit("verify", "forged-entry", expect=1)["code"], "entry_differs")
        for name, arguments in self.every_command("forged-entry").items():
            with self.subTest(name):
                for given in ([], ["--verifier", key]):
                    refused = self.called(name, arguments, *given)
                    self.assertEqual((refused.returncode, refused.stdout), (1, ""), refused.stderr)
                    self.assertIn("The mirror proves nothing: tile/entries/000.p/", refused.stderr)
        self.assertFalse((self.folder / "forged-entry.zip").exists())

    def test_what_was_not_proven_is_told_to_be_so(self):
        forged_log.rewrite_mirrored(self.copied("unproven"), b"\x0a\x0bClaimPlaced\x1a\x06\x08\x02\x10\x01\x18\x02",
                                    b"\x0a\x0bClaimPlaced\x1a\x06\x08\x02\x10\x01\x18\x01")
        for name, arguments in self.every_command("unproven").items():
            with self.subTest(name):
                told = self.called(name, arguments, "--unproven", "--json")
                if name == "complete":
                    self.assertEqual(told.returncode, 2, "a list is whole only where it is proven")
                    continue
                if name == "evidence":
                    self.assertEqual((told.returncode, told.stdout), (1, ""))
                    self.assertIn("Nothing was written, for it would not hold", told.stderr)
                    continue
                self.assertIn("NOT PROVEN", told.stderr)
                self.assertIs(json.loads(told.stdout.splitlines()[-1])["proven"], False, told.stdout)
        self.assertFalse((self.folder / "unproven.zip").exists())

    def test_an_answer_tells_what_it_rests_on(self):
        key = self.pioneer.command("keys", "show", "--verifier").strip()
        for name, arguments in self.every_command("stick").items():
            with self.subTest(name):
                for given, word in (([], "mirror"), (["--verifier", key], "given")):
                    (self.folder / "stick.zip").unlink(missing_ok=True)
                    done = self.called(name, arguments, *given, "--json")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    told = json.loads(done.stdout.splitlines()[-1])
                    self.assertEqual((told["proven"], told["keyFrom"]), (True, word))
        self.assertEqual([self.audit("verify", "stick", *given)["keyFrom"] for given in ([], ["--verifier", key])], ["mirror", "given"])

    def words(self, *arguments: str, expect: int = 0) -> str:
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", *arguments], cwd=self.folder, text=True, capture_output=True, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout if expect == 0 else done.stderr

    def test_an_organisation_is_found_by_its_code(self):
        code, here = ("--organisation", "350206001001"), ("--organisation", self.community)
        for kind in ("request", "claim", "member"):
            self.assertEqual(self.listed("stick", "--kind", kind, *code), self.listed("stick", "--kind", kind, *here))
        self.assertEqual(self.audit("why", "stick", "organisation/350206001001")["commits"],
                         self.audit("why", "stick", f"organisation/{self.community}")["commits"])
        self.assertEqual(self.words("why", "stick", "board/350206001001"), self.words("why", "stick", f"board/{self.community}"))
        nobody = self.community[:-1] + ("0" if self.community[-1] != "0" else "1")
        for typo in ("350206001009", nobody):
            self.assertIn(f"no organisation with the id or code {typo}", self.listed("stick", "--kind", "request", "--organisation", typo, expect=1)[0])
            self.assertIn("no organisation with", self.audit("why", "stick", f"board/{typo}", expect=1)["error"])

    def test_a_list_says_where_the_mirror_ends(self):
        ends = self.audit("verify", "stick")["recordedAt"]
        self.assertEqual(self.listed("stick", "--kind", "request", "--to", "2098-01-01T00:00:00Z")[-1]["until"], ends)
        told = self.words("complete", "stick", "--kind", "request")
        self.assertIn("This is all: every one of the entries from 0 to before ", told)
        self.assertIn(f"The mirror ends at {ends}: what began later is not in it.", told)
        self.assertIn("There is none: ", self.words("complete", "stick", "--kind", "erasure"))

    def test_why_takes_a_position(self):
        for commit in self.audit("why", "stick", f"product/{self.product}")["commits"]:
            told = self.audit("why", "stick", commit["position"])["commits"]
            self.assertIn(commit, told)
            self.assertEqual({one["position"] for one in told}, {commit["position"]})
        words = self.words("why", "stick", commit["position"])
        self.assertIn(f"product/{self.product}", words)
        # As evidence tells it: in words of both languages, the event's name beside.
        for event in commit["events"]:
            self.assertRegex(words, rf"[\u4e00-\u9fff].* [A-Z][a-z ]+ \({event['type']}\)")
        size = self.audit("verify", "stick")["position"]
        self.assertIn("no entry", self.audit("why", "stick", size, expect=1)["error"])

    def test_a_name_that_is_none_is_refused_by_every_command_alike(self):
        calls = {"why": [], "diff": ["--stream"], "evidence": ["--out", "none.zip", "--stream"]}
        for name, before in calls.items():
            for asked, code, words in (("request", 2, "request is a kind: request/ID names one of them, request/ all of them"),
                                       ("nonsense/", 2, "There is no kind nonsense. Kinds are organisation, member, policy, request"),
                                       ("request/zzz", 1, "The mirror has no stream request/zzz in that time"),
                                       ("organisation/350206001009", 1, "no organisation with the id or code 350206001009")):
                with self.subTest(name, asked=asked):
                    self.assertIn(words, self.audit(name, "stick", *before, asked, expect=code)["error"])
        self.assertEqual(self.audit("diff", "stick", "--stream", "refusal/")["counts"], {}, "nothing of a kind is an answer")

    def test_diff_says_how_much_before_it_says_what(self):
        lines = self.words("diff", "stick", "--stream", "product/").splitlines()
        self.assertRegex(lines[0], r"^Between 0 and \d+ entries: 6 events of 1 stream:$")
        self.assertEqual(len(lines), 7, "five types, then the stream")
        self.assertIn(f"product/{self.product}", lines[-1])

    def test_a_mirror_that_was_never_finished_is_told_to_be_so(self):
        copy = self.copied("unfinished")
        for name in ("checkpoint", "verifier"):
            (copy / name).unlink()
        shutil.rmtree(copy / "checkpoints")
        for command in ("verify", "rerun", "invariants"):
            self.assertIn("was never finished: run `pioneer audit mirror` again", self.audit(command, "unfinished", expect=3)["error"])

    def test_policies_are_told_from_the_directory_and_from_a_mirror_alike(self):
        told = self.audit("policies", "stick")["items"]
        self.assertEqual(told, json.loads(self.pioneer.command("policy", "history", "--json"))["items"])
        self.assertEqual(len(told), 1)
        self.assertEqual((len(told[0]["permissions"]), told[0]["differences"]), (64, []))
        adopted = self.audit("why", "stick", "policy/services")["commits"][0]["events"][0]["data"]
        accept = next(row for row in adopted["permissions"] if row["action"] == "accept_request")
        self.assertEqual((accept["may"], accept["hidden"]), (["cadre"], True))

    def test_diff_tells_what_happened_between(self):
        why = self.audit("why", "stick", f"product/{self.product}")["commits"]
        at = why[-1]["recordedAt"]
        told = self.audit("diff", "stick", "--to", at, "--stream", "product/")
        self.assertEqual(told["counts"], {"ProductCreated": 1, "ProductPublished": 1, "ClaimPlaced": 2, "ClaimCancelled": 1, "PlacesPromoted": 1})
        self.assertEqual([item["stream"] for item in told["streams"]], [f"product/{self.product}"])
        self.assertEqual(self.audit("diff", "stick", "--from", why[0]["position"], "--to", why[0]["position"])["streams"], [])
        self.assertIn("--from comes first", self.audit("diff", "stick", "--from", "9", "--to", "3", expect=2)["error"])
        self.assertIn("are positions, times such as", self.audit("diff", "stick", "--from", "yesterday", expect=2)["error"])

    def listed(self, *more: str, expect: int = 0) -> list:
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", "complete", *more, "--json"], cwd=self.folder, text=True,
                              capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()] if expect == 0 else [done.stderr]

    def test_a_list_is_of_a_kind_a_place_and_a_time(self):
        def all_of(kind: str, *more: str) -> int:
            return self.listed("stick", "--kind", kind, *more)[-1]["all"]

        self.assertEqual([all_of(kind) for kind in ("claim", "request-rating", "claim-rating", "erasure", "refusal", "policy")], [2, 1, 0, 0, 0, 1])
        claims = self.listed("stick", "--kind", "claim")[:-1]
        self.assertEqual([(one["stream"], one["claimId"]) for one in claims], [(f"product/{self.product}", "1"), (f"product/{self.product}", "2")])
        self.assertIn(f"  product/{self.product}  claim 2\n", self.words("complete", "stick", "--kind", "claim"))
        self.assertNotIn("claimId", self.listed("stick", "--kind", "request")[0])
        here, above = ("--organisation", self.community), ("--organisation", self.street)
        self.assertEqual([all_of(kind, *here) for kind in ("request", "product", "claim", "request-rating", "member")], [1, 1, 2, 1, 3])
        self.assertEqual([all_of(kind, *above) for kind in ("request", "product", "claim", "request-rating", "member")], [0] * 5)
        self.assertEqual([all_of(kind, *above, "--subtree") for kind in ("request", "claim", "request-rating")], [1, 2, 1])
        self.assertEqual(all_of("opening"), all_of("opening", *here), "the cadre's, of this community")
        self.assertGreater(all_of("organisation", *above, "--subtree"), all_of("organisation", *here, "--subtree"))
        first, second, _ = self.listed("stick", "--kind", "claim")
        self.assertEqual([item["event"] for item in (first, second)], ["ClaimPlaced"] * 2)
        between = ("--from", first["recordedAt"], "--to", second["recordedAt"])
        self.assertEqual([item["position"] for item in self.listed("stick", "--kind", "claim", *between)[:-1]], [second["position"]])
        self.assertEqual(all_of("claim", "--to", first["recordedAt"], *here), 1)
        self.assertIn("belongs to no organisation", self.listed("stick", "--kind", "refusal", *here, expect=2)[0])
        self.assertIn("goes with --organisation", self.listed("stick", "--kind", "claim", "--subtree", expect=2)[0])

    def test_a_list_is_proven_to_be_whole(self):
        listed = self.listed
        *items, told = listed("stick", "--kind", "request")
        self.assertEqual([item["stream"] for item in items], [f"request/{self.request}"])
        self.assertEqual((told["all"], told["root"]), (1, self.audit("verify", "stick")["root"]))
        self.assertEqual(listed("stick", "--kind", "request", "--to", items[0]["position"])[-1]["all"], 0)
        self.assertEqual(listed("stick", "--kind", "member")[-1]["all"], 3)
        copy = self.copied("incomplete")
        bundle = next((copy / "tile/entries").rglob("*.p/*"))
        content = bytearray(bundle.read_bytes())
        content[len(content) // 2] ^= 1
        bundle.write_bytes(content)
        self.assertIn("proves nothing", listed("incomplete", "--kind", "request", expect=1)[0])

    def test_a_mirror_without_records_is_told(self):
        self.pioneer.command("audit", "mirror", "--hashes-only", "--to", str(self.folder / "bare"))
        self.assertIn("hashes only", self.audit("invariants", "bare", expect=3)["error"])
        self.assertIn("no mirror in", self.audit("replay", "nowhere", expect=3)["error"])


if __name__ == "__main__":
    unittest.main()
