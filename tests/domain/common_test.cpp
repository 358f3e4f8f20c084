// Ids, words and sentences, and events between the whole and its parts.
#include <gtest/gtest.h>

#include "domain/common/id.hpp"
#include "domain/common/text.hpp"
#include "domain/events.hpp"
#include "domain/requests/state.hpp"
#include "domain/supermarket/state.hpp"
#include "tests/domain/world.hpp"

namespace pioneer::domain::specs {
namespace {

TEST(Id, IsWrittenAndReadBack) {
  const Id one = id("one");
  ASSERT_EQ(one.text().size(), 26U);
  EXPECT_EQ(Id::parse(one.text()), one);
  EXPECT_EQ(Id{}.text(), "00000000000000000000000000");
  Id all_ones;
  all_ones.bytes.fill(0xFF);
  EXPECT_EQ(all_ones.text(), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
  EXPECT_EQ(Id::parse("7zzzzzzzzzzzzzzzzzzzzzzzzz"), all_ones);
}

TEST(Id, RefusesWhatIsNone) {
  EXPECT_FALSE(Id::parse(""));
  EXPECT_FALSE(Id::parse("0000000000000000000000000"));
  EXPECT_FALSE(Id::parse("000000000000000000000000000"));
  EXPECT_FALSE(Id::parse("8zzzzzzzzzzzzzzzzzzzzzzzzz")) << "129 bits";
  EXPECT_FALSE(Id::parse("0000000000000000000000000i"));
  EXPECT_FALSE(Id::parse("0000000000000000000000000A"));
  EXPECT_TRUE(Id::of("fifteen bytes!!").is_zero());
  EXPECT_FALSE(Id::of("sixteen bytes!!!").is_zero());
}

TEST(Text, IsCountedInCodePoints) {
  EXPECT_EQ(code_points("先锋超市"), 4U);
  EXPECT_TRUE(is_text("先锋超市", 4));
  EXPECT_FALSE(is_text("先锋超市!", 4));
  EXPECT_FALSE(is_text("", 4));
  EXPECT_FALSE(is_text(" \n\t ", 9));
  EXPECT_TRUE(is_text("two\nlines", 9));
  EXPECT_FALSE(is_text(std::string_view("a\0b", 3), 9));
  EXPECT_FALSE(is_text("a\x7f", 9));
}

TEST(Word, IsLowerSnake) {
  EXPECT_TRUE(is_word("repair_2", 8));
  EXPECT_FALSE(is_word("repair_2", 7));
  EXPECT_FALSE(is_word("", 7));
  EXPECT_FALSE(is_word("2nd", 7));
  EXPECT_FALSE(is_word("_x", 7));
  EXPECT_FALSE(is_word("Repair", 7));
  EXPECT_FALSE(is_word("re-pair", 9));
}

TEST(Event, GoesFromItsPartToTheWholeAndBack) {
  const requests::Event accepted = RequestAccepted{};
  const AnyEvent any = as_any(accepted);
  EXPECT_EQ(event_type(any), "RequestAccepted");
  ASSERT_TRUE(as_part<requests::Event>(any));
  EXPECT_TRUE(std::holds_alternative<RequestAccepted>(*as_part<requests::Event>(any)));
  EXPECT_FALSE(as_part<supermarket::Event>(any));
}

}  // namespace
}  // namespace pioneer::domain::specs
