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

TEST(Text, IsBlankWhereNothingLeavesAMark) {
  for (const auto* blank : {"\u3000", "\u200b", "\u200b\u3000\u00a0", "\ufeff", "\u2060\u00ad", "\u3164", "\u2800",
                            "\u200d\ufe0f", "\U000E0100"}) {
    EXPECT_TRUE(measure_text(blank, false)->blank) << blank;
    EXPECT_FALSE(is_text(blank, 9)) << blank;
  }
  EXPECT_FALSE(measure_text("\u3000王\u3000", false)->blank);
  EXPECT_EQ(measure_text("👨‍👩‍👧", false)->code_points, 5U);
}

TEST(Text, RefusesWhatCannotBeShownOrTurnsTheRest) {
  for (const auto* bad :
       {"a\x01",        "a\u0085",  "a\u009f",      "a\u202e",          "\u202ab",  "\u2066b",     "b\u2069",
        "\ufdd0",       "\uffff",   "\U0001fffe",   "a\ufff9b",         "a\ufffb",  "a\U000e0041", "a\U000e007f",
        "\xed\xa0\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xf4\x90\x80\x80", "\xe4\xb8", "\x80"}) {
    EXPECT_FALSE(measure_text(bad, true)) << bad;
    EXPECT_FALSE(is_text(bad, 9)) << bad;
  }
  // Marks that letters of Arabic and Hebrew need, joiners, and emoji made of several stay.
  EXPECT_TRUE(measure_text("a\u200eb\u200fc", false));
  EXPECT_TRUE(measure_text("❤️", false));
  EXPECT_FALSE(measure_text("two\nlines", false));
  EXPECT_FALSE(measure_text("two\u2028lines", false));
  EXPECT_TRUE(measure_text("two\u2028lines", true));
}

TEST(Text, IsTrimmedOfWhiteSpaceOfAllScripts) {
  EXPECT_EQ(trimmed_text("\u3000\u200b 王芳\ufeff\t\u3000"), "王芳");
  EXPECT_EQ(trimmed_text(" ❤️ "), "❤️");
  EXPECT_EQ(trimmed_text("\u3000"), "");
  EXPECT_EQ(trimmed_text("\x80 "), "\x80");
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
