// The simulator's disk must lose what a disk may lose, or its tests prove nothing.
#include "tests/simulation/simulated_disk.hpp"

#include <gtest/gtest.h>

namespace pioneer::tests {
namespace {

using namespace eventstore;
using Unsynced = SimulatedDisk::Unsynced;

class SimulatedDiskTest : public testing::Test {
 protected:
  SimulatedDiskTest() { static_cast<void>(disk_.make_directory("/d")); }
  /// A file of 4 sectors of zeros, durable with its name.
  void make(const std::string& path) {
    auto file = disk_.open(path, OpenMode::create_new);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write(0, bytes_of(std::string(2048, '\0'))));
    ASSERT_TRUE((*file)->sync());
    ASSERT_TRUE(disk_.sync_directory("/d"));
  }
  SimulatedDisk disk_;
};

TEST_F(SimulatedDiskTest, LosesWhatWasNotSynced) {
  make("/d/a");
  const auto file = *disk_.open("/d/a", OpenMode::read_write);
  ASSERT_TRUE(file->write(0, bytes_of("kept")));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(file->write(0, bytes_of("lost")));
  disk_.crash(Unsynced::lost);
  EXPECT_EQ(disk_.bytes("/d/a").substr(0, 4), "kept");
  EXPECT_EQ(file->write(0, bytes_of("dead")).error().code, "write_failed");
}

TEST_F(SimulatedDiskTest, TearsBetweenSectors) {
  bool saw_torn = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SimulatedDisk disk;
    static_cast<void>(disk.make_directory("/d"));
    const auto file = *disk.open("/d/a", OpenMode::create_new);
    ASSERT_TRUE(file->write(0, bytes_of(std::string(2048, '\0'))));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(disk.sync_directory("/d"));
    ASSERT_TRUE(file->write(0, bytes_of(std::string(2048, 'x'))));
    disk.crash(Unsynced::torn, seed);
    int written = 0;
    for (std::size_t sector = 0; sector < 4; ++sector) {
      const auto bytes = disk.bytes("/d/a").substr(sector * 512, 512);
      EXPECT_TRUE(bytes == std::string(512, 'x') || bytes == std::string(512, '\0'));
      written += bytes[0] == 'x';
    }
    saw_torn = saw_torn || (written > 0 && written < 4);
  }
  EXPECT_TRUE(saw_torn);
}

TEST_F(SimulatedDiskTest, ForgetsNamesThatWereNotSynced) {
  make("/d/a");
  ASSERT_TRUE(disk_.rename("/d/a", "/d/b"));
  EXPECT_TRUE(disk_.exists("/d/b"));
  disk_.crash(Unsynced::lost);
  EXPECT_TRUE(disk_.exists("/d/a"));
  EXPECT_FALSE(disk_.exists("/d/b"));
}

TEST_F(SimulatedDiskTest, FailsTheCallItIsToldTo) {
  make("/d/a");
  const auto file = *disk_.open("/d/a", OpenMode::read_write);
  disk_.fail_call(disk_.calls() + 2);
  EXPECT_TRUE(file->write(0, bytes_of("one")));
  EXPECT_EQ(file->sync().error().code, "simulated_failure");
  EXPECT_TRUE(disk_.failed());
  EXPECT_EQ(disk_.failed_call(), SimulatedDisk::Call::sync);
  EXPECT_TRUE(file->sync());
}

TEST_F(SimulatedDiskTest, FillsUp) {
  make("/d/a");
  disk_.limit_bytes(2048);
  const auto file = *disk_.open("/d/a", OpenMode::read_write);
  EXPECT_TRUE(file->write(0, bytes_of("in place")));
  EXPECT_EQ(file->write(2048, bytes_of("x")).error().code, "disk_full");
}

}  // namespace
}  // namespace pioneer::tests
