#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/posix/disk.hpp"
#include "adapters/zeromq/bus_keys.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::adapters::zeromq {
namespace {

constexpr const char* printed_public = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
constexpr const char* printed_secret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

class BusKeys : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory() + "/" + name; }
  std::string directory() const { return std::filesystem::path(anchor.path()).parent_path(); }
  tests::TemporaryFile anchor{""};
  posix::PosixDisk disk;
};

TEST_F(BusKeys, AreReadAsTheyWereWrittenAndTheSecretOneIsItsOwners) {
  const auto keys = make_bus_keys();
  ASSERT_TRUE(write_bus_keys(disk, path("gate"), keys).has_value());
  const auto read = read_bus_keys(disk, path("gate"));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->public_key, keys.public_key);
  EXPECT_EQ(read->secret_key, keys.secret_key);
  EXPECT_EQ(public_key_of(disk, path("gate.key")).value_or(""), keys.public_key);
  EXPECT_EQ(std::filesystem::status(path("gate.key_secret")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(write_bus_keys(disk, path("gate"), keys).error().code, "file_exists");
}

TEST_F(BusKeys, AreRefusedWhereEverybodyHasThem) {
  EXPECT_TRUE(is_bus_key(printed_public));
  EXPECT_TRUE(is_published(printed_public));
  EXPECT_EQ(public_key_of(disk, printed_public).error().code, "bad_bus_key");
  ASSERT_TRUE(write_bus_keys(disk, path("taken"), {printed_public, printed_secret}).has_value());
  EXPECT_EQ(read_bus_keys(disk, path("taken")).error().code, "bad_bus_key");
}

TEST_F(BusKeys, OfTwoPairsAreNoPair) {
  ASSERT_TRUE(
      write_bus_keys(disk, path("mixed"), {make_bus_keys().public_key, make_bus_keys().secret_key}).has_value());
  EXPECT_EQ(read_bus_keys(disk, path("mixed")).error().code, "bad_bus_key");
}

TEST_F(BusKeys, SettleOnceForADirectory) {
  const auto first = settle_bus_keys(disk, directory());
  const auto again = settle_bus_keys(disk, directory());
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->public_key, again->public_key);
}

TEST_F(BusKeys, OfAListThatIsDamagedAdmitNobody) {
  const auto good = make_bus_keys().public_key;
  ASSERT_TRUE(write_admitted(disk, path("clients"), {{good, "the gate"}}).has_value());
  const auto read = read_admitted(disk, path("clients"));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().key, good);
  EXPECT_EQ(read->front().name, "the gate");
  EXPECT_TRUE(AdmittedKeys(disk, path("clients")).has(good));
  for (const auto* line : {"short", printed_public, "0123456789012345678901234567890123456789~ x"}) {
    ASSERT_TRUE(write_admitted(disk, path("clients"), {{good, "the gate"}}).has_value());
    std::ofstream(path("clients"), std::ios::app) << line << "\n";
    EXPECT_EQ(read_admitted(disk, path("clients")).error().code, "bad_bus_clients") << line;
    EXPECT_FALSE(AdmittedKeys(disk, path("clients")).has(good)) << line;
  }
  EXPECT_FALSE(AdmittedKeys(disk, path("nothing")).has(good));
}

}  // namespace
}  // namespace pioneer::adapters::zeromq
