"""Words planted in every command that takes some, then every byte that the process wrote searched for them."""
import base64
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import pioneer  # noqa: E402

def forms(text: str) -> list[bytes]:
    """How the text would look in a file: as it is, in UTF-16, in JSON's escapes, in base64 at each of three alignments."""
    plain = text.encode()
    found = [plain, text.encode("utf-16-le"), text.encode("utf-16-be"), json.dumps(text)[1:-1].encode(), plain.hex().encode(),
             plain.hex().upper().encode()]
    for skipped in range(3):
        # Whole groups of three bytes from there on: what stands between neighbours that nobody knows.
        middle = plain[skipped:]
        inner = base64.b64encode(middle[:len(middle) // 3 * 3])
        found += [inner, inner.replace(b"+", b"-").replace(b"/", b"_")]
    return [form for form in found if len(form) >= 8]


class ProcessLeak(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.make()
        self.outside = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pioneer-said-")))
        self.said = self.outside / "server.log"
        self.planted: dict[str, str] = {}
        self.tokens: list[str] = []
        self.public = "公开陶艺课Zq999Xw"

    def plant(self, where: str) -> str:
        """A word that occurs nowhere else, in both scripts."""
        number = len(self.planted) + 1
        self.planted[where] = f"秘{number:03d}密Zq{number:03d}Xw标记"
        return self.planted[where]

    def phone(self, where: str) -> str:
        self.planted[where] = f"1390592{4000 + 7 * len(self.planted)}"
        return self.planted[where]

    def serve(self) -> None:
        """As pioneer.start, with everything that the server says kept in a file."""
        with open(self.said, "ab") as said:
            began = said.tell()
            self.pioneer.process = subprocess.Popen(
                [pioneer.BIN / "pioneerd", "--data", self.pioneer.data, "--listen", "127.0.0.1:0"], cwd=pioneer.ROOT,
                stdout=said, stderr=subprocess.STDOUT)
        line = pioneer.until(lambda: [text for text in self.said.read_text()[began:].splitlines() if "http://" in text])
        self.pioneer.port = int(line[-1].rsplit(":", 1)[1])

    def command(self, *arguments: str) -> str:
        """As pioneer.command; what it says is searched too, but for the token that it is there to show."""
        text = self.pioneer.command(*arguments)
        (self.outside / f"command {len(list(self.outside.iterdir()))}").write_text(
            text if arguments[0] != "token" else " ".join(text.split()[:-1]), encoding="utf-8")
        return text

    def token(self, name: str, role: str, organisation: str, *more: str) -> str:
        made = self.command("token", "create", "--member", name, "--role", role, "--organisation", organisation, *more).split()[-1]
        self.tokens.append(made)
        return made

    def live(self) -> str:
        """A person, their neighbour and their cadre: every command that takes words. The person's id."""
        administrator = self.token("管理员", "administrator", "3502")
        cadre = self.token(self.plant("cadre's name"), "cadre", "350206001001", "--phone", self.phone("cadre's phone"))
        self.serve()
        community = self.pioneer.client().get("/api/v1/organisations?code=350206001001")["items"][0]["id"]
        admin = self.pioneer.client(administrator)
        person = admin.post("/api/v1/members", {"name": self.plant("name"), "phone": self.phone("phone"),
                                                "organisation": community})["id"]
        self.tokens.append(admin.post(f"/api/v1/members/{person}/tokens")["token"])
        asker = self.pioneer.client(self.tokens[-1])
        official = self.pioneer.client(cadre)
        for ending in ("confirm", "dispute", "withdraw"):
            self.ask(asker, official, community, ending)
        self.claim(asker, official, community)
        official.get(f"/api/v1/members/{person}")  # journalled
        official.get(f"/api/v1/boards/{community}?subtree=true")
        for bad in ({"name": self.plant("refused name"), "organisation": "nowhere"}, {"nome": self.plant("unknown field")}):
            with self.assertRaises(pioneer.Refused):
                official.post("/api/v1/members", bad)
        with self.assertRaises(pioneer.Refused):
            asker.get(f"/api/v1/requests?organisation={community}&q=" + self.phone("searched for"))
        self.pioneer.stop()
        return person

    def upload(self, client: pioneer.Client, text: str) -> str:
        """A document with the text in it; its name."""
        connection = http.client.HTTPConnection("127.0.0.1", self.pioneer.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST", "/api/v1/blobs", b"%PDF-1.7 " + text.encode(),
                           {"Authorization": f"Bearer {client.token}", "Content-Type": "application/pdf"})
        answer = json.loads(connection.getresponse().read())
        self.assertIn("blob", answer, answer)
        return answer["blob"]

    def ask(self, asker: pioneer.Client, official: pioneer.Client, community: str, ending: str) -> None:
        def word(what: str) -> str:
            return self.plant(f"{what}, {ending}")

        self.upload(asker, word("document that nothing uses"))
        request = asker.post("/api/v1/requests", {
            "photos": [self.upload(asker, word("document"))], "title": word("title"), "description": word("description"), "category": "safety", "organisation": community,
            "location": {"lat": 24.4879, "lon": 118.0894, "address": word("address")},
            "onBehalfOf": {"name": word("beneficiary"), "phone": self.phone(f"beneficiary's phone, {ending}")}})["id"]
        path = f"/api/v1/requests/{request}"
        if ending == "withdraw":
            asker.post(path + "/withdraw", {"reason": word("reason")})
            return
        official.post(path + "/accept")
        official.post(path + "/progress", {"text": word("progress")})
        official.post(path + "/resolve", {"text": word("resolution")})
        if ending == "dispute":
            asker.post(path + "/dispute", {"reason": word("reason")})
            return
        asker.post(path + "/confirm")
        asker.post(path + "/rate", {"stars": 2, "comment": word("comment")})

    def claim(self, asker: pioneer.Client, official: pioneer.Client, community: str) -> None:
        product = official.post("/api/v1/products", {
            "title": self.public, "description": "一起做碗", "kind": "activity", "organisation": community,
            "sessions": [{"starts": "2020-01-01T09:00:00Z", "ends": "2096-01-01T11:00:00Z", "venue": "合兴"}],
            "capacity": 5, "maxPerMember": 2, "waitlist": True, "closesAt": "2095-01-01T00:00:00Z"})["id"]
        path = f"/api/v1/products/{product}"
        official.post(path + "/publish")
        claim = f"{path}/claims/" + asker.post(path + "/claims", {"places": 1})["claimId"]
        official.post(claim + "/check-in")
        official.post(claim + "/complete")
        asker.post(claim + "/rating", {"stars": 1, "comment": self.plant("claim's comment"),
                                       "problem": {"category": "safety", "text": self.plant("problem")}})

    def found(self, words: dict[str, str], leave_out: tuple[str, ...] = ()) -> list[str]:
        """Where any of the words stands in what was written."""
        wanted = [(what, form) for what, word in words.items() for form in forms(word)]
        hits = []
        for root in (self.pioneer.data, self.outside):
            for file in sorted(root.rglob("*")):
                below = file.relative_to(root)
                if not file.is_file() or (root == self.pioneer.data and below.parts[0] in leave_out):
                    continue
                content = file.read_bytes().rstrip(b"\0")
                hits += [f"{what} as {form!r} in {below}" for what, form in wanted if form in content]
        return hits

    def test_nothing_personal_stands_in_clear_and_erasure_ends_the_rest(self):
        person = self.live()
        self.command("log", "show", "--limit", "10000")
        self.command("export", "--out", str(self.outside / "export"))
        self.assertGreater(len(self.planted), 30)
        self.assertEqual(self.found(self.planted, ("people",)), [])
        # A search that finds nothing anywhere would prove nothing: what is public is found, in log and database.
        seen = " ".join(self.found({"a product": self.public}))
        self.assertIn(" in log/", seen)
        self.assertIn(" in db/", seen)
        self.assertEqual(self.found({f"token {i}": token for i, token in enumerate(self.tokens)}), [])

        before = json.loads(self.pioneer.command("replay", "--json"))
        self.command("erase", "--member", person)
        theirs = {what: word for what, word in self.planted.items() if not what.startswith("cadre's")}
        self.assertEqual(self.found(theirs), [])
        self.assertTrue(json.loads(self.pioneer.command("verify", "--json"))["ok"])
        # Erasing is itself recorded; read twice, the log gives the same.
        after = json.loads(self.pioneer.command("replay", "--json"))
        self.assertGreater(int(after["position"]), int(before["position"]))
        self.assertEqual(json.loads(self.pioneer.command("replay", "--json"))["digests"], after["digests"])

        self.serve()
        auditor = self.pioneer.client(self.tokens[1])
        community = auditor.get("/api/v1/organisations?code=350206001001")["items"][0]["id"]
        seen = json.dumps([auditor.get(f"/api/v1/boards/{community}?subtree=true"),
                           auditor.get(f"/api/v1/requests?organisation={community}")], ensure_ascii=False)
        for what, word in theirs.items():
            self.assertNotIn(word, seen, what)
        with self.assertRaises(pioneer.Refused) as refused:
            self.pioneer.client(self.tokens[2]).get("/api/v1/me")
        self.assertEqual(refused.exception.status, 401)
        self.pioneer.stop()
        self.assertEqual(self.found(theirs), [])


if __name__ == "__main__":
    unittest.main()
