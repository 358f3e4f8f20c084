// Live events without a network: who gets what, in which order, and who no longer.
#include "api/http/event_hub.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace pioneer::api::http {
namespace {

class Screen final : public EventStream {
 public:
  bool push(HttpFrame frame) override {
    const std::lock_guard lock(mutex_);
    if (closed_ || slow_) {
      closed_ = true;
      return false;
    }
    frames_.push_back(frame);
    if (!frame->starts_with("retry")) text_ += *frame;
    return true;
  }
  bool closed() const override {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  std::size_t queued_bytes() const override { return unsent; }
  void close() override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  std::vector<HttpFrame> frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  void be_slow() { slow_ = true; }
  std::size_t unsent = 0;

 private:
  mutable std::mutex mutex_;
  std::vector<HttpFrame> frames_;
  std::string text_;
  bool closed_ = false, slow_ = false;
};

std::string frame(std::uint64_t position, const std::string& json) {
  return "id: " + std::to_string(position) + "\ndata: " + json + "\n\n";
}

class EventHubTest : public testing::Test {
 protected:
  EventHubTest() { make({}); }

  void make(EventHub::Options options) {
    hub = std::make_unique<EventHub>(
        EventHub::Parts{
            .read = [this](std::uint64_t from, std::size_t limit) -> std::optional<std::vector<LiveCommit>> {
              ++reads;
              if (unreadable) return std::nullopt;
              std::vector<LiveCommit> out;
              for (auto i = from; i < log.size() && out.size() < limit; ++i) out.push_back(log[i]);
              return out;
            },
            .may_see =
                [this](const Audience& who, const LivePart& part) {
                  ++judgements;
                  return part.audience == "public" || allowed.contains({who.standing, part.audience});
                },
            .now_us = [this] { return now_us; }},
        options, log.size());
  }

  void commit(const std::string& stream, const std::string& type = "Happened", const std::string& audience = "public",
              std::vector<std::string> organisations = {}) {
    log.push_back({.position = log.size(),
                   .parts = {{stream, {type}, std::move(organisations), audience, "{\"s\":\"" + stream + "\"}"}}});
    hub->advance(log.size());
  }
  bool listen(Audience who, EventFilter filter, std::optional<std::uint64_t> after, std::shared_ptr<Screen> screen) {
    return hub->listen(std::move(who), std::move(filter), after, [&] { return std::move(screen); }).empty();
  }
  std::shared_ptr<Screen> open(Audience who = {}, EventFilter filter = {}, std::optional<std::uint64_t> after = {}) {
    auto screen = std::make_shared<Screen>();
    EXPECT_TRUE(listen(std::move(who), std::move(filter), after, screen));
    hub->step();
    return screen;
  }
  void run() {
    while (hub->step()) {
    }
  }

  std::vector<LiveCommit> log;
  std::set<std::pair<std::string, std::string>> allowed;
  int judgements = 0, reads = 0;
  std::int64_t now_us = 1'000;
  bool unreadable = false;
  std::unique_ptr<EventHub> hub;
};

TEST_F(EventHubTest, SendsWhatComesAfterOneBeganToListen) {
  commit("a");
  run();
  const auto screen = open();
  commit("b");
  commit("c");
  run();
  EXPECT_EQ(screen->text(), frame(1, "{\"s\":\"b\"}") + frame(2, "{\"s\":\"c\"}"));
}

TEST_F(EventHubTest, BeginsWithThePlaceToComeBackTo) {
  commit("a");
  run();
  EXPECT_EQ(*open()->frames().front(), "retry: 2000\nid: 0\n\n");
}

TEST_F(EventHubTest, WritesOnceWhatAGroupGets) {
  const auto one = open();
  const auto two = open();
  commit("a");
  commit("b");
  run();
  ASSERT_EQ(one->frames().size(), 2U);  // the beginning, and both commits in one
  EXPECT_EQ(one->frames().back(), two->frames().back());
  EXPECT_EQ(reads, 1);
}

TEST_F(EventHubTest, FiltersByStreamTypeAndOrganisation) {
  const auto stream = open({}, {.stream = "request/1"});
  const auto type = open({}, {.types = {"B", "C"}});
  const auto organisation = open({}, {.organisation = "city"});
  commit("request/1", "A", "public", {"street"});
  commit("request/2", "B", "public", {"street", "city"});
  run();
  EXPECT_EQ(stream->text(), frame(0, "{\"s\":\"request/1\"}"));
  EXPECT_EQ(type->text(), frame(1, "{\"s\":\"request/2\"}"));
  EXPECT_EQ(organisation->text(), frame(1, "{\"s\":\"request/2\"}"));
}

TEST_F(EventHubTest, FiltersByTheWholeKindOfAStream) {
  const auto products = open({}, {.kind = "product"});
  const auto half = open({}, {.kind = "prod"});
  const auto both = open({}, {.stream = "product/a", .kind = "request"});
  commit("product/a");
  commit("request/a");
  commit("products/a");
  commit("product");
  run();
  EXPECT_EQ(products->text(), frame(0, "{\"s\":\"product/a\"}"));
  EXPECT_EQ(half->text(), "");
  EXPECT_EQ(both->text(), "");
}

TEST_F(EventHubTest, SendsOneFrameForACommitOfSeveralStreams) {
  allowed = {{"cadre", "hidden"}};
  const auto screen = open();
  const auto cadre = open({.standing = "cadre"});
  const auto last = open({}, {.stream = "c"});
  log.push_back({.position = 0,
                 .parts = {{"a", {"A"}, {}, "public", R"({"n":1})"},
                           {"b", {"B"}, {}, "hidden", R"({"n":2})"},
                           {"c", {"C"}, {}, "public", R"({"n":3})"}}});
  hub->advance(1);
  run();
  EXPECT_EQ(screen->text(), frame(0, R"({"n":1,"more":[{"n":3}]})"));
  EXPECT_EQ(cadre->text(), frame(0, R"({"n":1,"more":[{"n":2},{"n":3}]})"));
  EXPECT_EQ(last->text(), frame(0, R"({"n":3})"));
}

TEST_F(EventHubTest, AsksForPermissionOncePerStandingAndAudience) {
  allowed = {{"cadre", "street"}};
  const auto cadre = open({.standing = "cadre"});
  const auto other = open({.standing = "cadre"});
  const auto anybody = open();
  for (int i = 0; i < 10; ++i) commit("r", "A", "street");
  run();
  EXPECT_EQ(judgements, 2);
  EXPECT_EQ(cadre->text(), other->text());
  EXPECT_FALSE(cadre->text().empty());
  EXPECT_EQ(anybody->text(), "");
}

TEST_F(EventHubTest, ResumesAfterTheLastEventSeen) {
  for (int i = 0; i < 10; ++i) commit(std::to_string(i));
  run();
  const auto screen = open({}, {}, 6);
  run();
  EXPECT_EQ(screen->text(), frame(7, "{\"s\":\"7\"}") + frame(8, "{\"s\":\"8\"}") + frame(9, "{\"s\":\"9\"}"));
  commit("10");
  run();
  EXPECT_TRUE(screen->text().ends_with(frame(9, "{\"s\":\"9\"}") + frame(10, "{\"s\":\"10\"}")));
}

TEST_F(EventHubTest, ResumesWithoutAGapWhileCommitsGoOn) {
  make({.commits_a_round_max = 3});
  for (int i = 0; i < 20; ++i) commit(std::to_string(i));
  run();
  const auto first = open();
  const auto screen = open({}, {}, 0);
  for (int i = 20; i < 40; ++i) {
    commit(std::to_string(i));
    hub->step();
  }
  run();
  std::string expected;
  for (std::uint64_t i = 1; i < 40; ++i) expected += frame(i, "{\"s\":\"" + std::to_string(i) + "\"}");
  EXPECT_EQ(screen->text(), expected);
}

TEST_F(EventHubTest, TakesAnIdFromTheFutureAsNow) {
  commit("a");
  run();
  const auto screen = open({}, {}, UINT64_MAX);
  const auto other = open({}, {}, 1'000);
  commit("b");
  run();
  EXPECT_EQ(screen->text(), frame(1, "{\"s\":\"b\"}"));
  EXPECT_EQ(other->text(), screen->text());
}

TEST_F(EventHubTest, WaitsForAConnectionThatHasNotSentTheOldEvents) {
  make({.commits_a_round_max = 2, .catch_up_queue_bytes = 10});
  for (int i = 0; i < 6; ++i) commit(std::to_string(i));
  run();
  open();
  auto screen = std::make_shared<Screen>();
  screen->unsent = 11;
  ASSERT_TRUE(listen({}, {}, 0, screen));
  run();
  EXPECT_EQ(screen->text(), "");
  screen->unsent = 0;
  run();
  EXPECT_TRUE(screen->text().ends_with(frame(5, "{\"s\":\"5\"}")));
}

TEST_F(EventHubTest, ForgetsWhoWentOrWasTooSlow) {
  const auto gone = open();
  const auto slow = open();
  const auto stays = open();
  EXPECT_EQ(hub->listeners(), 3U);
  gone->close();
  slow->be_slow();
  commit("a");
  run();
  EXPECT_EQ(hub->listeners(), 1U);
  EXPECT_FALSE(stays->text().empty());
}

TEST_F(EventHubTest, ClosesARevokedPersonsStreamBeforeAnythingLater) {
  allowed = {{"cadre", "street"}};
  const auto cadre = open({.standing = "cadre", .person = "m1"});
  const auto colleague = open({.standing = "cadre", .person = "m2"});
  commit("before", "A", "street");
  log.push_back({.position = 1, .parts = {}, .revoked = {"m1"}});
  commit("after", "A", "street");
  run();
  EXPECT_EQ(cadre->text(), frame(0, "{\"s\":\"before\"}"));
  EXPECT_TRUE(cadre->closed());
  EXPECT_EQ(colleague->text(), frame(0, "{\"s\":\"before\"}") + frame(2, "{\"s\":\"after\"}"));
}

TEST_F(EventHubTest, JudgesAnewWhenPermissionsChanged) {
  allowed = {{"cadre", "street"}};
  const auto cadre = open({.standing = "cadre", .judged_at = 100});
  commit("before", "A", "street");
  run();
  allowed.clear();
  log.push_back({.position = 1, .parts = {}, .permissions_changed = true});
  commit("after", "A", "street");
  run();
  EXPECT_EQ(cadre->text(), frame(0, "{\"s\":\"before\"}"));
}

TEST_F(EventHubTest, SendsAwayWhoWasJudgedBeforeAChange) {
  const auto watching = open();
  log.push_back({.position = 0, .parts = {}, .revoked = {"m1"}});
  hub->advance(1);
  run();
  EXPECT_TRUE(open({.standing = "cadre", .person = "m1", .judged_at = 0})->closed());
  EXPECT_FALSE(open({.standing = "cadre", .person = "m1", .judged_at = 1})->closed());
}

TEST_F(EventHubTest, CutsOnCommand) {
  const auto one = open({.standing = "s", .person = "m1"});
  const auto two = open({.standing = "s", .person = "m2"});
  hub->cut("m1");
  run();
  EXPECT_TRUE(one->closed());
  EXPECT_FALSE(two->closed());
  hub->cut("");
  run();
  EXPECT_TRUE(two->closed());
  EXPECT_EQ(hub->listeners(), 0U);
}

TEST_F(EventHubTest, LimitsListenersInAllAndOfOnePerson) {
  make({.listeners_max = 3, .listeners_per_person_max = 2});
  const auto one = open({.person = "m1"});
  open({.person = "m1"});
  EXPECT_FALSE(listen({.person = "m1"}, {}, {}, std::make_shared<Screen>()));
  open({.person = "m2"});
  EXPECT_FALSE(listen({.person = "m3"}, {}, {}, std::make_shared<Screen>()));
  one->close();
  commit("a");
  run();
  EXPECT_TRUE(listen({.person = "m1"}, {}, {}, std::make_shared<Screen>()));
}

TEST_F(EventHubTest, LimitsThoseOfOneAddressAndThoseWhoHaveNotSignedIn) {
  make({.listeners_max = 10, .anonymous_max = 3, .listeners_per_peer_max = 2});
  const auto one = open({.peer = "192.0.2.1"});
  open({.person = "m1", .peer = "192.0.2.1"});
  EXPECT_FALSE(listen({.person = "m2", .peer = "192.0.2.1"}, {}, {}, std::make_shared<Screen>()));
  open({.peer = "192.0.2.2"});
  open({.peer = "192.0.2.3"});
  EXPECT_FALSE(listen({.peer = "192.0.2.4"}, {}, {}, std::make_shared<Screen>()));
  EXPECT_TRUE(listen({.person = "m2", .peer = "192.0.2.4"}, {}, {}, std::make_shared<Screen>()));
  one->close();
  commit("a");
  run();
  EXPECT_TRUE(listen({.peer = "192.0.2.1"}, {}, {}, std::make_shared<Screen>()));
}

TEST_F(EventHubTest, TakesThePlaceBeforeTheAnswerBegins) {
  make({.listeners_per_person_max = 1});
  EXPECT_EQ(hub->listen({.person = "m1"}, {}, {},
                        [&]() -> std::shared_ptr<Screen> {  // it goes before it was told anything
                          EXPECT_FALSE(listen({.person = "m1"}, {}, {}, std::make_shared<Screen>()));
                          return nullptr;
                        }),
            "");
  EXPECT_EQ(hub->listeners(), 0U);
  EXPECT_TRUE(listen({.person = "m1"}, {}, {}, std::make_shared<Screen>()));
}

TEST_F(EventHubTest, EndsAStreamWithItsToken) {
  const auto expiring = open({.standing = "s", .person = "m1", .expires_us = 2'000});
  const auto lasting = open({.standing = "s", .person = "m1"});
  hub->close_expired();
  EXPECT_FALSE(expiring->closed());
  now_us = 2'000;
  hub->close_expired();
  EXPECT_TRUE(expiring->closed());
  EXPECT_FALSE(lasting->closed());
  EXPECT_EQ(hub->listeners(), 1U);
}

TEST_F(EventHubTest, LooksForExpiredTokensOnItsThread) {
  const auto screen = std::make_shared<Screen>();
  ASSERT_TRUE(listen({.standing = "s", .person = "m1", .expires_us = 1'000}, {}, {}, screen));
  std::thread thread([&] { hub->loop(); });
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!screen->closed() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_TRUE(screen->closed());
  hub->stop();
  thread.join();
}

TEST_F(EventHubTest, BeatsWithThePlaceToComeBackTo) {
  const auto screen = open({}, {.stream = "none"});
  hub->heartbeat();
  EXPECT_EQ(screen->text(), ":\n\n");
  commit("a");
  run();
  hub->heartbeat();
  EXPECT_EQ(screen->text(), ":\n\nid: 0\n\n");
}

TEST_F(EventHubTest, GoesOnWhenTheLogCanBeReadAgain) {
  const auto screen = open();
  unreadable = true;
  commit("a");
  run();
  EXPECT_EQ(screen->text(), "");
  unreadable = false;
  run();
  EXPECT_EQ(screen->text(), frame(0, "{\"s\":\"a\"}"));
}

TEST_F(EventHubTest, RunsOnAThreadAndEndsAllStreamsWhenItStops) {
  std::thread thread([&] { hub->loop(); });
  const auto screen = std::make_shared<Screen>();
  ASSERT_TRUE(listen({}, {}, {}, screen));
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (screen->frames().empty() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  hub->stop();
  thread.join();
  EXPECT_TRUE(screen->closed());
  EXPECT_FALSE(screen->frames().empty());
}

}  // namespace
}  // namespace pioneer::api::http
