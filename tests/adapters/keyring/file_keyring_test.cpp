#include "adapters/keyring/file_keyring.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "adapters/sodium/sodium.hpp"
#include "tests/adapters/keyring/faulty_disk.hpp"

namespace pioneer::adapters {
namespace {

using api::KeyKind;
using api::KeyState;
using domain::Id;
using testing::FaultyDisk;
using testing::SeededRandom;

const auto log_id = eventstore::LogId::of("a log of 16 byte");

Id numbered(std::uint32_t n) {
  Id id;
  SeededRandom(n + 1'000).fill(std::as_writable_bytes(std::span(id.bytes)));
  return id;
}

class FileKeyringTest : public ::testing::Test {
 protected:
  FileKeyringTest() : cryptography(random) {}
  std::unique_ptr<FileKeyring> make() {
    auto made = FileKeyring::make(disk, cryptography, log_id, options);
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  std::unique_ptr<FileKeyring> reopen() {
    auto opened = FileKeyring::open(disk, cryptography, log_id, options);
    EXPECT_TRUE(opened) << opened.error().code << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  std::string error_of_open(const eventstore::LogId& log = log_id) {
    auto opened = FileKeyring::open(disk, cryptography, log, options);
    return opened ? "" : opened.error().code;
  }

  FaultyDisk disk;
  SeededRandom random;
  SodiumCryptography cryptography;
  KeyringOptions options{"keys", "", 64};
};

TEST_F(FileKeyringTest, KeepsKeysOverAReopening) {
  auto keyring = make();
  ASSERT_EQ(keyring->create(numbered(1), KeyKind::person), KeyState::active);
  ASSERT_EQ(keyring->create(numbered(2), KeyKind::case_), KeyState::active);
  const auto before = keyring->get(numbered(1));
  ASSERT_TRUE(before);
  ASSERT_TRUE(keyring->sync());
  keyring = reopen();
  const auto after = keyring->get(numbered(1));
  ASSERT_TRUE(after);
  EXPECT_EQ(before->sealing.view(), after->sealing.view());
  EXPECT_EQ(before->hashing.view(), after->hashing.view());
  EXPECT_NE(after->hashing.view(), after->sealing.view());
  EXPECT_NE(keyring->get(numbered(2))->sealing.view(), after->sealing.view());
}

TEST_F(FileKeyringTest, MakesTheDeploymentsKeysOnce) {
  auto keyring = make();
  const auto system = keyring->get(api::reserved_key::system);
  ASSERT_TRUE(system);
  keyring = reopen();
  EXPECT_EQ(keyring->get(api::reserved_key::system)->hashing.view(), system->hashing.view());
  ASSERT_TRUE(keyring->get(api::reserved_key::tokens));
  EXPECT_EQ(keyring->begin_erase(api::reserved_key::system).error().code, "reserved_key");
  EXPECT_EQ(FileKeyring::make(disk, cryptography, log_id, options).error().code, "keyring_exists");
}

TEST_F(FileKeyringTest, NeverOverwritesAKey) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  const auto first = keyring->get(numbered(1));
  EXPECT_EQ(keyring->create(numbered(1), KeyKind::case_), KeyState::active);
  EXPECT_EQ(keyring->get(numbered(1))->sealing.view(), first->sealing.view());
}

TEST_F(FileKeyringTest, ATombstoneIsNeverANewSubject) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->erase(numbered(1)));
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(keyring->state(numbered(1)), KeyState::erased);
    EXPECT_EQ(keyring->create(numbered(1), KeyKind::person), KeyState::erased);
    EXPECT_EQ(keyring->get(numbered(1)).error(), KeyState::erased);
    EXPECT_EQ(keyring->get(numbered(2)).error(), KeyState::unknown);
    keyring = reopen();
  }
}

TEST_F(FileKeyringTest, ErasingRefusesAndIsFoundAgain) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->get(numbered(1)));
  ASSERT_TRUE(keyring->begin_erase(numbered(1)));
  EXPECT_EQ(keyring->get(numbered(1)).error(), KeyState::erasing) << "not from the cache either";
  keyring = reopen();
  ASSERT_EQ(keyring->erasing(), std::vector{numbered(1)});
  ASSERT_TRUE(keyring->erase(numbered(1)));
  EXPECT_TRUE(keyring->erasing().empty());
  EXPECT_EQ(reopen()->state(numbered(1)), KeyState::erased);
}

TEST_F(FileKeyringTest, ErasingOverwritesTheWrappedKey) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  const std::string& file = disk.bytes("keys/keyring");
  // Behind the header and the deployment's own two keys.
  const std::string wrapped = file.substr(3 * keyring::slot_bytes + keyring::wrapped_at, keyring::wrapped_bytes);
  ASSERT_NE(file.find(wrapped), std::string::npos);
  ASSERT_TRUE(keyring->erase(numbered(1)));
  EXPECT_EQ(disk.bytes("keys/keyring").find(wrapped.substr(0, 24)), std::string::npos);
  EXPECT_EQ(disk.bytes("keys/keyring").find(wrapped.substr(48)), std::string::npos);
}

TEST_F(FileKeyringTest, HoldsNoKeyInClear) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  const auto key = keyring->get(numbered(1));
  EXPECT_EQ(disk.bytes("keys/keyring").find(key->sealing.view()), std::string::npos);
  EXPECT_EQ(disk.bytes("keys/keyring").find(key->hashing.view()), std::string::npos);
}

TEST_F(FileKeyringTest, RefusesWhatIsNotItsOwn) {
  make();
  EXPECT_EQ(error_of_open(eventstore::LogId::of("another log 16 b")), "foreign_keyring");
  std::string& master = disk.bytes("keys/master");
  const std::string good = master;
  master[3] = master[3] == 'a' ? 'b' : 'a';
  EXPECT_EQ(error_of_open(), "wrong_master_key");
  master = "too short";
  EXPECT_EQ(error_of_open(), "bad_master_key");
  ASSERT_TRUE(disk.remove("keys/master"));
  EXPECT_EQ(error_of_open(), "no_master_key");
  EXPECT_FALSE(disk.exists("keys/master")) << "a lost master key is never made anew for keys that are there";
}

TEST_F(FileKeyringTest, FindsEveryFlippedBitOfWhatWasDurable) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->erase(numbered(1)));
  ASSERT_TRUE(keyring->create(numbered(2), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  ASSERT_TRUE(keyring->create(numbered(3), KeyKind::person));  // says that the others were durable
  ASSERT_TRUE(keyring->sync());
  const auto key = keyring->get(numbered(2));
  std::string& file = disk.bytes("keys/keyring");
  const std::size_t checked = 5 * keyring::slot_bytes;  // all before the third key's slot
  for (std::size_t bit = 0; bit < checked * 8; ++bit) {
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    const auto opened = FileKeyring::open(disk, cryptography, log_id, options);
    // A bit of a destroyed key's zeros does no harm: the erasure is taken up again.
    if (opened) {
      EXPECT_EQ((*opened)->erasing(), std::vector{numbered(1)}) << bit;
      EXPECT_EQ((*opened)->get(numbered(2))->sealing.view(), key->sealing.view());
    }
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
  }
}

TEST_F(FileKeyringTest, WritesOverTheZerosBehindItsSlotsAlsoAfterReopening) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  const auto size = disk.bytes("keys/keyring").size();
  for (std::uint32_t n = 2; n < 12; ++n) {
    keyring = reopen();
    ASSERT_TRUE(keyring->create(numbered(n), KeyKind::person));
    ASSERT_TRUE(keyring->sync());
  }
  EXPECT_EQ(disk.bytes("keys/keyring").size(), size);
  keyring = reopen();
  for (std::uint32_t n = 1; n < 12; ++n) EXPECT_TRUE(keyring->get(numbered(n))) << n;
  EXPECT_EQ(keyring->size(), 13u);
}

TEST_F(FileKeyringTest, GoesOnWhenAFullDiskHasRoomAgain) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  disk.fill(true);
  for (std::uint32_t n = 2; n < 100; ++n) ASSERT_TRUE(keyring->create(numbered(n), KeyKind::person));
  EXPECT_EQ(keyring->sync().error().code, "disk_full");
  EXPECT_EQ(keyring->sync().error().code, "disk_full");
  ASSERT_TRUE(keyring->create(numbered(100), KeyKind::person));
  disk.fill(false);
  ASSERT_TRUE(keyring->sync());
  keyring = reopen();
  for (std::uint32_t n = 1; n <= 100; ++n) EXPECT_TRUE(keyring->get(numbered(n))) << n;
}

TEST_F(FileKeyringTest, RefusesOneThatWasCutAndLeavesItAlone) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  const std::string whole = disk.bytes("keys/keyring");
  for (const std::size_t kept : {std::size_t{128}, std::size_t{256}, std::size_t{300}}) {
    disk.bytes("keys/keyring") = whole.substr(0, kept);
    EXPECT_EQ(error_of_open(), "keyring_behind_log") << kept;
    EXPECT_EQ(disk.bytes("keys/keyring"), whole.substr(0, kept));
  }
  options.unused = true;
  EXPECT_TRUE(reopen()->get(api::reserved_key::tokens)) << "a crash came before anything relied on it";
}

TEST_F(FileKeyringTest, WritesOverATornSlotOnlyWithTheNextKeys) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  std::string& file = disk.bytes("keys/keyring");
  const std::size_t last = 3 * keyring::slot_bytes;
  file[last + 60] = static_cast<char>(file[last + 60] ^ 1);
  const std::string before = file;
  keyring = reopen();
  EXPECT_EQ(keyring->dropped(), 1u);
  EXPECT_EQ(keyring->state(numbered(1)), KeyState::unknown);
  ASSERT_TRUE(keyring->sync());
  EXPECT_EQ(disk.bytes("keys/keyring"), before) << "whether a commit misses this key is not known yet";
  ASSERT_TRUE(keyring->create(numbered(2), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  keyring = reopen();
  EXPECT_EQ(keyring->dropped(), 0u);
  EXPECT_TRUE(keyring->get(numbered(2)));
}

TEST_F(FileKeyringTest, KeepsNothingOfWhatWasProposedAndRefused) {
  auto keyring = make();
  const auto size = keyring->size();
  const std::string before = disk.bytes("keys/keyring");
  for (std::uint32_t n = 0; n < 2'000; ++n) {
    ASSERT_EQ(keyring->propose(numbered(n), KeyKind::case_), KeyState::active);
    ASSERT_TRUE(keyring->get(numbered(n)));
    ASSERT_TRUE(keyring->sync());
    keyring->release(numbered(n));
    ASSERT_EQ(keyring->get(numbered(n)).error(), KeyState::unknown) << "not from the cache either";
  }
  EXPECT_EQ(keyring->size(), size);
  EXPECT_EQ(disk.bytes("keys/keyring"), before);
}

TEST_F(FileKeyringTest, KeepsAProposedKeyWhileOneStillNeedsIt) {
  auto keyring = make();
  ASSERT_TRUE(keyring->propose(numbered(1), KeyKind::case_));
  const auto key = std::string(keyring->get(numbered(1))->sealing.view());
  ASSERT_TRUE(keyring->propose(numbered(1), KeyKind::case_));  // a repeat, decided apart
  keyring->release(numbered(1));
  ASSERT_TRUE(keyring->get(numbered(1)));
  ASSERT_TRUE(keyring->want(numbered(1)));
  keyring->release(numbered(1));
  ASSERT_TRUE(keyring->sync());
  keyring->release(numbered(1));
  keyring = reopen();
  EXPECT_EQ(keyring->get(numbered(1))->sealing.view(), key);
}

TEST_F(FileKeyringTest, MakesNoKeyAfterAFailedSync) {
  auto keyring = make();
  ASSERT_TRUE(keyring->create(numbered(1), KeyKind::person));
  ASSERT_TRUE(keyring->sync());
  ASSERT_TRUE(keyring->create(numbered(2), KeyKind::person));
  disk.stop_after(2);
  EXPECT_FALSE(keyring->sync());
  EXPECT_FALSE(keyring->sync());
  EXPECT_EQ(keyring->create(numbered(3), KeyKind::person).error().code, "keyring_failed");
  EXPECT_TRUE(keyring->get(numbered(1))) << "reading goes on";
}

TEST_F(FileKeyringTest, CachesNoMoreThanItMayAndAnswersTheSame) {
  options.cached_keys = 4;
  auto keyring = make();
  std::map<std::uint32_t, std::string> keys;
  for (std::uint32_t n = 0; n < 2'000; ++n) {
    ASSERT_TRUE(keyring->create(numbered(n), KeyKind::person));
    if (n % 7 == 0) {
      ASSERT_TRUE(keyring->sync());
    }
    keys[n] = std::string(keyring->get(numbered(n))->sealing.view());
  }
  for (const auto& [n, key] : keys) EXPECT_EQ(keyring->get(numbered(n))->sealing.view(), key);
  ASSERT_TRUE(keyring->sync());
  keyring = reopen();
  for (const auto& [n, key] : keys) EXPECT_EQ(keyring->get(numbered(n))->sealing.view(), key);
  EXPECT_EQ(keyring->size(), 2'002u);
}

/// What a user of the keyring was told before the power went.
struct Told {
  std::map<std::uint32_t, std::string> durable;
  std::set<std::uint32_t> begun, erased;
};

void live(FileKeyring& keyring, FaultyDisk& disk, std::uint32_t from, Told& told) {
  for (std::uint32_t batch = 0; batch < 3 && !disk.stopped(); ++batch) {
    std::map<std::uint32_t, std::string> made;
    for (std::uint32_t n = from + batch * 10; n < from + batch * 10 + 4; ++n) {
      if (keyring.create(numbered(n), KeyKind::person) == KeyState::active) {
        made[n] = std::string(keyring.get(numbered(n))->sealing.view());
      }
    }
    if (!keyring.sync()) return;
    told.durable.merge(made);
    const std::uint32_t victim = from + batch * 10 + 1;
    if (!keyring.begin_erase(numbered(victim))) return;
    told.begun.insert(victim);
    if (!keyring.erase(numbered(victim))) return;
    told.erased.insert(victim);
  }
}

TEST_F(FileKeyringTest, KeepsItsWordWhereverThePowerGoes) {
  for (int stop = 1; stop < 40; ++stop) {
    for (std::uint32_t seed = 0; seed < 12; ++seed) {
      SCOPED_TRACE("stop " + std::to_string(stop) + ", seed " + std::to_string(seed));
      disk = FaultyDisk();
      std::mt19937 tear(seed * 100 + static_cast<std::uint32_t>(stop));
      Told told;
      auto keyring = make();
      disk.stop_after(stop);
      live(*keyring, disk, 0, told);
      disk.lose_power(tear);
      keyring = reopen();
      ASSERT_TRUE(keyring);
      for (const auto& [n, key] : told.durable) {
        const auto state = keyring->state(numbered(n));
        ASSERT_NE(state, KeyState::unknown) << n;
        if (state == KeyState::active) {
          EXPECT_FALSE(told.begun.contains(n)) << n;
          ASSERT_TRUE(keyring->get(numbered(n)));
          EXPECT_EQ(keyring->get(numbered(n))->sealing.view(), key) << n;
        }
        if (told.erased.contains(n)) {
          EXPECT_EQ(state, KeyState::erased);
        }
      }
      for (const Id& id : keyring->erasing()) ASSERT_TRUE(keyring->erase(id));
      live(*keyring, disk, 100, told);  // what was torn is no obstacle to going on
      keyring = reopen();
      ASSERT_TRUE(keyring);
      EXPECT_EQ(keyring->state(numbered(121)), KeyState::erased);
    }
  }
}

}  // namespace
}  // namespace pioneer::adapters
