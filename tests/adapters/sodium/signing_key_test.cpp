#include "adapters/sodium/signing.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::adapters {
namespace {

// Of Go's note package (its documentation): a private key, and the verifier key that belongs to it.
constexpr std::string_view known_private =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr std::string_view known_verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

TEST(SigningKey, GivesTheVerifierKeyThatOthersDerive) {
  const auto key = SigningKey::parse(known_private);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->verifier(), known_verifier);
  EXPECT_EQ(key->private_text(), known_private);
  EXPECT_EQ(key->sign("a message").size(), 64u);
}

TEST(SigningKey, IsMadeOnceAndReadAgain) {
  const tests::TemporaryFile file("");
  const std::string folder = std::filesystem::path(file.path()).parent_path().string();
  posix::PosixDisk disk;
  posix::PosixRandom random;
  const auto made = SigningKey::settle(disk, random, folder, "log.example");
  ASSERT_TRUE(made.has_value());
  const auto again = SigningKey::settle(disk, random, folder, "another");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->verifier(), made->verifier());
}

TEST(SigningKey, IsNotMadeAgainWhenItIsLostOrExchanged) {
  namespace fs = std::filesystem;
  const tests::TemporaryFile file("");
  const auto folder = fs::path(file.path()).parent_path();
  posix::PosixDisk disk;
  posix::PosixRandom random;
  const auto made = SigningKey::settle(disk, random, folder.string(), "log.example");
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(fs::status(folder / "log-signing").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  fs::rename(folder / "log-signing", folder / "aside");
  const auto lost = SigningKey::settle(disk, random, folder.string(), "log.example");
  ASSERT_FALSE(lost.has_value());
  EXPECT_EQ(lost.error().code, "no_signing_key");
  EXPECT_FALSE(fs::exists(folder / "log-signing"));
  std::ofstream(folder / "log-signing") << known_private << "\n";
  const auto other = SigningKey::settle(disk, random, folder.string(), "log.example");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, "other_signing_key");
  fs::rename(folder / "aside", folder / "log-signing");
  fs::remove(folder / "log-verifier");  // as an earlier version left it
  EXPECT_EQ(SigningKey::settle(disk, random, folder.string(), "log.example")->verifier(), made->verifier());
  EXPECT_TRUE(fs::exists(folder / "log-verifier"));
}

TEST(SigningKey, RefusesWhatIsNone) {
  for (std::string text : {std::string(), std::string("PRIVATE+KEY+"), std::string(known_private.substr(0, 50)),
                           std::string(known_verifier)}) {
    EXPECT_FALSE(SigningKey::parse(text).has_value()) << text;
  }
  std::string other_hash(known_private);
  other_hash[25] = other_hash[25] == '0' ? '1' : '0';
  EXPECT_FALSE(SigningKey::parse(other_hash).has_value());
  const tests::TemporaryFile file("");
  const std::string folder = std::filesystem::path(file.path()).parent_path().string();
  posix::PosixDisk disk;
  posix::PosixRandom random;
  EXPECT_FALSE(SigningKey::settle(disk, random, folder, "with space").has_value());
}

}  // namespace
}  // namespace pioneer::adapters
