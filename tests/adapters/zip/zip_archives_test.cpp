// Archives that are the same for everybody, and others' that are not believed.
#include "adapters/zip/zip_archives.hpp"

#include <gtest/gtest.h>

namespace pioneer::adapters::zip {
namespace {

using api::ArchivedFile;

constexpr api::ArchiveLimits roomy{.files_max = 100, .bytes_max = 1 << 20};

std::string packed(const std::vector<ArchivedFile>& files) {
  auto bytes = ZipArchives{}.pack(files);
  EXPECT_TRUE(bytes) << bytes.error().detail;
  return bytes.value_or("");
}

std::string refused(std::string_view archive, const api::ArchiveLimits& limits = roomy) {
  const auto files = ZipArchives{}.unpack(archive, limits);
  if (files) return {};
  EXPECT_EQ(files.error().code, "bad_archive");
  return files.error().detail;
}

std::string with(std::string bytes, std::string_view from, std::string_view to) {
  EXPECT_EQ(from.size(), to.size());
  EXPECT_NE(bytes.find(from), bytes.npos);
  for (auto at = bytes.find(from); at != bytes.npos; at = bytes.find(from, at + to.size()))
    bytes.replace(at, from.size(), to);
  return bytes;
}

TEST(ZipArchives, GiveBackWhatTheyWereGiven) {
  const std::vector<ArchivedFile> files{
      {"README.txt", "先锋"}, {"entries/17.entry", std::string("\0\xff", 2)}, {"empty", ""}};
  const auto archive = packed(files);
  const auto read = ZipArchives{}.unpack(archive, roomy);
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ((*read)[i].name, files[i].name);
    EXPECT_EQ((*read)[i].bytes, files[i].bytes);
  }
  EXPECT_EQ(packed(files), archive) << "bytes that no clock changes";
  EXPECT_NE(archive.find("先锋"), archive.npos) << "stored as they are";
}

TEST(ZipArchives, WriteNoNameThatLeadsElsewhere) {
  for (const auto* name : {"", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".", "a\\b", "c:d", "é"}) {
    const std::vector<ArchivedFile> files{{name, "x"}};
    EXPECT_FALSE(ZipArchives{}.pack(files)) << name;
  }
}

TEST(ZipArchives, ReadNoNameThatLeadsElsewhere) {
  const auto archive = packed({{"xx_evil", "x"}});
  for (const auto* name : {"../evil", "/x_evil", "x/../il", "x_\\evil", "x:_evil", "x//evil", "x_ evil"})
    EXPECT_NE(refused(with(archive, "xx_evil", name)).find("leads elsewhere"), std::string::npos) << name;
}

TEST(ZipArchives, ReadNoNameTwice) {
  const auto archive = packed({{"one.txt", "x"}, {"two.txt", "y"}});
  EXPECT_NE(refused(with(archive, "two.txt", "one.txt")), "");
  EXPECT_NE(refused(with(archive, "two.txt", "ONE.txt")).find("twice"), std::string::npos);
}

TEST(ZipArchives, ReadNoMoreThanTheyMay) {
  const auto archive = packed({{"one", std::string(600, 'x')}, {"two", std::string(600, 'y')}});
  EXPECT_EQ(refused(archive, {.files_max = 2, .bytes_max = 1'200}), "");
  EXPECT_NE(refused(archive, {.files_max = 2, .bytes_max = 1'199}).find("Unpacked it is more"), std::string::npos);
  EXPECT_NE(refused(archive, {.files_max = 1, .bytes_max = 1'200}).find("2 files, more than 1"), std::string::npos);
}

TEST(ZipArchives, ReadNoLinksAndNothingDamaged) {
  const auto archive = packed({{"one", "some bytes of it"}});
  EXPECT_NE(refused(with(archive, "some bytes", "SOME bytes")).find("damaged"), std::string::npos);
  // The central header's attributes: a file's mode there, made a link's.
  EXPECT_NE(refused(with(archive, std::string_view("\x00\x00\xa4\x81", 4), std::string_view("\x00\x00\xa4\xa1", 4)))
                .find("is a link"),
            std::string::npos);
}

TEST(ZipArchives, RefuseWhatIsCutOffWhereverThatIs) {
  const auto archive = packed({{"one", "some bytes of it"}, {"folder/two", "more"}});
  for (std::size_t length = 0; length < archive.size(); ++length)
    EXPECT_NE(refused(std::string_view(archive).substr(0, length)), "") << length;
}

TEST(ZipArchives, NeverGiveAnotherFileForAFlippedBit) {
  const std::vector<ArchivedFile> files{{"one", "some bytes of it"}, {"folder/two", "more"}};
  const auto archive = packed(files);
  for (std::size_t at = 0; at < archive.size() * 8; ++at) {
    auto changed = archive;
    changed[at / 8] = static_cast<char>(changed[at / 8] ^ (1 << at % 8));
    const auto read = ZipArchives{}.unpack(changed, roomy);
    if (!read) continue;
    for (const auto& file : *read)
      for (const auto& made : files) EXPECT_TRUE(file.name != made.name || file.bytes == made.bytes) << at;
  }
}

}  // namespace
}  // namespace pioneer::adapters::zip
