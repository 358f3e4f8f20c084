// What may not be told exists: a command says of it what a query says, and what either says of nothing at all.
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Strangers : public WholeNode {
 protected:
  std::string product(bool published) {
    const auto made =
        post("/api/v1/products", R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + city +
                                     R"(","sessions":[{"starts":"2089-01-01T08:00:00Z",)"
                                     R"("ends":"2090-01-01T10:00:00Z","venue":"社区中心"}],)"
                                     R"("capacity":5,"maxPerMember":5,"waitlist":true})");
    EXPECT_EQ(made.status, 201U) << made.body;
    const auto path = "/api/v1/products/" + field(made.body, "id");
    if (published) {
      EXPECT_EQ(post(path + "/publish", "{}").status, 200U);
    }
    return path;
  }
  /// The stranger learns the same of both, with the command alone and naming whatever revision.
  void expect_alike(const std::string& there, const std::string& nowhere, const std::string& body) {
    for (const auto* revision : {"", "\"0\"", "\"1\"", "\"2\""}) {
      std::vector<std::pair<std::string, std::string>> fields;
      if (*revision != '\0') fields.emplace_back("If-Match", revision);
      const auto one = ask("POST", there, body, fields, stranger);
      const auto other = ask("POST", nowhere, body, fields, stranger);
      EXPECT_EQ(one.status, 404U) << there << " " << revision << " " << one.body;
      EXPECT_EQ(one.body, other.body) << there << " " << revision;
    }
  }

  const std::string nothing = "/api/v1/products/" + domain::Id::of("a product 16 byt").text();
  std::string stranger = member_with_token("路人");
};

TEST_F(Strangers, LearnNothingOfADraftByCommands) {
  const auto draft = product(false);
  EXPECT_EQ(get(draft, stranger).status, 404U);
  EXPECT_EQ(get(draft, stranger).body, get(nothing, stranger).body);
  for (const auto& [call, body] : {std::pair{"/publish", "{}"},
                                   {"/capacity", R"({"capacity":9})"},
                                   {"/cancel", R"({"reason":"台风"})"},
                                   {"/complete", "{}"},
                                   {"/claims", R"({"places":1})"},
                                   {"/claims/1/cancel", "{}"},
                                   {"/claims/1/check-in", "{}"},
                                   {"/claims/1/complete", "{}"},
                                   {"/claims/1/no-show", "{}"},
                                   {"/claims/1/rating", R"({"stars":5})"}}) {
    expect_alike(draft + call, nothing + call, body);
  }
  EXPECT_EQ(post(draft + "/claims", R"({"places":1})").status, 409U) << "who sees the draft is told why";
}

TEST_F(Strangers, LearnNothingOfOthersClaimsByCommands) {
  const auto offered = product(true);
  const auto owner = member_with_token("张三");
  const auto made = post(offered + "/claims", R"({"places":1})", owner);
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto claim = offered + "/claims/" + field(made.body, "claimId");
  const auto none = offered + "/claims/77";
  EXPECT_EQ(get(claim, stranger).body, get(none, stranger).body);
  for (const auto* call : {"/cancel", "/check-in", "/complete", "/no-show"})
    expect_alike(claim + call, none + call, "{}");
  expect_alike(claim + "/rating", none + "/rating", R"({"stars":5})");
  // Whoever sees it is told plainly: the owner that they may not, the official that there is none.
  EXPECT_EQ(post(claim + "/no-show", "{}", owner).status, 403U);
  EXPECT_THAT(post(none + "/check-in", "{}").body, HasSubstr("claim_not_found"));
  EXPECT_EQ(post(claim + "/cancel", "{}", owner).status, 200U);
}

TEST_F(Strangers, LearnNothingOfACancelledDraft) {
  const auto draft = product(false);
  ASSERT_EQ(post(draft + "/cancel", R"({"reason":"台风"})").status, 200U);
  for (const auto& who : {std::string(), stranger}) {
    EXPECT_EQ(get(draft, who).status, 404U);
    EXPECT_EQ(get(draft + "/calendar.ics", who).status, 404U);
    EXPECT_THAT(get("/api/v1/products?state=cancelled", who).body, Not(HasSubstr("陶艺课")));
  }
  EXPECT_THAT(get(draft).body, HasSubstr("台风")) << "its organisers see it as before";
  const auto offered = product(true);
  ASSERT_EQ(post(offered + "/cancel", R"({"reason":"台风"})").status, 200U);
  EXPECT_EQ(get(offered, stranger).status, 200U);
  EXPECT_THAT(get("/api/v1/products?state=cancelled", stranger).body, HasSubstr("陶艺课"));
}

TEST_F(Strangers, WhoAreNotSignedInLearnNotWhatExists) {
  const auto offered = product(true);
  ASSERT_EQ(post(offered + "/claims", R"({"places":1})", stranger).status, 201U);
  const auto draft = product(false);
  const auto request = post("/api/v1/requests",
                            R"({"title":"灯坏了","description":"楼道","category":"repair",)"
                            R"("organisation":")" +
                                city + R"("})",
                            stranger);
  ASSERT_EQ(request.status, 201U) << request.body;
  const auto id = field(request.body, "id");
  const auto other = domain::Id::of("another 16 bytes").text();
  for (const auto& [there, nowhere] : std::vector<std::pair<std::string, std::string>>{
           {"/api/v1/requests/" + id, "/api/v1/requests/" + other},
           {"/api/v1/streams/request/" + id, "/api/v1/streams/request/" + other},
           {draft, nothing},
           {offered + "/claims/1", offered + "/claims/2"},
           {"/api/v1/members/" + field(get("/api/v1/me", stranger).body, "id"), "/api/v1/members/" + other}}) {
    EXPECT_EQ(get(there, "").status, get(nowhere, "").status) << there;
    EXPECT_EQ(get(there, "").body, get(nowhere, "").body) << there;
    EXPECT_GE(get(there, "").status, 401U) << there;
  }
}

TEST_F(Strangers, LearnNoRevisionOfAMemberTheyMayNotErase) {
  const auto victim = member_with_token("张三");
  const auto path = "/api/v1/members/" + field(get("/api/v1/me", victim).body, "id") + "/erase";
  for (int revision = 0; revision < 8; ++revision) {
    const auto answer = ask("POST", path, "{}", {{"If-Match", "\"" + std::to_string(revision) + "\""}}, stranger);
    EXPECT_EQ(answer.status, 403U) << revision << answer.body;
  }
}

TEST_F(Strangers, AStaleRevisionIsToldToThoseWhoMayActOnly) {
  const auto draft = product(false);
  const auto stale = ask("POST", draft + "/publish", "{}", {{"If-Match", "\"7\""}});
  EXPECT_EQ(stale.status, 412U) << stale.body;
  EXPECT_EQ(ask("POST", draft + "/publish", "{}", {{"If-Match", "\"1\""}}).status, 200U);
}

}  // namespace
}  // namespace pioneer::api::http
