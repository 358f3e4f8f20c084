// What contradicts the log is kept with what it contradicts, and told again after a restart, until the log is put
// right.
#include "api/proofs/contradictions.hpp"

#include "adapters/sodium/verifier_key.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/tiles.hpp"
#include "tests/api/proofs/followed.hpp"

namespace pioneer::api {
namespace {

constexpr eventstore::Instant noon{1'700'000'000'000'000};

struct Contradicted : tests::Followed {
  Contradicted() {
    EXPECT_TRUE(open());
    EXPECT_TRUE(checkpoints->follow());
  }
  std::unique_ptr<Contradictions> opened() {
    return Contradictions::open(disk, "/data/checkpoints", *checkpoints, keys).value();
  }
  /// Signed by the log's key.
  std::string note(std::uint64_t size, const eventstore::Hash& of_root) const {
    return key.note(eventstore::checkpoint_text(key.name(), size, base64(of_root.view())));
  }
  std::string other(std::uint64_t size) const { return note(size, eventstore::sha256(eventstore::bytes_of("other"))); }
  std::vector<std::string> files() {
    return disk.list("/data/checkpoints/evidence").value_or(std::vector<std::string>{});
  }

  adapters::VerifierKey verifier = adapters::VerifierKey::parse(key.verifier()).value();
  const std::vector<const Verifier*> keys{&verifier};
};

TEST(Contradictions, AreKeptWithWhatTheyContradictAlsoAfterARestart) {
  Contradicted log;
  const auto found = log.opened();
  const auto ours = *log.checkpoints->newest();
  const auto held = found->hold(log.other(7), "w.example", noon);
  ASSERT_TRUE(held);
  EXPECT_TRUE(held->written);
  EXPECT_TRUE(found->any());
  // The log goes on, and its newest checkpoint is another.
  log.append(log.chain.commits(3));
  ASSERT_TRUE(log.checkpoints->follow());
  ASSERT_NE(*log.checkpoints->newest(), ours);
  for (int restart = 0; restart < 2; ++restart) {
    const auto again = log.opened();
    EXPECT_TRUE(again->any());
    const auto all = again->all();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].theirs, log.other(7));
    EXPECT_EQ(all[0].ours, ours);
    EXPECT_EQ(all[0].witness, "w.example");
    EXPECT_EQ(all[0].seen, noon);
    EXPECT_TRUE(all[0].file.starts_with("evidence/7-")) << all[0].file;
    EXPECT_FALSE(again->hold(log.other(7), "w.example", noon)) << "it is known";
  }
  EXPECT_EQ(log.files().size(), 3U);
}

TEST(Contradictions, AreWhatOurKeySignedAndOurLogDoesNotLeadTo) {
  Contradicted log;
  const auto found = log.opened();
  EXPECT_FALSE(found->hold(*log.checkpoints->newest(), "w", noon));
  EXPECT_FALSE(found->hold(log.note(4, log.checkpoints->root_at(4).value()), "w", noon)) << "an older one of ours";
  EXPECT_FALSE(found->hold("nothing", "w", noon));
  const auto stranger = tests::test_key("test.log", 9);
  const auto text = eventstore::checkpoint_text("test.log", 99, base64(log.root().view()));
  EXPECT_FALSE(found->hold(stranger.note(text), "w", noon)) << "another key's";
  EXPECT_FALSE(found->any());
  EXPECT_TRUE(found->all().empty());
  EXPECT_TRUE(found->hold(log.note(99, log.root()), "w", noon)) << "more than we have";
  EXPECT_TRUE(found->any());
}

TEST(Contradictions, StandUntilTheLogLeadsToThemAgain) {
  Contradicted log;
  tests::Followed whole;
  ASSERT_TRUE(whole.open());
  whole.append(whole.chain.commits(5));
  ASSERT_TRUE(whole.checkpoints->follow());
  ASSERT_TRUE(log.opened()->hold(*whole.checkpoints->newest(), "w", noon)) << "of 15 records, where 10 are";
  ASSERT_TRUE(log.opened()->any());
  // What it signed meanwhile is the proof for ever; but this log is whole again.
  const auto restored = Contradictions::open(log.disk, "/data/checkpoints", *whole.checkpoints, log.keys).value();
  EXPECT_FALSE(restored->any());
  ASSERT_EQ(restored->all().size(), 1U);
  EXPECT_FALSE(restored->all()[0].stands);
}

/// A log that other nodes write, too: `topic` is what they and we have written by now, `log` what this one has read.
struct Shared : Contradicted {
  Shared() {
    whole.append(whole.chain.commits(5));
    EXPECT_TRUE(whole.open());
    EXPECT_TRUE(whole.checkpoints->follow());
  }
  std::unique_ptr<Contradictions> opened() {
    return Contradictions::open(disk, "/data/checkpoints", *checkpoints, keys,
                                [this] {
                                  ++asked;
                                  return reachable ? eventstore::Result<std::uint64_t>(end)
                                                   : eventstore::failure("broker_unreachable", "",
                                                                         eventstore::Retry::can_help);
                                })
        .value();
  }
  void read_on() {
    append(chain.commits(5));
    ASSERT_TRUE(checkpoints->follow());
    ASSERT_EQ(*checkpoints->newest(), *whole.checkpoints->newest()) << "nodes of one log sign alike";
  }

  tests::Followed whole;   ///< of another node, five commits ahead
  std::uint64_t end = 15;  ///< of the topic
  bool reachable = true;
  int asked = 0;
};

TEST(Contradictions, OfManyNodesAreNoneWhereOneIsMerelyBehind) {
  Shared log;
  const auto found = log.opened();
  EXPECT_FALSE(found->hold(*log.whole.checkpoints->newest(), "w", noon));
  EXPECT_EQ(log.asked, 1) << "the topic's end was looked at";
  EXPECT_TRUE(found->judge().empty());
  EXPECT_FALSE(found->any());
  log.read_on();
  EXPECT_TRUE(found->judge().empty());
  EXPECT_FALSE(found->any());
  EXPECT_TRUE(log.files().empty());
}

TEST(Contradictions, OfManyNodesAreJudgedByTheirRootOnceThisOneHasComeSoFar) {
  Shared log;
  const auto found = log.opened();
  const auto forged = log.other(15);
  EXPECT_FALSE(found->hold(forged, "w", noon));
  EXPECT_FALSE(found->hold(forged, "w", noon)) << "it waits already";
  EXPECT_TRUE(found->judge().empty());
  log.read_on();
  const auto judged = found->judge();
  ASSERT_EQ(judged.size(), 1U);
  EXPECT_TRUE(judged[0].written);
  EXPECT_EQ(judged[0].kept.theirs, forged);
  EXPECT_EQ(judged[0].kept.ours, *log.checkpoints->newest());
  EXPECT_EQ(judged[0].kept.witness, "w");
  EXPECT_TRUE(found->any());
  EXPECT_TRUE(found->judge().empty()) << "it is told once";
  EXPECT_TRUE(log.opened()->any());
}

TEST(Contradictions, OfManyNodesAreThoseThatATopicReadToItsEndDoesNotReach) {
  Shared log;
  log.end = 12;
  log.reachable = false;
  const auto found = log.opened();
  const auto& theirs = *log.whole.checkpoints->newest();
  EXPECT_FALSE(found->hold(theirs, "w", noon)) << "nobody knows where it ends";
  EXPECT_FALSE(found->any());
  log.reachable = true;
  const auto held = found->hold(theirs, "w", noon);
  ASSERT_TRUE(held) << "it lost its end";
  EXPECT_EQ(held->kept.theirs, theirs);
  EXPECT_TRUE(found->any());
  EXPECT_FALSE(found->hold(theirs, "w", noon)) << "it is known";
  EXPECT_TRUE(log.opened()->any()) << "also after a restart";
}

TEST(Contradictions, StandNoLongerOnceTheRunningLogLeadsToThem) {
  Shared log;
  log.end = 12;
  const auto found = log.opened();
  ASSERT_TRUE(found->hold(*log.whole.checkpoints->newest(), "w", noon));
  ASSERT_TRUE(found->hold(log.other(14), "w", noon));
  EXPECT_EQ(found->standing(), 2U);
  EXPECT_TRUE(found->judge().empty());
  EXPECT_EQ(found->standing(), 2U) << "this log has not come so far";
  log.read_on();
  EXPECT_TRUE(found->judge().empty());
  EXPECT_EQ(found->standing(), 1U) << "the other one is of no history of ours";
  EXPECT_EQ(found->all().size(), 2U) << "what was seen stays";
}

TEST(Contradictions, AreNotMoreThanMayFillOurDisk) {
  Contradicted log;
  const auto found = log.opened();
  for (std::uint64_t size = 100; size < 100 + Contradictions::kept_max; ++size)
    EXPECT_TRUE(found->hold(log.other(size), "w", noon));
  EXPECT_FALSE(found->hold(log.other(1'000), "w", noon));
  EXPECT_EQ(log.files().size(), 3 * Contradictions::kept_max);
  EXPECT_EQ(log.opened()->all().size(), Contradictions::kept_max);
}

}  // namespace
}  // namespace pioneer::api
