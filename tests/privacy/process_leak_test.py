"""Words planted in every command that takes some, then every byte that the process wrote searched for them."""
import base64
import http.client
import datetime
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

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


def photo(text: str) -> bytes:
    """A PNG of one pixel, as a telephone makes it: the text stands in its Exif (Exif 2.32, ImageDescription) and beside it."""
    words = text.encode() + b"\0"
    tiff = b"II*\0" + struct.pack("<IHHHII", 8, 1, 0x010E, 2, len(words), 26) + struct.pack("<I", 0) + words

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"eXIf", tiff)
            + chunk(b"tEXt", b"Comment\0" + words) + chunk(b"IDAT", zlib.compress(b"\0\xff\x80\0")) + chunk(b"IEND", b""))


def ogg_page(number: int, position: int, flags: int, packets: list[bytes]) -> bytes:
    """RFC 3533, section 6: packets shorter than 255 bytes."""
    page = bytearray(b"OggS\0" + struct.pack("<BqIIIB", flags, position, 7, number, 0, len(packets)) + bytes(map(len, packets)) + b"".join(packets))
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    page[22:26] = struct.pack("<I", crc)
    return bytes(page)


def voice(text: str) -> bytes:
    """Half a second of Opus (RFC 7845), with the text as its title."""
    title = b"TITLE=" + text.encode()
    tags = b"OpusTags" + struct.pack("<I", 5) + b"phone" + struct.pack("<II", 1, len(title)) + title
    return (ogg_page(0, 0, 2, [b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"]) + ogg_page(1, 0, 0, [tags])
            + ogg_page(2, 25 * 960, 4, [b"\xf8\x01\x02\x03"] * 25))


def document(text: str) -> bytes:
    """A PDF of one page (ISO 32000-1): the text stands on it, and as its title."""
    page = b"BT /F1 12 Tf (" + text.encode() + b") Tj ET"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page), b"<< /Title (" + text.encode() + b") >>"]
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer\n<< /Size 6 /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def id_bytes(text: str) -> bytes:
    """The 16 bytes of an identifier (domain/common/id.cpp)."""
    value = 0
    for digit in text:
        value = value << 5 | "0123456789abcdefghjkmnpqrstvwxyz".index(digit)
    return value.to_bytes(16, "big")


class Recording(pioneer.Client):
    """Notes what was sent to which path and answered, or refused by a rule of the business."""

    def __init__(self, port: int, token: str | None, driven: list):
        super().__init__(port, token)
        self.driven = driven

    def call(self, method: str, path: str, body=None, key: str | None = None, headers: dict | None = None):
        try:
            answer = super().call(method, path, body, key, headers)
        except pioneer.Refused as refused:
            if refused.status == 409 or refused.code == "not_yet_projected":
                self.driven.append((method, path, body))
            if refused.code == "not_yet_projected":  # it is recorded; an erasure may take longer than a query waits
                return None
            raise
        self.driven.append((method, path, body))
        return answer


def properties(document: dict, schema: dict, prefix: str = "") -> set[str]:
    """The texts that a body has place for: "onBehalfOf.name"."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("type") == "array":
        return properties(document, schema["items"], prefix)
    if schema.get("type") == "string" and "format" not in schema:
        return {prefix}
    found = set()
    for name, inner in schema.get("properties", {}).items():
        found |= properties(document, inner, f"{prefix}.{name}" if prefix else name)
    return found


def sent(body, prefix: str = "") -> set[str]:
    if isinstance(body, list):
        return set().union(*(sent(item, prefix) for item in body)) if body else set()
    if not isinstance(body, dict):
        return {prefix}
    return set().union(set(), *(sent(inner, f"{prefix}.{name}" if prefix else name) for name, inner in body.items()))


# What is told at the door is made by the server.
NOT_PLANTED = {"code"}


class ProcessLeak(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.make()
        self.outside = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pioneer-said-")))
        self.said = self.outside / "server.log"
        self.planted: dict[str, str] = {}
        self.driven: list = []
        self.members: list[str] = []
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

    def client(self, token: str | None = None) -> Recording:
        return Recording(self.pioneer.port, token, self.driven)

    def import_requests(self) -> None:
        """A file of another system, with what somebody wrote into its rows."""
        rows = self.outside / "theirs.csv"
        mapping = self.outside / "theirs.yaml"
        rows.write_text("number,type,status,created,lat,lon,where,community\n"
                        f"1,Leak,Open,01/02/20 10:00,24.48,118.08,{self.plant('imported address')},350206001001\n"
                        f"2,Leak,Open,01/02/20 11:00,,,{self.plant('imported address without a place')},350206001001\n", encoding="utf-8")
        mapping.write_text("source: theirs\ntimes: {zone: Asia/Shanghai, format: '%m/%d/%y %H:%M'}\n"
                           "columns: {number: number, type: type, status: status, submitted: created, closed: [created], lat: lat, lon: lon,"
                           " address: [where], organisation: [community]}\n"
                           "categories: {Leak: water_supply}\ncategory_otherwise: other\nstates: {Open: submitted}\n", encoding="utf-8")
        self.command("import", "requests", str(rows), "--mapping", str(mapping))
        rows.unlink()

    def live(self) -> str:
        """A person, their neighbour and their cadre: every command that takes words. The person's id."""
        self.import_requests()
        administrator = self.token("管理员", "administrator", "3502")
        cadre = self.token(self.plant("cadre's name"), "cadre", "350206001001", "--phone", self.phone("cadre's phone"))
        self.serve()
        community = self.client().get("/api/v1/organisations?code=350206001001")["items"][0]["id"]
        admin = self.client(administrator)
        person = admin.post("/api/v1/members", {"name": self.plant("name"), "phone": self.phone("phone"),
                                                "organisation": community})["id"]
        self.tokens.append(admin.post(f"/api/v1/members/{person}/tokens")["token"])
        asker = self.client(self.tokens[-1])
        official = self.client(cadre)
        self.members = [person, official.get("/api/v1/me")["id"]]
        for ending in ("confirm", "dispute", "withdraw"):
            self.ask(asker, official, community, ending)
        self.claim(asker, official, community)
        self.govern(admin, community)
        self.sign_in(admin, person)
        official.get(f"/api/v1/members/{person}")  # journalled
        official.get(f"/api/v1/boards/{community}?subtree=true")
        for bad in ({"name": self.plant("refused name"), "organisation": "nowhere"}, {"nome": self.plant("unknown field")}):
            with self.assertRaises(pioneer.Refused):
                official.post("/api/v1/members", bad)
        with self.assertRaises(pioneer.Refused):
            asker.get(f"/api/v1/requests?organisation={community}&q=" + self.phone("searched for"))
        self.expect_every_command_driven(admin.get("/api/openapi.json"))
        self.pioneer.stop()
        return person

    def expect_every_command_driven(self, document: dict) -> None:
        """A command, or a text of one, that `live` does not send is one that nobody has looked at."""
        for path, methods in document["paths"].items():
            body = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
            if body is None:
                continue
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
            bodies = [body for method, driven, body in self.driven if method == "POST" and pattern.fullmatch(driven)]
            with self.subTest(command=path):
                self.assertTrue(bodies, "no call of it in live(): plant a word in each of its fields")
                missing = properties(document, body["schema"]) - set().union(*map(sent, bodies)) - NOT_PLANTED
                self.assertEqual(missing, set(), "fields that no call fills: plant a word in them")

    def govern(self, admin: Recording, community: str) -> None:
        """What administrators do: public words, and members' ids."""
        city = admin.get("/api/v1/organisations?code=3502")["items"][0]["id"]

        def organisation(name: str, level: str, parent: str, **more) -> str:
            return admin.post("/api/v1/organisations", {"name": name, "level": level, "parent": parent, **more})["id"]

        admin.post("/api/v1/log/confirm-clock")
        street, other = organisation("一街", "street", city, code="350206009"), organisation("二街", "street", city)
        shop = organisation("小店", "enterprise", community)
        admin.post(f"/api/v1/organisations/{shop}/rename", {"name": "大店"})
        admin.post(f"/api/v1/organisations/{shop}/move", {"parent": other})
        admin.post(f"/api/v1/organisations/{street}/merge", {"into": other})
        admin.post(f"/api/v1/organisations/{shop}/close")
        phone = self.phone("cadre's second phone")
        member = admin.post("/api/v1/members", {"name": self.plant("cadre's second name"), "phone": phone, "organisation": community})["id"]
        self.assertEqual(admin.post("/api/v1/members/find", {"phone": phone})["id"], member)
        self.members.append(member)
        admin.post(f"/api/v1/members/{member}/roles", {"role": "auditor", "organisation": community})
        admin.post(f"/api/v1/members/{member}/roles/auditor/revoke", {"organisation": community})
        made = admin.post(f"/api/v1/members/{member}/tokens", {"expires": "2096-01-01T00:00:00Z"})
        self.tokens.append(made["token"])
        admin.post(f"/api/v1/members/{member}/tokens/revoke", {"tokenHash": made["tokenHash"]})
        admin.post("/api/v1/members", {"name": self.plant("cadre's third name"), "organisation": community})
        own = admin.post("/api/v1/members", {"name": self.plant("name of one who erases themselves"), "organisation": community})["id"]
        token = admin.post(f"/api/v1/members/{own}/tokens")["token"]
        self.tokens.append(token)
        self.client(token).post(f"/api/v1/members/{own}/erase")

    def sign_in(self, admin: Recording, person: str) -> None:
        """As a browser does: a code, a session, a new one for it, two ends."""
        cookie = self.session("", {"code": self.sign_in_code(admin, person)}, "")
        other = self.session("", {"code": self.sign_in_code(admin, person)}, "")
        own = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{self.pioneer.port}"}
        listed = self.client().call("GET", "/api/v1/me/sessions", headers=own)["items"]
        second = next(one["id"] for one in listed if one["kind"] == "session" and not one["current"])
        self.client().call("POST", f"/api/v1/me/sessions/{second}/revoke", {}, headers=own)
        self.assertNotEqual(cookie, other)
        self.session("/end", {}, self.session("/rotate", {}, cookie))

    def sign_in_code(self, admin: Recording, person: str) -> str:
        code = admin.post(f"/api/v1/members/{person}/sign-in-links", {})["code"]
        self.tokens.append(code)
        return code

    def session(self, call: str, body: dict, cookie: str) -> str:
        """The cookie that the answer sets."""
        connection = http.client.HTTPConnection("127.0.0.1", self.pioneer.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST", "/api/v1/session" + call, json.dumps(body),
                           {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{self.pioneer.port}", "Cookie": cookie})
        answer = connection.getresponse()
        self.assertLess(answer.status, 300, answer.read())
        self.driven.append(("POST", "/api/v1/session" + call, body))
        made = answer.getheader("Set-Cookie").split(";")[0]
        if len(made.split("=", 1)[1]) > 20:
            self.tokens.append(made.split("=", 1)[1])
        return made

    def upload(self, client: pioneer.Client, content: bytes) -> str:
        """Its name."""
        connection = http.client.HTTPConnection("127.0.0.1", self.pioneer.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST", "/api/v1/blobs", content,
                           {"Authorization": f"Bearer {client.token}", "Content-Type": "application/octet-stream"})
        answer = json.loads(connection.getresponse().read())
        self.assertIn("blob", answer, answer)
        return answer["blob"]

    def ask(self, asker: pioneer.Client, official: pioneer.Client, community: str, ending: str) -> None:
        def word(what: str) -> str:
            return self.plant(f"{what}, {ending}")

        self.upload(asker, document(word("document that nothing uses")))
        self.upload(asker, voice(word("voice that nothing uses")))
        uploads = [self.upload(asker, document(word("document"))), self.upload(asker, photo(word("photo's Exif"))),
                   self.upload(asker, voice(word("voice")))]
        request = asker.post("/api/v1/requests", {
            "photos": uploads, "channel": "app", "title": word("title"), "description": word("description"), "category": "safety", "organisation": community,
            "location": {"lat": 24.4879, "lon": 118.0894, "address": word("address")},
            "onBehalfOf": {"name": word("beneficiary"), "phone": self.phone(f"beneficiary's phone, {ending}")}})["id"]
        path = f"/api/v1/requests/{request}"
        if ending == "withdraw":
            asker.post(path + "/withdraw", {"reason": word("reason")})
            return
        official.post(path + "/accept")
        official.post(path + "/assign", {"organisation": community, "member": self.members[1]})
        official.post(path + "/progress", {"text": word("progress"), "photos": [self.upload(official, photo(word("photo of progress")))]})
        official.post(path + "/resolve", {"text": word("resolution"), "photos": [self.upload(official, voice(word("voice of the cadre")))]})
        if ending == "dispute":
            asker.post(path + "/dispute", {"reason": word("reason")})
            return
        asker.post(path + "/confirm")
        asker.post(path + "/rate", {"stars": 2, "comment": word("comment")})

    def claim(self, asker: pioneer.Client, official: pioneer.Client, community: str) -> None:
        product = official.post("/api/v1/products", {
            "title": self.public, "description": "一起做碗", "kind": "activity", "organisation": community,
            "sessions": [{"starts": "2020-01-01T09:00:00Z", "ends": "2096-01-01T11:00:00Z", "venue": "合兴"}],
            "capacity": 5, "maxPerMember": 5, "waitlist": True, "closesAt": "2095-01-01T00:00:00Z",
            "pictures": [self.upload(official, photo(self.plant("Exif of a product's picture")))]})["id"]
        path = f"/api/v1/products/{product}"
        official.post(path + "/pictures", {"pictures": [self.upload(official, photo(self.plant("Exif of another picture")))]})
        official.post(path + "/publish")
        official.post(path + "/capacity", {"capacity": 6})
        official.post(f"{path}/claims/" + asker.post(path + "/claims", {"places": 1})["claimId"] + "/no-show")
        scanned = f"{path}/claims/" + asker.post(path + "/claims", {"places": 1})["claimId"]
        official.post(path + "/check-ins", {"tickets": [{"ticket": asker.get(scanned)["ticket"]}]})
        claim = f"{path}/claims/" + asker.post(path + "/claims", {"places": 1})["claimId"]
        official.post(claim + "/check-in")
        official.post(claim + "/complete")
        asker.post(claim + "/rating", {"stars": 1, "comment": self.plant("claim's comment"),
                                       "problem": {"category": "safety", "text": self.plant("problem")}})
        later = {"title": self.public, "description": "一起做碗", "kind": "activity", "organisation": community, "capacity": 5,
                 "maxPerMember": 2, "waitlist": True,
                 "sessions": [{"starts": "2096-01-01T09:00:00Z", "ends": "2096-01-01T11:00:00Z", "venue": "合兴"}]}
        path = "/api/v1/products/" + official.post("/api/v1/products", later)["id"]
        official.post(path + "/publish")
        asker.post(f"{path}/claims/" + asker.post(path + "/claims", {"places": 1})["claimId"] + "/cancel")
        official.post(path + "/cancel", {"reason": "停电"})
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
        later["sessions"][0] = {"starts": "2020-01-01T09:00:00Z", "ends": soon.strftime("%Y-%m-%dT%H:%M:%SZ"), "venue": "合兴"}
        path = "/api/v1/products/" + official.post("/api/v1/products", later)["id"]
        official.post(path + "/publish")
        pioneer.until(lambda: self.completed(official, path))

    @staticmethod
    def completed(official: Recording, product: str) -> bool:
        """Whether it can be completed yet: when its session is over."""
        try:
            return official.post(product + "/complete")["state"] == "completed"
        except pioneer.Refused as refused:
            if refused.code != "not_yet":
                raise
            return False

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

    def expect_no_member_outside_their_stream(self) -> None:
        """Who did something is a pseudonym, another one in each stream, or a post; the id stands in the name of the member's stream alone."""
        self.assertGreater(len(self.members), 2)
        streams = 0
        for line in self.pioneer.command("log", "show", "--limit", "100000", "--json").splitlines():
            for part in json.loads(line)["streams"]:
                if part["stream"].startswith("member/"):
                    continue
                streams += 1
                for member in self.members:
                    self.assertNotIn(member, json.dumps(part))
        self.assertGreater(streams, 30)
        for file in (self.pioneer.data / "log").iterdir():
            content = file.read_bytes()
            for member in self.members:
                self.assertNotIn(id_bytes(member), content, file.name)

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

        self.expect_no_member_outside_their_stream()

        before = json.loads(self.pioneer.command("replay", "--json"))
        self.command("erase", "--member", person)
        theirs = {what: word for what, word in self.planted.items() if not what.startswith(("cadre's", "imported"))}
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
