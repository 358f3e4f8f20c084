// Claims of products through the routes of a whole node: what their owners are answered and find again.
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class ClaimsOverHttp : public WholeNode {
 protected:
  std::string product(const std::string& title, const std::string& starts = "2090-01-01T08:00:00Z") {
    const auto made = post("/api/v1/products", R"({"title":")" + title +
                                                   R"(","description":"亲子","kind":"activity","organisation":")" +
                                                   city + R"(","sessions":[{"starts":")" + starts +
                                                   R"(","ends":"2090-01-01T10:00:00Z","venue":"社区中心"}],)"
                                                   R"("capacity":20,"maxPerMember":4,"waitlist":true,)"
                                                   R"("closesAt":"2090-01-01T09:00:00Z"})");
    EXPECT_EQ(made.status, 201U) << made.body;
    const auto path = "/api/v1/products/" + field(made.body, "id");
    EXPECT_EQ(post(path + "/publish", "{}").status, 200U);
    return path;
  }
};

TEST_F(ClaimsOverHttp, AreAnsweredWithTheWholeView) {
  const auto path = product("陶艺课");
  // The first claim reads the product's face, the next ones know it.
  for (const auto* name : {"一", "二"}) {
    const auto who = member_with_token(name);
    const auto placed = post(path + "/claims", R"({"places":1})", who);
    ASSERT_EQ(placed.status, 201U) << placed.body;
    const auto read = get(path + "/claims/" + field(placed.body, "claimId"), who);
    // All but the ticket, which is signed when it is asked for, and the place in the log, which is looked for then: the
    // hot path does not pay for them.
    auto brief = read.body;
    for (const auto* extra : {"ticket", "position"}) {
      const auto member = ",\"" + std::string(extra) + "\":\"" + field(read.body, extra) + "\"";
      ASSERT_NE(brief.find(member), std::string::npos) << extra << read.body;
      brief.erase(brief.find(member), member.size());
    }
    EXPECT_EQ(placed.body, brief);
    EXPECT_THAT(placed.body, HasSubstr(R"("title":"陶艺课")"));
    EXPECT_THAT(placed.body, HasSubstr(R"("sessions":[{"starts":"2090-01-01T08:00:00Z")"));
    EXPECT_THAT(placed.body, HasSubstr(R"("placedAt":")"));
  }
}

TEST_F(ClaimsOverHttp, HaveAnIdOverAllProducts) {
  const auto who = member_with_token("一");
  const auto one = post(product("陶艺课") + "/claims", R"({"places":1})", who);
  const auto two = post(product("修理日") + "/claims", R"({"places":1})", who);
  EXPECT_EQ(field(one.body, "claimId"), field(two.body, "claimId"));
  EXPECT_NE(field(one.body, "id"), field(two.body, "id"));
  const auto mine = get("/api/v1/me/claims", who);
  EXPECT_THAT(mine.body, HasSubstr("\"id\":\"" + field(one.body, "id") + "\""));
  EXPECT_THAT(mine.body, HasSubstr("\"id\":\"" + field(two.body, "id") + "\""));
}

TEST_F(ClaimsOverHttp, OfOnesOwnStandNewestFirstOnEveryPage) {
  const auto who = member_with_token("一");
  std::vector<std::string> placed;
  for (int i = 0; i < 7; ++i)
    placed.push_back(field(post(product("第" + std::to_string(i)) + "/claims", R"({"places":1})", who).body, "id"));
  std::ranges::reverse(placed);
  std::vector<std::string> read;
  std::string cursor;
  do {
    const auto page = get("/api/v1/me/claims?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor), who).body;
    for (auto at = page.find("{\"id\":\""); at != std::string::npos; at = page.find("{\"id\":\"", at + 1))
      read.push_back(field(page.substr(at), "id"));
    cursor = field(page, "nextCursor");
  } while (!cursor.empty() && read.size() < 100);
  EXPECT_EQ(read, placed);
  EXPECT_EQ(get("/api/v1/me/claims?cursor=nonsense", who).status, 422U);
}

TEST_F(ClaimsOverHttp, NameTheRequestThatTheirProblemBecame) {
  const auto who = member_with_token("一");
  const auto path = product("陶艺课", "2020-01-01T08:00:00Z");
  const auto claim = path + "/claims/" + field(post(path + "/claims", R"({"places":1})", who).body, "claimId");
  EXPECT_EQ(post(claim + "/check-in", "{}").status, 200U);
  EXPECT_EQ(post(claim + "/complete", "{}").status, 200U);
  const auto rated = post(claim + "/rating", R"({"stars":4,"problem":{"text":"教室漏水"}})", who);
  ASSERT_EQ(rated.status, 200U) << rated.body;
  // The reaction comes after the answer.
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  std::string request;
  while (request.empty() && std::chrono::steady_clock::now() < limit)
    request = field(get(claim, who).body, "problemRequest");
  ASSERT_FALSE(request.empty());
  EXPECT_THAT(get("/api/v1/requests/" + request, who).body, HasSubstr("教室漏水"));
  EXPECT_THAT(get("/api/v1/me/claims", who).body, HasSubstr(R"("problemRequest":")" + request));
  EXPECT_THAT(get(claim).body, Not(HasSubstr("problemRequest")));
}

TEST_F(ClaimsOverHttp, TellTheirOwnersWhereTheyStandInTheLog) {
  const auto path = product("陶艺课", "2020-01-01T08:00:00Z");
  const auto who = member_with_token("一");
  const auto place = [&](const std::string& member) {
    return path + "/claims/" + field(post(path + "/claims", R"({"places":1})", member).body, "claimId");
  };
  place(member_with_token("二"));
  const auto claim = place(who);
  place(member_with_token("三"));
  EXPECT_EQ(post(claim + "/check-in", "{}").status, 200U);
  EXPECT_EQ(post(claim + "/complete", "{}").status, 200U);
  const auto placed = get("/api/v1/receipts/" + field(get(claim, who).body, "position"), who);
  EXPECT_EQ(placed.status, 200U) << placed.body;
  EXPECT_THAT(placed.body, HasSubstr(R"("events":["ClaimPlaced"])"));
  EXPECT_EQ(post(claim + "/rating", R"({"stars":4})", who).status, 200U);
  const auto read = get(claim, who).body;
  const auto rated = get("/api/v1/receipts/" + field(read.substr(read.find(R"("rating")")), "position"), who);
  EXPECT_THAT(rated.body, HasSubstr(R"("events":["ClaimRated"])")) << read;
  EXPECT_THAT(get(claim).body, Not(HasSubstr("position")));  // the cadre's
}

TEST_F(ClaimsOverHttp, ShowCadresWhoWaitsWhere) {
  const auto path = product("陶艺课");
  EXPECT_EQ(post(path + "/capacity", R"({"capacity":1})").status, 200U);
  for (const auto* name : {"一", "二", "三"})
    EXPECT_EQ(post(path + "/claims", R"({"places":1})", member_with_token(name)).status, 201U);
  const auto first = get(path + "/claims?limit=2");
  ASSERT_EQ(first.status, 200U) << first.body;
  EXPECT_THAT(first.body, HasSubstr(R"("state":"confirmed")"));
  EXPECT_THAT(first.body, HasSubstr(R"("waitlistPosition":1)"));
  EXPECT_THAT(first.body, Not(HasSubstr(R"("waitlistPosition":2)")));
  EXPECT_THAT(get(path + "/claims?cursor=" + field(first.body, "nextCursor")).body,
              HasSubstr(R"("waitlistPosition":2)"));
}

TEST_F(ClaimsOverHttp, AreOfProductsToCome) {
  const auto made =
      post("/api/v1/products", R"({"title":"陶艺课","description":"x","kind":"activity","organisation":")" + city +
                                   R"(","sessions":[{"starts":"2020-01-01T08:00:00Z",)"
                                   R"("ends":"2020-01-01T10:00:00Z","venue":"社区中心"}],)"
                                   R"("capacity":2,"maxPerMember":2,"waitlist":true})");
  EXPECT_EQ(made.status, 422U);
  EXPECT_THAT(made.body, HasSubstr("session_in_the_past"));
}

}  // namespace
}  // namespace pioneer::api::http
