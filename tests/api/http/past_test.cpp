// `?asOf=`: what it costs, what it refuses, and that it answers as things stood.
#include <chrono>
#include <future>
#include <thread>

#include "api/http/rfc3339.hpp"
#include "api/server/past_stores.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using eventstore::Sequence;
using testing::HasSubstr;
using testing::Not;

class PastTest : public WholeNode {
 protected:
  /// Organisations, one a commit, after the city: `end` is then the log's.
  void grow(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto made = post("/api/v1/organisations", R"({"name":"District )" + std::to_string(i) +
                                                          R"(","level":"district","parent":")" + city + "\"}");
      ASSERT_EQ(made.status, 201U) << made.body;
    }
    end = deployment->node().log().end().value;
  }
  static Past::Kept wait(Past& past, std::uint64_t end) {
    std::promise<Past::Kept> promise;
    EXPECT_TRUE(past.at(Sequence{end}, [&](eventstore::Result<Past::Kept> moment) {
      EXPECT_TRUE(moment.has_value()) << moment.error().detail;
      promise.set_value(moment ? *moment : nullptr);
    }));
    return promise.get_future().get();
  }
  static std::size_t organisations(const Past::Kept& moment) {
    return moment->models->organisations().page(projections::OrganisationFilter{}, {}, 1000)->organisations.size();
  }
  std::uint64_t end = 0;
  MemoryPastStores stores;
};

TEST_F(PastTest, ASecondMomentNearAnEarlierOneIsCheap) {
  grow(20);
  server::DiskPastStores on_disk(deployment->directory() + "/past");
  for (PastStores* each : {static_cast<PastStores*>(&stores), static_cast<PastStores*>(&on_disk)}) {
    Past of_each(deployment->node().log(), *each, replays);
    const auto first = wait(of_each, end - 8);
    EXPECT_EQ(of_each.replayed(), end - 8);
    const auto second = wait(of_each, end - 2);
    EXPECT_EQ(of_each.replayed(), end - 2);
    EXPECT_EQ(organisations(second), organisations(first) + 6);
    // A kept one is answered at once, and is as it was.
    EXPECT_EQ(wait(of_each, end - 8), first);
    EXPECT_EQ(of_each.replayed(), end - 2);
    // What was made from another moment is what a replay from the beginning makes.
    Past fresh(deployment->node().log(), stores, replays);
    EXPECT_EQ(second->models->engine().digests()->by_name, wait(fresh, end - 2)->models->engine().digests()->by_name);
  }
}

TEST_F(PastTest, ALongReplayKeepsMomentsOnItsWay) {
  grow(10);
  Past past_of(deployment->node().log(), stores, replays, {.stopover_commits_min = 4});
  wait(past_of, end);
  EXPECT_EQ(past_of.replayed(), end);
  wait(past_of, end / 2 + 1);
  EXPECT_EQ(past_of.replayed(), end + end / 2 + 1 - end / 2);
}

TEST_F(PastTest, KeepsNoMoreThanItMay) {
  grow(10);
  Past few(deployment->node().log(), stores, replays, {.bytes_max = 1});
  const auto first = wait(few, end - 4);
  wait(few, end - 2);
  const auto spent = few.replayed();
  EXPECT_NE(wait(few, end - 4), first);
  EXPECT_EQ(few.replayed(), spent + end - 4);
}

TEST(Milestones, StandAtEvenDistancesThatDouble) {
  const auto positions = [](const std::vector<Sequence>& ends) {
    std::vector<std::uint64_t> all;
    for (const auto end : ends) all.push_back(end.value);
    return all;
  };
  Milestones none({}, {});
  EXPECT_FALSE(none.due(Sequence{1'000'000}));
  Milestones some({.every = 10, .count_max = 3, .bytes_max = 1'000}, {});
  EXPECT_FALSE(some.due(Sequence{9}));
  for (const std::uint64_t end : {10, 20, 30, 40}) {
    EXPECT_EQ(some.due(Sequence{45}), Sequence{end});
    some.add(Sequence{end});
  }
  EXPECT_FALSE(some.due(Sequence{45}));
  EXPECT_EQ(some.before(Sequence{29}), Sequence{20});
  EXPECT_EQ(some.before(Sequence{30}), Sequence{30});
  EXPECT_FALSE(some.before(Sequence{9}));
  EXPECT_EQ(positions(some.surplus(0)), (std::vector<std::uint64_t>{10, 30}));
  EXPECT_TRUE(some.surplus(0).empty());
  EXPECT_EQ(some.due(Sequence{85}), Sequence{60});
  EXPECT_EQ(positions(some.surplus(1'001)), (std::vector<std::uint64_t>{20})) << "too many bytes";
  const std::vector<Sequence> left{Sequence{80}, Sequence{40}};
  Milestones again({.every = 10}, left);
  EXPECT_EQ(again.due(Sequence{130}), Sequence{120}) << "the distance is that of those that are there";
}

/// Within half a minute.
template <class Holds>
void until(Holds holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!holds()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    std::this_thread::yield();
  }
}

/// A log's milestones, without a server.
struct OnDisk {
  explicit OnDisk(const eventstore::Log& log, std::string directory, std::string stamp = "the same")
      : stores(directory, [&log, stamp](Sequence end) -> std::optional<std::string> {
          return end > log.end() ? std::nullopt : std::optional(stamp);
        }) {}
  server::DiskPastStores stores;
};

TEST_F(PastTest, MilestonesMakeEveryInstantAShortReplayAlsoAfterARestart) {
  grow(23);
  const auto& log = deployment->node().log();
  const auto directory = deployment->directory() + "/past";
  const Past::Options options{.milestones = {.every = 5}};
  {
    OnDisk disk(log, directory);
    {
      Past made(log, disk.stores, replays, options);
      made.grown(Sequence{end});
      wait(made, 1);  // answered between two milestones
    }  // waits for what is under way
    Past rest(log, disk.stores, replays, options);
    rest.grown(Sequence{end});
    until([&] { return disk.stores.durable().size() == end / 5; });
  }
  OnDisk disk(log, directory);
  EXPECT_EQ(disk.stores.durable().size(), end / 5);
  EXPECT_GT(disk.stores.durable_bytes(), 0U);
  for (std::uint64_t then = 1; then <= end; ++then) {
    Past past_of(log, disk.stores, replays, options);
    const auto moment = wait(past_of, then);
    EXPECT_EQ(past_of.replayed(), then % 5) << then;
    Past fresh(log, stores, replays);
    EXPECT_EQ(moment->models->engine().digests()->by_name, wait(fresh, then)->models->engine().digests()->by_name);
  }
}

TEST_F(PastTest, MilestonesOfAnotherLogOrOfOtherReadModelsGo) {
  grow(12);
  const auto& log = deployment->node().log();
  const auto directory = deployment->directory() + "/past";
  const auto fill = [&](OnDisk& disk) {
    Past made(log, disk.stores, replays, {.milestones = {.every = 5}});
    made.grown(Sequence{end});
    until([&] { return disk.stores.durable().size() == end / 5; });
  };
  {
    OnDisk disk(log, directory);
    fill(disk);
  }
  {
    OnDisk other(log, directory, "another log");
    EXPECT_TRUE(other.stores.durable().empty());
    fill(other);
  }
  std::filesystem::resize_file(directory + "/milestones/5/CURRENT", 1);
  OnDisk disk(log, directory, "another log");
  Past past_of(log, disk.stores, replays, {.milestones = {.every = 5}});
  wait(past_of, 7);
  EXPECT_EQ(past_of.replayed(), 7U) << "a damaged one is not used";
  wait(past_of, 11);
  EXPECT_EQ(past_of.replayed(), 8U) << "the next one is";
}

TEST_F(PastTest, MilestonesAreBounded) {
  grow(40);
  const auto& log = deployment->node().log();
  OnDisk disk(log, deployment->directory() + "/past");
  Past made(log, disk.stores, replays, {.milestones = {.every = 2, .count_max = 4}});
  made.grown(Sequence{end});
  const auto last = [&] {
    const auto all = disk.stores.durable();
    return all.empty() ? 0 : all.back().value;
  };
  until([&] { return last() + 16 > end; });
  EXPECT_LE(disk.stores.durable().size(), 5U);
}

TEST_F(PastTest, RefusesWhenTooManyWaitAndAnswersTheOthers) {
  std::promise<void> go;
  const auto gate = go.get_future().share();
  stores.before_make = [gate] { gate.wait(); };
  std::promise<void> both;
  std::atomic<int> answered{0};
  Past narrow(deployment->node().log(), stores, replays, {.waiting_max = 3});
  const auto then = [&](const eventstore::Result<Past::Kept>& moment) {
    EXPECT_TRUE(moment.has_value());
    if (++answered == 3) both.set_value();
  };
  EXPECT_TRUE(narrow.at(Sequence{1}, then));
  EXPECT_TRUE(narrow.at(Sequence{1}, then));
  EXPECT_TRUE(narrow.at(Sequence{2}, then));
  EXPECT_FALSE(narrow.at(Sequence{3}, then));
  EXPECT_FALSE(narrow.at(Sequence{1}, then));
  go.set_value();
  both.get_future().wait();
  EXPECT_EQ(narrow.replayed(), 2U);  // those who wanted the same waited for one replay
}

TEST_F(PastTest, IsBusyInWordsThatACallerUnderstands) {
  Past closed(deployment->node().log(), stores, replays, {.waiting_max = 0});
  service->past = &closed;
  const auto refused = get("/api/v1/products?asOf=2020-01-01T00:00:00Z", "");
  service->past = past.get();
  EXPECT_EQ(refused.status, 429U);
  EXPECT_THAT(refused.body, HasSubstr("past_busy"));
  EXPECT_EQ(header(refused, "Retry-After"), "10");
}

TEST_F(PastTest, TheFutureIsRefused) {
  for (const auto* path : {"/api/v1/products", "/api/v1/boards/"}) {
    const auto refused =
        get(std::string(path) + (std::string(path).ends_with('/') ? city : "") + "?asOf=2999-01-01T00:00:00Z");
    EXPECT_EQ(refused.status, 422U) << path;
    EXPECT_THAT(refused.body, HasSubstr("as_of_in_future")) << path;
  }
  EXPECT_EQ(get("/api/v1/streams/organisation/" + city + "?asOf=2999-01-01T00:00:00Z").status, 422U);
}

TEST_F(PastTest, WhoMayNotSeeABoardStartsNoReplay) {
  const auto before = past->replayed();
  EXPECT_EQ(get("/api/v1/boards/" + city + "?asOf=2020-01-01T00:00:00Z", "").status, 401U);
  EXPECT_EQ(
      get("/api/v1/requests?organisation=" + city + "&asOf=2020-01-01T00:00:00Z", member_with_token("张三")).status,
      403U);
  EXPECT_EQ(past->replayed(), before);
}

/// The newest commit's time, as `asOf` takes it.
std::string now_of(node::Node& node) { return rfc3339_of_us(node.clock().now().value); }

TEST_F(PastTest, ThePastOffersNoActions) {
  const auto made =
      post("/api/v1/products",
           R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + city +
               R"(","sessions":[{"starts":"2090-01-01T08:00:00Z","ends":"2090-01-01T10:00:00Z","venue":"社区中心"}],)"
               R"("capacity":2,"maxPerMember":2,"waitlist":true})");
  const auto path = "/api/v1/products/" + field(made.body, "id");
  EXPECT_EQ(post(path + "/publish", "{}").status, 200U);
  EXPECT_THAT(get(path).body, HasSubstr(R"("actions":["capacity")"));
  const auto then = get(path + "?asOf=" + now_of(deployment->node()));
  EXPECT_EQ(then.status, 200U) << then.body;
  EXPECT_THAT(then.body, HasSubstr("陶艺课"));
  EXPECT_THAT(then.body, Not(HasSubstr("capacity\",\"")));
}

TEST_F(PastTest, WhoHeldARequestThenMaySeeNeitherItNorItsStreamToday) {
  const auto district = [&](const std::string& name) {
    return field(
        post("/api/v1/organisations", R"({"name":")" + name + R"(","level":"district","parent":")" + city + "\"}").body,
        "id");
  };
  const auto first = district("思明区");
  const auto second = district("湖里区");
  const auto cadre = [&](const std::string& name, const std::string& of) {
    const auto member = post("/api/v1/members", R"({"name":")" + name + R"(","organisation":")" + of + "\"}");
    const auto id = field(member.body, "id");
    EXPECT_EQ(post("/api/v1/members/" + id + "/roles", R"({"role":"cadre","organisation":")" + of + "\"}").status,
              200U);
    return field(post("/api/v1/members/" + id + "/tokens", "{}").body, "token");
  };
  const auto then = cadre("甲", first);
  const auto today = cadre("乙", second);
  const auto asker = member_with_token("张三");
  const auto made =
      post("/api/v1/requests",
           R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + first + "\"}", asker);
  const auto id = field(made.body, "id");
  const auto while_first = now_of(deployment->node());
  EXPECT_EQ(get("/api/v1/streams/request/" + id, then).status, 200U);
  EXPECT_EQ(get("/api/v1/streams/request/" + id, today).status, 404U);
  EXPECT_EQ(post("/api/v1/requests/" + id + "/assign", R"({"organisation":")" + second + "\"}").status, 200U);
  for (const auto& path : {"/api/v1/requests/" + id, "/api/v1/streams/request/" + id}) {
    for (const auto& moment : {std::string(), "?asOf=" + while_first}) {
      EXPECT_EQ(get(path + moment, then).status, 404U) << path << moment;
      EXPECT_EQ(get(path + moment, today).status, 200U) << path << moment;
      EXPECT_EQ(get(path + moment, asker).status, 200U) << path << moment;
    }
  }
  const auto stream = get("/api/v1/streams/request/" + id + "?asOf=" + while_first, today).body;
  EXPECT_THAT(stream, HasSubstr("RequestSubmitted"));
  EXPECT_THAT(stream, Not(HasSubstr("RequestAssigned")));
}

TEST_F(PastTest, AStreamIsReadInPages) {
  const auto made = post("/api/v1/organisations", R"({"name":"a","level":"district","parent":")" + city + "\"}");
  const auto id = field(made.body, "id");
  for (const auto* name : {"b", "c", "d"})
    EXPECT_EQ(post("/api/v1/organisations/" + id + "/rename", R"({"name":")" + std::string(name) + "\"}").status, 200U);
  const auto first = get("/api/v1/streams/organisation/" + id + "?limit=3").body;
  EXPECT_THAT(first, HasSubstr(R"("revision":"4")"));
  EXPECT_THAT(first, HasSubstr(R"("nextCursor":"3")"));
  EXPECT_THAT(first, Not(HasSubstr(R"("name":"d")")));
  const auto second = get("/api/v1/streams/organisation/" + id + "?limit=3&cursor=3").body;
  EXPECT_THAT(second, HasSubstr(R"("name":"d")"));
  EXPECT_THAT(second, Not(HasSubstr("nextCursor")));
}

}  // namespace
}  // namespace pioneer::api::http
