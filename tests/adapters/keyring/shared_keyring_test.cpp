// Keyrings of several nodes that come to hold the same keys.
#include "tests/adapters/keyring/shared_nodes.hpp"

namespace pioneer::adapters {
namespace {

using api::KeyKind;
using api::KeyState;
using domain::Id;
using testing::SharedNode;
using testing::SharedTable;

Id numbered(std::uint32_t n) {
  Id id;
  testing::SeededRandom(n + 5'000).fill(std::as_writable_bytes(std::span(id.bytes)));
  return id;
}

std::string wrapped_of(const SharedTable& table, const Id& id) {
  const auto value = table.newest(id);
  return value.size() > keyring::wrapped_bytes ? value.substr(value.size() - keyring::wrapped_bytes) : std::string();
}

/// Another key of this id, as a node puts it that was fenced in that epoch and does not know it yet.
void publish_late(SharedTable& table, const Id& id, std::uint64_t epoch) {
  SharedTable as_it_was;
  as_it_was.records = table.records;
  std::erase_if(as_it_was.records, [&](const auto& record) { return record.key == id.view(); });
  SharedNode zombie(as_it_was, 77);
  ASSERT_TRUE(zombie.open());
  ASSERT_TRUE(zombie.keyring().begin_epoch(epoch));
  zombie.make(id);
  table.records.push_back(as_it_was.records.back());
}

class SharedKeyring : public ::testing::Test {
 protected:
  SharedKeyring() : one(table, 1), other(table, 2) {
    EXPECT_TRUE(one.open(true));
    EXPECT_TRUE(other.open());
  }
  void all_read() {
    ASSERT_TRUE(one.read_to_end());
    ASSERT_TRUE(other.read_to_end());
  }
  /// What a node has that joins now.
  std::string secret_for_a_new_node(const Id& id) {
    SharedNode fresh(table, 3);
    EXPECT_TRUE(fresh.open());
    return fresh.secret(id);
  }

  SharedTable table;
  SharedNode one;
  SharedNode other;
};

TEST_F(SharedKeyring, WhatOneMakesTheOtherReads) {
  one.make(numbered(1));
  EXPECT_EQ(other.keyring().state(numbered(1)), KeyState::unknown);
  ASSERT_TRUE(other.keyring().catch_up());
  EXPECT_EQ(other.secret(numbered(1)), one.secret(numbered(1)));
  EXPECT_EQ(other.secret(api::reserved_key::system), one.secret(api::reserved_key::system));
  ASSERT_TRUE(other.open()) << "it is in the file";
  EXPECT_EQ(other.secret(numbered(1)), one.secret(numbered(1)));
  EXPECT_EQ(secret_for_a_new_node(numbered(1)), one.secret(numbered(1)));
}

TEST_F(SharedKeyring, NodesThatBeginALogInTheSameMomentMakeTheSame) {
  SharedTable fresh;
  SharedNode left(fresh, 1);
  SharedNode right(fresh, 2);
  ASSERT_TRUE(left.open_file(true));
  ASSERT_TRUE(right.open_file(true));
  ASSERT_TRUE(left.keyring().share(left));
  ASSERT_TRUE(right.keyring().share(right));
  for (const auto& id : {api::reserved_key::system, api::reserved_key::tokens}) {
    EXPECT_EQ(left.secret(id), right.secret(id));
    EXPECT_NE(left.secret(id), "");
  }
  EXPECT_NE(left.secret(api::reserved_key::system), left.secret(api::reserved_key::tokens));
}

TEST_F(SharedKeyring, AKeyIsInTheTableBeforeItIsInTheFile) {
  const auto before = one.disk.bytes("keys/keyring");
  table.away = true;
  ASSERT_TRUE(one.keyring().create(numbered(1), KeyKind::person));
  const auto away = one.keyring().sync();
  EXPECT_EQ(away.error().code, "broker_unreachable");
  EXPECT_EQ(away.error().retry, eventstore::Retry::can_help);
  EXPECT_EQ(one.disk.bytes("keys/keyring"), before);
  table.away = false;
  ASSERT_TRUE(one.keyring().sync());
  EXPECT_TRUE(one.file_holds(wrapped_of(table, numbered(1))));
}

TEST_F(SharedKeyring, AKeyThatCameThoughNobodySaidSoIsWritten) {
  table.silent = true;
  ASSERT_TRUE(one.keyring().create(numbered(1), KeyKind::person));
  EXPECT_FALSE(one.keyring().sync());
  table.silent = false;
  const auto secret = one.secret(numbered(1));
  ASSERT_TRUE(one.read_to_end());
  EXPECT_EQ(one.secret(numbered(1)), secret);
  ASSERT_TRUE(one.open_file(false));
  EXPECT_EQ(one.secret(numbered(1)), secret) << "it is in the file";
}

TEST_F(SharedKeyring, WhatOneErasesIsErasedForAllAndLeavesTheTable) {
  one.make(numbered(1));
  all_read();
  const auto wrapped = wrapped_of(table, numbered(1));
  ASSERT_EQ(wrapped.size(), keyring::wrapped_bytes);
  table.away = true;
  ASSERT_TRUE(one.keyring().erase(numbered(1))) << "it does not wait for the brokers";
  EXPECT_FALSE(one.keyring().publish_owed());
  table.away = false;
  ASSERT_TRUE(one.keyring().publish_owed());
  EXPECT_EQ(wrapped_of(table, numbered(1)), "");
  ASSERT_TRUE(other.file_holds(wrapped));
  all_read();
  EXPECT_EQ(other.keyring().state(numbered(1)), KeyState::erased);
  EXPECT_FALSE(other.file_holds(wrapped));
  table.compact();
  for (const auto& record : table.records) EXPECT_EQ(record.value.find(wrapped), std::string::npos);
  SharedNode fresh(table, 3);
  ASSERT_TRUE(fresh.open());
  EXPECT_EQ(fresh.keyring().state(numbered(1)), KeyState::erased);
  EXPECT_EQ(fresh.keyring().create(numbered(1), KeyKind::person), KeyState::erased);
}

TEST_F(SharedKeyring, AnErasureThatWasNotPutThereIsPutThereAtTheNextStart) {
  one.make(numbered(1));
  ASSERT_TRUE(one.keyring().erase(numbered(1)));
  ASSERT_NE(wrapped_of(table, numbered(1)), "");
  ASSERT_TRUE(one.open());
  EXPECT_EQ(wrapped_of(table, numbered(1)), "");
}

TEST_F(SharedKeyring, AnErasedKeyNeverComesBack) {
  one.make(numbered(1));
  all_read();
  const auto record = table.records.back();
  ASSERT_TRUE(one.keyring().erase(numbered(1)));
  ASSERT_TRUE(one.keyring().publish_owed());
  all_read();
  table.records.push_back(record);  // it was late
  all_read();
  EXPECT_EQ(other.keyring().state(numbered(1)), KeyState::erased);
  ASSERT_TRUE(other.keyring().publish_owed());
  EXPECT_EQ(wrapped_of(table, numbered(1)), "") << "whoever sees it puts it right";
  publish_late(table, numbered(1), 99);
  EXPECT_EQ(secret_for_a_new_node(numbered(1)), "");
}

TEST_F(SharedKeyring, OfTwoKeysThatOfTheHigherEpochCounts) {
  ASSERT_TRUE(one.keyring().begin_epoch(2));
  one.make(numbered(1));
  ASSERT_TRUE(other.read_to_end());
  const auto counts = one.secret(numbered(1));
  publish_late(table, numbered(1), 1);
  all_read();
  EXPECT_EQ(one.secret(numbered(1)), counts);
  EXPECT_EQ(other.secret(numbered(1)), counts);
  EXPECT_EQ(secret_for_a_new_node(numbered(1)), counts);
  ASSERT_TRUE(other.keyring().publish_owed());
  table.compact();
  EXPECT_EQ(secret_for_a_new_node(numbered(1)), counts);
  publish_late(table, numbered(1), 3);
  all_read();
  EXPECT_NE(one.secret(numbered(1)), counts);
  EXPECT_EQ(one.secret(numbered(1)), other.secret(numbered(1)));
  EXPECT_EQ(one.secret(numbered(1)), secret_for_a_new_node(numbered(1)));
}

TEST_F(SharedKeyring, WhatWasSealedWithAReplacedKeyIsNotWritten) {
  ASSERT_TRUE(one.keyring().propose(numbered(1), KeyKind::person));
  ASSERT_TRUE(one.keyring().propose(numbered(2), KeyKind::person));
  const auto sealed_with = one.secret(numbered(1));
  publish_late(table, numbered(1), 1);
  ASSERT_TRUE(one.read_to_end());
  EXPECT_NE(one.secret(numbered(1)), sealed_with);
  const auto wanted = one.keyring().want(numbered(1));
  ASSERT_FALSE(wanted);
  EXPECT_EQ(wanted.error().code, "key_replaced");
  EXPECT_EQ(wanted.error().retry, eventstore::Retry::can_help);
  EXPECT_TRUE(one.keyring().want(numbered(2)));
  ASSERT_TRUE(one.keyring().propose(numbered(1), KeyKind::person)) << "sent again, before the first has its answer";
  one.keyring().release(numbered(1));
  EXPECT_FALSE(one.keyring().want(numbered(1)));
  one.keyring().release(numbered(1));
  ASSERT_EQ(one.keyring().propose(numbered(1), KeyKind::person), KeyState::active);
  EXPECT_TRUE(one.keyring().want(numbered(1)));
  EXPECT_TRUE(one.keyring().sync());
}

TEST_F(SharedKeyring, AReignEndsWhenAKeyIsReplacedThatItsCommitsRelyOn) {
  ASSERT_TRUE(one.keyring().propose(numbered(1), KeyKind::person));
  ASSERT_TRUE(one.keyring().want(numbered(1)));
  publish_late(table, numbered(1), 1);
  ASSERT_TRUE(one.read_to_end());
  for (int tries = 0; tries < 2; ++tries) {
    const auto synced = one.keyring().sync();
    ASSERT_FALSE(synced);
    EXPECT_EQ(synced.error().code, "key_replaced");
    EXPECT_EQ(synced.error().retry, eventstore::Retry::can_help);
  }
  ASSERT_TRUE(one.keyring().begin_epoch(5));
  EXPECT_TRUE(one.keyring().sync());
  EXPECT_FALSE(one.keyring().want(numbered(1)));
}

TEST_F(SharedKeyring, WhatIsWrittenAndReplacedIsNotWantedEither) {
  ASSERT_TRUE(one.keyring().propose(numbered(1), KeyKind::person));
  ASSERT_TRUE(one.keyring().want(numbered(1)));
  ASSERT_TRUE(one.keyring().sync());
  publish_late(table, numbered(1), 4);
  ASSERT_TRUE(one.read_to_end());
  EXPECT_EQ(one.keyring().want(numbered(1)).error().code, "key_replaced");
  one.keyring().release(numbered(1));
  EXPECT_TRUE(one.keyring().want(numbered(1)));
}

// What replaces a key is durable before that one goes; and that one goes.
TEST_F(SharedKeyring, ReplacesAKeyWhereverThePowerGoes) {
  one.make(numbered(1));
  ASSERT_TRUE(other.read_to_end());
  const auto old = wrapped_of(table, numbered(1));
  const auto first = one.secret(numbered(1));
  publish_late(table, numbered(1), 3);
  const auto counts = secret_for_a_new_node(numbered(1));
  for (int stop = 1; stop < 8; ++stop) {
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
      SCOPED_TRACE("stop " + std::to_string(stop) + ", seed " + std::to_string(seed));
      SharedNode node(table, 4);
      node.disk = other.disk.copy();
      ASSERT_TRUE(node.open_file(false));
      for (const auto& record : table.records) node.keyring().take(record.key, record.value);
      node.disk.stop_after(stop);
      const bool settled = node.keyring().settle().has_value();
      std::mt19937 tear(seed * 100 + static_cast<std::uint32_t>(stop));
      node.disk.lose_power(tear);
      const auto opened = node.open_file(false);
      ASSERT_TRUE(opened) << opened.error().code << ": " << opened.error().detail;
      const auto now = node.secret(numbered(1));
      EXPECT_TRUE(now == counts || (now == first && !settled));
      ASSERT_TRUE(node.keyring().share(node));
      EXPECT_EQ(node.secret(numbered(1)), counts);
      ASSERT_TRUE(node.keyring().erase(numbered(1)));
      EXPECT_FALSE(node.file_holds(old));
      ASSERT_TRUE(node.open_file(false));
      EXPECT_EQ(node.keyring().state(numbered(1)), KeyState::erased);
    }
  }
}

TEST_F(SharedKeyring, TakesAnErasureWhereverThePowerGoes) {
  one.make(numbered(1));
  one.make(numbered(2));
  ASSERT_TRUE(other.read_to_end());
  const auto wrapped = wrapped_of(table, numbered(1));
  ASSERT_TRUE(one.keyring().erase(numbered(1)));
  ASSERT_TRUE(one.keyring().publish_owed());
  for (int stop = 1; stop < 6; ++stop) {
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
      SCOPED_TRACE("stop " + std::to_string(stop) + ", seed " + std::to_string(seed));
      SharedNode node(table, 4);
      node.disk = other.disk.copy();
      ASSERT_TRUE(node.open_file(false));
      for (const auto& record : table.records) node.keyring().take(record.key, record.value);
      node.disk.stop_after(stop);
      const bool settled = node.keyring().settle().has_value();
      std::mt19937 tear(seed * 100 + static_cast<std::uint32_t>(stop));
      node.disk.lose_power(tear);
      const auto opened = node.open_file(false);
      ASSERT_TRUE(opened) << opened.error().code << ": " << opened.error().detail;
      if (settled) {
        EXPECT_EQ(node.keyring().state(numbered(1)), KeyState::erased);
      }
      ASSERT_TRUE(node.keyring().share(node));
      EXPECT_EQ(node.keyring().state(numbered(1)), KeyState::erased);
      EXPECT_FALSE(node.file_holds(wrapped));
      EXPECT_EQ(node.secret(numbered(2)), one.secret(numbered(2)));
    }
  }
}

TEST_F(SharedKeyring, TakesManyAtOnceAndGoesOnWhenAFullDiskHasRoomAgain) {
  for (std::uint32_t n = 0; n < 500; ++n) ASSERT_TRUE(one.keyring().create(numbered(n), KeyKind::case_));
  ASSERT_TRUE(one.keyring().sync());
  for (std::uint32_t n = 0; n < 500; n += 5) ASSERT_TRUE(one.keyring().erase(numbered(n)));
  ASSERT_TRUE(one.keyring().publish_owed());
  other.disk.fill(true);
  EXPECT_EQ(other.read_to_end().error().code, "disk_full");
  other.disk.fill(false);
  const auto operations = other.disk.operations();
  ASSERT_TRUE(other.read_to_end());
  EXPECT_LT(other.disk.operations() - operations, 10) << "a sync for all, not for each";
  for (int opened = 0; opened < 2; ++opened) {
    for (std::uint32_t n = 0; n < 500; ++n) {
      ASSERT_EQ(other.keyring().state(numbered(n)), n % 5 == 0 ? KeyState::erased : KeyState::active) << n;
      ASSERT_EQ(other.secret(numbered(n)), one.secret(numbered(n)));
    }
    ASSERT_TRUE(other.open());
  }
}

TEST_F(SharedKeyring, OneThatWasANodesOwnGoesIntoTheTableWhole) {
  SharedTable empty;
  SharedNode first(empty, 5);
  first.options.shared = false;
  ASSERT_TRUE(first.open_file(true));
  for (std::uint32_t n = 0; n < 100; ++n) ASSERT_TRUE(first.keyring().create(numbered(n), KeyKind::person));
  ASSERT_TRUE(first.keyring().sync());
  ASSERT_TRUE(first.keyring().erase(numbered(7)));
  SharedNode too_early(empty, 6);
  EXPECT_EQ(too_early.open().error().code, "no_keyring");
  first.options.shared = true;
  ASSERT_TRUE(first.open());
  SharedNode second(empty, 6);
  ASSERT_TRUE(second.open());
  EXPECT_EQ(second.keyring().state(numbered(7)), KeyState::erased);
  for (std::uint32_t n = 0; n < 100; ++n) EXPECT_EQ(second.secret(numbered(n)), first.secret(numbered(n))) << n;
  EXPECT_EQ(second.secret(api::reserved_key::tokens), first.secret(api::reserved_key::tokens));
  EXPECT_EQ(second.keyring().size(), first.keyring().size());
}

TEST_F(SharedKeyring, ATableThatWasLostIsFilledAgain) {
  one.make(numbered(1));
  all_read();
  table.records.clear();
  ASSERT_TRUE(other.open());
  EXPECT_EQ(secret_for_a_new_node(numbered(1)), one.secret(numbered(1)));
}

TEST_F(SharedKeyring, RefusesOtherKeysThanItsOwn) {
  SharedNode fresh(table, 3);
  ASSERT_TRUE(fresh.disk.remove("keys/master"));
  EXPECT_EQ(fresh.open().error().code, "no_master_key");
  fresh.set_master('b');
  EXPECT_EQ(fresh.open().error().code, "wrong_master_key");
  EXPECT_FALSE(fresh.disk.exists("keys/keyring"));
  SharedTable theirs;
  SharedNode begun_apart(theirs, 4);
  begun_apart.set_master('b');
  ASSERT_TRUE(begun_apart.open_file(true));
  SharedNode same_table(table, 4);
  same_table.disk = begun_apart.disk.copy();
  EXPECT_EQ(same_table.open().error().code, "wrong_master_key");
  SharedNode own(theirs, 5);
  own.options.shared = false;
  ASSERT_TRUE(own.open_file(true));
  SharedNode other_salt(table, 5);
  other_salt.disk = own.disk.copy();
  EXPECT_EQ(other_salt.open().error().code, "foreign_keyring");
}

TEST_F(SharedKeyring, WhatIsNoRecordOfOursChangesNothing) {
  table.records.push_back({"x", "y"});
  table.records.push_back({std::string(numbered(1).view()), "\1short"});
  table.records.push_back({std::string(numbered(1).view()), ""});
  all_read();
  EXPECT_EQ(one.keyring().state(numbered(1)), KeyState::unknown);
  table.records.push_back({std::string(numbered(1).view()), std::string(100, '\2')});
  EXPECT_EQ(one.read_to_end().error().code, "newer_format");
}

TEST_F(SharedKeyring, FindsEveryFlippedBitOfAnEpoch) {
  ASSERT_TRUE(one.keyring().begin_epoch(0x0102030405060708));
  one.make(numbered(1));
  one.make(numbered(2));  // says that the other was durable
  std::string& file = one.disk.bytes("keys/keyring");
  const auto slot = file.find(numbered(1).view());
  for (std::size_t bit = (slot + keyring::epoch_at) * 8; bit < (slot + keyring::slot_bytes) * 8; ++bit) {
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    const auto opened = one.open_file(false);
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error().code, "corrupt_keyring") << bit;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
  }
  EXPECT_TRUE(one.open_file(false));
}

}  // namespace
}  // namespace pioneer::adapters
