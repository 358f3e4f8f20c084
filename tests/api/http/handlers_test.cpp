// A whole node through its routes.
#include <cstdint>
#include <future>
#include <thread>

#include "api/http/handlers/live.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Handlers : public WholeNode {};

TEST_F(Handlers, SaysHowItIs) {
  EXPECT_THAT(get("/healthz", "").body, HasSubstr("ok"));
  const auto ready = get("/readyz", "");
  EXPECT_EQ(ready.status, 200U);
  EXPECT_THAT(ready.body, HasSubstr(R"("ready":true,"engine":"embedded","durability":"disk")"));
  EXPECT_THAT(get("/version", "").body, HasSubstr(R"("version":"test")"));
  EXPECT_THAT(get("/api/openapi.json", "").body, HasSubstr("3.1.0"));
}

TEST_F(Handlers, RegistersRenamesAndListsOrganisations) {
  const auto made = post("/api/v1/organisations",
                         R"({"name":"思明区","level":"district","parent":")" + city + R"(","code":"350203"})");
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto id = field(made.body, "id");
  EXPECT_EQ(header(made, "ETag"), "\"1\"");
  const auto renamed =
      ask("POST", "/api/v1/organisations/" + id + "/rename", R"({"name":"湖里区"})", {{"If-Match", "\"1\""}});
  ASSERT_EQ(renamed.status, 200U) << renamed.body;
  EXPECT_THAT(renamed.body, HasSubstr("湖里区"));
  EXPECT_EQ(
      ask("POST", "/api/v1/organisations/" + id + "/rename", R"({"name":"海沧区"})", {{"If-Match", "\"1\""}}).status,
      412U);
  EXPECT_THAT(get("/api/v1/organisations?parent=" + city, "").body, HasSubstr(id));
  EXPECT_THAT(get("/api/v1/organisations/350203", "").body, HasSubstr(id));
  EXPECT_EQ(get("/api/v1/organisations/nothing", "").status, 404U);
  EXPECT_EQ(get("/api/v1/organisations?level=planet", "").status, 400U);
  EXPECT_THAT(get("/api/v1/categories", "").body, HasSubstr(R"("code":"repair","nameZh":"维修")"));
}

TEST_F(Handlers, GivesARepeatTheFirstOutcome) {
  const std::vector<std::pair<std::string, std::string>> key{{"Idempotency-Key", "01ARZ3NDEKTSV4RRFFQ69G5FAV"}};
  const auto body = R"({"name":"思明区","level":"district","parent":")" + city + "\"}";
  const auto first = ask("POST", "/api/v1/organisations", body, key);
  const auto again = ask("POST", "/api/v1/organisations", body, key);
  EXPECT_EQ(again.status, 201U) << again.body;
  EXPECT_EQ(field(again.body, "id"), field(first.body, "id"));
  EXPECT_EQ(header(again, "Pioneer-Position"), header(first, "Pioneer-Position"));
  const auto other =
      ask("POST", "/api/v1/organisations", R"({"name":"湖里区","level":"district","parent":")" + city + "\"}", key);
  EXPECT_EQ(other.status, 422U);
  EXPECT_THAT(other.body, HasSubstr("idempotency_key_reused"));
}

TEST_F(Handlers, KnowsWhoAsks) {
  const auto me = get("/api/v1/me");
  ASSERT_EQ(me.status, 200U) << me.body;
  EXPECT_THAT(me.body, HasSubstr("管理员"));
  EXPECT_THAT(me.body, HasSubstr("administrator"));
  EXPECT_EQ(get("/api/v1/me", "").status, 401U);
  const auto wrong = get("/api/v1/me", "no such token");
  EXPECT_EQ(wrong.status, 401U);
  EXPECT_THAT(wrong.body, HasSubstr("token_invalid"));
  EXPECT_EQ(post("/api/v1/organisations", R"({"name":"x","level":"city"})", "").status, 401U);
  EXPECT_EQ(post("/api/v1/organisations", R"({"name":"思明区","level":"district","parent":")" + city + "\"}",
                 member_with_token("李四"))
                .status,
            403U);
}

TEST_F(Handlers, TakesARequestThroughItsWholeLife) {
  const auto asker = member_with_token("张三");
  const auto made =
      post("/api/v1/requests",
           R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + city + "\"}", asker);
  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_THAT(made.body, HasSubstr(R"("state":"submitted")"));
  EXPECT_THAT(made.body, HasSubstr("漏水"));
  const auto path = "/api/v1/requests/" + field(made.body, "id");
  EXPECT_THAT(post(path + "/accept", "{}").body, HasSubstr(R"("state":"accepted")"));
  EXPECT_THAT(post(path + "/progress", R"({"text":"师傅已出发"})").body, HasSubstr(R"("state":"in_progress")"));
  const auto early = post(path + "/confirm", "{}", asker);
  EXPECT_EQ(early.status, 409U);
  EXPECT_THAT(early.body, HasSubstr("not_resolved"));
  EXPECT_THAT(post(path + "/resolve", R"({"text":"已修好"})").body, HasSubstr(R"("state":"awaiting_confirmation")"));
  EXPECT_THAT(post(path + "/confirm", "{}", asker).body, HasSubstr(R"("state":"closed_confirmed")"));
  const auto rated = post(path + "/rate", R"({"stars":5,"comment":"很快"})", asker);
  EXPECT_EQ(rated.status, 200U) << rated.body;
  EXPECT_THAT(rated.body, HasSubstr(R"("stars":5)"));
  EXPECT_EQ(post(path + "/rate", R"({"stars":9})", asker).status, 422U);

  const auto stranger = member_with_token("王五");
  EXPECT_EQ(get(path, stranger).status, 404U);
  EXPECT_EQ(get(path, "").status, 401U);
  const auto seen = get(path);
  EXPECT_EQ(seen.status, 200U) << seen.body;
  EXPECT_THAT(seen.body, HasSubstr("厨房漏水"));
  EXPECT_THAT(std::string(seen.fixed), HasSubstr("no-store"));
}

TEST_F(Handlers, JournalsWhatItOpens) {
  const auto asker = member_with_token("张三");
  const auto made =
      post("/api/v1/requests",
           R"({"title":"漏水","description":"漏水","category":"repair","organisation":")" + city + "\"}", asker);
  const auto before = deployment->node().log().end().value;
  EXPECT_EQ(get("/api/v1/members/" + field(get("/api/v1/me", asker).body, "id")).status, 200U);
  // The journal is durable before the answer; the log is shown up to what is projected, which may come a moment later.
  std::promise<bool> projected;
  const auto last = eventstore::Sequence{deployment->node().log().end().value - 1};
  deployment->node().projector().when_projected(last, eventstore::Instant{INT64_MAX},
                                                [&](bool done) { projected.set_value(done); });
  EXPECT_TRUE(projected.get_future().get());
  const auto log = get("/api/v1/log?from=" + std::to_string(before));
  EXPECT_THAT(log.body, HasSubstr("PersonalDataOpened"));
  EXPECT_THAT(log.body, Not(HasSubstr("张三")));
}

TEST_F(Handlers, ShowsAStreamAndTheLog) {
  const auto stream = get("/api/v1/streams/organisation/" + city);
  ASSERT_EQ(stream.status, 200U) << stream.body;
  EXPECT_THAT(stream.body, HasSubstr("OrganisationRegistered"));
  const auto log = get("/api/v1/log?from=0&limit=2");
  ASSERT_EQ(log.status, 200U) << log.body;
  EXPECT_THAT(log.body, HasSubstr("nextCursor"));
  EXPECT_EQ(get("/api/v1/log?from=x").status, 400U);
  EXPECT_EQ(get("/api/v1/log", "").status, 401U);
}

TEST_F(Handlers, RevokesAtOnce) {
  const auto made = post("/api/v1/members", R"({"name":"赵六","organisation":")" + city + "\"}");
  const auto path = "/api/v1/members/" + field(made.body, "id");
  const auto issued = post(path + "/tokens", "{}");
  const auto theirs = field(issued.body, "token");
  EXPECT_EQ(get("/api/v1/me", theirs).status, 200U);
  EXPECT_EQ(post(path + "/roles", R"({"role":"cadre","organisation":")" + city + "\"}").status, 200U);
  EXPECT_THAT(get("/api/v1/me", theirs).body, HasSubstr("cadre"));
  EXPECT_EQ(post(path + "/roles/cadre/revoke", R"({"organisation":")" + city + "\"}").status, 200U);
  EXPECT_THAT(get("/api/v1/me", theirs).body, Not(HasSubstr("cadre")));
  EXPECT_EQ(post(path + "/tokens/revoke", R"({"tokenHash":")" + field(issued.body, "tokenHash") + "\"}").status, 200U);
  EXPECT_EQ(get("/api/v1/me", theirs).status, 401U);
}

TEST_F(Handlers, SellsPlacesNeverTwice) {
  const auto made =
      post("/api/v1/products",
           R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + city +
               R"(","sessions":[{"starts":"2090-01-01T08:00:00Z","ends":"2090-01-01T10:00:00Z","venue":"社区中心"}],)"
               R"("capacity":2,"maxPerMember":2,"waitlist":true})");
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto path = "/api/v1/products/" + field(made.body, "id");
  EXPECT_EQ(get(path, "").status, 401U);  // a draft is for officials
  EXPECT_EQ(post(path + "/publish", "{}").status, 200U);
  const auto product = get(path, "");
  EXPECT_THAT(product.body, HasSubstr(R"("placesLeft":2,"waiting":0)")) << product.body;
  EXPECT_THAT(get("/api/v1/products", "").body, HasSubstr("陶艺课"));

  const auto one = member_with_token("一");
  const auto two = member_with_token("二");
  const auto first = post(path + "/claims", R"({"places":2})", one);
  ASSERT_EQ(first.status, 201U) << first.body;
  EXPECT_THAT(first.body, HasSubstr(R"("state":"confirmed")"));
  EXPECT_EQ(post(path + "/claims", R"({"places":1})", one).status, 409U);
  EXPECT_EQ(post(path + "/claims", R"({"places":0})", two).status, 422U);
  const auto second = post(path + "/claims", R"({"places":1})", two);
  ASSERT_EQ(second.status, 201U) << second.body;
  EXPECT_THAT(second.body, HasSubstr(R"("state":"waitlisted")"));
  EXPECT_THAT(second.body, HasSubstr(R"("waitlistPosition":1)"));
  EXPECT_THAT(get("/api/v1/me/claims", two).body, HasSubstr("waitlisted"));
  const auto claim = path + "/claims/" + field(first.body, "claimId");
  EXPECT_EQ(get(claim, two).status, 404U);
  EXPECT_EQ(post(claim + "/cancel", "{}", two).status, 403U);
  EXPECT_THAT(post(claim + "/cancel", "{}", one).body, HasSubstr(R"("state":"cancelled")"));
  EXPECT_THAT(get("/api/v1/me/claims", two).body, HasSubstr("confirmed"));
  EXPECT_THAT(get(path + "/claims").body, HasSubstr("二"));
  EXPECT_EQ(get(path + "/claims", one).status, 403U);
}

TEST_F(Handlers, ShowsTheBoard) {
  const auto asker = member_with_token("张三");
  post("/api/v1/requests",
       R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + city + "\"}", asker);
  const auto board = get("/api/v1/boards/" + city);
  ASSERT_EQ(board.status, 200U) << board.body;
  EXPECT_THAT(board.body, HasSubstr(R"("state":"submitted","count":1)"));
  EXPECT_THAT(board.body, HasSubstr("漏水"));
  const auto before = get("/api/v1/boards/" + city + "?asOf=2000-01-01T00:00:00Z");
  ASSERT_EQ(before.status, 200U) << before.body;
  EXPECT_THAT(before.body, Not(HasSubstr("漏水")));
  EXPECT_EQ(get("/api/v1/boards/" + city, asker).status, 403U);
  EXPECT_EQ(get("/api/v1/boards/nowhere").status, 404U);
  EXPECT_EQ(get("/api/v1/boards/" + city + "?asOf=yesterday").status, 400U);
  EXPECT_THAT(get("/api/v1/requests?organisation=" + city + "&state=submitted").body, HasSubstr("漏水"));
  EXPECT_THAT(get("/api/v1/me/requests", asker).body, HasSubstr("submitted"));
}

TEST_F(Handlers, TellsAListenerTooManyThatItIs) {
  EventHub hub(live_events(deployment->node()), {.listeners_max = 1}, deployment->node().log().end().value);
  service->events = &hub;
  Router with_events({});
  register_live(with_events, *service);
  const auto listen = [&] {
    auto answer = std::make_shared<Waiting>();
    answer->screen = std::make_shared<Screen>();
    with_events.serve({.method = "GET", .path = "/api/v1/events"}, Responder(answer));
    return answer->wait();
  };
  EXPECT_EQ(listen().status, 200U);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (hub.listeners() < 1 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  const auto second = listen();
  EXPECT_EQ(second.status, 429U);
  EXPECT_THAT(second.body, HasSubstr("too_many_listeners"));
}

TEST_F(Handlers, SendsLiveEventsToThoseConcerned) {
  EventHub hub(live_events(deployment->node()), {}, deployment->node().log().end().value);
  service->events = &hub;
  Router with_events({});
  register_live(with_events, *service);
  const auto asker = member_with_token("张三");
  hub.advance(deployment->node().log().end().value);
  while (hub.step()) {
  }
  const auto listen = [&](const std::string& credential) {
    HttpRequest request{.method = "GET", .path = "/api/v1/events"};
    request.headers.add("Pioneer-Position", std::to_string(position));
    if (!credential.empty()) request.headers.add("Authorization", "Bearer " + credential);
    auto answer = std::make_shared<Waiting>();
    const auto screen = std::make_shared<Screen>();
    answer->screen = screen;
    with_events.serve(std::move(request), Responder(answer));
    EXPECT_EQ(answer->wait().content_type, "text/event-stream");
    return screen;
  };
  const auto official = listen(token);
  const auto anybody = listen("");
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (hub.listeners() < 2 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  hub.step();
  const auto made =
      post("/api/v1/requests",
           R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + city + "\"}", asker);
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(post("/api/v1/organisations/" + city + "/rename", R"({"name":"鹭岛"})").status, 200U);
  hub.advance(deployment->node().log().end().value);
  while (hub.step()) {
  }
  EXPECT_THAT(official->text, HasSubstr("RequestSubmitted"));
  EXPECT_THAT(official->text, Not(HasSubstr("box")));
  EXPECT_THAT(anybody->text, Not(HasSubstr("RequestSubmitted")));
  EXPECT_THAT(anybody->text, HasSubstr("鹭岛"));
}

}  // namespace
}  // namespace pioneer::api::http
