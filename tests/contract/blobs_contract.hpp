// What every store of uploads must do, whatever stands behind it. `Where` opens a fresh one as `blobs()` under
// `where.clock`, and `again()` opens the same one anew, as after a restart.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/contract/blob_content.hpp"

namespace pioneer::tests {

template <class Where>
class BlobsContract : public ::testing::Test {
 protected:
  static constexpr std::int64_t day_us = api::blob_unused_us_max;
  Where where;

  std::string put(std::string_view bytes, std::int64_t at_us = 0) {
    const auto name = where.blobs().put(bytes, "image/jpeg", at_us);
    EXPECT_TRUE(name) << name.error().code << ": " << name.error().detail;
    return name.value_or("");
  }
  std::optional<std::string> content(std::string_view name) { return content_of(where.blobs(), name); }
};

TYPED_TEST_SUITE_P(BlobsContract);

TYPED_TEST_P(BlobsContract, GivesBackWhatWasPut) {
  const auto name = this->put("a photo");
  EXPECT_EQ(name.size(), 32u);
  EXPECT_EQ(this->content(name), "a photo");
  EXPECT_EQ(this->where.blobs().staged(name)->media_type, "image/jpeg");
  EXPECT_NE(name, this->put("a photo")) << "each has a key of its own";
}

TYPED_TEST_P(BlobsContract, TakesEverySize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{899'960}, std::size_t{899'961},
                                 std::size_t{1'800'000}, api::document_bytes_max}) {
    const auto text = long_text(size);
    EXPECT_TRUE(this->content(this->put(text)) == text) << size;
  }
}

TYPED_TEST_P(BlobsContract, KnowsAnUploadAfterARestart) {
  const auto name = this->put("a photo");
  const auto scan = this->put(long_text(3'000'000));
  this->where.again();
  EXPECT_EQ(this->content(name), "a photo");
  EXPECT_EQ(this->content(scan)->size(), 3'000'000u);
}

TYPED_TEST_P(BlobsContract, KnowsNoBlobThatWasNeverPut) {
  for (const auto& name : {std::string(32, 'x'), std::string()}) {
    EXPECT_FALSE(this->where.blobs().staged(name));
    const auto read = this->where.blobs().read(name, {});
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_FALSE(*read);
    EXPECT_TRUE(this->where.blobs().remove(name));
  }
}

TYPED_TEST_P(BlobsContract, OpensNothingWithAnotherKey) {
  const auto name = this->put("a photo");
  EXPECT_EQ(opened_with(this->where.blobs(), name, {}), std::nullopt);
}

TYPED_TEST_P(BlobsContract, RemovesWhatNothingUsedForADay) {
  auto& blobs = this->where.blobs();
  const auto used = this->put("used", 0);
  const auto unused = this->put("unused", 0);
  const auto fresh = this->put("fresh", 10);
  const auto used_key = blobs.staged(used)->key;
  const auto is_used = [&](std::string_view name) { return name == used; };
  EXPECT_EQ(blobs.expire(this->day_us - 1, is_used).value_or(99), 0u);
  EXPECT_EQ(blobs.expire(this->day_us, is_used).value_or(99), 1u);
  this->where.again();
  EXPECT_FALSE(this->where.blobs().staged(unused));
  EXPECT_FALSE(this->where.blobs().staged(used)) << "its key stands in the log now, and nowhere else";
  EXPECT_EQ(opened_with(this->where.blobs(), used, used_key), "used");
  EXPECT_EQ(this->content(fresh), "fresh");
  EXPECT_THAT(this->where.blobs().names().value_or(std::vector<std::string>{}),
              testing::UnorderedElementsAre(used, fresh));
}

// In the time between, a command that found the key before is recorded and known as a use.
TYPED_TEST_P(BlobsContract, MayNotBeUsedSomeTimeBeforeItIsRemoved) {
  const auto name = this->put("a photo", 0);
  this->where.clock.us = this->day_us - 1;
  EXPECT_TRUE(this->where.blobs().staged(name));
  this->where.clock.us = this->day_us;
  EXPECT_FALSE(this->where.blobs().staged(name));
  EXPECT_EQ(this->where.blobs().names()->size(), 1u);
}

TYPED_TEST_P(BlobsContract, ListsAndRemoves) {
  const auto one = this->put(long_text(2'000'000));
  const auto two = this->put("two");
  auto& blobs = this->where.blobs();
  EXPECT_THAT(blobs.names().value_or(std::vector<std::string>{}), testing::UnorderedElementsAre(one, two));
  EXPECT_TRUE(blobs.remove(one));
  EXPECT_TRUE(blobs.remove(one));
  this->where.again();
  EXPECT_THAT(this->where.blobs().names().value_or(std::vector<std::string>{}), testing::ElementsAre(two));
  EXPECT_FALSE(this->where.blobs().staged(one));
  EXPECT_EQ(this->content(two), "two");
}

REGISTER_TYPED_TEST_SUITE_P(BlobsContract, GivesBackWhatWasPut, TakesEverySize, KnowsAnUploadAfterARestart,
                            KnowsNoBlobThatWasNeverPut, OpensNothingWithAnotherKey, RemovesWhatNothingUsedForADay,
                            MayNotBeUsedSomeTimeBeforeItIsRemoved, ListsAndRemoves);

}  // namespace pioneer::tests
