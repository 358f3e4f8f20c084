// Every refusal is one that a person can read and a program can rely on.
#include "domain/refusals.hpp"

#include <gtest/gtest.h>

#include "domain/common/text.hpp"

namespace pioneer::domain::specs {
namespace {

TEST(Refusals, HaveACodeAndASentenceForAPerson) {
  EXPECT_GT(all_refusals().size(), 60U);
  for (const RefusalText& refusal : all_refusals()) {
    EXPECT_TRUE(is_word(refusal.code, 40)) << refusal.code;
    EXPECT_TRUE(is_text(refusal.sentence, 160)) << refusal.code;
    EXPECT_TRUE(refusal.sentence.ends_with(".")) << refusal.code;
  }
}

TEST(Refusals, BecomeWhatDecideReturns) {
  const Decided<int> refused = refuse(refusals::out_of_bounds, "places");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "out_of_bounds");
  EXPECT_EQ(refused.error().kind, RefusalKind::invalid);
  EXPECT_EQ(refused.error().field, "places");
}

}  // namespace
}  // namespace pioneer::domain::specs
