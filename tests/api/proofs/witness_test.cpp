// A witness signs one history of each log, whatever it is sent and whatever happens to its disk and its clock.
#include "api/proofs/witness.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/proofs/cosignature.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/merkle.hpp"
#include "eventstore/tiles.hpp"
#include "eventstore/whole_file.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::api {
namespace {

using adapters::SigningKey;
using adapters::VerifierKey;
using eventstore::Hash;
using tests::SimulatedDisk;

class SetClock final : public eventstore::Clock {
 public:
  eventstore::Instant now() const override { return eventstore::Instant{seconds * 1'000'000}; }
  eventstore::Instant since_boot() const override { return now(); }
  std::int64_t seconds = 1'700'000'000;
};

SigningKey key_of(const std::string& name, unsigned seed, const adapters::KeyFiles& files = adapters::log_key_files) {
  SimulatedDisk disk;
  EXPECT_TRUE(disk.make_directory("/keys"));
  tests::SeededRandom random(seed);
  return SigningKey::settle(disk, random, "/keys", name, files).value();
}

/// A log of a few leaves; another `history` has other leaves from `parts_at` on.
struct TestLog {
  explicit TestLog(std::string name, std::uint64_t history = 0, std::uint64_t parts_at = 0)
      : key(key_of(name, 1)), history_(history), parts_at_(parts_at) {}
  Hash leaf(std::uint64_t i) const {
    return eventstore::leaf_hash(
        eventstore::bytes_of(std::to_string(i < parts_at_ ? 0 : history_) + "/" + std::to_string(i)));
  }
  Hash root(std::uint64_t begin, std::uint64_t end) const {
    eventstore::MerkleFrontier tree;
    for (auto i = begin; i < end; ++i) tree.add(leaf(i));
    return tree.root();
  }
  std::string note(std::uint64_t size) const {
    return key.note(eventstore::checkpoint_text(key.name(), size, base64(root(0, size).view())));
  }
  std::vector<Hash> proof(std::uint64_t from, std::uint64_t to) const {
    const auto reader = [this](unsigned level, std::uint64_t first,
                               std::size_t count) -> eventstore::Result<std::string> {
      EXPECT_EQ(level, 0u);
      std::string hashes;
      for (std::size_t i = 0; i < count; ++i) hashes += leaf(first + i).view();
      return hashes;
    };
    return eventstore::consistency_path(from, to, reader).value();
  }
  std::string request(std::uint64_t from, std::uint64_t to) const {
    return add_checkpoint_body(from, proof(from, to), note(to));
  }
  SigningKey key;

 private:
  std::uint64_t history_;
  std::uint64_t parts_at_;
};

struct Witnessed {
  Witnessed() { EXPECT_TRUE(disk.make_directory("/state")); }
  eventstore::Result<void> open() {
    auto opened = Witness::open({disk, clock, key, own}, "/state", std::vector<const Verifier*>{&known},
                                [this](const std::string& sentence) { told.push_back(sentence); });
    if (!opened) return std::unexpected(opened.error());
    witness = std::move(*opened);
    return {};
  }
  /// The size that it knows, by asking with one that it cannot have.
  std::string size() { return witness->add_checkpoint(log.request(99, 100)).body; }
  eventstore::Result<Cosignature> cosignature(const WitnessAnswer& answer, const std::string& note) const {
    return check_cosignature(parse_note(note + answer.body).value(), own);
  }

  TestLog log{"log.example"};
  VerifierKey known = VerifierKey::parse(log.key.verifier()).value();
  SigningKey key = key_of("witness.example", 2, adapters::witness_key_files);
  VerifierKey own = VerifierKey::parse_witness(key.verifier()).value();
  SetClock clock;
  SimulatedDisk disk;
  std::vector<std::string> told;
  std::unique_ptr<Witness> witness;
};

TEST(Witness, SignsWhatGoesOnAndNothingElse) {
  Witnessed w;
  ASSERT_TRUE(w.open());
  EXPECT_EQ(w.witness->newest(origin_hash("log.example")).status, 404u);
  const auto first = w.witness->add_checkpoint(w.log.request(0, 5));
  ASSERT_EQ(first.status, 200u) << first.body;
  EXPECT_EQ(w.cosignature(first, w.log.note(5))->time_s, 1'700'000'000u);
  const auto next = w.witness->add_checkpoint(w.log.request(5, 13));
  ASSERT_EQ(next.status, 200u) << next.body;
  const auto again = w.witness->add_checkpoint(w.log.request(13, 13));
  EXPECT_EQ(again.status, 200u) << "the same once more, for a log that lost the answer";
  const auto kept = w.witness->newest(origin_hash("log.example"));
  EXPECT_EQ(kept.body, w.log.note(13) + again.body);
}

TEST(Witness, AnswersAsTheProtocolSays) {
  Witnessed w;
  ASSERT_TRUE(w.open());
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 5)).status, 200u);
  const auto status = [&](const std::string& body) { return w.witness->add_checkpoint(body).status; };
  const auto behind = w.witness->add_checkpoint(w.log.request(3, 7));
  EXPECT_EQ(behind.status, 409u);
  EXPECT_EQ(behind.body, "5\n");
  EXPECT_EQ(behind.type, "text/x.tlog.size");
  EXPECT_EQ(status(add_checkpoint_body(6, {}, w.log.note(5))), 400u) << "old is greater than new";
  EXPECT_EQ(status(TestLog("other.example").request(0, 5)), 404u);
  const TestLog forged("log.example", 0, 0);
  auto unknown_key = key_of("log.example", 9);
  EXPECT_EQ(status(add_checkpoint_body(
                5, w.log.proof(5, 7),
                unknown_key.note(eventstore::checkpoint_text("log.example", 7, base64(w.log.root(0, 7).view()))))),
            403u);
  auto changed = w.log.request(5, 7);
  changed[changed.size() - 20] = changed[changed.size() - 20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(status(changed), 403u);
  EXPECT_EQ(status(add_checkpoint_body(5, w.log.proof(5, 8), w.log.note(7))), 422u);
  EXPECT_EQ(status(add_checkpoint_body(5, {}, w.log.note(7))), 422u);
  EXPECT_EQ(status(add_checkpoint_body(5, w.log.proof(5, 7), w.log.note(5))), 422u) << "a proof where none may be";
  for (const std::string& body :
       {std::string(), std::string("old"), std::string("old 5"), "old 05\n\n" + w.log.note(7),
        "old -1\n\n" + w.log.note(7), "old 5\nAAAA\n\n" + w.log.note(7), std::string("old 5\n\nlog.example\n7\n"),
        "new 5\n\n" + w.log.note(7), "old 99999999999999999999\n\n" + w.log.note(7),
        add_checkpoint_body(5, std::vector<Hash>(64), w.log.note(7))}) {
    EXPECT_EQ(status(body), 400u) << body;
  }
  EXPECT_EQ(w.size(), "5\n");
  EXPECT_EQ(w.witness->newest("nonsense").status, 404u);
}

TEST(Witness, HasAnEmptyTreesRootOnly) {
  Witnessed w;
  ASSERT_TRUE(w.open());
  const auto odd = w.log.key.note(eventstore::checkpoint_text("log.example", 0, base64(w.log.root(0, 1).view())));
  EXPECT_EQ(w.witness->add_checkpoint(add_checkpoint_body(0, {}, odd)).status, 422u);
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 0)).status, 200u);
  EXPECT_EQ(w.witness->add_checkpoint(add_checkpoint_body(0, std::vector<Hash>(1), w.log.note(3))).status, 422u);
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 3)).status, 200u);
}

TEST(Witness, KeepsTwoHistoriesOfALogAsEvidence) {
  Witnessed w;
  ASSERT_TRUE(w.open());
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 9)).status, 200u);
  const TestLog other("log.example", 1, 6);
  EXPECT_EQ(w.witness->add_checkpoint(add_checkpoint_body(9, {}, other.note(9))).status, 422u);
  ASSERT_FALSE(w.told.empty());
  EXPECT_NE(w.told.front().find("two different roots for 9 records"), std::string::npos) << w.told.front();
  const auto folder = "/state/logs/" + origin_hash("log.example") + "/evidence";
  const auto files = w.disk.list(folder).value();
  ASSERT_EQ(files.size(), 2u);
  std::set<std::string> notes;
  for (const auto& file : files) {
    const auto text = eventstore::read_whole(w.disk, folder + "/" + file, note_bytes_max).value();
    const auto note = parse_note(text).value();
    EXPECT_TRUE(check_signed(note, std::vector<const Verifier*>{&w.known})) << "each convinces by itself";
    notes.insert(note.text);
  }
  EXPECT_EQ(notes.size(), 2u);
  // Also where the old size is not ours, so that the answer is 409.
  EXPECT_EQ(w.witness->add_checkpoint(add_checkpoint_body(0, {}, TestLog("log.example", 2).note(9))).status, 409u);
  EXPECT_EQ(w.disk.list(folder)->size(), 3u);
  for (std::uint64_t history = 3; history < 200; ++history)
    w.witness->add_checkpoint(add_checkpoint_body(0, {}, TestLog("log.example", history).note(9)));
  EXPECT_LE(w.disk.list(folder)->size(), 100u) << "nobody fills the disk";
  EXPECT_EQ(w.size(), "9\n");
}

TEST(Witness, GoesOnWhereItWas) {
  Witnessed w;
  ASSERT_TRUE(w.open());
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 5)).status, 200u);
  w.disk.crash(SimulatedDisk::Unsynced::lost);
  ASSERT_TRUE(w.open());
  EXPECT_EQ(w.size(), "5\n");
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(5, 8)).status, 200u);
}

TEST(Witness, DoesNotBeginAnewWhereItsMemoryIsDamaged) {
  Witnessed w;
  ASSERT_TRUE(w.open());
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 5)).status, 200u);
  auto& bytes = w.disk.bytes("/state/logs/" + origin_hash("log.example") + "/checkpoint");
  const auto good = bytes;
  for (const std::size_t at : {std::size_t{3}, std::size_t{14}, good.size() - 9}) {
    bytes = good;
    bytes[at] = bytes[at] == 'A' ? 'B' : 'A';
    const auto opened = w.open();
    ASSERT_FALSE(opened) << at;
    EXPECT_EQ(opened.error().code, "bad_witness_state");
  }
  bytes = good.substr(0, good.size() / 2);
  EXPECT_EQ(w.open().error().code, "bad_witness_state");
  bytes = good;
  EXPECT_TRUE(w.open());
}

/// Every call of the disk fails once, as an error and as a power cut: whatever was signed before and after is one
/// history.
TEST(Witness, SignsOneHistoryWhateverTheDiskDoes) {
  const TestLog other("log.example", 1, 6);
  for (const bool power_off : {false, true}) {
    for (std::uint64_t call = 1;; ++call) {
      Witnessed w;
      ASSERT_TRUE(w.open());
      EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 5)).status, 200u);
      w.disk.fail_call(w.disk.calls() + call, power_off);
      const bool signed_nine = w.witness->add_checkpoint(w.log.request(5, 9)).status == 200;
      const bool failed = w.disk.failed();
      if (power_off) w.disk.crash(SimulatedDisk::Unsynced::torn, call);
      ASSERT_TRUE(w.open());
      EXPECT_TRUE(!signed_nine || w.size() == "9\n") << "signed, and forgotten: call " << call;
      const bool signed_other = w.witness->add_checkpoint(other.request(5, 9)).status == 200;
      EXPECT_FALSE(signed_nine && signed_other) << call;
      if (!failed) break;
    }
  }
}

TEST(Witness, DoesNotSignUnderAClockThatWentBack) {
  Witnessed w;
  ASSERT_TRUE(w.open());
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 5)).status, 200u);
  w.clock.seconds -= 30;
  const auto soon = w.witness->add_checkpoint(w.log.request(5, 6));
  ASSERT_EQ(soon.status, 200u);
  EXPECT_EQ(w.cosignature(soon, w.log.note(6))->time_s, 1'700'000'000u) << "times do not go back";
  w.clock.seconds -= 3'600;
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(6, 7)).status, 503u);
  ASSERT_FALSE(w.told.empty());
  EXPECT_NE(w.told.back().find("clock"), std::string::npos);
  ASSERT_TRUE(w.open()) << "and it is remembered";
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(6, 7)).status, 503u);
  w.clock.seconds += 7'200;
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(6, 7)).status, 200u);
}

TEST(Witness, OfTwoAtOnceSignsOne) {
  const TestLog other("log.example", 1, 6);
  for (int round = 0; round < 50; ++round) {
    Witnessed w;
    ASSERT_TRUE(w.open());
    EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 5)).status, 200u);
    std::atomic<int> signed_count = 0;
    const auto ask = [&](const std::string& body) {
      if (w.witness->add_checkpoint(body).status == 200) ++signed_count;
    };
    std::thread one(ask, w.log.request(5, 9));
    std::thread two(ask, other.request(5, 9));
    one.join();
    two.join();
    EXPECT_EQ(signed_count, 1);
  }
}

TEST(Witness, KnowsALogByAnyOfItsKeys) {
  Witnessed w;
  const auto rotated = key_of("log.example", 7);
  const auto second = VerifierKey::parse(rotated.verifier()).value();
  w.witness = Witness::open({w.disk, w.clock, w.key, w.own}, "/state", std::vector<const Verifier*>{&w.known, &second},
                            [](const std::string&) {})
                  .value();
  EXPECT_EQ(w.witness->logs(), 1u);
  EXPECT_EQ(w.witness->add_checkpoint(w.log.request(0, 5)).status, 200u);
  const auto note = rotated.note(eventstore::checkpoint_text("log.example", 7, base64(w.log.root(0, 7).view())));
  EXPECT_EQ(w.witness->add_checkpoint(add_checkpoint_body(5, w.log.proof(5, 7), note)).status, 200u);
}

}  // namespace
}  // namespace pioneer::api
