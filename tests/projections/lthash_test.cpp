#include "projections/engine/lthash.hpp"

#include <gtest/gtest.h>

namespace pioneer::projections {
namespace {

TEST(LtHash, DoesNotDependOnOrder) {
  LtHash ab;
  ab.add("a", "1");
  ab.add("b", "2");
  LtHash ba;
  ba.add("b", "2");
  ba.add("a", "1");
  EXPECT_EQ(ab, ba);
  EXPECT_NE(ab, LtHash{});
}

TEST(LtHash, ForgetsWhatIsRemoved) {
  LtHash hash;
  hash.add("a", "1");
  const LtHash one = hash;
  hash.add("b", "2");
  hash.remove("b", "2");
  EXPECT_EQ(hash, one);
  hash.remove("a", "1");
  EXPECT_EQ(hash, LtHash{});
}

TEST(LtHash, TellsRowsApart) {
  LtHash one;
  one.add("a", "1");
  LtHash other;
  other.add("a", "2");
  EXPECT_NE(one, other);
  LtHash twice = one;
  twice.add("a", "1");
  EXPECT_NE(twice, one);
}

TEST(LtHash, AddsSets) {
  LtHash a;
  a.add("a", "1");
  LtHash b;
  b.add("b", "2");
  LtHash both;
  both.add("a", "1");
  both.add("b", "2");
  a.add(b);
  EXPECT_EQ(a, both);
}

TEST(LtHash, KeepsItsBytes) {
  LtHash hash;
  hash.add("a", "1");
  EXPECT_EQ(hash.encode().size(), LtHash::bytes);
  EXPECT_EQ(LtHash::decode(hash.encode()), hash);
  EXPECT_EQ(LtHash::decode("short"), std::nullopt);
}

// Computed apart from this code, in Python: hashlib.blake2b(b"key" + b"value", digest_size=32) as the key of ChaCha20
// with nonce and counter zero. Stored digests of every deployment rest on it.
TEST(LtHash, IsWhatTheDesignSays) {
  LtHash hash;
  hash.add("key", "value");
  const auto bytes = hash.encode();
  std::string first;
  for (std::size_t i = 0; i < 16; ++i) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", static_cast<unsigned char>(bytes[i]));
    first += hex;
  }
  EXPECT_EQ(first, "c0103a5f89b03ea856deb164562c6b7a");
  hash.add("second", "row");
  EXPECT_EQ(hash.text(), "df88473c21dcaabaab562e62515a2081f12c2785497357f13cb5401251be6aff");
}

}  // namespace
}  // namespace pioneer::projections
