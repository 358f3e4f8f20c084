// The small formats of the API: times, cursors, headers, base64, addresses.
#include <gtest/gtest.h>

#include "api/http/cursor.hpp"
#include "api/http/headers.hpp"
#include "api/http/rfc3339.hpp"
#include "api/ports/http.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::api::http {
namespace {

TEST(Rfc3339, WritesAsManyDigitsAsNeeded) {
  EXPECT_EQ(rfc3339_of_us(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339_of_us(1'500'000), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(rfc3339_of_us(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(rfc3339_of_us(1'709'164'800'000'000), "2024-02-29T00:00:00Z");
}

TEST(Rfc3339, ReadsWhatItWrites) {
  for (const std::int64_t us :
       {0LL, 1LL, -1LL, 1'772'000'000'123'456LL, -62'135'596'800'000'000LL, 253'402'300'799'999'999LL}) {
    const auto time = parse_rfc3339(rfc3339_of_us(us));
    ASSERT_TRUE(time.has_value()) << us;
    EXPECT_EQ(time->seconds * 1'000'000 + time->nanos / 1'000, us);
  }
}

TEST(Rfc3339, ReadsOffsetsAndLeapSeconds) {
  EXPECT_EQ(parse_rfc3339("1970-01-01t08:00:00+08:00")->seconds, 0);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:30:00-00:30")->seconds, 0);
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z")->seconds, parse_rfc3339("2016-12-31T23:59:59Z")->seconds);
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const auto* text :
       {"", "2026", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+0800", "2026-01-01T00:00:00Zx",
        "0000-01-01T00:00:00Z", "+026-01-01T00:00:00Z", "2026-1-01T00:00:00Z"})
    EXPECT_FALSE(parse_rfc3339(text).has_value()) << text;
}

TEST(Base64, FollowsTheRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
}

TEST(Base64, ReadsOnlyWhatItWrites) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<char>(i));
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
    EXPECT_EQ(from_hex(hex(bytes)), bytes);
  }
  for (const auto* text : {"A", "AAAAA", "Zh", "Zg==", "Z g", "+/8"})
    EXPECT_FALSE(from_base64url(text).has_value()) << text;
  for (const auto* text : {"a", "AB", "0g"}) EXPECT_FALSE(from_hex(text).has_value()) << text;
}

TEST(Cursor, BelongsToItsList) {
  const std::string key("k\0\xff", 3);
  const auto cursor = cursor_of("list_requests|xm", key);
  EXPECT_EQ(key_of_cursor("list_requests|xm", cursor), key);
  EXPECT_FALSE(key_of_cursor("list_requests|zj", cursor).has_value());
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    auto changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(key_of_cursor("list_requests|xm", changed).has_value()) << i;
  }
  EXPECT_FALSE(key_of_cursor("list_requests|xm", "").has_value());
}

TEST(ReceiptWish, IsOneWordOrTheOtherOrBoth) {
  EXPECT_TRUE(receipt_wish("refusal")->refusal);
  EXPECT_FALSE(receipt_wish("refusal")->promise);
  EXPECT_TRUE(receipt_wish(" promise ")->promise);
  const auto both = receipt_wish("promise,refusal");
  EXPECT_TRUE(both->promise && both->refusal);
  for (const auto* bad : {"", ",", "refusal,", "refusals", "Refusal", "refusal promise", "refusal;promise"})
    EXPECT_FALSE(receipt_wish(bad)) << bad;
}

TEST(IdempotencyKey, IsAUuidOrAUlid) {
  EXPECT_EQ(idempotency_key("0190D8A4-7B5C-7E3F-8A11-2B3C4D5E6F70"), "0190d8a4-7b5c-7e3f-8a11-2b3c4d5e6f70");
  EXPECT_EQ(idempotency_key("\"01arz3ndektsv4rrffq69g5fav\""), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  for (const auto* text : {"", "1", "0190d8a47b5c7e3f8a112b3c4d5e6f70", "0190d8a4-7b5c-7e3f-8a11-2b3c4d5e6f7g",
                           "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FA"})
    EXPECT_FALSE(idempotency_key(text).has_value()) << text;
}

TEST(QuotedRevision, IsWhatAnEtagSays) {
  EXPECT_EQ(quoted_revision(etag(0)), 0);
  EXPECT_EQ(quoted_revision(" \"17\" "), 17);
  for (const auto* text :
       {"", "17", "\"\"", "W/\"17\"", "\"-1\"", "\"1\", \"2\"", "\"99999999999999999999\"", "\"9223372036854775808\""})
    EXPECT_FALSE(quoted_revision(text).has_value()) << text;
}

HttpHeaders headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  HttpHeaders out;
  for (const auto& [name, value] : fields) out.add(name, value);
  return out;
}

TEST(HttpHeaders, AreFoundWithoutCase) {
  const auto h = headers({{"Accept", "a"}, {"ACCEPT", "b"}, {"X", ""}});
  EXPECT_EQ(h.find("accept"), "a");
  EXPECT_EQ(h.count("Accept"), 2U);
  EXPECT_TRUE(h.has("x"));
  EXPECT_FALSE(h.has("y"));
}

TEST(Credentials, AreABearerTokenBeforeACookie) {
  EXPECT_EQ(credentials_of(headers({})).kind, Credentials::Kind::none);
  EXPECT_EQ(credentials_of(headers({{"Authorization", "Basic eDp5"}})).kind, Credentials::Kind::none);
  const auto both = credentials_of(headers({{"Cookie", "__Host-pioneer=s"}, {"Authorization", "bEARER  t "}}));
  EXPECT_EQ(both.kind, Credentials::Kind::bearer);
  EXPECT_EQ(both.secret, "t");
  const auto cookie = credentials_of(headers({{"Cookie", "a=b; x__Host-pioneer=no; __Host-pioneer=s=1; c=d"}}));
  EXPECT_EQ(cookie.kind, Credentials::Kind::session);
  EXPECT_EQ(cookie.secret, "s=1");
}

TEST(Origin, IsOursOnlyWhenItSaysSo) {
  EXPECT_TRUE(origin_is_ours(headers({{"Host", "p.cn"}, {"Origin", "https://p.cn"}}), ""));
  EXPECT_TRUE(origin_is_ours(headers({{"Host", "p.cn"}, {"Sec-Fetch-Site", "same-origin"}}), ""));
  EXPECT_TRUE(origin_is_ours(headers({{"Host", "inside:80"}, {"Origin", "https://p.cn"}}), "https://p.cn"));
  EXPECT_FALSE(origin_is_ours(headers({{"Host", "p.cn"}}), ""));
  EXPECT_FALSE(origin_is_ours(headers({{"Host", "p.cn"}, {"Origin", "https://evil.cn"}}), ""));
  EXPECT_FALSE(origin_is_ours(headers({{"Host", "p.cn"}, {"Origin", "https://p.cn.evil.cn"}}), ""));
  EXPECT_FALSE(origin_is_ours(headers({{"Host", "p.cn"}, {"Origin", "null"}}), ""));
  EXPECT_FALSE(
      origin_is_ours(headers({{"Host", "p.cn"}, {"Origin", "https://p.cn"}, {"Sec-Fetch-Site", "cross-site"}}), ""));
  // Browsers set Host themselves, and send a cookie to the host that it is of: our second name is ours as well.
  EXPECT_TRUE(origin_is_ours(headers({{"Host", "p.cn"}, {"Origin", "https://p.cn"}}), "https://other.cn"));
  EXPECT_FALSE(origin_is_ours(headers({{"Host", "p.cn"}, {"Origin", "https://evil.cn"}}), "https://other.cn"));
}

TEST(Query, IsDecodedPairByPair) {
  const auto query = parse_query("a=1&&b&c=%E5%8E%A6+x&a=%3D");
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(*query, (HttpQuery{{"a", "1"}, {"b", ""}, {"c", "厦 x"}, {"a", "="}}));
  for (const auto* text : {"%", "a=%4", "a=%zz", "a=%00"}) EXPECT_FALSE(parse_query(text).has_value()) << text;
}

TEST(MediaType, LeavesParametersOut) {
  EXPECT_EQ(media_type(" Application/JSON ; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type(""), "");
}

}  // namespace
}  // namespace pioneer::api::http
