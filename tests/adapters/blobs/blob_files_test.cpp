#include "adapters/blobs/blob_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/sodium.hpp"
#include "eventstore/record.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::adapters::blobs {
namespace {

constexpr std::int64_t day_us = api::blob_unused_us_max;

class Text final : public api::OpenedReader {
 public:
  void read_opened(std::string_view value) override { text = value; }
  std::string text;
};

class SetClock final : public eventstore::Clock {
 public:
  eventstore::Instant now() const override { return eventstore::Instant{us}; }
  eventstore::Instant since_boot() const override { return eventstore::Instant{us}; }
  std::int64_t us = 0;
};

class BlobFilesTest : public testing::Test {
 protected:
  BlobFilesTest() : anchor("x"), directory(std::filesystem::path(anchor.path()).parent_path() / "blobs") {
    staging.bytes.fill('s');
    open();
  }
  void open() {
    auto opened = BlobFiles::open(disk, cryptography, clock, directory.string(), staging);
    ASSERT_TRUE(opened.has_value());
    blobs = std::move(*opened);
  }
  std::string put(std::string_view bytes, std::int64_t at = 0) {
    const auto name = blobs->put(bytes, "image/jpeg", at);
    EXPECT_TRUE(name.has_value());
    return name.value_or("");
  }
  std::optional<std::string> content(const std::string& name) {
    const auto staged = blobs->staged(name);
    if (!staged) return std::nullopt;
    const auto opened = blobs->read(name, staged->key);
    if (!opened || !*opened) return std::nullopt;
    Text reader;
    (*opened)->reveal_to(reader);
    return reader.text;
  }
  std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) out.push_back(entry.path());
    return out;
  }
  static std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  tests::TemporaryFile anchor;
  std::filesystem::path directory;
  posix::PosixDisk disk;
  SetClock clock;
  posix::PosixRandom random;
  SodiumCryptography cryptography{random};
  api::Secret staging;
  std::unique_ptr<api::Blobs> blobs;
};

TEST_F(BlobFilesTest, NamesABlobByItsCiphertextAndNeverTwiceTheSame) {
  const auto one = put("same");
  EXPECT_NE(one, put("same"));
  std::size_t checked = 0;
  for (const auto& file : files()) {
    if (file.extension() == ".staged") continue;
    const auto bytes = bytes_of(file);
    const auto hash = eventstore::sha256(eventstore::bytes_of(bytes));
    EXPECT_EQ(content(std::string(hash.view())), "same");
    ++checked;
  }
  EXPECT_EQ(checked, 2U);
}

TEST_F(BlobFilesTest, WritesNothingInClear) {
  put("SECRET CONTENT");
  for (const auto& file : files()) {
    EXPECT_EQ(bytes_of(file).find("SECRET"), std::string::npos) << file;
    EXPECT_EQ(bytes_of(file).find("image/jpeg"), std::string::npos) << file;
    EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::others_read,
              std::filesystem::perms::none);
  }
}

TEST_F(BlobFilesTest, KnowsNothingUnderAnotherStagingKey) {
  const auto name = put("a photo");
  staging.bytes.fill('t');
  open();
  EXPECT_FALSE(blobs->staged(name).has_value());
}

TEST_F(BlobFilesTest, FindsAChangedFile) {
  const auto name = put("a photo");
  const auto key = blobs->staged(name)->key;
  for (const auto& file : files()) {
    if (file.extension() == ".staged") continue;
    auto bytes = bytes_of(file);
    bytes[bytes.size() / 2] ^= 1;
    std::ofstream(file, std::ios::binary) << bytes;
  }
  const auto read = blobs->read(name, key);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, "corrupt_blob");
}

TEST_F(BlobFilesTest, RemovesWhatNothingUsedForADay) {
  const auto used = put("used", 0);
  const auto unused = put("unused", 0);
  const auto fresh = put("fresh", 10);
  const auto used_key = blobs->staged(used)->key;
  const auto is_used = [&](std::string_view name) { return name == used; };
  EXPECT_EQ(blobs->expire(day_us - 1, is_used).value_or(99), 0U);
  EXPECT_EQ(blobs->expire(day_us, is_used).value_or(99), 1U);
  EXPECT_FALSE(blobs->staged(unused).has_value());
  EXPECT_FALSE(blobs->staged(used).has_value());  // its key stands in the log now, and nowhere else
  EXPECT_TRUE(blobs->read(used, used_key)->has_value());
  EXPECT_EQ(content(fresh), "fresh");
  EXPECT_EQ(files().size(), 3U);
}

TEST_F(BlobFilesTest, SweepsWhatACrashLeft) {
  std::ofstream(directory / (std::string(64, 'a') + ".new")) << "x";
  std::ofstream(directory / (std::string(64, 'b') + ".staged")) << "x";
  ASSERT_TRUE(blobs->expire(0, [](std::string_view) { return false; }).has_value());
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace pioneer::adapters::blobs
