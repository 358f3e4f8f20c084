"""pymerkle, a third implementation of the tree: it comes to our roots, and its proofs fit our hashes and checkpoints."""
import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import mirror_test  # noqa: E402
import others  # noqa: E402

OPINION = pathlib.Path(__file__).resolve().parent / "third_opinion.py"


class ThirdOpinion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        mirror_test.begin(cls)
        cls.to = cls.folder / "stick"
        mirror_test.mirror(cls.pioneer, cls.to)
        cls.pioneer.command("import", "organisations", "ops/demo/organisations.csv", expect=1)  # one differs from what make() wrote
        cls.told = mirror_test.mirror(cls.pioneer, cls.to)

    def test_comes_to_the_same_root_and_proves_it(self):
        found = json.loads(others.asked(others.PYTHON, OPINION, self.to).stdout)
        self.assertEqual(found["root"], self.told["root"])
        self.assertEqual(found["consistencies"], 2)
        self.assertGreater(found["inclusions"], 20)

    def test_notices_what_was_changed(self):
        for name, at in {"tile/entries/001": 1000, "tile/0/002": 32 * 2, "checkpoint": -150}.items():
            copy = self.folder / "changed"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.to, copy)
            content = bytearray((copy / name).read_bytes())
            if name == "checkpoint":
                at = content.index(b"\n", content.index(b"\n") + 1) + 1  # the root's first digit
                content[at] = ord("A") if content[at] != ord("A") else ord("B")
            elif name.startswith("tile/0"):
                for leaf in range(256):  # it looks at some of them
                    content[leaf * 32] ^= 1
            else:
                content[at] ^= 1
            (copy / name).write_bytes(content)
            others.asked(others.PYTHON, OPINION, copy, expect=1)


if __name__ == "__main__":
    unittest.main()
