"""What people upload at one node of a cluster is at all of them, each with a directory of its own; and goes from all of them."""
import pathlib
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "process"), str(HERE.parent)]
import cluster  # noqa: E402
import crowd  # noqa: E402
import pioneer  # noqa: E402
import uploads  # noqa: E402


class Uploads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(cluster.Cluster(2))
        cls.crowd = crowd.Crowd(cls.cluster, 3)

    def setUp(self):
        self.cluster.mend()

    def client(self, node: pioneer.Pioneer, token: str) -> pioneer.Client:
        client = node.client(token)
        self.addCleanup(client.close)
        return client

    def ask(self, upload: str, asker: int = 0) -> None:
        anywhere = self.cluster.client(self.crowd.tokens[asker])
        self.addCleanup(anywhere.close)
        anywhere.post("/api/v1/requests", {"title": "路灯", "description": "灯不亮", "category": "safety", "photos": [upload],
                                           "organisation": self.crowd.community})

    def seen(self, node: pioneer.Pioneer, upload: str) -> bytes:
        cadre = self.client(node, self.crowd.cadre)

        def shown():
            try:
                return cadre.get(f"/api/v1/blobs/{upload}")
            except pioneer.Refused as refused:
                if refused.code != "not_found":
                    raise
                return None  # the request that shows it is not projected here yet
        return pioneer.until(shown)

    def kept(self, node: pioneer.Pioneer, upload: str) -> bool:
        return (node.data / "blobs" / upload).exists()

    def test_what_one_node_took_another_shows(self):
        for size in (1_000, 3_000_000):
            for taker in self.cluster.nodes:
                upload = uploads.upload(taker, self.crowd.tokens[0], uploads.document(size))
                self.ask(upload)
                shown = {self.seen(node, upload) for node in self.cluster.nodes}
                self.assertEqual(len(shown), 1)
                self.assertGreater(len(shown.pop()), size)
                self.assertTrue(all(self.kept(node, upload) for node in self.cluster.nodes))

    def test_a_directory_that_is_gone_is_filled_again(self):
        upload = uploads.upload(self.cluster.nodes[0], self.crowd.tokens[0], uploads.document(2_000_000))
        self.ask(upload)
        other = self.cluster.nodes[1]
        before = self.seen(other, upload)
        other.stop()
        shutil.rmtree(other.data / "blobs")
        other.start()
        self.assertEqual(self.seen(other, upload), before)

    def test_what_was_answered_survives_the_broker_and_the_node(self):
        taker, other = self.cluster.nodes
        other.stop()
        upload = uploads.upload(taker, self.crowd.tokens[0], uploads.document(3_000_000))
        self.cluster.broker.kill()
        taker.kill()
        shutil.rmtree(taker.data / "blobs")
        self.cluster.mend()
        self.ask(upload)
        for node in self.cluster.nodes:
            self.assertGreater(len(self.seen(node, upload)), 3_000_000)

    def test_what_an_erased_person_uploaded_goes_from_all(self):
        upload = uploads.upload(self.cluster.nodes[0], self.crowd.tokens[2], uploads.document(1_000_000))
        self.ask(upload, asker=2)
        for node in self.cluster.nodes:
            self.seen(node, upload)
        person = self.cluster.client(self.crowd.tokens[2])
        self.addCleanup(person.close)
        person.post(f"/api/v1/members/{self.crowd.members[2]}/erase")
        for node in self.cluster.nodes:
            pioneer.until(lambda node=node: not self.kept(node, upload))
            with self.assertRaises(pioneer.Refused):
                self.client(node, self.crowd.cadre).get(f"/api/v1/blobs/{upload}")


if __name__ == "__main__":
    unittest.main()
