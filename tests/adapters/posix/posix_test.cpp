#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "adapters/posix/clock.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/posix/threads.hpp"

namespace pioneer::adapters::posix {
namespace {

using namespace eventstore;

class PosixDiskTest : public testing::Test {
 protected:
  PosixDiskTest() {
    directory_ = testing::TempDir() + "pioneer-posix-" + std::to_string(::getpid());
    EXPECT_TRUE(disk_.make_directory(directory_));
  }
  ~PosixDiskTest() override { std::filesystem::remove_all(directory_); }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  PosixDisk disk_;
  std::string directory_;
};

TEST_F(PosixDiskTest, GivesBackWhatWasWritten) {
  const auto file = disk_.open(path("a"), OpenMode::create_new);
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->write(3, bytes_of("hello")));
  EXPECT_TRUE((*file)->sync());
  EXPECT_EQ(*(*file)->size(), 8u);
  std::string into(10, 'x');
  const auto got = (*file)->read(2, {reinterpret_cast<std::byte*>(into.data()), into.size()});
  ASSERT_TRUE(got);
  EXPECT_EQ(into.substr(0, *got), std::string("\0hello", 6));
}

TEST_F(PosixDiskTest, NamesEachFailure) {
  EXPECT_EQ(disk_.open(path("none"), OpenMode::read_only).error().code, "no_such_file");
  EXPECT_EQ(disk_.open(path("none"), OpenMode::read_write).error().code, "no_such_file");
  ASSERT_TRUE(disk_.open(path("a"), OpenMode::create_new));
  EXPECT_EQ(disk_.open(path("a"), OpenMode::create_new).error().code, "already_exists");
  EXPECT_EQ(disk_.list(path("none")).error().code, "no_such_file");
  EXPECT_EQ(disk_.remove(path("none")).error().code, "no_such_file");
  EXPECT_EQ(disk_.rename(path("none"), path("b")).error().code, "no_such_file");
  EXPECT_EQ(disk_.make_directory(path("a")).error().code, "already_exists");
  const auto read_only = disk_.open(path("a"), OpenMode::read_only);
  EXPECT_EQ((*read_only)->write(0, bytes_of("x")).error().code, "write_failed");
  EXPECT_NE(disk_.open(path("none"), OpenMode::read_only).error().detail.find(path("none")), std::string::npos);
}

TEST_F(PosixDiskTest, TellsAFullDiskFromABrokenOne) {
  const auto full = disk_.open("/dev/full", OpenMode::read_write);
  ASSERT_TRUE(full);
  const auto written = (*full)->write(0, bytes_of("x"));
  EXPECT_EQ(written.error().code, "disk_full");
  EXPECT_EQ(written.error().retry, Retry::can_help);
}

TEST_F(PosixDiskTest, ListsFilesOnlyAndSorted) {
  for (const char* name : {"b", "a", "c"}) ASSERT_TRUE(disk_.open(path(name), OpenMode::create_new));
  ASSERT_TRUE(disk_.make_directory(path("directory")));
  ASSERT_TRUE(disk_.rename(path("c"), path("0")));
  ASSERT_TRUE(disk_.remove(path("b")));
  ASSERT_TRUE(disk_.sync_directory(directory_));
  EXPECT_EQ(*disk_.list(directory_), (std::vector<std::string>{"0", "a"}));
  EXPECT_TRUE(disk_.exists(path("a")));
  EXPECT_FALSE(disk_.exists(path("b")));
}

TEST_F(PosixDiskTest, LocksUntilTheLockGoes) {
  auto lock = disk_.lock(path("lock"));
  ASSERT_TRUE(lock);
  EXPECT_EQ(disk_.lock(path("lock")).error().code, "directory_in_use");
  lock->reset();
  EXPECT_TRUE(disk_.lock(path("lock")));
}

TEST(PosixClock, NeverGoesBackSinceBoot) {
  const PosixClock clock;
  const auto first = clock.since_boot();
  EXPECT_GE(clock.since_boot(), first);
  EXPECT_GT(clock.now(), Instant(1'700'000'000'000'000));
  EXPECT_FALSE(clock.driven());
}

TEST(PosixRandom, FillsEveryByte) {
  PosixRandom random;
  std::array<std::byte, Hash::size> seen{};
  for (int i = 0; i < 64; ++i) {
    const auto bytes = random.bytes<Hash>();
    for (std::size_t at = 0; at < bytes.bytes.size(); ++at) seen[at] |= bytes.bytes[at];
  }
  for (std::size_t at = 0; at < Hash::size; ++at) EXPECT_NE(seen[at], std::byte{0}) << at;
}

TEST(ThreadPool, RunsEverythingOnce) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(3, 1'000);
    for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(pool.run([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 1'000);
}

TEST(ThreadPool, SaysNoWhenItsQueueIsFullAndServesWhatWasPromisedFirst) {
  std::promise<void> begun;
  std::promise<void> release;
  std::vector<int> order;
  {
    ThreadPool pool(1, 2);
    ASSERT_TRUE(pool.run([&] {
      begun.set_value();
      release.get_future().wait();
    }));
    begun.get_future().wait();
    EXPECT_TRUE(pool.run([&] { order.push_back(2); }));
    EXPECT_TRUE(pool.run([&] { order.push_back(3); }));
    EXPECT_FALSE(pool.run([&] { order.push_back(4); }));
    pool.run_promised([&] { order.push_back(1); });
    release.set_value();
  }
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(ThreadPool, TellsHowMuchWaits) {
  std::promise<void> begun, may_end;
  ThreadPool pool(1, 10);
  ASSERT_TRUE(pool.run([&] {
    begun.set_value();
    may_end.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(pool.run([] {}));
  EXPECT_TRUE(pool.run([] {}));
  EXPECT_EQ(pool.queued(), 2U);
  may_end.set_value();
}

TEST(ThreadPool, HasNoMoreThanItsThreads) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  {
    ThreadPool pool(2, 100);
    for (int i = 0; i < 100; ++i)
      EXPECT_TRUE(pool.run([&] {
        const int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --running;
      }));
  }
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 2);
}

// On Linux a nice value belongs to a thread.
TEST(RunPromptly, LeavesPolicyAndShareAsTheyWere) {
  int niceness = 0;
  int policy = -1;
  std::thread([&] {
    const auto self = static_cast<id_t>(::gettid());
    ASSERT_EQ(::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + 3), 0);
    const int before = ::getpriority(PRIO_PROCESS, self);
    run_promptly();
    niceness = ::getpriority(PRIO_PROCESS, self) - before;
    policy = ::sched_getscheduler(0);
  }).join();
  EXPECT_EQ(niceness, 0);
  EXPECT_EQ(policy, SCHED_OTHER);
}

}  // namespace
}  // namespace pioneer::adapters::posix
