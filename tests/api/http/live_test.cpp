// Live events of a whole node: who hears of what, and when they hear no more.
#include <thread>

#include "api/http/handlers/live.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Live : public WholeNode {
 protected:
  Live() { offer({}); }

  /// Live events by these limits, from here on.
  void offer(EventHub::Options options) {
    auto parts = live_events(deployment->node());
    parts.now_us = [this] { return now_us != 0 ? now_us : deployment->node().clock().now().value; };
    hub = std::make_unique<EventHub>(std::move(parts), options, deployment->node().log().end().value);
    service->events = hub.get();
    with_events = std::make_unique<Router>(Router::Options{});
    register_live(*with_events, *service);
  }

  struct Heard {
    HttpResponse head;
    std::shared_ptr<Screen> screen;
  };
  Heard listen(const std::string& credential, const std::string& stream = {}, const std::string& method = "GET") {
    HttpRequest request{.method = method, .path = "/api/v1/events", .peer = "192.0.2.1"};
    if (!stream.empty()) request.query.emplace_back("stream", stream);
    request.headers.add("Pioneer-Position", std::to_string(position));
    if (!credential.empty()) request.headers.add("Authorization", "Bearer " + credential);
    run();  // as its thread would: what was before is not news
    const auto before = hub->listeners();
    auto answer = std::make_shared<Waiting>();
    answer->screen = std::make_shared<Screen>();
    Heard heard{.head = {}, .screen = std::static_pointer_cast<Screen>(answer->screen)};
    with_events->serve(std::move(request), Responder(answer));
    heard.head = answer->wait();
    if (heard.head.status != 200 || method != "GET") return heard;
    // The head leaves before the hub knows of the listener.
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (hub->listeners() <= before && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    run();
    return heard;
  }
  void run() {
    hub->advance(deployment->node().projector().projected().value);
    while (hub->step()) {
    }
  }

  std::string district(const std::string& name) {
    const auto made =
        post("/api/v1/organisations", R"({"name":")" + name + R"(","level":"district","parent":")" + city + "\"}");
    EXPECT_EQ(made.status, 201U) << made.body;
    return field(made.body, "id");
  }
  std::string cadre_of(const std::string& organisation, const std::string& name) {
    return official_with_token(name, "cadre", organisation);
  }
  std::string request_to(const std::string& organisation, const std::string& asker) {
    const auto made =
        post("/api/v1/requests",
             R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + organisation + "\"}",
             asker);
    EXPECT_EQ(made.status, 201U) << made.body;
    return field(made.body, "id");
  }

  std::int64_t now_us = 0;  ///< of tokens; 0: the machine's
  std::unique_ptr<EventHub> hub;
  std::unique_ptr<Router> with_events;
};

TEST_F(Live, TellsAListenerTooManyThatItIs) {
  offer({.listeners_per_peer_max = 1});
  EXPECT_EQ(listen("").head.status, 200U);
  const auto second = listen(token).head;
  EXPECT_EQ(second.status, 429U);
  EXPECT_THAT(second.body, HasSubstr("too_many_listeners"));
  EXPECT_THAT(second.body, HasSubstr("from this address"));
}

TEST_F(Live, OpensNoStreamForHead) {
  const auto heard = listen("", {}, "HEAD");
  EXPECT_EQ(heard.head.status, 200U);
  EXPECT_EQ(heard.head.content_type, "text/event-stream");
  EXPECT_EQ(hub->listeners(), 0U);
}

TEST_F(Live, SendsEventsToThoseConcerned) {
  const auto asker = member_with_token("张三");
  const auto official = listen(token).screen;
  const auto anybody = listen("").screen;
  request_to(city, asker);
  EXPECT_EQ(post("/api/v1/organisations/" + city + "/rename", R"({"name":"鹭岛"})").status, 200U);
  run();
  EXPECT_THAT(official->text, HasSubstr("RequestSubmitted"));
  EXPECT_THAT(official->text, Not(HasSubstr("box")));
  EXPECT_THAT(anybody->text, Not(HasSubstr("RequestSubmitted")));
  EXPECT_THAT(anybody->text, HasSubstr("鹭岛"));
}

TEST_F(Live, EndsForWhoLosesTheRequestAndGoesOnForItsAsker) {
  const auto here = district("思明区");
  const auto there = district("湖里区");
  const auto asker = member_with_token("张三");
  const auto loses = cadre_of(here, "李四");
  const auto id = request_to(here, asker);
  const auto path = "/api/v1/requests/" + id;
  EXPECT_EQ(post(path + "/accept", "{}", loses).status, 200U);
  const auto official = listen(loses, "request/" + id).screen;
  const auto own = listen(asker, "request/" + id).screen;
  EXPECT_EQ(post(path + "/progress", R"({"text":"师傅已出发"})", loses).status, 200U);
  run();
  EXPECT_THAT(official->text, HasSubstr("RequestProgressed"));

  const auto assigned = post(path + "/assign", R"({"organisation":")" + there + "\"}");
  ASSERT_EQ(assigned.status, 200U) << assigned.body;
  ASSERT_EQ(get(path, loses).status, 404U);
  const auto resolved = post(path + "/resolve", R"({"text":"已修好"})");
  ASSERT_EQ(resolved.status, 200U) << resolved.body;
  run();
  EXPECT_THAT(official->text, Not(HasSubstr("RequestResolved")));
  EXPECT_THAT(own->text, HasSubstr("RequestResolved"));
}

TEST_F(Live, EndsWithTheToken) {
  const auto made = post("/api/v1/members", R"({"name":"赵六","organisation":")" + city + "\"}");
  const auto path = "/api/v1/members/" + field(made.body, "id");
  const auto brief = post(path + "/tokens", R"({"expires":"2090-01-01T00:00:00Z"})");
  ASSERT_EQ(brief.status, 201U) << brief.body;
  const auto expiring = listen(field(brief.body, "token")).screen;
  const auto revoked = listen(token).screen;
  now_us = 3'786'912'000'000'000 - 1;  // 2090-01-01
  hub->close_expired();
  EXPECT_FALSE(expiring->over);
  ++now_us;
  hub->close_expired();
  EXPECT_TRUE(expiring->over);
  EXPECT_FALSE(revoked->over);
  const auto hash = post("/api/v1/members/" + administrator + "/tokens", "{}");
  EXPECT_EQ(post("/api/v1/members/" + administrator + "/tokens/revoke",
                 R"({"tokenHash":")" + field(hash.body, "tokenHash") + "\"}")
                .status,
            200U);
  run();
  EXPECT_TRUE(revoked->over);
}

}  // namespace
}  // namespace pioneer::api::http
