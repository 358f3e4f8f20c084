// The golden log: this build writes the same bytes, and a second reader, in another language, finds the same in them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "adapters/posix/disk.hpp"
#include "adapters/segments/verify.hpp"
#include "tests/golden/golden_log.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::tests {
namespace {

using namespace eventstore;
using namespace adapters::segments;

const std::string golden = "tests/golden/log";

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Output {
  int exit_code;
  std::string text;
};

Output run(const std::string& command) {
  std::string text;
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "popen failed"};
  char piece[4096];
  for (std::size_t n; (n = std::fread(piece, 1, sizeof piece, pipe)) > 0;) text.append(piece, n);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char c : bytes) {
    text += "0123456789abcdef"[c >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

std::string field(const char* name, const std::string& value) { return "\"" + std::string(name) + "\": " + value; }

TEST(GoldenLog, IsWrittenByteForByteAgain) {
  SimulatedDisk disk;
  static_cast<void>(disk.make_directory("/again"));
  const auto written = write_golden_log(disk, "/again");
  ASSERT_TRUE(written) << written.error().detail;
  ASSERT_EQ(disk.paths().size(), 2u);
  for (std::uint64_t number = 0; number < 2; ++number)
    EXPECT_TRUE(disk.bytes("/again/" + segment_name(number)) == file_text(golden + "/" + segment_name(number)))
        << segment_name(number) << " differs: if the format was changed on purpose, make_golden writes it anew";
}

TEST(GoldenLog, IsFoundTheSameByTheSecondReader) {
  adapters::posix::PosixDisk disk;
  const auto ours = verify(disk, golden);
  ASSERT_TRUE(ours.ok) << ours.reason;
  ASSERT_FALSE(ours.torn_tail);
  EXPECT_EQ(ours.state.epoch, Epoch(2));
  const auto theirs = run("python3 tests/golden/read_log.py " + golden);
  ASSERT_EQ(theirs.exit_code, 0) << theirs.text;
  const auto has = [&](const std::string& text) {
    EXPECT_NE(theirs.text.find(text), std::string::npos) << text << " is not in\n" << theirs.text;
  };
  has(field("log_id", "\"" + hex(ours.state.log_id.view()) + "\""));
  has(field("position", std::to_string(ours.position.value)));
  has(field("head", "\"" + hex(ours.state.head.view()) + "\""));
  has(field("root", "\"" + hex(ours.root.view()) + "\""));
  has(field("closed", "true"));
  has(field("torn_tail", "false"));
  has(field("sequence", std::to_string(ours.position.value - 1)));
  has(field("recorded_at_us", "1767225601000000"));
  has(field("stream", "\"organisation/2\""));
  has("\"RequestProgressed\"");
}

class DamagedGoldenLog : public testing::Test {
 protected:
  DamagedGoldenLog() {
    directory_ = testing::TempDir() + "pioneer-golden-" + std::to_string(::getpid()) + "/";
    static_cast<void>(disk_.make_directory(directory_));
    for (std::uint64_t number = 0; number < 2; ++number)
      texts_.push_back(file_text(golden + "/" + segment_name(number)));
  }
  ~DamagedGoldenLog() override {
    for (std::uint64_t number = 0; number < 2; ++number) static_cast<void>(disk_.remove(path(number)));
    ::rmdir(directory_.c_str());
  }
  std::string path(std::uint64_t number) const { return directory_ + segment_name(number); }
  void write() {
    for (std::uint64_t number = 0; number < 2; ++number)
      std::ofstream(path(number), std::ios::binary) << texts_[number];
  }

  adapters::posix::PosixDisk disk_;
  std::string directory_;
  std::vector<std::string> texts_;
};

TEST_F(DamagedGoldenLog, IsRefusedByBothReaders) {
  const auto closing = texts_[1].find_last_not_of('\0') / block_bytes * block_bytes;
  const std::vector<std::pair<std::size_t, std::size_t>> places{{0, 0},
                                                                {0, 20},
                                                                {0, 200},
                                                                {0, 4'000},
                                                                {0, 4'096},
                                                                {0, 4'700},
                                                                {0, 5'200},
                                                                {0, 30'000},
                                                                {0, 73'700},
                                                                {1, 90},
                                                                {1, 180},
                                                                {1, 4'100},
                                                                {1, 9'000},
                                                                {1, closing},
                                                                {1, closing + 41},
                                                                {1, closing + 511},
                                                                {1, closing + 512},
                                                                {1, 73'727}};
  for (const auto& [number, at] : places) {
    SCOPED_TRACE("byte " + std::to_string(at) + " of file " + std::to_string(number));
    texts_[number][at] ^= 0x55;
    write();
    EXPECT_FALSE(verify(disk_, directory_).ok);
    const auto theirs = run("python3 tests/golden/read_log.py " + directory_);
    EXPECT_EQ(theirs.exit_code, 1) << theirs.text;
    EXPECT_NE(theirs.text.find(segment_name(number)), std::string::npos) << theirs.text;
    texts_[number][at] ^= 0x55;
  }
}

TEST_F(DamagedGoldenLog, IsTornForBothReadersIfItsEndIsCutOff) {
  const auto closing = texts_[1].find_last_not_of('\0') / block_bytes * block_bytes;
  // The last batch of records without its second block: what a killed process leaves.
  std::fill(texts_[1].begin() + static_cast<std::ptrdiff_t>(closing), texts_[1].end(), '\0');
  const auto last = texts_[1].rfind("\xFFPBATCH\n");
  std::fill(texts_[1].begin() + static_cast<std::ptrdiff_t>(last + block_bytes), texts_[1].end(), '\0');
  write();
  const auto ours = verify(disk_, directory_);
  EXPECT_TRUE(ours.ok);
  EXPECT_TRUE(ours.torn_tail);
  EXPECT_EQ(ours.offset, last);
  const auto theirs = run("python3 tests/golden/read_log.py " + directory_ + " --no-leaves");
  EXPECT_EQ(theirs.exit_code, 0) << theirs.text;
  EXPECT_NE(theirs.text.find(field("torn_tail", "true")), std::string::npos) << theirs.text;
  EXPECT_NE(theirs.text.find(field("root", "\"" + hex(ours.root.view()) + "\"")), std::string::npos) << theirs.text;
}

}  // namespace
}  // namespace pioneer::tests
