// A request on its way to the node that writes: what goes along, what comes back, and what happens when that node is
// another one by then.
#include "api/http/forwarding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;

class Kept final : public Answer {
 public:
  void respond(HttpResponse response) override {
    ++answers;
    given = std::move(response);
  }
  std::shared_ptr<EventStream> stream(HttpResponse) override { return nullptr; }
  HttpResponse given;
  int answers = 0;
};

/// Says what was written down for it, and keeps what it was asked.
class Scripted final : public HttpClient {
 public:
  std::expected<HttpReply, std::string> call(const HttpCall& call, const std::stop_token&) override {
    asked.push_back(call);
    if (replies.empty()) return std::unexpected("Nobody answers.");
    auto reply = std::move(replies.front());
    replies.pop_front();
    return reply;
  }
  std::deque<std::expected<HttpReply, std::string>> replies;
  std::vector<HttpCall> asked;
};

/// At once, on the caller's thread; or not at all.
class AtOnce final : public eventstore::Executor {
 public:
  bool run(std::function<void()> work) override {
    if (full) return false;
    work();
    return true;
  }
  void run_promised(std::function<void()> work) override { work(); }
  bool full = false;
};

std::string sent(const HttpCall& call, std::string_view name) {
  for (const auto& [field, value] : call.headers)
    if (field == name) return value;
  return {};
}

class ForwardingTest : public testing::Test {
 protected:
  IncomingPointer incoming(std::vector<std::pair<std::string, std::string>> fields = {}) {
    HttpRequest request{.method = "POST", .path = "/api/v1/requests", .query = {{"q", "灯 &"}}, .body = "{}"};
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    answer = std::make_shared<Kept>();
    auto made = std::make_shared<Incoming>(route_of(Operation::submit_request), std::move(request), Responder(answer));
    made->command_id = "0b0e7a3c-0000-4000-8000-000000000001";
    return made;
  }
  static HttpReply reply(unsigned status, std::string body,
                         std::vector<std::pair<std::string, std::string>> headers = {}) {
    return {status, "application/json", std::move(body), std::move(headers)};
  }

  Scripted client;
  AtOnce executor;
  std::deque<Forwarding::Owner> owners;  ///< the last one stays
  int carried_out_here = 0;
  int pauses = 0;
  std::shared_ptr<Kept> answer;
  Forwarding forwarding{client,
                        executor,
                        {.owner =
                             [this] {
                               auto owner = owners.front();
                               if (owners.size() > 1) owners.pop_front();
                               return owner;
                             },
                         .here = [this](const IncomingPointer&) { ++carried_out_here; },
                         .pause = [this](std::chrono::milliseconds) { ++pauses; },
                         .within = std::chrono::milliseconds(200)}};
};

TEST_F(ForwardingTest, GoesThereAsItCameAndComesBackAsItWasAnswered) {
  owners = {"http://10.0.0.2:8080"};
  client.replies.emplace_back(
      reply(201, R"({"id":"r"})", {{"etag", "\"3\""}, {"pioneer-position", "17"}, {"set-cookie", "s=1"}}));
  forwarding.take(incoming({{"Cookie", "session=x"}, {"If-Match", "\"2\""}, {"Origin", "http://elsewhere"}}));
  ASSERT_EQ(client.asked.size(), 1u);
  const auto& call = client.asked[0];
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "http://10.0.0.2:8080/api/v1/requests?q=%E7%81%AF%20%26");
  EXPECT_EQ(call.body, "{}");
  EXPECT_EQ(sent(call, "Cookie"), "session=x");
  EXPECT_EQ(sent(call, "If-Match"), "\"2\"");
  EXPECT_EQ(sent(call, "Idempotency-Key"), "0b0e7a3c-0000-4000-8000-000000000001")
      << "made here, where the client sent none";
  EXPECT_EQ(sent(call, "Origin"), "") << "the page was looked at here";
  EXPECT_EQ(sent(call, forwarded_header), "1");
  EXPECT_EQ(answer->given.status, 201u);
  EXPECT_EQ(answer->given.body, R"({"id":"r"})");
  EXPECT_EQ(answer->given.headers.size(), 3u);
  EXPECT_EQ(answer->given.content_type, "application/json");
}

TEST_F(ForwardingTest, ARefusalIsAnAnswer) {
  owners = {"http://10.0.0.2:8080"};
  client.replies.emplace_back(reply(409, R"({"code":"sold_out"})"));
  forwarding.take(incoming());
  EXPECT_EQ(answer->given.status, 409u);
  EXPECT_EQ(pauses, 0);
}

TEST_F(ForwardingTest, IsSentAgainUnderOneKeyUntilANodeThatWritesAnswers) {
  owners = {Forwarding::Nobody{}, "http://10.0.0.2:8080", "http://10.0.0.2:8080", "http://10.0.0.3:8080"};
  client.replies.emplace_back(std::unexpected("The connection broke off."));
  client.replies.emplace_back(reply(503, R"({"code":"elsewhere"})"));
  client.replies.emplace_back(reply(201, "{}"));
  forwarding.take(incoming());
  ASSERT_EQ(client.asked.size(), 3u);
  EXPECT_EQ(sent(client.asked[0], "Idempotency-Key"), sent(client.asked[2], "Idempotency-Key"));
  EXPECT_THAT(client.asked[2].url, HasSubstr("10.0.0.3"));
  EXPECT_EQ(answer->given.status, 201u);
  EXPECT_EQ(answer->answers, 1);
  EXPECT_EQ(pauses, 3);
}

TEST_F(ForwardingTest, IsCarriedOutHereIfThisNodeWritesByThen) {
  owners = {Forwarding::Nobody{}, Forwarding::Here{}};
  forwarding.take(incoming());
  EXPECT_EQ(carried_out_here, 1);
  EXPECT_TRUE(client.asked.empty());
  EXPECT_EQ(answer->answers, 0) << "the handler answers";
}

TEST_F(ForwardingTest, GoesOneStepAndNoFurther) {
  owners = {"http://10.0.0.2:8080"};
  forwarding.take(incoming({{"Pioneer-Forwarded", "1"}}));
  EXPECT_TRUE(client.asked.empty());
  EXPECT_EQ(answer->given.status, 503u);
  EXPECT_THAT(answer->given.body, HasSubstr("elsewhere"));
}

TEST_F(ForwardingTest, WhereNobodyWritesForTooLongItSaysWhetherItWasSent) {
  owners = {Forwarding::Nobody{}};
  forwarding.take(incoming());
  EXPECT_THAT(answer->given.body, HasSubstr("elsewhere"));
  owners = {"http://10.0.0.2:8080"};
  forwarding.take(incoming());
  EXPECT_THAT(answer->given.body, HasSubstr("outcome_unknown"));
}

TEST_F(ForwardingTest, TooManyAndTooLateAreToldSo) {
  owners = {"http://10.0.0.2:8080"};
  executor.full = true;
  forwarding.take(incoming());
  EXPECT_EQ(answer->given.status, 429u);
  executor.full = false;
  forwarding.stop();
  forwarding.take(incoming());
  EXPECT_EQ(answer->given.status, 503u);
  EXPECT_THAT(answer->given.body, HasSubstr("stopping"));
  EXPECT_TRUE(client.asked.empty());
}

}  // namespace
}  // namespace pioneer::api::http
