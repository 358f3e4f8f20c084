// Erasing a member ends what is open in their name first, over HTTP as at the console, and goes on after it stopped
// half-way.
#include "api/node/erasing.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;

class Erasing : public WholeNode {
 protected:
  Erasing() {
    for (auto& product : products) product = publish_product();
    token_of_member = member_with_token("张三");
    member = field(get("/api/v1/me", token_of_member).body, "id");
    for (const auto& product : products) {
      const auto claimed = post("/api/v1/products/" + product + "/claims", R"({"places":2})", token_of_member);
      EXPECT_EQ(claimed.status, 201U) << claimed.body;
    }
    const auto asked =
        post("/api/v1/requests",
             R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + city + "\"}",
             token_of_member);
    EXPECT_EQ(asked.status, 201U) << asked.body;
    request = field(asked.body, "id");
  }

  std::string publish_product() {
    const auto made = post("/api/v1/products",
                           R"({"title":"陶艺","description":"亲子陶艺课","kind":"class","organisation":")" + city +
                               R"(","sessions":[{"starts":"2099-01-10T09:00:00Z","ends":"2099-01-10T11:00:00Z",)"
                               R"("venue":"大厅"}],"capacity":3,"maxPerMember":2,"waitlist":true})");
    EXPECT_EQ(made.status, 201U) << made.body;
    const auto id = field(made.body, "id");
    EXPECT_EQ(post("/api/v1/products/" + id + "/publish", "{}").status, 200U);
    return id;
  }

  std::uint32_t places_left(const std::string& product) {
    return (*deployment->node().models().products().get(*domain::Id::parse(product)))->counts.places_left();
  }
  domain::RequestState::Value state_of_request() {
    return (*deployment->node().models().requests().get(*domain::Id::parse(request)))->state;
  }

  std::string products[2];
  std::string token_of_member, member, request;
};

TEST_F(Erasing, EndsWhatIsOpenFirst) {
  ASSERT_EQ(places_left(products[0]), 1U);
  const auto erased = post("/api/v1/members/" + member + "/erase", "{}", token_of_member);
  ASSERT_EQ(erased.status, 200U) << erased.body;
  EXPECT_THAT(erased.body, HasSubstr(R"("state":"erased")"));
  for (const auto& product : products) EXPECT_EQ(places_left(product), 3U);
  EXPECT_EQ(state_of_request(), domain::RequestState::withdrawn);
  EXPECT_EQ(get("/api/v1/me", token_of_member).status, 401U);
}

TEST_F(Erasing, WritesNothingWhereItIsRefused) {
  const auto before = deployment->node().log().end();
  const auto stranger = member_with_token("李四");
  const auto after_registering = deployment->node().log().end();
  EXPECT_GT(after_registering, before);
  EXPECT_EQ(post("/api/v1/members/" + member + "/erase", "{}", stranger).status, 403U);
  EXPECT_EQ(
      ask("POST", "/api/v1/members/" + member + "/erase", "{}", {{"If-Match", "\"999\""}}, token_of_member).status,
      412U);
  EXPECT_EQ(deployment->node().log().end(), after_registering);
  EXPECT_EQ(places_left(products[0]), 1U);
}

TEST_F(Erasing, GoesOnWhereItStopped) {
  auto& node = deployment->node();
  Call system;
  system.system = true;
  const auto command = node.edge().erase_member(system, member);
  ASSERT_TRUE(command.has_value());
  int carried_out = 0;
  const auto stopped = node::erase_member(node, *command, [&](domain::Command step) {
    if (++carried_out == 2) {
      node::Outcome lost;
      lost.answer.kind = eventstore::Answer::Kind::unavailable;
      return lost;
    }
    return node.execute(std::move(step));
  });
  EXPECT_EQ(stopped.outcome.answer.kind, eventstore::Answer::Kind::unavailable);
  EXPECT_EQ(stopped.claims_cancelled, 1U);
  EXPECT_EQ(state_of_request(), domain::RequestState::submitted);

  const auto done =
      node::erase_member(node, *command, [&](domain::Command step) { return node.execute(std::move(step)); });
  EXPECT_EQ(done.outcome.answer.kind, eventstore::Answer::Kind::accepted);
  EXPECT_EQ(done.claims_cancelled, 1U) << "the other one was cancelled before";
  EXPECT_EQ(done.requests_withdrawn, 1U);
  for (const auto& product : products) EXPECT_EQ(places_left(product), 3U);
}

}  // namespace
}  // namespace pioneer::api::http
