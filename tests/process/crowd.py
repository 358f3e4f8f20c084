"""Mixed load for tests of whole processes: people who ask and claim, and what each was told."""
import threading
import uuid

import pioneer


class Crowd:
    """Members of one community with tokens, a cadre who publishes products for them."""

    def __init__(self, server: pioneer.Pioneer, people: int):
        server.make()
        self.server = server
        self.administrator = server.token("管理员", "administrator", "3502")
        self.cadre = server.token("李干部", "cadre", "350206001001")
        self.auditor = server.token("王审计", "auditor", "3502")
        server.start()
        self.community = server.client().get("/api/v1/organisations?code=350206001001")["items"][0]["id"]
        administrator = server.client(self.administrator)
        self.members = [administrator.post("/api/v1/members", {"name": f"居民{i}", "organisation": self.community})["id"]
                        for i in range(people)]
        self.tokens = [administrator.post(f"/api/v1/members/{m}/tokens")["token"] for m in self.members]

    def product(self, capacity: int) -> str:
        cadre = self.server.client(self.cadre)
        product = cadre.post("/api/v1/products", {
            "title": "陶艺课", "description": "一起做碗", "kind": "activity", "organisation": self.community,
            "sessions": [{"starts": "2096-01-01T09:00:00Z", "ends": "2096-01-01T11:00:00Z", "venue": "合兴"}],
            "capacity": capacity, "maxPerMember": 100, "waitlist": True})["id"]
        cadre.post(f"/api/v1/products/{product}/publish")
        return product

    def ask(self, client: pioneer.Client, text: str = "灯不亮", key: str | None = None) -> dict:
        return client.post("/api/v1/requests", {"title": "路灯", "description": text, "category": "safety",
                                                "organisation": self.community}, key)


class Load:
    """Threads that ask, claim and withdraw until the server goes away or `enough` answers came."""

    def __init__(self, crowd: Crowd, product: str, threads: int = 8):
        self.crowd = crowd
        self.product = product
        self.told: list[tuple[str, str, dict]] = []  # (path, key, the answer), in the order of no thread but their own
        self.refusals: list[pioneer.Refused] = []
        self.problems: list[BaseException] = []
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(threads)]
        self.over = threading.Event()

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def run(self, number: int) -> None:
        client = self.crowd.server.client(self.crowd.tokens[number % len(self.crowd.tokens)])
        try:
            while not self.over.is_set():
                self.step(client)
        except OSError:
            pass  # the server went away: what became of the last command is unknown
        except BaseException as problem:  # noqa: BLE001  a thread's failure is the test's
            self.problems.append(problem)

    def step(self, client: pioneer.Client) -> None:
        claim_key, ask_key = str(uuid.uuid4()), str(uuid.uuid4())
        claims = f"/api/v1/products/{self.product}/claims"
        self.told.append((claims, claim_key, client.post(claims, {"places": 1}, claim_key)))
        asked = self.crowd.ask(client, key=ask_key)
        self.told.append(("/api/v1/requests", ask_key, asked))
        if len(self.told) % 3 == 0:
            path = f"/api/v1/requests/{asked['id']}/withdraw"
            self.told.append((path, "", client.post(path)))
