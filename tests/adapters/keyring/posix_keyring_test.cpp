// The keyring on a real disk: whose files they are.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "adapters/keyring/file_keyring.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/sodium/sodium.hpp"
#include "tests/adapters/keyring/faulty_disk.hpp"

namespace pioneer::adapters {
namespace {

TEST(KeyringOnDisk, IsForItsOwnerOnlyAndOpensAgain) {
  const auto directory = std::filesystem::temp_directory_path() / ("pioneer-keyring-" + std::to_string(::getpid()));
  std::filesystem::remove_all(directory);
  posix::PosixDisk disk;
  pioneer::testing::SeededRandom random;
  SodiumCryptography cryptography(random);
  const auto log_id = eventstore::LogId::of("a log of 16 byte");
  const KeyringOptions options{directory.string(), "", 16};
  const auto id = domain::Id::of("a person's key..");
  std::string key;
  {
    auto keyring = FileKeyring::make(disk, cryptography, log_id, options);
    ASSERT_TRUE(keyring) << keyring.error().detail;
    ASSERT_TRUE((*keyring)->create(id, api::KeyKind::person));
    ASSERT_TRUE((*keyring)->sync());
    key = std::string((*keyring)->get(id)->sealing.view());
  }
  for (const char* name : {"keyring", "master"}) {
    EXPECT_EQ(std::filesystem::status(directory / name).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
  }
  auto keyring = FileKeyring::open(disk, cryptography, log_id, options);
  ASSERT_TRUE(keyring) << keyring.error().detail;
  EXPECT_EQ((*keyring)->get(id)->sealing.view(), key);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace pioneer::adapters
