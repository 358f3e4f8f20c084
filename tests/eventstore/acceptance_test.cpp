// The six rules of acceptance, a row for each way in which a record can meet them, and what must hold over any log.
#include "eventstore/acceptance.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "eventstore/limits.hpp"
#include "tests/eventstore/chain.hpp"

namespace pioneer::eventstore {
namespace {

using tests::Chain;

WriterId writer(unsigned char name) {
  WriterId id;
  id.bytes.fill(std::byte{name});
  return id;
}

/// States in which a record can arrive.
enum class At { genesis, fenced, open };

/// Epoch 2 by writer 2 after an epoch of three leaves; fenced only, or open with one leaf more.
Chain chain_at(At at) {
  Chain chain(LogState::genesis(tests::test_log_id()));
  if (at == At::genesis) return chain;
  static_cast<void>(chain.epoch(1, 3));
  static_cast<void>(chain.fence(2));
  if (at == At::open) static_cast<void>(chain.opened());
  return chain;
}

struct Row {
  const char* what;
  At at;
  RecordKind kind;
  std::function<void(RecordHeader&)> change;  ///< of the header that would be accepted
  Verdict verdict;
};

void unchanged(RecordHeader&) {}
void fence_next(RecordHeader& h) { h.epoch = h.epoch.plus(1), h.writer = writer(9); }
void too_new(RecordHeader& h) { h.feature_level = FeatureLevel(limits::feature_level + 1); }
void format_too_new(RecordHeader& h) { h.format = limits::format + 1; }

const Row rows[] = {
    // Rule 1
    {"a foreign log", At::open, RecordKind::commit, [](auto& h) { h.log_id.bytes[3] ^= std::byte{1}; },
     Verdict::void_record},
    {"a fence of a foreign log", At::open, RecordKind::fence,
     [](auto& h) { fence_next(h), h.log_id.bytes[3] ^= std::byte{1}; }, Verdict::void_record},
    // Rule 2
    {"the first fence", At::genesis, RecordKind::fence, fence_next, Verdict::accepted_fence},
    {"a fence while the epoch is not open", At::fenced, RecordKind::fence, fence_next, Verdict::accepted_fence},
    {"a fence while it is", At::open, RecordKind::fence, fence_next, Verdict::accepted_fence},
    {"a fence of this epoch", At::open, RecordKind::fence, unchanged, Verdict::void_record},
    {"a fence of a lower epoch", At::open, RecordKind::fence, [](auto& h) { h.epoch = Epoch(1); },
     Verdict::void_record},
    {"a fence of epoch 0", At::genesis, RecordKind::fence, unchanged, Verdict::void_record},
    {"a fence two epochs on", At::open, RecordKind::fence, [](auto& h) { h.epoch = h.epoch.plus(2); }, Verdict::fork},
    {"a fence of the last epoch of all", At::genesis, RecordKind::fence, [](auto& h) { h.epoch = Epoch(~0ull); },
     Verdict::fork},
    // Rule 3
    {"a commit of a lower epoch", At::open, RecordKind::commit, [](auto& h) { h.epoch = Epoch(1); },
     Verdict::void_record},
    {"an opened of a lower epoch", At::fenced, RecordKind::opened, [](auto& h) { h.epoch = Epoch(1); },
     Verdict::void_record},
    {"a commit of a lower epoch by its writer, before this one is open", At::fenced, RecordKind::commit,
     [](auto& h) { h.epoch = Epoch(1), h.writer = writer(1); }, Verdict::void_record},
    {"a commit of a higher epoch", At::open, RecordKind::commit, [](auto& h) { h.epoch = h.epoch.plus(1); },
     Verdict::fork},
    {"an opened of a higher epoch", At::fenced, RecordKind::opened, [](auto& h) { h.epoch = h.epoch.plus(1); },
     Verdict::fork},
    {"a commit by another writer", At::open, RecordKind::commit, [](auto& h) { h.writer = writer(9); }, Verdict::fork},
    {"an opened by another writer", At::fenced, RecordKind::opened, [](auto& h) { h.writer = writer(9); },
     Verdict::fork},
    {"an opened before any fence", At::genesis, RecordKind::opened, unchanged, Verdict::fork},
    {"a commit before any fence", At::genesis, RecordKind::commit, unchanged, Verdict::fork},
    // Rule 4
    {"the opened of the epoch", At::fenced, RecordKind::opened, unchanged, Verdict::accepted_leaf},
    {"a commit first in the epoch", At::fenced, RecordKind::commit, unchanged, Verdict::fork},
    {"an opened with a higher sequence", At::fenced, RecordKind::opened, [](auto& h) { ++h.sequence; }, Verdict::fork},
    {"an opened with a lower sequence", At::fenced, RecordKind::opened, [](auto& h) { h.sequence = Sequence(0); },
     Verdict::fork},
    {"an opened with another hash", At::fenced, RecordKind::opened,
     [](auto& h) { h.previous_hash.bytes[31] ^= std::byte{1}; }, Verdict::fork},
    // Rule 5
    {"a commit", At::open, RecordKind::commit, unchanged, Verdict::accepted_leaf},
    {"a commit again", At::open, RecordKind::commit, [](auto& h) { h.sequence = Sequence(h.sequence.value - 1); },
     Verdict::void_record},
    {"a commit too far", At::open, RecordKind::commit, [](auto& h) { ++h.sequence; }, Verdict::void_record},
    {"a commit with another hash", At::open, RecordKind::commit,
     [](auto& h) { h.previous_hash.bytes[0] ^= std::byte{1}; }, Verdict::void_record},
    {"a second opened", At::open, RecordKind::opened, unchanged, Verdict::void_record},
    // Rule 6
    {"a commit of a higher feature level", At::open, RecordKind::commit, too_new, Verdict::stop},
    {"an opened of a higher feature level", At::fenced, RecordKind::opened, too_new, Verdict::stop},
    {"a fence of a higher feature level", At::open, RecordKind::fence, [](auto& h) { fence_next(h), too_new(h); },
     Verdict::stop},
    {"a commit of a newer format", At::open, RecordKind::commit, format_too_new, Verdict::stop},
    {"a fence of a newer format", At::open, RecordKind::fence, [](auto& h) { fence_next(h), format_too_new(h); },
     Verdict::stop},
    {"a newer commit that does not count anyway", At::open, RecordKind::commit,
     [](auto& h) { ++h.sequence, too_new(h); }, Verdict::void_record},
    {"a newer commit that shows a fork anyway", At::open, RecordKind::commit,
     [](auto& h) { h.epoch = h.epoch.plus(1), format_too_new(h); }, Verdict::fork},
    {"a commit of this build's level", At::open, RecordKind::commit,
     [](auto& h) { h.feature_level = FeatureLevel(limits::feature_level); }, Verdict::accepted_leaf},
};

class Rules : public testing::TestWithParam<Row> {};

TEST_P(Rules, JudgeAsWritten) {
  const auto& row = GetParam();
  const auto chain = chain_at(row.at);
  auto header = chain.base(row.kind);
  row.change(header);
  const auto record = encode_record(header, "a body");
  auto state = chain.state();
  const auto judgement = accept(state, bytes_of(record));
  EXPECT_EQ(judgement.verdict, row.verdict) << judgement.reason;
  EXPECT_STRNE(judgement.reason, "");

  auto expected = chain.state();
  if (row.verdict == Verdict::accepted_leaf) {
    expected.open = true;
    expected.head = leaf_hash(bytes_of(record));
    ++expected.next;
    EXPECT_EQ(judgement.leaf, expected.head);
  } else if (row.verdict == Verdict::accepted_fence) {
    expected.open = false;
    expected.epoch = header.epoch;
    expected.writer = header.writer;
    expected.fence_hash = leaf_hash(bytes_of(record));
    EXPECT_EQ(judgement.leaf, expected.fence_hash);
  } else {
    EXPECT_TRUE(judgement.leaf.is_zero());
  }
  EXPECT_EQ(state, expected);
}

INSTANTIATE_TEST_SUITE_P(Acceptance, Rules, testing::ValuesIn(rows), [](const auto& row) {
  std::string name = row.param.what;
  for (auto& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

TEST(Acceptance, VoidsWhateverIsNoRecord) {
  auto chain = chain_at(At::open);
  const auto before = chain.state();
  const auto good = chain.commit("a body");
  auto state = before;
  EXPECT_EQ(accept(state, {}).verdict, Verdict::void_record);
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] ^= 0x10;
    EXPECT_EQ(accept(state, bytes_of(bad)).verdict, Verdict::void_record) << "byte " << at;
    EXPECT_EQ(state, before);
  }
  EXPECT_EQ(accept(state, bytes_of(good.substr(0, good.size() - 1))).verdict, Verdict::void_record);
  EXPECT_EQ(accept(state, bytes_of(good)).verdict, Verdict::accepted_leaf);
}

/// Any mixture of good, repeated, late and foreign records: what is accepted is one chain, numbered without a gap, and
/// records that were void change nothing if they are taken out.
TEST(Acceptance, KeepsOneChainInAnyMixture) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Chain chain(LogState::genesis(tests::test_log_id()));
    std::vector<std::string> log;
    for (unsigned char epoch = 1; epoch <= 4; ++epoch)
      for (auto& record : chain.epoch(epoch, 1 + random() % 5, 20)) {
        log.push_back(std::move(record));
        // Duplicates and zombies: anything that was written before arrives again.
        while (random() % 3 == 0) log.push_back(log[random() % log.size()]);
      }
    auto state = LogState::genesis(tests::test_log_id());
    auto without_void = state;
    for (const auto& record : log) {
      const auto before = state;
      const auto judgement = accept(state, bytes_of(record));
      ASSERT_NE(judgement.verdict, Verdict::stop);
      // Nothing was lost, so nothing may look so: except the first records of an epoch that is not open yet.
      if (judgement.verdict == Verdict::fork) {
        ASSERT_FALSE(before.open) << judgement.reason;
        ASSERT_EQ(state, before);
        continue;
      }
      if (judgement.verdict == Verdict::void_record) {
        ASSERT_EQ(state, before);
        continue;
      }
      ASSERT_EQ(accept(without_void, bytes_of(record)).verdict, judgement.verdict);
      ASSERT_EQ(state, without_void);
      if (judgement.verdict == Verdict::accepted_leaf) {
        const auto header = *decode_record(bytes_of(record));
        ASSERT_EQ(header.sequence, before.next);
        ASSERT_EQ(header.previous_hash, before.head);
        ASSERT_EQ(state.next, before.next.plus(1));
      }
    }
    EXPECT_EQ(state, chain.state());
  }
}

/// A log that lost a record is never taken for a whole one: the rest is void or a fork, never accepted as if nothing
/// was.
TEST(Acceptance, NoticesALostRecord) {
  Chain chain(LogState::genesis(tests::test_log_id()));
  std::vector<std::string> log;
  for (unsigned char epoch = 1; epoch <= 3; ++epoch)
    for (auto& record : chain.epoch(epoch, 4, 20)) log.push_back(std::move(record));
  for (std::size_t lost = 0; lost + 1 < log.size(); ++lost) {
    auto state = LogState::genesis(tests::test_log_id());
    bool forked = false;
    bool voided = false;
    for (std::size_t i = 0; i < log.size() && !forked; ++i) {
      if (i == lost) continue;
      const auto verdict = accept(state, bytes_of(log[i])).verdict;
      forked = verdict == Verdict::fork;
      voided = voided || verdict == Verdict::void_record;
    }
    EXPECT_TRUE(forked || voided) << "record " << lost;
    EXPECT_NE(state, chain.state());
  }
}

}  // namespace
}  // namespace pioneer::eventstore
