// Keyrings of nodes that share a log, over a real broker's table.
#include "api/server/shared_keys.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/sodium/sodium.hpp"
#include "eventstore/whole_file.hpp"
#include "tests/adapters/keyring/faulty_disk.hpp"
#include "tests/process/kafka_broker.hpp"

namespace pioneer::server {
namespace {

using namespace std::chrono_literals;
using api::KeyKind;
using api::KeyState;
using domain::Id;
using tests::KafkaBroker;

/// Of an entry in the table, as adapters/keyring/sharing.hpp draws it.
constexpr std::size_t erased_bytes = 44;
constexpr std::size_t active_bytes = erased_bytes + 72;

const auto log_id = eventstore::LogId::of("a log of 16 byte");

Id numbered(std::uint32_t n) {
  Id id;
  testing::SeededRandom(n + 9'000).fill(std::as_writable_bytes(std::span(id.bytes)));
  return id;
}

std::string fresh_table() {
  static std::atomic<int> count{0};
  return "keys-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

adapters::kafka::TableOptions table_options(const std::string& name) {
  adapters::kafka::TableOptions table;
  table.kafka.brokers = KafkaBroker::shared().address();
  table.kafka.topic = name;
  return table;
}

/// A node as far as its keys go.
struct KeyNode {
  KeyNode(std::string name, std::uint32_t seed) : table(std::move(name)), random(seed), cryptography(random) {
    EXPECT_TRUE(eventstore::write_whole(disk, "keys/master", std::string(64, 'a') + "\n"));
  }
  eventstore::Result<void> open(bool unused = false) {
    keys.reset();
    auto opened = SharedKeys::open(disk, cryptography, log_id, {"keys", "", 64, unused}, table_options(table));
    if (!opened) return std::unexpected(opened.error());
    keys = std::move(*opened);
    return {};
  }
  adapters::FileKeyring& keyring() { return keys->keyring(); }
  std::string secret(const Id& id) {
    const auto key = keyring().get(id);
    return key ? std::string(key->sealing.view()) : std::string();
  }

  const std::string table;
  testing::FaultyDisk disk;
  testing::SeededRandom random;
  adapters::SodiumCryptography cryptography;
  std::unique_ptr<SharedKeys> keys;
};

/// What the table holds of a key now, for whoever reads it from its beginning.
std::string newest(const std::string& table, const Id& id) {
  std::string found;
  auto options = table_options(table);
  options.told = [&](std::string_view key, std::optional<std::string_view> value) {
    if (key == id.view() && value) found = *value;
  };
  auto opened = adapters::kafka::TableTopic::open(options);
  EXPECT_TRUE(opened && (*opened)->read_to_end(20s));
  if (opened) (*opened)->stop();
  return found;
}

TEST(SharedKeys, WhatOneNodeMakesAllReadAndWhatOneErasesIsErasedForAll) {
  const auto table = fresh_table();
  KeyNode one(table, 1);
  KeyNode other(table, 2);
  const auto first = one.open(true);
  ASSERT_TRUE(first) << first.error().code << ": " << first.error().detail;
  ASSERT_TRUE(other.open());
  EXPECT_EQ(other.secret(api::reserved_key::tokens), one.secret(api::reserved_key::tokens));
  ASSERT_TRUE(one.keyring().begin_epoch(1));
  for (std::uint32_t n = 0; n < 50; ++n) ASSERT_TRUE(one.keyring().create(numbered(n), KeyKind::person));
  ASSERT_TRUE(one.keyring().sync());
  ASSERT_TRUE(other.keyring().catch_up());
  for (std::uint32_t n = 0; n < 50; ++n) ASSERT_EQ(other.secret(numbered(n)), one.secret(numbered(n))) << n;
  ASSERT_EQ(newest(table, numbered(3)).size(), active_bytes);
  ASSERT_TRUE(one.keyring().erase(numbered(3)));
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (newest(table, numbered(3)).size() != erased_bytes && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  ASSERT_TRUE(other.keyring().catch_up());
  EXPECT_EQ(other.keyring().state(numbered(3)), KeyState::erased);
  EXPECT_EQ(newest(table, numbered(3)).size(), erased_bytes) << "without the wrapped key";
  KeyNode late(table, 3);
  ASSERT_TRUE(late.open());
  EXPECT_EQ(late.keyring().state(numbered(3)), KeyState::erased);
  EXPECT_EQ(late.secret(numbered(4)), one.secret(numbered(4)));
}

TEST(SharedKeys, TwoNodesThatBeginALogAtOnceHaveTheSameKeys) {
  const auto table = fresh_table();
  KeyNode one(table, 1);
  KeyNode other(table, 2);
  eventstore::Result<void> opened_one, opened_other;
  std::thread beside([&] { opened_other = other.open(true); });
  opened_one = one.open(true);
  beside.join();
  ASSERT_TRUE(opened_one) << opened_one.error().detail;
  ASSERT_TRUE(opened_other) << opened_other.error().detail;
  for (const auto& id : {api::reserved_key::system, api::reserved_key::tokens}) {
    EXPECT_NE(one.secret(id), "");
    EXPECT_EQ(one.secret(id), other.secret(id));
  }
}

TEST(SharedKeys, WhatAFencedNodePutsLateLoses) {
  const auto table = fresh_table();
  KeyNode fenced(table, 1);
  KeyNode reigns(table, 2);
  ASSERT_TRUE(fenced.open(true));
  ASSERT_TRUE(reigns.open());
  ASSERT_TRUE(fenced.keyring().begin_epoch(1));
  ASSERT_TRUE(fenced.keyring().propose(numbered(1), KeyKind::person));
  ASSERT_TRUE(reigns.keyring().begin_epoch(2));
  ASSERT_TRUE(reigns.keyring().create(numbered(1), KeyKind::person));
  ASSERT_TRUE(reigns.keyring().sync());
  const auto counts = reigns.secret(numbered(1));
  // It does not read meanwhile: a process that stood still.
  fenced.keys->stop();
  KeyNode again(table, 3);
  again.disk = fenced.disk.copy();
  EXPECT_EQ(reigns.secret(numbered(1)), counts);
  ASSERT_TRUE(again.open());
  EXPECT_EQ(again.secret(numbered(1)), counts);
  // What it would have put, in a table where nobody was faster: a good entry but for its epoch.
  const auto its_own = fresh_table();
  KeyNode alone(its_own, 5);
  alone.disk = fenced.disk.copy();
  ASSERT_TRUE(alone.open(true));
  ASSERT_TRUE(alone.keyring().begin_epoch(1));
  ASSERT_TRUE(alone.keyring().create(numbered(1), KeyKind::person));
  ASSERT_TRUE(alone.keyring().sync());
  ASSERT_NE(alone.secret(numbered(1)), counts);
  const adapters::kafka::TableEntry late{std::string(numbered(1).view()), newest(its_own, numbered(1))};
  ASSERT_EQ(late.value->size(), active_bytes);
  auto options = table_options(table);
  options.told = [](std::string_view, std::optional<std::string_view>) {};
  const auto put = adapters::kafka::TableTopic::open(options);
  ASSERT_TRUE(put && (*put)->put({&late, 1}));
  ASSERT_TRUE(reigns.keyring().catch_up());
  EXPECT_EQ(reigns.secret(numbered(1)), counts);
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (newest(table, numbered(1)) == late.value && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_NE(newest(table, numbered(1)), late.value) << "whoever has the one that counts puts it there again";
  KeyNode fresh(table, 4);
  ASSERT_TRUE(fresh.open());
  EXPECT_EQ(fresh.secret(numbered(1)), counts);
}

TEST(SharedKeys, NeedsTheMasterKeyOfTheOthersAndATableOrANewLog) {
  const auto table = fresh_table();
  KeyNode early(table, 1);
  EXPECT_EQ(early.open().error().code, "no_keyring");
  KeyNode one(table, 2);
  ASSERT_TRUE(one.open(true));
  KeyNode wrong(table, 3);
  ASSERT_TRUE(wrong.disk.remove("keys/master"));
  EXPECT_EQ(wrong.open().error().code, "no_master_key");
  ASSERT_TRUE(eventstore::write_whole(wrong.disk, "keys/master", std::string(64, 'b') + "\n"));
  EXPECT_EQ(wrong.open().error().code, "wrong_master_key");
  EXPECT_TRUE(early.open());
}

}  // namespace
}  // namespace pioneer::server
