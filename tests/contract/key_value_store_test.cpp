// What every ordered store must do: the same cases run on RocksDB and in memory.
#include <gtest/gtest.h>
#include <unistd.h>
#include <array>

#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/memory/memory_store.hpp"
#include "adapters/rocksdb/rocksdb_store.hpp"

namespace pioneer {
namespace {

using eventstore::KeyValueStore;
using eventstore::Table;
using eventstore::WriteBatch;

std::string scratch_directory() {
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  static int made = 0;  // a test may want several
  std::string name =
      std::string(test->test_suite_name()) + test->name() + std::to_string(::getpid()) + "-" + std::to_string(++made);
  for (auto& c : name) {
    if (c == '/') c = '-';
  }
  const auto path = std::filesystem::temp_directory_path() / ("pioneer-" + name);
  std::filesystem::remove_all(path);
  return path.string();
}

struct InMemory {
  std::unique_ptr<KeyValueStore> store = std::make_unique<adapters::MemoryStore>();
};

struct OnDisk {
  std::string directory = scratch_directory();
  std::unique_ptr<KeyValueStore> store = adapters::RocksDbStore::open(directory).value();
  ~OnDisk() {
    store.reset();
    std::filesystem::remove_all(directory);
  }
};

template <class Where>
class KeyValueStoreContract : public ::testing::Test {
 protected:
  Where where;
  KeyValueStore& store = *where.store;

  Table table(std::string_view name) { return store.table(name).value(); }
  void put(Table into, std::string key, std::string value) {
    WriteBatch batch;
    batch.put(into, std::move(key), std::move(value));
    ASSERT_TRUE(store.write(batch));
  }
  std::string all(Table from) {
    std::string text;
    const auto rows = store.cursor(from);
    for (rows->seek(""); rows->valid(); rows->next())
      text.append(rows->key()).append("=").append(rows->value()).append(" ");
    EXPECT_TRUE(rows->status());
    return text;
  }
};

using Stores = ::testing::Types<InMemory, OnDisk>;
using Change = std::pair<std::string, std::optional<std::string>>;

eventstore::SortedChanges run(std::vector<Change> changes) {
  return [changes = std::move(changes), at = std::size_t{0}]() mutable -> std::optional<eventstore::SortedChange> {
    if (at == changes.size()) return std::nullopt;
    const auto& [key, value] = changes[at++];
    eventstore::SortedChange change{key, std::nullopt};
    if (value) change.value = *value;
    return change;
  };
}

TYPED_TEST_SUITE(KeyValueStoreContract, Stores);

TYPED_TEST(KeyValueStoreContract, PurgeKeepsWhatStands) {
  const auto rows = this->table("rows");
  this->put(rows, "a", "1");
  this->put(rows, "a", "2");
  this->put(rows, "b", "1");
  WriteBatch batch;
  batch.erase(rows, "b");
  ASSERT_TRUE(this->store.write(batch));
  ASSERT_TRUE(this->store.purge(rows));
  EXPECT_EQ(this->all(rows), "a=2 ");
}

TYPED_TEST(KeyValueStoreContract, ReadsWhatWasWritten) {
  const auto t = this->table("a");
  EXPECT_EQ(this->store.get(t, "k").value(), std::nullopt);
  this->put(t, "k", "one");
  EXPECT_EQ(this->store.get(t, "k").value(), "one");
  this->put(t, "k", "two");
  EXPECT_EQ(this->store.get(t, "k").value(), "two");
}

TYPED_TEST(KeyValueStoreContract, KeepsZeroBytesAndEmptyValues) {
  const auto t = this->table("a");
  const std::string key("a\0b", 3);
  this->put(t, key, "");
  this->put(t, "a", std::string("\0", 1));
  EXPECT_EQ(this->store.get(t, key).value(), "");
  EXPECT_EQ(this->store.get(t, "a").value(), std::string("\0", 1));
}

TYPED_TEST(KeyValueStoreContract, LaterChangesOfABatchWin) {
  const auto t = this->table("a");
  WriteBatch batch;
  batch.put(t, "k", "one");
  batch.erase(t, "k");
  batch.put(t, "l", "one");
  batch.put(t, "l", "two");
  batch.erase(t, "absent");
  ASSERT_TRUE(this->store.write(batch));
  EXPECT_EQ(this->all(t), "l=two ");
}

TYPED_TEST(KeyValueStoreContract, TablesDoNotMix) {
  const auto a = this->table("a");
  const auto b = this->table("b");
  this->put(a, "k", "in a");
  EXPECT_EQ(this->store.get(b, "k").value(), std::nullopt);
  EXPECT_EQ(this->table("a").number, a.number);
  EXPECT_EQ(this->store.tables(), (std::vector<std::string>{"a", "b"}));
}

TYPED_TEST(KeyValueStoreContract, ABatchOverSeveralTablesIsWholeOrNothing) {
  const auto a = this->table("a");
  this->table("b");
  ASSERT_TRUE(this->store.drop_table("b"));
  WriteBatch batch;
  batch.put(a, "k", "v");
  batch.put(Table{a.number + 1}, "k", "v");
  EXPECT_EQ(this->store.write(batch).error().code, "no_such_table");
  EXPECT_EQ(this->all(a), "");
}

TYPED_TEST(KeyValueStoreContract, DroppedTablesComeBackEmpty) {
  auto t = this->table("a");
  this->put(t, "k", "v");
  ASSERT_TRUE(this->store.drop_table("a"));
  ASSERT_TRUE(this->store.drop_table("never there"));
  EXPECT_EQ(this->store.get(t, "k").error().code, "no_such_table");
  const auto gone = this->store.cursor(t);
  gone->seek("");
  EXPECT_FALSE(gone->valid());
  EXPECT_FALSE(gone->status());
  t = this->table("a");
  EXPECT_EQ(this->all(t), "");
}

TYPED_TEST(KeyValueStoreContract, CursorsWalkInByteOrder) {
  const auto t = this->table("a");
  for (const char* key : {"b", "a", "\xff", "ab", "c"}) this->put(t, key, "");
  EXPECT_EQ(this->all(t), "a= ab= b= c= \xff= ");
  const auto rows = this->store.cursor(t);
  rows->seek("aa");
  EXPECT_EQ(rows->key(), "ab");
  rows->prev();
  EXPECT_EQ(rows->key(), "a");
  rows->prev();
  EXPECT_FALSE(rows->valid());
  rows->seek_for_prev("bb");
  EXPECT_EQ(rows->key(), "b");
  rows->seek_for_prev("b");
  EXPECT_EQ(rows->key(), "b");
  rows->seek_for_prev("A");
  EXPECT_FALSE(rows->valid());
  rows->seek("\xff\xff");
  EXPECT_FALSE(rows->valid());
}

TYPED_TEST(KeyValueStoreContract, CursorsSeeTheTableAsItStood) {
  const auto t = this->table("a");
  this->put(t, "k", "one");
  const auto rows = this->store.cursor(t);
  this->put(t, "k", "two");
  this->put(t, "l", "new");
  rows->seek("");
  ASSERT_TRUE(rows->valid());
  EXPECT_EQ(rows->value(), "one");
  rows->next();
  EXPECT_FALSE(rows->valid());
  EXPECT_EQ(this->all(t), "k=two l=new ");
}

TYPED_TEST(KeyValueStoreContract, CursorsOutliveADropOfTheirTable) {
  const auto t = this->table("a");
  this->put(t, "k", "v");
  const auto rows = this->store.cursor(t);
  ASSERT_TRUE(this->store.drop_table("a"));
  rows->seek("");
  ASSERT_TRUE(rows->valid());
  EXPECT_EQ(rows->value(), "v");
}

TYPED_TEST(KeyValueStoreContract, IngestsSortedRowsBesideWrittenOnes) {
  const auto t = this->table("a");
  this->put(t, "b", "written");
  ASSERT_TRUE(this->store.ingest_sorted(t, run({{"a", "1"}, {"c", "2"}})));
  ASSERT_TRUE(this->store.ingest_sorted(t, run({{"d", "3"}, {"e", "4"}})));
  ASSERT_TRUE(this->store.ingest_sorted(t, run({})));
  this->put(t, "c", "written later");
  EXPECT_EQ(this->all(t), "a=1 b=written c=written later d=3 e=4 ");
  EXPECT_EQ(this->store.ingest_sorted(t, run({{"y", ""}, {"x", ""}})).error().code, "not_sorted");
  EXPECT_EQ(this->all(t), "a=1 b=written c=written later d=3 e=4 ");
}

TYPED_TEST(KeyValueStoreContract, ASortedRunReplacesAndDeletesWhatIsThere) {
  const auto t = this->table("a");
  this->put(t, "a", "written");
  this->put(t, "b", "written");
  ASSERT_TRUE(this->store.ingest_sorted(t, run({{"a", "1"}, {"c", "2"}, {"d", "3"}})));
  ASSERT_TRUE(this->store.ingest_sorted(t, run({{"b", std::nullopt}, {"c", "4"}, {"d", std::nullopt}})));
  EXPECT_EQ(this->all(t), "a=1 c=4 ");
  EXPECT_EQ(this->store.get(t, "d").value(), std::nullopt);
}

TYPED_TEST(KeyValueStoreContract, ReadersRunBesideTheWriter) {
  const auto t = this->table("a");
  // A pair of rows always changes together; a cursor must never see half of it.
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::thread reader([&] {
    while (!done) {
      const auto rows = this->store.cursor(t);
      rows->seek("");
      if (!rows->valid()) continue;
      const std::string first(rows->value());
      rows->next();
      if (!rows->valid() || rows->value() != first) ++torn;
    }
  });
  for (int i = 0; i < 2000; ++i) {
    WriteBatch batch;
    batch.put(t, "x", std::to_string(i));
    batch.put(t, "y", std::to_string(i));
    ASSERT_TRUE(this->store.write(batch));
  }
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(this->all(t), "x=1999 y=1999 ");
}

TYPED_TEST(KeyValueStoreContract, FlushKeepsEverything) {
  const auto t = this->table("a");
  this->put(t, "k", "v");
  ASSERT_TRUE(this->store.flush());
  EXPECT_EQ(this->all(t), "k=v ");
}

TEST(RocksDbStore, KeepsTablesAndRowsOverAReopen) {
  OnDisk where;
  {
    const auto t = where.store->table("a").value();
    WriteBatch batch;
    batch.put(t, "k", "v");
    ASSERT_TRUE(where.store->write(batch));
    ASSERT_TRUE(where.store->table("b"));
    ASSERT_TRUE(where.store->drop_table("b"));
  }
  where.store.reset();
  where.store = adapters::RocksDbStore::open(where.directory).value();
  EXPECT_EQ(where.store->tables(), (std::vector<std::string>{"a"}));
  EXPECT_EQ(where.store->get(where.store->table("a").value(), "k").value(), "v");
}

TEST(RocksDbStore, SaysThatAnotherHasIt) {
  OnDisk where;
  const auto second = adapters::RocksDbStore::open(where.directory);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "database_in_use");
  EXPECT_EQ(second.error().retry, eventstore::Retry::can_help);
}

TEST(RocksDbStore, SaysThatItIsDamaged) {
  OnDisk where;
  ASSERT_TRUE(where.store->table("a"));
  where.store.reset();
  for (const auto& file : std::filesystem::directory_iterator(where.directory)) {
    if (file.path().filename().string().starts_with("MANIFEST")) std::filesystem::resize_file(file.path(), 20);
  }
  const auto damaged = adapters::RocksDbStore::open(where.directory);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, "database_damaged");
  EXPECT_NE(damaged.error().detail.find(where.directory), std::string::npos);
}

TEST(RocksDbStore, SaysThatAFileOfRowsIsDamaged) {
  OnDisk where;
  WriteBatch batch;
  const auto t = where.store->table("a").value();
  for (int i = 0; i < 100; ++i) batch.put(t, "k" + std::to_string(i), std::string(100, 'v'));
  ASSERT_TRUE(where.store->write(batch));
  where.store.reset();
  bool flipped = false;
  for (const auto& file : std::filesystem::directory_iterator(where.directory)) {
    if (file.path().extension() != ".sst") continue;
    auto* const f = std::fopen(file.path().c_str(), "r+b");
    ASSERT_NE(f, nullptr);
    std::fseek(f, 64, SEEK_SET);
    std::fputc(0xff, f);
    std::fclose(f);
    flipped = true;
  }
  ASSERT_TRUE(flipped);
  auto opened = adapters::RocksDbStore::open(where.directory);
  ASSERT_TRUE(opened);
  const auto read = (*opened)->get((*opened)->table("a").value(), "k1");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "database_damaged");
  where.store = std::move(*opened);
}

TEST(RocksDbCache, SharedByTwoStoresMixesNothing) {
  adapters::RocksDbOptions options;
  options.block_cache = adapters::BlockCache::of_bytes(1 << 20);
  std::array<OnDisk, 2> where;
  for (std::size_t i = 0; i < where.size(); ++i) {
    where[i].store.reset();
    where[i].store = adapters::RocksDbStore::open(where[i].directory, options).value();
    WriteBatch batch;
    batch.put(where[i].store->table("rows").value(), "key", "of store " + std::to_string(i));
    ASSERT_TRUE(where[i].store->write(batch));
    ASSERT_TRUE(where[i].store->flush());
  }
  for (int time = 0; time < 2; ++time) {
    for (std::size_t i = 0; i < where.size(); ++i) {
      const auto rows = where[i].store->table("rows").value();
      EXPECT_EQ(where[i].store->get(rows, "key").value(), "of store " + std::to_string(i));
    }
  }
}

TEST(RocksDbPurge, LeavesNoByteOfWhatWasErased) {
  OnDisk where;
  where.store.reset();
  adapters::RocksDbOptions options;
  options.forgets_keys = true;
  where.store = adapters::RocksDbStore::open(where.directory, options).value();
  const auto rows = where.store->table("rows").value();
  const std::string marker = "not-to-be-found-any-more";
  WriteBatch batch;
  for (int i = 0; i < 100; ++i) batch.put(rows, "key-" + std::to_string(i) + marker, marker);
  ASSERT_TRUE(where.store->write(batch));
  ASSERT_TRUE(where.store->flush());
  batch.clear();
  for (int i = 0; i < 100; ++i) batch.erase(rows, "key-" + std::to_string(i) + marker);
  ASSERT_TRUE(where.store->write(batch));
  ASSERT_TRUE(where.store->purge(rows));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(where.directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find(marker), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace pioneer
