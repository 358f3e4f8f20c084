// Codes at the door: who sees which, and what each is good for.
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class CheckIn : public WholeNode {
 protected:
  CheckIn() {
    const auto made =
        post("/api/v1/products",
             R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + city +
                 R"(","sessions":[{"starts":"2020-01-01T08:00:00Z","ends":"2090-01-01T10:00:00Z","venue":"中心"}],)"
                 R"("capacity":5,"maxPerMember":2,"waitlist":true,"closesAt":"2090-01-01T09:00:00Z"})");
    EXPECT_EQ(made.status, 201U) << made.body;
    product = "/api/v1/products/" + field(made.body, "id");
    EXPECT_EQ(post(product + "/publish", "{}").status, 200U);
    owner = member_with_token("张三");
    claim = claim_of(owner);
  }
  std::string claim_of(const std::string& who) {
    const auto made = post(product + "/claims", R"({"places":1})", who);
    EXPECT_EQ(made.status, 201U) << made.body;
    return product + "/claims/" + field(made.body, "claimId");
  }
  HttpResponse check_in(const std::string& of, const std::string& code, const std::string& as) {
    return post(of + "/check-in", code.empty() ? "{}" : R"({"code":")" + code + "\"}", as);
  }

  std::string product, owner, claim;
};

TEST_F(CheckIn, ShowsTheTicketsCodeToItsOwnerAndTheCadres) {
  const auto code = field(get(claim, owner).body, "code");
  EXPECT_EQ(code.size(), 8U);
  EXPECT_THAT(get("/api/v1/me/claims", owner).body, HasSubstr(code));
  EXPECT_THAT(get(claim).body, HasSubstr(code));
  EXPECT_THAT(get(product + "/claims").body, HasSubstr(code));
  // An auditor sees the claim, and no code.
  const auto watcher = official_with_token("审计", "auditor", city);
  const auto seen = get(claim, watcher);
  EXPECT_EQ(seen.status, 200U) << seen.body;
  EXPECT_THAT(seen.body, Not(HasSubstr(code)));
  EXPECT_THAT(get(product + "/claims", watcher).body, Not(HasSubstr(code)));
}

TEST_F(CheckIn, ShowsTheCodeOfTheDoorToItsCadresOnly) {
  EXPECT_EQ(field(get(product).body, "checkInCode").size(), 8U);
  EXPECT_THAT(get(product, owner).body, Not(HasSubstr("checkInCode")));
  EXPECT_THAT(get(product, "").body, Not(HasSubstr("checkInCode")));
}

TEST_F(CheckIn, ByTheOwnerNeedsTheCodeAtTheDoor) {
  const auto none = check_in(claim, "", owner);
  EXPECT_EQ(none.status, 422U);
  EXPECT_THAT(none.body, HasSubstr("code_needed"));
  const auto own = check_in(claim, field(get(claim, owner).body, "code"), owner);
  EXPECT_EQ(own.status, 422U);
  EXPECT_THAT(own.body, HasSubstr("wrong_code"));
  const auto there = check_in(claim, field(get(product).body, "checkInCode"), owner);
  ASSERT_EQ(there.status, 200U) << there.body;
  EXPECT_THAT(there.body, HasSubstr("checked_in"));
}

TEST_F(CheckIn, AtTheDeskComparesACodeThatIsGiven) {
  const auto other = claim_of(member_with_token("李四"));
  const auto wrong = check_in(claim, field(get(other).body, "code"), token);
  EXPECT_EQ(wrong.status, 422U);
  EXPECT_THAT(wrong.body, HasSubstr("wrong_code"));
  EXPECT_EQ(check_in(claim, field(get(claim).body, "code"), token).status, 200U);
  EXPECT_EQ(check_in(other, "", token).status, 200U);
}

}  // namespace
}  // namespace pioneer::api::http
