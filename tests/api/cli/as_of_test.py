"""What was shown at a moment is what is shown of that moment later: over HTTP, and by the command line."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "process"))
import pioneer  # noqa: E402

# What belongs to the question, not to what is shown: today's offers are not those of then, a board names its moment.
OF_THE_QUESTION = {"actions", "asOf", "position"}


def shown(view, but: frozenset = frozenset()):
    """Without what belongs to the question, at any depth."""
    if isinstance(view, list):
        return [shown(item, but) for item in view]
    if not isinstance(view, dict):
        return view
    return {name: shown(inner, but) for name, inner in view.items() if name not in OF_THE_QUESTION | but}


class AsOf(unittest.TestCase):
    def setUp(self):
        self.pioneer = self.enterContext(pioneer.Pioneer())
        self.pioneer.make()
        self.tokens = {role: self.pioneer.token(role, role, "3502") for role in ("administrator", "cadre", "auditor")}
        self.moments: list[tuple[str, dict]] = []

    def note(self, paths: list[str]) -> None:
        """What is shown now, and when the newest commit was recorded."""
        auditor = self.auditor
        auditor.position = self.cadre.position
        views = {path: shown(auditor.get(path)) for path in paths}
        entry = auditor.get(f"/api/v1/log?from={self.cadre.position}&limit=1")["items"][0]
        self.moments.append((entry["recordedAt"], views))

    def live(self) -> list[str]:
        """A request and a product through their lives; noted after each step. The paths that were looked at."""
        community = self.pioneer.client().get("/api/v1/organisations?code=350206001001")["items"][0]["id"]
        self.cadre = cadre = self.pioneer.client(self.tokens["cadre"])
        self.auditor = self.pioneer.client(self.tokens["auditor"])
        request = "/api/v1/requests/" + cadre.post("/api/v1/requests", {
            "title": "楼道灯坏了", "description": "三号楼", "category": "safety", "organisation": community})["id"]
        product = "/api/v1/products/" + cadre.post("/api/v1/products", {
            "title": "陶艺课", "description": "一起做碗", "kind": "activity", "organisation": community,
            "sessions": [{"starts": "2096-01-01T09:00:00Z", "ends": "2096-01-01T11:00:00Z", "venue": "社区中心"}],
            "capacity": 2, "maxPerMember": 9, "waitlist": True})["id"]
        paths = [request, product, f"/api/v1/boards/{community}"]
        self.note(paths)
        claims = []
        for step in (lambda: cadre.post(request + "/accept"),
                     lambda: cadre.post(product + "/publish"),
                     lambda: claims.append(cadre.post(product + "/claims", {"places": 2})["claimId"]),
                     lambda: cadre.post(product + "/claims", {"places": 1}),
                     lambda: cadre.post(request + "/progress", {"text": "电工已出发"}),
                     lambda: cadre.post(f"{product}/claims/{claims[0]}/cancel"),
                     lambda: cadre.post(request + "/resolve", {"text": "已更换"}),
                     lambda: cadre.post(product + "/capacity", {"capacity": 7}),
                     lambda: cadre.post(product + "/cancel", {"reason": "停电"}),
                     lambda: cadre.post(request + "/withdraw", {"reason": "自己修好了"})):
            step()
            self.note(paths)
        return paths

    def test_equals_what_was_shown_then(self):
        self.pioneer.start()
        request, product, board = self.live()
        for path in (request, product, board):
            seen = [json.dumps(views[path], sort_keys=True) for _, views in self.moments]
            self.assertGreaterEqual(len(set(seen)), 4, f"{path} hardly changes: equal views would prove nothing")
        for at, views in self.moments:
            for path, then in views.items():
                with self.subTest(at=at, path=path):
                    self.assertEqual(shown(self.auditor.get(f"{path}?asOf={at}")), then)
                    self.assertEqual(shown(json.loads(self.remote(path, at))), then)
        self.pioneer.stop()
        # The command line opens nobody's personal fields: all else is the same.
        personal = frozenset({"askerName", "officialName", "onBehalfOf", "memberName"})
        for at, views in self.moments[:: max(1, len(self.moments) // 3)]:
            for path, then in views.items():
                with self.subTest(at=at, path=path, by="command line"):
                    kind, identifier = self.named(path)
                    view = json.loads(self.pioneer.command("as-of", "--at", at, kind, identifier))
                    self.assertEqual(shown(view, personal), shown(then, personal))

        day = self.moments[0][0][:10]
        kind, identifier = self.named(board)
        views = [json.loads(self.pioneer.command("as-of", "--at", at, kind, identifier)) for at in (day, day + "T00:00:00Z")]
        self.assertEqual(views[0], views[1], "a date is its beginning")
        self.assertEqual(views[0]["asOf"], day + "T00:00:00Z")
        self.pioneer.command("as-of", "--at", "2026-02-30", kind, identifier, expect=2)

    @staticmethod
    def named(path: str) -> tuple[str, str]:
        kind, identifier = path.split("/")[-2:]
        return kind.removesuffix("s"), identifier

    def remote(self, path: str, at: str) -> str:
        """The command line against the running server."""
        kind, identifier = self.named(path)
        return pioneer.run("as-of", "--at", at, kind, identifier, "--server", f"http://127.0.0.1:{self.pioneer.port}",
                           "--token", self.tokens["auditor"])


if __name__ == "__main__":
    unittest.main()
