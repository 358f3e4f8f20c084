// Uploads that come to all nodes through a table: what goes there, what is taken from there, and what is not.
#include "adapters/blobs/shared_blobs.hpp"

#include <gmock/gmock.h>

#include "tests/adapters/blobs/blob_nodes.hpp"

namespace pioneer::adapters::blobs {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::BlobNode;
using tests::content_of;
using tests::long_text;
using tests::MemoryTable;
using tests::secret_of;

constexpr std::int64_t day_us = api::blob_unused_us_max;
const auto nothing_is_used = [](std::string_view) { return false; };

struct SharedBlobsTest : testing::Test {
  std::shared_ptr<MemoryTable> table = std::make_shared<MemoryTable>();
  BlobNode one{table};
  BlobNode other{table};

  static std::string put(BlobNode& node, const std::string& text) {
    const auto name = node.blobs().put(text, "image/jpeg", node.clock.us);
    EXPECT_TRUE(name) << name.error().detail;
    return name.value_or("");
  }
  static std::vector<std::string> names(BlobNode& node) { return *node.blobs().names(); }
};

TEST_F(SharedBlobsTest, WhatOneNodeAnsweredAnotherHasWhenItIsAsked) {
  const auto scan = put(one, long_text(2'500'000));
  EXPECT_EQ(content_of(other.blobs(), scan)->size(), 2'500'000u);
  EXPECT_EQ(other.blobs().staged(scan)->media_type, "image/jpeg");
  EXPECT_FALSE(std::filesystem::exists(other.directory.path() + "/shared/" + digits_of_blob(scan) + ".0"));
}

TEST_F(SharedBlobsTest, PartsFitIntoMessagesAndSayNothingInClear) {
  put(one, "SECRET" + long_text(2'500'000));
  EXPECT_THAT(table->entries, SizeIs(4)) << "three parts, and the key that waits";
  for (const auto& [key, value] : table->entries) {
    EXPECT_LE(value->size(), 900'000u + shared_header_bytes);
    EXPECT_EQ(value->find("SECRET"), std::string::npos);
    EXPECT_EQ(value->find("image/jpeg"), std::string::npos);
  }
}

TEST_F(SharedBlobsTest, WhatIsTooLargeForTheTableIsRefused) {
  const auto name = one.blobs().put(std::string(part_bytes * parts_max, 'x'), "image/jpeg", 0);
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, "blob_too_large");
  EXPECT_THAT(table->entries, IsEmpty());
  EXPECT_THAT(names(one), IsEmpty());
}

TEST_F(SharedBlobsTest, WhatTheTableDidNotTakeIsNotAnswered) {
  table->away = true;
  EXPECT_EQ(one.blobs().put("a photo", "image/jpeg", 0).error().code, "outcome_unknown");
  EXPECT_THAT(names(one), IsEmpty());
}

TEST_F(SharedBlobsTest, AnUploadThatBrokeOffIsNobodysAndGoesAfterADay) {
  for (std::size_t takes = 1; takes <= 3; ++takes) {
    table->takes_only = takes;
    EXPECT_FALSE(one.blobs().put(long_text(2'500'000), "image/jpeg", 0));
    table->takes_only = ~std::size_t{0};
    ASSERT_TRUE(one.read_all() && other.read_all());
    EXPECT_THAT(names(one), IsEmpty());
    EXPECT_THAT(names(other), IsEmpty());
  }
  EXPECT_TRUE(one.blobs().expire(day_us - 1, nothing_is_used));
  EXPECT_THAT(table->newest(), SizeIs(6)) << "the key that waits, and up to two parts";
  EXPECT_TRUE(one.blobs().expire(day_us + 1, nothing_is_used));
  for (const auto& [key, value] : table->newest()) EXPECT_EQ(value.size(), shared_header_bytes);
  ASSERT_TRUE(other.read_all());
  std::size_t left = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(other.directory.path()))
    left += file.is_regular_file() && file.path().filename() != "place" ? 1 : 0;
  EXPECT_EQ(left, 0u);
}

TEST_F(SharedBlobsTest, WhatIsRemovedGoesFromAllAndFromTheTable) {
  const auto scan = put(one, long_text(2'500'000));
  ASSERT_TRUE(other.read_all());
  ASSERT_TRUE(one.blobs().remove(scan));
  ASSERT_TRUE(other.read_all());
  EXPECT_THAT(names(other), IsEmpty());
  EXPECT_FALSE(other.blobs().staged(scan));
  for (const auto& [key, value] : table->newest()) EXPECT_EQ(value.size(), shared_header_bytes) << "nothing is in it";
  BlobNode late(table);
  EXPECT_THAT(names(late), IsEmpty());
}

TEST_F(SharedBlobsTest, WhereTheTableIsAwayNothingGoes) {
  const auto name = put(one, "a photo");
  table->away = true;
  EXPECT_FALSE(one.blobs().remove(name));
  EXPECT_FALSE(one.blobs().expire(day_us + 1, nothing_is_used));
  EXPECT_THAT(names(one), ElementsAre(name)) << "else nobody would tell the others later";
  EXPECT_EQ(content_of(one.blobs(), name), "a photo");
  const auto elsewhere = other.blobs().read(name, {});
  ASSERT_FALSE(elsewhere) << "nobody knows whether it is there";
  EXPECT_EQ(elsewhere.error().code, "broker_unreachable");
}

TEST_F(SharedBlobsTest, OfAUsedUploadTheWaitingKeyGoesFromAll) {
  const auto name = put(one, "a photo");
  const auto key = one.blobs().staged(name)->key;
  ASSERT_TRUE(other.read_all());
  ASSERT_TRUE(one.blobs().expire(day_us, [](std::string_view) { return true; }));
  ASSERT_TRUE(other.read_all());
  EXPECT_FALSE(other.directory.blobs().has_waiting_key(name));
  EXPECT_EQ(tests::opened_with(other.blobs(), name, key), "a photo");
}

TEST_F(SharedBlobsTest, ReadsOnFromWhereItWas) {
  put(one, "a photo");
  ASSERT_TRUE(other.read_all());
  other.again();
  EXPECT_EQ(other.blobs().from(), std::optional<std::int64_t>(static_cast<std::int64_t>(table->entries.size())));
  std::filesystem::remove_all(other.directory.path());
  other.again();
  EXPECT_THAT(names(other), SizeIs(1)) << "a copy that is gone is filled again";
}

TEST_F(SharedBlobsTest, UploadsFromBeforeTheTableGoIntoIt) {
  tests::BlobNode joining;  // with a table of its own, to make its directory
  const auto name = joining.directory.blobs().put(long_text(1'000'000), "image/jpeg", 0).value();
  joining.hears_all_anew();
  EXPECT_THAT(joining.table().entries, SizeIs(3));
  BlobNode late(std::make_shared<MemoryTable>(joining.table()));
  EXPECT_EQ(content_of(late.blobs(), name)->size(), 1'000'000u);
}

TEST_F(SharedBlobsTest, WhatTheTableLostGoesThereAgain) {
  const auto kept = put(one, "kept");
  const auto lost = put(one, long_text(1'000'000));
  ASSERT_TRUE(other.read_all());
  table->entries.resize(2);  // `kept` and its key
  one.hears_all_anew();
  EXPECT_THAT(table->entries, SizeIs(5));
  BlobNode late(table);
  EXPECT_THAT(names(late), testing::UnorderedElementsAre(kept, lost));
}

TEST_F(SharedBlobsTest, AStrangersEntriesChangeNothingAndAreMended) {
  const auto name = put(one, "a photo");
  ASSERT_TRUE(other.read_all());
  const auto before = table->newest();
  const PartWriter stranger(one.directory.cryptography, secret_of('x'));
  for (const auto& part : stranger.gone(name, 1, 0)) table->entries.emplace_back(part.key, part.value);
  for (const auto& [key, value] : before) table->entries.emplace_back(key, std::nullopt);
  table->entries.emplace_back("garbage", std::string(2'000'000, 'g'));
  ASSERT_TRUE(other.read_all());
  EXPECT_EQ(content_of(other.blobs(), name), "a photo");
  ASSERT_TRUE(other.blobs().publish_owed());
  BlobNode late(table);
  EXPECT_EQ(content_of(late.blobs(), name), "a photo");
}

TEST_F(SharedBlobsTest, PartsThatDoNotMakeTheBlobAreNotTaken) {
  const PartWriter ours(one.directory.cryptography, secret_of('n'));
  const auto sealed = one.directory.blobs().seal(long_text(1'000'000), "image/jpeg", 0);
  auto changed = sealed;
  changed.box[950'000] ^= 1;
  const auto wrong = ours.parts_of(changed, 0).value();
  for (const auto& part : wrong) table->entries.emplace_back(part.key, part.value);
  ASSERT_TRUE(one.read_all());
  EXPECT_THAT(names(one), IsEmpty());
  EXPECT_THAT(one.said, SizeIs(1));
  auto parts = ours.parts_of(sealed, 0).value();
  for (auto& part : parts) {
    part.value.back() = static_cast<char>(part.value.back() ^ 1);
    table->entries.emplace_back(part.key, part.value);
  }
  ASSERT_TRUE(one.read_all());
  EXPECT_THAT(names(one), IsEmpty());
}

TEST_F(SharedBlobsTest, ANewerFormatEndsTheReading) {
  const PartWriter ours(one.directory.cryptography, secret_of('n'));
  auto part = ours.key_gone(std::string(32, 'x'), 0);
  part.value[0] = 2;
  table->entries.emplace_back(part.key, part.value);
  EXPECT_TRUE(one.read_all()) << "whose word it is has to be known first";
  const auto mac = one.directory.cryptography.mac(secret_of('n'), {part.key, part.value.substr(0, 16)});
  std::ranges::copy(mac, part.value.begin() + 16);
  table->entries.emplace_back(part.key, part.value);
  EXPECT_FALSE(one.read_all());
}

}  // namespace
}  // namespace pioneer::adapters::blobs
