"""ops/kafka: brokers start, hold what they were given over a stop and a start, and are ended by their own numbers."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import kafka  # noqa: E402


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Brokers(unittest.TestCase):
    def holds_over_a_restart(self, brokers: int) -> kafka.Kafka:
        broker = self.enterContext(kafka.Kafka(brokers))
        self.assertEqual(broker.call("status").returncode, 1, "nothing is there yet")
        address = broker.start()
        self.assertRegex(address, r"^127\.0\.0\.1:\d+(,127\.0\.0\.1:\d+){%d}$" % (brokers - 1))
        self.assertEqual(broker.call("status").returncode, 0)
        broker.tool("TopicCommand", "--create", "--topic", "words", "--partitions", "1")
        broker.tool("ConsoleProducer", "--topic", "words", stdin="one\ntwo\n")
        pids = [broker.pid(number + 1) for number in range(brokers)]
        self.assertEqual(broker.start(), address, "a second start finds it running")
        self.assertEqual([broker.pid(number + 1) for number in range(brokers)], pids)
        broker.stop()
        self.assertFalse(any(alive(pid) for pid in pids))
        self.assertEqual(broker.call("status").returncode, 1)
        self.assertEqual(broker.start(), address, "it listens where it did")
        read = broker.tool("consumer.ConsoleConsumer", "--topic", "words", "--from-beginning", "--max-messages", "2", "--timeout-ms", "30000")
        self.assertEqual(read.split(), ["one", "two"])
        return broker

    def test_one(self):
        broker = self.holds_over_a_restart(1)
        features = broker.tool("FeatureCommand", "describe")
        self.assertRegex(features, r"eligible\.leader\.replicas\.version.*FinalizedVersionLevel: 1")

    def test_three(self):
        broker = self.holds_over_a_restart(3)
        self.assertIn("ReplicationFactor: 3", broker.tool("TopicCommand", "--describe", "--topic", "words"))

    def test_a_stale_number_ends_nobody(self):
        """The pid file names a process that is somebody else's by now."""
        broker = self.enterContext(kafka.Kafka())
        broker.start()
        pid_file = broker.data / "broker-1" / "pid"
        pid = broker.pid(1)
        pid_file.write_text(str(os.getpid()))
        broker.stop()
        self.assertTrue(alive(os.getpid()))
        pid_file.write_text(str(pid))
        broker.stop()
        self.assertFalse(alive(pid))

    def test_a_port_that_is_taken_is_told(self):
        broker = self.enterContext(kafka.Kafka())
        address = broker.start()
        other = self.enterContext(kafka.Kafka())
        done = other.call("start", "--port", address.rpartition(":")[2])
        self.assertEqual(done.returncode, 1)
        self.assertIn("are not free", done.stderr)
