"""Receipts, read and written again by the parser of transparency-dev/formats."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import others  # noqa: E402
import pioneer  # noqa: E402


class Parser(unittest.TestCase):
    def test_it_reads_a_receipt_and_writes_the_same(self):
        log = self.enterContext(pioneer.Pioneer())
        log.make()
        file = pathlib.Path(log.folder.name) / "receipt"
        log.command("receipt", "get", "1", "--to", str(file))
        index, hashes, carried = map(int, others.asked(others.go_program("parser"), file).stdout.split())
        self.assertEqual(index, 1)
        self.assertGreaterEqual(hashes, 2)
        self.assertGreater(carried, 96, "a record's header and its body")
        file.write_bytes(file.read_bytes().replace(b"index 1", b"index 01"))
        others.asked(others.go_program("parser"), file, expect=1)  # written again it is another file


if __name__ == "__main__":
    unittest.main()
