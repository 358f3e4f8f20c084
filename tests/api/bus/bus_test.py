"""A whole server, asked over the bus by `pioneer bus` and over HTTP: both must say the same."""
import json
import pathlib
import subprocess
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import bus  # noqa: E402
import crowd  # noqa: E402
import pioneer  # noqa: E402

PRINTED = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"  # the client's key of the library's documentation


class OverTheBus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(pioneer.Pioneer())
        cls.server.settings = bus.Bus.SETTINGS
        cls.people = crowd.Crowd(cls.server, 2)
        cls.bus = bus.Bus(cls.server)
        cls.product = cls.people.product(3)
        cls.cadre = cls.server.client(cls.people.cadre)
        cls.member, cls.other = cls.people.tokens

    def http(self, path: str, token: str):
        client = self.server.client(token)
        try:
            return client.get(path)
        finally:
            client.close()

    def test_a_command_is_the_same_command(self):
        key = str(uuid.uuid4())
        words = ("call", "place_claim", "--set", f"id={self.product}", "--body", '{"places": 1}', "--idempotency-key", key)
        first, again = (json.loads(self.bus.run(*words, token=self.member).stdout) for _ in range(2))
        self.assertEqual(first, again)
        over_http = self.server.client(self.member).post(f"/api/v1/products/{self.product}/claims", {"places": 1}, key)
        self.assertEqual(over_http["claimId"], first["claimId"])
        self.assertEqual(self.http(f"/api/v1/products/{self.product}", self.member)["placesLeft"], 2)

    def test_a_rule_says_no_as_over_http(self):
        with self.assertRaises(pioneer.Refused) as refused:
            self.server.client(self.other).post(f"/api/v1/products/{self.product}/claims", {"places": 101})
        self.assertEqual(self.bus.refused("place_claim", {"places": 101}, self.other, id=self.product), (1, refused.exception.code))
        self.assertEqual(self.bus.refused("get_product", token=self.other, id="nothing"), (1, "not_found"))
        self.assertEqual(self.bus.refused("list_products", token=self.other, colour="red"), (1, "unknown_parameter"))

    def test_a_query_answers_the_same_for_each_operation(self):
        asked = self.people.ask(self.server.client(self.member))
        community, member = self.people.community, self.people.members[0]
        for token, operation, parameters, path in (
                (None, "list_organisations", {"code": "3502"}, "/organisations?code=3502"),
                (None, "get_organisation", {"id": "3502"}, "/organisations/3502"),
                (None, "get_categories", {}, "/categories"),
                (None, "get_policy", {"limit": "5"}, "/policies?limit=5"),
                (self.member, "get_me", {}, "/me"),
                (self.member, "list_my_claims", {}, "/me/claims"),
                (self.member, "list_my_requests", {}, "/me/requests"),
                (self.people.administrator, "get_member", {"id": member}, f"/members/{member}"),
                (self.people.cadre, "list_requests", {"organisation": community}, f"/requests?organisation={community}"),
                (self.member, "get_request", {"id": asked["id"]}, f"/requests/{asked['id']}"),
                (self.people.cadre, "list_products", {"organisation": community}, f"/products?organisation={community}"),
                (self.member, "get_product", {"id": self.product}, f"/products/{self.product}"),
                (self.people.cadre, "list_claims", {"id": self.product}, f"/products/{self.product}/claims"),
                (self.people.cadre, "get_board", {"organisation": community}, f"/boards/{community}"),
                (self.member, "get_stream", {"kind": "request", "id": asked["id"]}, f"/streams/request/{asked['id']}"),
                (self.people.auditor, "get_log", {"from": "1", "limit": "20"}, "/log?from=1&limit=20"),
                (self.people.auditor, "get_log_state", {}, "/log/state"),
                (None, "get_version", {}, "/version")):
            with self.subTest(operation):
                def same():
                    return self.bus.call(operation, token=token, **parameters) == self.http("/api/v1" + path, token)
                try:
                    pioneer.until(same)  # that somebody looked is recorded a moment later: two positions
                except pioneer.Refused as refused:
                    self.fail(f"{path}: {refused}")

    def test_what_is_no_message_comes_as_bytes(self):
        done = self.bus.run("call", "get_checkpoint")
        with_http = self.http("/log/checkpoint", None)
        self.assertEqual(done.stdout.splitlines()[0], with_http.decode().splitlines()[0])
        self.assertIn("openapi", json.loads(self.bus.run("call", "get_openapi").stdout))

    def test_whose_token_it_is_counts_as_over_http(self):
        self.assertEqual(self.bus.refused("get_me"), (1, "not_signed_in"))
        self.assertEqual(self.bus.refused("get_me", token="made up"), (1, "token_invalid"))
        self.assertEqual(self.bus.refused("list_claims", token=self.member, id=self.product), (1, "forbidden"))

    def test_events_are_told_from_any_position_to_those_who_may_see_them(self):
        product = self.people.product(5)
        claim = self.bus.call("place_claim", {"places": 2}, self.member, id=product)
        stream = f"product/{product}"
        course = [("ProductCreated",), ("ProductPublished",), ("ClaimPlaced",)]
        told = self.bus.follow("--from", "0", "--stream", stream, "--limit", "3", token=self.people.cadre)
        self.assertEqual([tuple(e["type"] for e in frame["events"])[-1:] for frame in told], course)
        self.assertEqual({frame["stream"] for frame in told}, {stream})
        # From behind the first one, by organisation and type.
        after = str(int(told[0]["position"]) + 1)
        only = self.bus.follow("--from", after, "--organisation", "3502", "--kind", "product", "--type", "ClaimPlaced", "--limit", "1",
                               token=self.people.cadre)
        self.assertEqual(only[0]["position"], told[2]["position"])
        self.assertEqual(claim["claimId"], "1")
        # Requests are not for everybody: a stranger is told of products alone.
        self.people.ask(self.server.client(self.member))
        public = self.bus.follow("--from", "0", "--organisation", "3502", "--limit", "4")
        self.assertFalse([frame for frame in public if frame["stream"].startswith("request/")])
        requests = self.bus.follow("--from", "0", "--kind", "request", "--limit", "1", token=self.people.cadre)
        self.assertTrue(requests[0]["stream"].startswith("request/"))

    def test_what_comes_is_told_as_it_comes(self):
        product = self.people.product(5)
        with subprocess.Popen([pioneer.BIN / "pioneer", "bus", "follow", "--stream", f"product/{product}", "--limit", "2", "--from", "0"],
                              cwd=pioneer.ROOT, text=True, stdout=subprocess.PIPE, env=self.bus.environment(self.people.cadre)) as follower:
            self.assertIn("ProductCreated", follower.stdout.readline())
            self.assertIn("ProductPublished", follower.stdout.readline())
        with subprocess.Popen([pioneer.BIN / "pioneer", "bus", "follow", "--stream", f"product/{product}", "--type", "ClaimPlaced", "--limit", "1",
                               "--from", "0"], cwd=pioneer.ROOT, text=True, stdout=subprocess.PIPE,
                              env=self.bus.environment(self.people.cadre)) as follower:
            self.bus.call("place_claim", {"places": 1}, self.member, id=product)
            self.assertIn("ClaimPlaced", follower.stdout.readline())
            self.assertEqual(follower.wait(timeout=30), 0)


class Restart(unittest.TestCase):
    def test_who_follows_misses_nothing_when_the_server_ends_and_comes_again(self):
        server = self.enterContext(pioneer.Pioneer())
        server.settings = bus.Bus.SETTINGS
        people = crowd.Crowd(server, 1)
        program = bus.Bus(server)
        server.settings = f"bus: {{listen: \"{program.address}\"}}\n"
        product = people.product(100)
        with subprocess.Popen([pioneer.BIN / "pioneer", "bus", "follow", "--stream", f"product/{product}", "--limit", "5", "--from", "0"],
                              cwd=pioneer.ROOT, text=True, stdout=subprocess.PIPE, env=program.environment(people.cadre)) as follower:
            told = [json.loads(follower.stdout.readline()) for _ in range(2)]
            for end in (server.stop, server.kill, server.stop):
                end()
                server.start()
                program.call("place_claim", {"places": 1}, people.tokens[0], id=product)
                told.append(json.loads(follower.stdout.readline()))
            self.assertEqual(follower.wait(timeout=60), 0)
        self.assertEqual([frame["events"][-1]["type"] for frame in told], ["ProductCreated", "ProductPublished"] + ["ClaimPlaced"] * 3)
        self.assertEqual(sorted({frame["position"] for frame in told}, key=int), [frame["position"] for frame in told])


class Admission(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = pioneer.Pioneer.of(cls)
        cls.server.settings = bus.Bus.SETTINGS
        cls.server.start()
        cls.bus = bus.Bus(cls.server, "first")

    def test_programs_come_in_by_the_list_and_go_without_a_restart(self):
        second = bus.Bus(self.server, "second")
        pioneer.until(lambda: second.run("call", "get_version").returncode == 0)
        listed = json.loads(self.server.command("keys", "bus", "list", "--json"))["items"]
        self.assertEqual([one["name"] for one in listed], ["first", "second"])
        self.server.command("keys", "bus", "remove", "second")
        pioneer.until(lambda: second.run("call", "get_version").returncode == 3)
        self.assertEqual(self.bus.run("call", "get_version").returncode, 0)

    def test_keys_of_the_documentation_are_not_admitted(self):
        self.server.command("keys", "bus", "allow", PRINTED, expect=3)
        self.assertNotIn(PRINTED, self.server.command("keys", "bus", "list"))

    def test_the_key_is_the_server_s(self):
        self.assertEqual(self.server.command("keys", "bus", "show").strip(), self.bus.server_key)

    def test_a_command_line_that_makes_no_sense_is_told_before_anything_is_sent(self):
        for words in (("place_claims",), ("place_claim", "--body", "{"), ("place_claim", "--body", '{"seats": 1}'), ("get_me", "--set", "x")):
            self.assertEqual(self.bus.run("call", *words).returncode, 2, words)


class WithoutSettings(unittest.TestCase):
    def test_there_is_none(self):
        server = pioneer.Pioneer.of(type(self))
        server.start()
        self.assertNotIn("bus", "".join(server.said))
        self.assertFalse((server.data / "keys/bus.key").exists())


if __name__ == "__main__":
    unittest.main()
