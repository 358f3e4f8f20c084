// Organisations that close or merge while they hold work, and a waiting list whose product shrinks: as clients see it.
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Closing : public WholeNode {
 protected:
  std::string organisation(const std::string& name, const std::string& level, const std::string& parent) {
    const auto made = post("/api/v1/organisations",
                           R"({"name":")" + name + R"(","level":")" + level + R"(","parent":")" + parent + "\"}");
    EXPECT_EQ(made.status, 201U) << made.body;
    return field(made.body, "id");
  }
  /// A cadre of that organisation alone; their token.
  std::string cadre_of(const std::string& where) {
    const auto made = post("/api/v1/members", R"({"name":"干部","organisation":")" + where + "\"}");
    const auto path = "/api/v1/members/" + field(made.body, "id");
    EXPECT_EQ(post(path + "/roles", R"({"role":"cadre","organisation":")" + where + "\"}").status, 200U);
    return field(post(path + "/tokens", "{}").body, "token");
  }
  static std::string request_to(const std::string& where) {
    return R"({"title":"漏水","description":"厨房","category":"repair","organisation":")" + where + "\"}";
  }
  static std::string product_of(const std::string& where) {
    return R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + where +
           R"(","sessions":[{"starts":"2020-01-01T08:00:00Z","ends":"2090-01-01T10:00:00Z","venue":"社区中心"}],)"
           R"("capacity":5,"maxPerMember":5,"waitlist":true,"closesAt":"2090-01-01T09:00:00Z"})";
  }
  /// The path of a published product.
  std::string offer(const std::string& where) {
    const auto made = post("/api/v1/products", product_of(where));
    EXPECT_EQ(made.status, 201U) << made.body;
    const auto path = "/api/v1/products/" + field(made.body, "id");
    EXPECT_EQ(post(path + "/publish", "{}").status, 200U);
    return path;
  }
  std::string claim(const std::string& product, int places, const std::string& who) {
    const auto made = post(product + "/claims", R"({"places":)" + std::to_string(places) + "}", who);
    EXPECT_EQ(made.status, 201U) << made.body;
    return product + "/claims/" + field(made.body, "claimId");
  }
};

TEST_F(Closing, KeepsWhatIsHeldInSightOfThoseAbove) {
  const auto street = organisation("街道", "street", city);
  const auto community = organisation("社区", "community", street);
  const auto above = cadre_of(street);
  const auto member = member_with_token("张三");
  const auto made = post("/api/v1/requests", request_to(community), member);
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto request = "/api/v1/requests/" + field(made.body, "id");
  const auto product = offer(community);
  const auto first = claim(product, 1, member);
  const auto city_before = get("/api/v1/boards/" + city).body;
  EXPECT_EQ(post("/api/v1/organisations/" + community + "/close", "{}").status, 200U);

  const auto one = HasSubstr(R"("state":"submitted","count":1)");
  const auto own = get("/api/v1/boards/" + community, above);
  ASSERT_EQ(own.status, 200U) << own.body;
  EXPECT_THAT(own.body, one);
  EXPECT_THAT(get("/api/v1/boards/" + community + "?subtree=false", above).body, one);
  EXPECT_THAT(get("/api/v1/boards/" + street, above).body, one);
  EXPECT_THAT(get("/api/v1/boards/" + street + "?subtree=false", above).body, Not(one));
  EXPECT_THAT(city_before, one);
  EXPECT_THAT(get("/api/v1/boards/" + city).body, one);
  EXPECT_THAT(get("/api/v1/requests?organisation=" + community, above).body, HasSubstr("漏水"));
  EXPECT_THAT(get("/api/v1/requests?organisation=" + street, above).body, HasSubstr("漏水"));
  EXPECT_THAT(get("/api/v1/products?organisation=" + street, above).body, HasSubstr("陶艺课"));

  const auto closed = HasSubstr("organisation_closed");
  EXPECT_THAT(post("/api/v1/requests", request_to(community), member).body, closed);
  EXPECT_THAT(post("/api/v1/products", product_of(community), above).body, closed);
  const auto late = post(product + "/claims", R"({"places":1})", member);
  EXPECT_EQ(late.status, 409U);
  EXPECT_THAT(late.body, closed);
  EXPECT_THAT(post(product + "/capacity", R"({"capacity":9})", above).body, closed);
  const auto offered = get(product, member).body;
  EXPECT_THAT(offered, Not(HasSubstr(R"("claim")")));

  EXPECT_THAT(post(request + "/accept", "{}", above).body, HasSubstr(R"("state":"accepted")"));
  EXPECT_THAT(post(request + "/assign", R"({"organisation":")" + street + "\"}", above).body, HasSubstr("街道"));
  EXPECT_THAT(get("/api/v1/boards/" + street + "?subtree=false", above).body,
              HasSubstr(R"("state":"accepted","count":1)"));
  EXPECT_THAT(post(first + "/check-in", "{}", above).body, HasSubstr(R"("state":"checked_in")"));
}

TEST_F(Closing, AMergedOnesWorkIsSeenAndFinishedByTheOther) {
  const auto one = organisation("一社区", "community", city);
  const auto other = organisation("二社区", "community", city);
  const auto cadre = cadre_of(other);
  const auto member = member_with_token("张三");
  const auto request = "/api/v1/requests/" + field(post("/api/v1/requests", request_to(one), member).body, "id");
  const auto product = offer(one);
  const auto held = claim(product, 1, member);
  EXPECT_EQ(get(request, cadre).status, 404U);
  EXPECT_EQ(post("/api/v1/organisations/" + one + "/merge", R"({"into":")" + other + "\"}").status, 200U);

  EXPECT_THAT(get("/api/v1/boards/" + other, cadre).body, HasSubstr(R"("state":"submitted","count":1)"));
  EXPECT_THAT(get("/api/v1/requests?organisation=" + other, cadre).body, HasSubstr("漏水"));
  EXPECT_THAT(get("/api/v1/products?organisation=" + other, "").body, HasSubstr("陶艺课"));
  EXPECT_EQ(post(request + "/accept", "{}", cadre).status, 200U);
  EXPECT_EQ(post(request + "/resolve", R"({"text":"已修好"})", cadre).status, 200U);
  EXPECT_EQ(post(held + "/check-in", "{}", cadre).status, 200U);
  EXPECT_EQ(post(product + "/capacity", R"({"capacity":9})", cadre).status, 200U);
  // What is new counts as the other's from the start; the old name holds nothing.
  const auto later = post("/api/v1/requests", request_to(one), member);
  EXPECT_THAT(later.body, HasSubstr(R"("organisation":{"id":")" + other));
}

TEST_F(Closing, AClaimLargerThanTheProductLetsOthersPass) {
  const auto product = offer(city);
  const auto a = member_with_token("甲"), b = member_with_token("乙"), c = member_with_token("丙");
  claim(product, 3, a);
  const auto large = claim(product, 5, b);
  EXPECT_THAT(get(large, b).body, HasSubstr(R"("passedOver":false)"));
  EXPECT_EQ(post(product + "/capacity", R"({"capacity":4})").status, 200U);
  EXPECT_THAT(get(large, b).body, HasSubstr(R"("state":"waitlisted")"));
  EXPECT_THAT(get(large, b).body, HasSubstr(R"("passedOver":true)"));
  const auto small = post(product + "/claims", R"({"places":1})", c);
  EXPECT_THAT(small.body, HasSubstr(R"("state":"confirmed")"));
  EXPECT_EQ(post(product + "/capacity", R"({"capacity":9})").status, 200U);
  EXPECT_THAT(get(large, b).body, HasSubstr(R"("state":"confirmed")"));
  EXPECT_THAT(get(product, "").body, HasSubstr(R"("placesLeft":0,"waiting":0)"));
}

}  // namespace
}  // namespace pioneer::api::http
