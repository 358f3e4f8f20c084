// The log's index on both stores.
#include <gtest/gtest.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <map>

#include "adapters/memory/memory_store.hpp"
#include "adapters/rocksdb/rocksdb_store.hpp"
#include "eventstore/log_index.hpp"

namespace pioneer::eventstore {
namespace {

struct InMemory {
  adapters::MemoryStore store;
};

struct OnDisk {
  std::string directory =
      (std::filesystem::temp_directory_path() / ("pioneer-log-index-" + std::to_string(::getpid()))).string();
  std::unique_ptr<adapters::RocksDbStore> held = fresh();
  KeyValueStore& store = *held;
  std::unique_ptr<adapters::RocksDbStore> fresh() {
    std::filesystem::remove_all(directory);
    return adapters::RocksDbStore::open(directory).value();
  }
  ~OnDisk() {
    held.reset();
    std::filesystem::remove_all(directory);
  }
};

template <class Where>
class LogIndexContract : public ::testing::Test {
 protected:
  Where where;
  LogIndex index = LogIndex::open(where.store).value();
  std::map<std::string, std::uint64_t> revisions;
  std::deque<CommitBody> bodies;
  std::vector<Indexed> pending;
  std::uint64_t sequence = 0;

  void commit(std::initializer_list<std::pair<std::string, int>> parts, std::string once = {}) {
    auto& body = bodies.emplace_back();
    body.set_once(std::move(once));
    for (const auto& [stream, events] : parts) {
      auto* const part = body.add_parts();
      part->set_stream(stream);
      part->set_first_revision(revisions[stream]);
      revisions[stream] += static_cast<std::uint64_t>(events);
      for (int i = 0; i < events; ++i) part->add_events()->set_type("E");
    }
    pending.push_back({Sequence(sequence++), &body});
  }
  void opened() { pending.push_back({Sequence(sequence++), nullptr}); }
  void apply() {
    WriteBatch batch;
    ASSERT_TRUE(index.apply(pending, batch));
    ASSERT_TRUE(where.store.write(batch));
    pending.clear();
  }
  std::string entries(std::string_view stream, std::uint64_t from = 0, std::size_t limit = 100) {
    std::string text;
    const auto found = index.stream(stream, Revision(from), limit).value();
    for (const auto& e : found) {
      text +=
          std::to_string(e.first.value) + "+" + std::to_string(e.count) + "@" + std::to_string(e.sequence.value) + " ";
    }
    return text;
  }
};

using Stores = ::testing::Types<InMemory, OnDisk>;
TYPED_TEST_SUITE(LogIndexContract, Stores);

TYPED_TEST(LogIndexContract, FindsAStreamsCommitsOverBatches) {
  this->opened();
  this->commit({{"product/a", 1}, {"request/b", 2}});
  this->commit({{"product/a", 3}});
  this->apply();
  this->commit({{"product/a", 1}});
  this->commit({{"product/aa", 1}});
  this->apply();
  EXPECT_EQ(this->entries("product/a"), "0+1@1 1+3@2 4+1@3 ");
  EXPECT_EQ(this->entries("product/a", 2), "1+3@2 4+1@3 ");
  EXPECT_EQ(this->entries("product/a", 4), "4+1@3 ");
  EXPECT_EQ(this->entries("product/a", 5), "");
  EXPECT_EQ(this->entries("product/a", 0, 2), "0+1@1 1+3@2 ");
  EXPECT_EQ(this->entries("request/b"), "0+2@1 ");
  EXPECT_EQ(this->entries("product/aa"), "0+1@4 ");
  EXPECT_EQ(this->entries("product/"), "");
  EXPECT_EQ(this->index.revision("product/a").value(), 5u);
  EXPECT_EQ(this->index.revision("product/none").value(), 0u);
}

TYPED_TEST(LogIndexContract, WritesOneRowForAStreamInABatch) {
  for (int i = 0; i < 100; ++i) this->commit({{"product/a", 1}});
  WriteBatch batch;
  ASSERT_TRUE(this->index.apply(this->pending, batch));
  EXPECT_EQ(batch.changes().size(), 2u);  // the row and the position
}

TYPED_TEST(LogIndexContract, RemembersCommandsForEver) {
  const std::string mac(16, 'm');
  this->opened();
  this->commit({{"product/a", 1}}, mac);
  this->apply();
  EXPECT_EQ(this->index.once(CommandMac::of(mac)).value(), Sequence(1));
  EXPECT_EQ(this->index.once(CommandMac::of(std::string(16, 'n'))).value(), std::nullopt);
}

TYPED_TEST(LogIndexContract, GoesOnWhereItStood) {
  this->commit({{"product/a", 1}});
  this->apply();
  auto again = LogIndex::open(this->where.store).value();
  EXPECT_EQ(again.position(), Sequence(1));
}

TYPED_TEST(LogIndexContract, ABatchThatWasNotWrittenNeverHappened) {
  this->commit({{"product/a", 1}});
  WriteBatch lost;
  ASSERT_TRUE(this->index.apply(this->pending, lost));
  EXPECT_EQ(LogIndex::open(this->where.store).value().position(), Sequence(0));
  EXPECT_EQ(this->entries("product/a"), "");
}

TYPED_TEST(LogIndexContract, RefusesAGap) {
  this->commit({{"product/a", 1}});
  this->pending[0].sequence = Sequence(1);
  WriteBatch batch;
  EXPECT_EQ(this->index.apply(this->pending, batch).error().code, "out_of_order");
  EXPECT_TRUE(batch.empty());
}

}  // namespace
}  // namespace pioneer::eventstore
