// verify and open against damage: whatever changes in a closed directory is found and located.
#include "adapters/segments/verify.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/adapters/segments/workload.hpp"

namespace pioneer::tests {
namespace {

using namespace eventstore;
using namespace adapters::segments;

/// A disk on which something else happens after the first large read of a file.
class BusyDisk : public Disk {
 public:
  BusyDisk(Disk& disk, std::function<void()> meanwhile) : disk_(disk), meanwhile_(std::move(meanwhile)) {}
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    auto file = disk_.open(path, mode);
    if (!file) return file;
    return std::make_unique<BusyFile>(*this, std::move(*file));
  }
  Result<std::vector<std::string>> list(const std::string& directory) const override { return disk_.list(directory); }
  Result<void> make_directory(const std::string& path) override { return disk_.make_directory(path); }
  Result<void> rename(const std::string& from, const std::string& to) override { return disk_.rename(from, to); }
  Result<void> remove(const std::string& path) override { return disk_.remove(path); }
  Result<void> sync_directory(const std::string& path) override { return disk_.sync_directory(path); }
  bool exists(const std::string& path) const override { return disk_.exists(path); }
  Result<std::unique_ptr<File>> lock(const std::string& path) override { return disk_.lock(path); }

 private:
  struct BusyFile : File {
    BusyFile(BusyDisk& disk, std::unique_ptr<File> file) : disk_(disk), file_(std::move(file)) {}
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override {
      auto got = file_->read(offset, into);
      if (into.size() > segment_header_bytes && disk_.meanwhile_) std::exchange(disk_.meanwhile_, nullptr)();
      return got;
    }
    Result<void> write(std::uint64_t offset, ByteView bytes) override { return file_->write(offset, bytes); }
    Result<void> sync() override { return file_->sync(); }
    Result<std::uint64_t> size() const override { return file_->size(); }
    BusyDisk& disk_;
    std::unique_ptr<File> file_;
  };
  Disk& disk_;
  std::function<void()> meanwhile_;
};

TEST(VerifyOfALogInUse, TakesNoGrowthForDamage) {
  SimulatedDisk disk;
  SimulatedExecutor executor;
  static_cast<void>(disk.make_directory("/log"));
  // Larger than what a scan reads ahead, so that it sees one part as it was before and one as it is after.
  auto made = SegmentLog::create(disk, executor, {.directory = "/log", .segment_bytes = 4u << 20}, test_log_id());
  ASSERT_TRUE(made);
  auto& log = **made;
  Chain chain(log.state());
  ASSERT_TRUE(log.append(chain.epoch(1, 20)));
  BusyDisk busy(disk, [&] {
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(log.append(chain.commits(50, 1'000)));
  });
  const auto found = verify(busy, "/log");
  EXPECT_TRUE(found.ok) << found.reason;
  EXPECT_TRUE(found.torn_tail);
  EXPECT_EQ(found.position, log.end());
}

/// A closed directory of three files and two lives.
class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    EXPECT_EQ(work_.live(1, 12, false), "");
    EXPECT_EQ(work_.live(2, 18, true), "");
    EXPECT_EQ(work_.disk.paths().size(), 3u);
  }

  std::string path(std::uint64_t number) const { return Workload::directory + "/" + segment_name(number); }
  Verification check() { return verify(work_.disk, Workload::directory); }

  /// Offsets of the batches of a file.
  std::vector<std::uint64_t> batches(std::uint64_t number) {
    const auto file = *work_.disk.open(path(number), OpenMode::read_only);
    const auto header = read_header(*file, path(number));
    std::vector<std::uint64_t> offsets;
    const auto end = scan(*file, path(number), *header, true, [&](const Batch& b) { offsets.push_back(b.offset); });
    EXPECT_TRUE(end);
    return offsets;
  }

  void expect_damage(const std::string& code, std::uint64_t number, std::uint64_t offset) {
    const auto found = check();
    EXPECT_FALSE(found.ok);
    EXPECT_EQ(found.code, code) << found.reason;
    EXPECT_EQ(found.file, path(number));
    EXPECT_EQ(found.offset, offset);
  }

  Workload work_;
};

TEST_F(VerifyTest, ProvesAClosedDirectory) {
  std::uint64_t told = 0;
  std::uint64_t total = 0;
  const auto good = verify(work_.disk, Workload::directory, {.progress = [&](std::uint64_t done, std::uint64_t all) {
                             told = done;
                             total = all;
                           }});
  EXPECT_TRUE(good.ok) << good.reason;
  EXPECT_FALSE(good.torn_tail);
  EXPECT_EQ(good.position.value, work_.attempted.size());
  EXPECT_EQ(good.segments, 3u);
  EXPECT_EQ(good.records, work_.attempted.size() + 2);  // and two fences
  EXPECT_EQ(told, 3 * file_bytes);
  EXPECT_EQ(total, told);
  MerkleFrontier tree;
  for (const auto& leaf : work_.attempted) tree.add(leaf_hash(bytes_of(leaf)));
  EXPECT_EQ(good.root, tree.root());
}

TEST_F(VerifyTest, FindsAThousandFlippedBytesAndNamesTheFile) {
  std::mt19937_64 random(20261124);
  const auto last = batches(2).back() + block_bytes;
  for (int i = 0; i < 1'000; ++i) {
    const auto number = random() % 3;
    auto& bytes = work_.disk.bytes(path(number));
    // A quarter of them among the last batches, where a torn write would be no damage.
    const auto at = i % 4 == 0 && number == 2 ? last - random() % 4'096 : random() % bytes.size();
    const auto flip = static_cast<char>(1 + random() % 255);
    bytes[at] = static_cast<char>(bytes[at] ^ flip);
    const auto found = check();
    EXPECT_FALSE(found.ok) << "byte " << at << " of file " << number;
    EXPECT_TRUE(found.file == path(number)) << found.file << " instead of " << number << ": " << found.reason;
    EXPECT_LE(found.offset, at);
    bytes[at] = static_cast<char>(bytes[at] ^ flip);
  }
  EXPECT_TRUE(check().ok);
}

TEST_F(VerifyTest, FindsEveryFlippedByteOfTheClosingBatch) {
  const auto closing = batches(2).back();
  auto& bytes = work_.disk.bytes(path(2));
  for (std::uint64_t at = closing; at < closing + block_bytes; ++at) {
    for (const int flip : {0x01, 0x80, 0xFF, static_cast<int>(static_cast<unsigned char>(bytes[at]))}) {
      if (flip == 0) continue;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      expect_damage("corrupt_batch", 2, closing);
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
    }
  }
}

TEST_F(VerifyTest, FindsBytesBehindTheClosingBatch) {
  const auto closing = batches(2).back();
  work_.disk.bytes(path(2)).back() = 1;
  expect_damage("corrupt_tail", 2, file_bytes - 1);
  work_.disk.bytes(path(2)).back() = 0;
  work_.disk.bytes(path(2))[closing + block_bytes] = 1;
  expect_damage("corrupt_batch", 2, closing + block_bytes);
}

TEST_F(VerifyTest, FindsBytesInTheUnusedTailOfASealedFile) {
  work_.disk.bytes(path(0)).back() = 1;
  expect_damage("corrupt_tail", 0, file_bytes - 1);
}

TEST_F(VerifyTest, FindsABadBatchAtTheEndOfASealedFile) {
  const auto last = batches(1).back();
  work_.disk.bytes(path(1))[last + 60] ^= 1;
  expect_damage("corrupt_batch", 1, last);
}

TEST_F(VerifyTest, FindsAFileThatIsMissing) {
  ASSERT_TRUE(work_.disk.remove(path(1)));
  expect_damage("segments_disagree", 2, 0);
  ASSERT_TRUE(work_.disk.remove(path(0)));
  expect_damage("segments_disagree", 2, 0);
}

TEST_F(VerifyTest, FindsAFileOfAnotherLength) {
  work_.disk.bytes(path(1)).pop_back();
  expect_damage("segment_wrong_size", 1, 0);
  work_.disk.bytes(path(1)).resize(100);
  expect_damage("not_a_segment", 1, 0);
}

TEST_F(VerifyTest, TellsATornTailFromDamage) {
  auto& bytes = work_.disk.bytes(path(2));
  const auto closing = batches(2).back();
  // As a process that was killed within a write would leave it: the first block of a batch instead of a closing one.
  const auto data = batches(0)[1];
  bytes.replace(closing, block_bytes, work_.disk.bytes(path(0)), data, block_bytes);
  const auto torn = check();
  EXPECT_TRUE(torn.ok) << torn.reason;
  EXPECT_TRUE(torn.torn_tail);
  EXPECT_EQ(torn.file, path(2));
  EXPECT_EQ(torn.offset, closing);
  // The next life drops it whole and goes on.
  EXPECT_EQ(work_.live(3, 2, true), "");
  EXPECT_TRUE(check().ok);
  EXPECT_FALSE(check().torn_tail);
}

TEST_F(VerifyTest, SaysThatALogInUseIsNotClosed) {
  Workload open;
  EXPECT_EQ(open.live(1, 2, false), "");
  const auto found = verify(open.disk, Workload::directory);
  EXPECT_TRUE(found.ok);
  EXPECT_TRUE(found.torn_tail);
  EXPECT_NE(found.reason.find("no closing batch"), std::string::npos);
}

TEST_F(VerifyTest, SaysThatThereIsNoLog) {
  Workload none;
  EXPECT_EQ(verify(none.disk, Workload::directory).code, "no_log");
  EXPECT_EQ(verify(none.disk, "/elsewhere").code, "no_such_file");
}

TEST_F(VerifyTest, OpenRefusesDamageOfTheLastFileAndNamesIt) {
  const auto offsets = batches(2);
  const auto at = offsets[offsets.size() / 2];
  work_.disk.bytes(path(2))[at + 70] ^= 1;
  SimulatedExecutor executor;
  const auto calls = work_.disk.calls();
  const auto opened = SegmentLog::open(work_.disk, executor, work_.options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "corrupt_batch");
  EXPECT_NE(opened.error().detail.find("000000000002.segment at byte " + std::to_string(at)), std::string::npos)
      << opened.error().detail;
  EXPECT_EQ(work_.disk.calls(), calls);
}

TEST_F(VerifyTest, ReadersNeverServeADamagedBatch) {
  const auto at = batches(0)[3];
  work_.disk.bytes(path(0))[at + 200] ^= 1;
  SimulatedExecutor executor;
  const auto opened = SegmentLog::open(work_.disk, executor, work_.options);  // folds the last file only
  ASSERT_TRUE(opened);
  const auto& log = **opened;
  std::uint64_t served = 0;
  const auto reader = log.reader(Sequence(0));
  Result<std::optional<Leaf>> leaf;
  while ((leaf = reader->next()) && *leaf) ASSERT_EQ((*leaf)->record, work_.attempted[served++]);
  ASSERT_FALSE(leaf);
  EXPECT_EQ(leaf.error().code, "corrupt_batch");
  EXPECT_NE(leaf.error().detail.find("000000000000.segment at byte " + std::to_string(at)), std::string::npos);
  EXPECT_EQ(log.read(Sequence(served)).error().code, "corrupt_batch");
  EXPECT_TRUE(log.read(Sequence(log.end().value - 1)));
}

}  // namespace
}  // namespace pioneer::tests
