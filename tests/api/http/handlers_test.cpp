// A whole node through its routes.
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "api/text/bytes.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Handlers : public WholeNode {
 protected:
  /// The same directory under other limits; `pool` and the rest stay.
  void reopen(server::DeploymentOptions options) {
    deployment->stop();
    deployment.reset();
    options.directory = std::filesystem::path(anchor.path()).parent_path().string() + "/data";
    auto opened = server::Deployment::open(options);
    ASSERT_TRUE(opened) << opened.error().detail;
    deployment = std::move(*opened);
    deployment->start();
    service = std::make_unique<Service>(Service{.node = deployment->node(), .executor = pool, .random = random});
    router = std::make_unique<Router>(Router::Options{.new_command_id = [this] { return new_command_id(random); }});
    register_handlers(*router, *service);
  }
  void reopen_without_room() {
    server::DeploymentOptions options;
    options.headroom_bytes = ~std::uint64_t{0};
    reopen(options);
    while (deployment->node().unwritable().empty()) std::this_thread::yield();  // the tick looks
  }
};

TEST_F(Handlers, SaysHowItIs) {
  EXPECT_THAT(get("/healthz", "").body, HasSubstr("ok"));
  const auto ready = get("/readyz", "");
  EXPECT_EQ(ready.status, 200U);
  EXPECT_THAT(ready.body, HasSubstr(R"("ready":true,"engine":"embedded","durability":"disk")"));
  EXPECT_THAT(get("/version", "").body, HasSubstr(R"("version":"test")"));
  EXPECT_THAT(get("/api/openapi.json", "").body, HasSubstr("3.1.0"));
}

TEST_F(Handlers, DoesNotWaitForeverForAPositionThatHasNotCome) {
  position += 1'000'000;
  const auto answer = get("/api/v1/categories", "");
  EXPECT_EQ(answer.status, 503U) << answer.body;
  EXPECT_EQ(field(answer.body, "code"), "not_yet_projected");
  EXPECT_EQ(header(answer, "Retry-After"), "1");
}

TEST_F(Handlers, RefusesQueriesWhenTheirQueueIsFullAndStillSaysHowItIs) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  while (pool.run([released] { released.wait(); })) {
  }
  const auto refused = get("/api/v1/categories", "");
  EXPECT_EQ(refused.status, 429U) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("queue_full"));
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  EXPECT_EQ(get("/healthz", "").status, 200U);
  EXPECT_EQ(get("/readyz", "").status, 200U);
  release.set_value();
}

// The projections hang behind: what the Writer knows of tokens and roles counts all the same.
TEST_F(Handlers, RefusesAtOnceWhoseTokenWasRevokedHoweverFarBehindProjectionsAre) {
  const auto made = post("/api/v1/members", R"({"name":"张三","organisation":")" + city + "\"}");
  const auto member = field(made.body, "id");
  const auto theirs = field(post("/api/v1/members/" + member + "/tokens", "{}").body, "token");
  const auto ask_for_help = [&] {
    return post("/api/v1/requests",
                R"({"title":"路灯","description":"不亮","category":"repair","organisation":")" + city + "\"}", theirs);
  };
  ASSERT_EQ(ask_for_help().status, 201U);

  auto& node = deployment->node();
  // Shared: the projector keeps copies of its listeners, and calls them until the deployment ends.
  const auto hangs = std::make_shared<std::promise<void>>();
  const auto told = std::make_shared<std::once_flag>();
  std::promise<void> release;
  const auto released = release.get_future().share();
  node.projector().listen([hangs, told, released](std::span<const eventstore::AcceptedCommit>) {
    std::call_once(*told, [&] { hangs->set_value(); });
    released.wait();
  });
  Call system;
  system.system = true;
  RenameOrganisationBody renamed;
  renamed.set_name("厦门");
  execute(node.edge().rename_organisation(system, city, renamed));
  hangs->get_future().wait();
  const auto hash = eventstore::sha256(eventstore::bytes_of(theirs));
  RevokeTokenBody revoked;
  revoked.set_token_hash(hex(hash.view()));
  execute(node.edge().revoke_token(system, member, revoked));
  ASSERT_TRUE(node.caller(hash.view()).sender) << "the queries must not know yet, or this proves nothing";
  position = 0;
  const auto end = node.log().end();
  const auto refused = ask_for_help();
  EXPECT_EQ(refused.status, 401U) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("token_invalid"));
  EXPECT_EQ(node.log().end(), end);
  release.set_value();
}

TEST_F(Handlers, SaysThatTheQueueOfCommandsIsFull) {
  server::DeploymentOptions options;
  options.command_queue_max = 0;
  reopen(options);
  const auto refused = post("/api/v1/organisations/" + city + "/rename", R"({"name":"厦门"})");
  EXPECT_EQ(refused.status, 429U) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("queue_full"));
  EXPECT_EQ(header(refused, "Retry-After"), "1");
}

TEST_F(Handlers, SaysThatTheDiskIsFullBeforeAnythingIsSealed) {
  reopen_without_room();
  const auto end = deployment->node().log().end();
  const auto refused = post("/api/v1/organisations/" + city + "/rename", R"({"name":"厦门"})");
  EXPECT_EQ(refused.status, 503U) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"disk_full")"));
  EXPECT_THAT(get("/readyz", "").body, HasSubstr(R"("reason":"disk_full")"));
  EXPECT_EQ(get("/api/v1/organisations/" + city, "").status, 200U);
  EXPECT_EQ(deployment->node().log().end(), end);
}

// No byte can be written to any file for a while, as on a disk that failed: what it kept is unknown.
TEST_F(Handlers, NeverWritesAgainAfterAFailedWriteAndSaysSo) {
  const auto rename = "/api/v1/organisations/" + city + "/rename";
  ::rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  const ::rlimit nothing{0, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &nothing), 0);
  const auto lost = post(rename, R"({"name":"厦门"})");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  std::signal(SIGXFSZ, before);
  EXPECT_EQ(lost.status, 503U) << lost.body;
  EXPECT_THAT(lost.body, HasSubstr("outcome_unknown"));
  const auto refused = post(rename, R"({"name":"厦门"})");
  EXPECT_EQ(refused.status, 503U) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"sync_failed")"));
  EXPECT_THAT(get("/readyz", "").body, HasSubstr(R"("reason":"sync_failed")"));
  EXPECT_EQ(get("/healthz", "").status, 503U);
  EXPECT_EQ(get("/api/v1/organisations/" + city, "").status, 200U);
}

TEST_F(Handlers, HidesPersonalFieldsWhileTheJournalCannotBeWritten) {
  const auto made =
      post("/api/v1/members", R"({"name":"张三丰","phone":"+8613800138000","organisation":")" + city + "\"}");
  const auto member = "/api/v1/members/" + field(made.body, "id");
  ASSERT_THAT(get(member).body, HasSubstr("张三丰"));
  reopen_without_room();
  const auto end = deployment->node().log().end();
  const auto shown = get(member);
  EXPECT_EQ(shown.status, 200U) << shown.body;
  EXPECT_THAT(shown.body, Not(HasSubstr("张三丰")));
  EXPECT_THAT(shown.body, Not(HasSubstr("13800138000")));
  EXPECT_EQ(deployment->node().log().end(), end);
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

TEST_F(Handlers, ShowsAnAuditorNothingOfAnotherRoot) {
  Call system;
  system.system = true;
  auto& edge = deployment->node().edge();
  RegisterOrganisationBody other;
  other.set_name("张家港市");
  other.set_level("city");
  const auto there = execute(edge.register_organisation(system, other));
  RegisterMemberBody member;
  member.set_name("审计员");
  member.set_organisation(there);
  const auto auditor = execute(edge.register_member(system, member));
  GrantRoleBody grant;
  grant.set_role("auditor");
  grant.set_organisation(there);
  execute(edge.grant_role(system, auditor, grant));
  const std::string theirs = "another-auditors-token";
  execute(edge.issue_token(system, auditor, eventstore::sha256(eventstore::bytes_of(theirs)).view(), IssueTokenBody{}));
  EXPECT_EQ(get("/api/v1/categories", "").status, 200U);
  const auto made = post("/api/v1/requests",
                         R"({"title":"漏水","description":"厨房","category":"repair","organisation":")" + city + "\"}");
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto at = "/api/v1/log?from=" + header(made, "Pioneer-Position") + "&limit=1";
  EXPECT_THAT(get(at).body, HasSubstr("RequestSubmitted"));
  EXPECT_THAT(get(at).body, HasSubstr(R"("due":"2)"));
  const auto outside = get(at, theirs);
  ASSERT_EQ(outside.status, 200U) << outside.body;
  EXPECT_THAT(outside.body, HasSubstr(R"("streams":[])"));
  EXPECT_EQ(field(outside.body, "leafHash"), field(get(at).body, "leafHash"));
  EXPECT_EQ(field(outside.body, "leafHash").size(), 64U);
  EXPECT_THAT(get("/api/v1/log?from=0&limit=100", theirs).body, HasSubstr("member/" + auditor));
}

TEST_F(Handlers, ShowsAStreamAndTheLog) {
  const auto stream = get("/api/v1/streams/organisation/" + city);
  ASSERT_EQ(stream.status, 200U) << stream.body;
  EXPECT_THAT(stream.body, HasSubstr("OrganisationRegistered"));
  const auto log = get("/api/v1/log?from=0&limit=2");
  ASSERT_EQ(log.status, 200U) << log.body;
  EXPECT_THAT(log.body, HasSubstr("nextCursor"));
  EXPECT_THAT(log.body, Not(HasSubstr(R"("policy":")"))) << "the policy itself, at 1, was decided by none";
  EXPECT_THAT(get("/api/v1/log?from=2&limit=1").body, HasSubstr(R"("policy":"1")"));
  EXPECT_EQ(get("/api/v1/log?from=x").status, 400U);
  EXPECT_EQ(get("/api/v1/log", "").status, 401U);
}

TEST_F(Handlers, RevokesAtOnce) {
  const auto made = post("/api/v1/members", R"({"name":"赵六","organisation":")" + city + "\"}");
  const auto path = "/api/v1/members/" + field(made.body, "id");
  const auto before = field(post(path + "/tokens", "{}").body, "token");
  EXPECT_EQ(get("/api/v1/me", before).status, 200U);
  EXPECT_EQ(post(path + "/roles", R"({"role":"cadre","organisation":")" + city + "\"}").status, 200U);
  EXPECT_EQ(get("/api/v1/me", before).status, 401U) << "whoever could act as them before does not come into the office";
  const auto issued = post(path + "/tokens", "{}");
  const auto theirs = field(issued.body, "token");
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
  EXPECT_EQ(get(path, "").status, 404U);  // a draft is for officials
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
  EXPECT_EQ(post(claim + "/cancel", "{}", two).status, 404U);
  EXPECT_THAT(post(claim + "/cancel", "{}", one).body, HasSubstr(R"("state":"cancelled")"));
  EXPECT_THAT(get("/api/v1/me/claims", two).body, HasSubstr("confirmed"));
  EXPECT_THAT(get(path + "/claims").body, HasSubstr("二"));
  EXPECT_EQ(get(path + "/claims", one).status, 403U);
}

TEST_F(Handlers, ShowsTheBoard) {
  const auto asker = member_with_token("张三");
  const auto id = field(
      post("/api/v1/requests",
           R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + city + "\"}", asker)
          .body,
      "id");
  const auto board = get("/api/v1/boards/" + city);
  ASSERT_EQ(board.status, 200U) << board.body;
  EXPECT_THAT(board.body, HasSubstr(R"("state":"submitted","count":1)"));
  EXPECT_THAT(board.body, HasSubstr("漏水"));
  const auto alone = get("/api/v1/boards/" + city + "?cards=" + id);
  EXPECT_THAT(alone.body, HasSubstr("漏水"));
  EXPECT_THAT(alone.body, HasSubstr(R"("state":"submitted","count":1)"));
  // A community's own id is no request's: nothing stands there.
  EXPECT_THAT(get("/api/v1/boards/" + city + "?cards=" + city).body, Not(HasSubstr("漏水")));
  EXPECT_EQ(get("/api/v1/boards/" + city + "?cards=" + id + ",").status, 400U);
  std::string many = id;
  for (int i = 0; i < 50; ++i) many += "," + id;
  EXPECT_EQ(get("/api/v1/boards/" + city + "?cards=" + many).status, 400U);
  EXPECT_EQ(get("/api/v1/boards/" + city + "?cards=" + id + "&column=submitted").status, 400U);
  EXPECT_EQ(get("/api/v1/boards/" + city + "?cards=" + id, asker).status, 403U);
  const auto before = get("/api/v1/boards/" + city + "?asOf=2000-01-01T00:00:00Z");
  ASSERT_EQ(before.status, 200U) << before.body;
  EXPECT_THAT(before.body, Not(HasSubstr("漏水")));
  EXPECT_EQ(get("/api/v1/boards/" + city, asker).status, 403U);
  EXPECT_EQ(get("/api/v1/boards/nowhere").status, 404U);
  EXPECT_EQ(get("/api/v1/boards/" + city + "?asOf=yesterday").status, 400U);
  EXPECT_THAT(get("/api/v1/requests?organisation=" + city + "&state=submitted").body, HasSubstr("漏水"));
  EXPECT_THAT(get("/api/v1/me/requests", asker).body, HasSubstr("submitted"));
}

TEST_F(Handlers, RefusesParametersItDoesNotKnow) {
  const auto wrong = get("/api/v1/organisations?parents=" + city, "");
  EXPECT_EQ(wrong.status, 400U);
  EXPECT_THAT(wrong.body, HasSubstr("unknown_parameter"));
  EXPECT_THAT(wrong.body, HasSubstr(R"("field":"parents")"));
  EXPECT_THAT(wrong.body, HasSubstr("It takes parent, level, q, code"));
  EXPECT_EQ(get("/api/v1/me?verbose=1").status, 400U);
  EXPECT_EQ(get("/api/v1/streams/organisation/" + city + "?asOf=2000-01-01T00:00:00Z").status, 404U);
}

TEST_F(Handlers, LooksForRequestsByTitlePlaceAndOrganisation) {
  const auto district = field(
      post("/api/v1/organisations", R"({"name":"思明区","level":"district","parent":")" + city + "\"}").body, "id");
  const auto ask_for = [&](const std::string& title, const std::string& organisation, const std::string& place) {
    const auto made = post("/api/v1/requests", R"({"title":")" + title + R"(","description":"x","category":"repair",)" +
                                                   place + R"("organisation":")" + organisation + "\"}");
    EXPECT_EQ(made.status, 201U) << made.body;
  };
  ask_for("水管 Leak", city, R"("location":{"lat":24.48,"lon":118.08},)");
  ask_for("路灯坏了", district, R"("location":{"lat":24.49,"lon":118.08},)");
  ask_for("没有地点", district, "");
  const auto titles = [&](const std::string& query) {
    const auto answer = get("/api/v1/requests?organisation=" + city + query);
    EXPECT_EQ(answer.status, 200U) << answer.body;
    std::string out;
    for (const auto* title : {"水管 Leak", "路灯坏了", "没有地点"})
      if (answer.body.find(title) != std::string::npos) out.append(out.empty() ? "" : "|").append(title);
    return out;
  };
  EXPECT_EQ(titles(""), "水管 Leak|路灯坏了|没有地点");
  EXPECT_EQ(titles("&q=LEAK"), "水管 Leak");
  EXPECT_EQ(titles("&q=%E8%B7%AF%E7%81%AF"), "路灯坏了");
  EXPECT_EQ(titles("&q=%E6%B2%A1%E4%BA%BA"), "");
  EXPECT_EQ(titles("&near=24.48,118.08,500"), "水管 Leak");
  EXPECT_EQ(titles("&near=24.48,118.08,1200"), "水管 Leak|路灯坏了");  // 0.01° of latitude: 1,112 m
  EXPECT_EQ(titles("&near=24.48,118.08,1200&q=leak"), "水管 Leak");
  EXPECT_EQ(titles("&subtree=false"), "水管 Leak");
  for (const auto* bad : {"near=24.48,118.08", "near=95,0,10", "near=1,2,x", "near=1,2,1000000", "subtree=maybe"})
    EXPECT_EQ(get("/api/v1/requests?organisation=" + city + "&" + bad).status, 400U) << bad;
}

TEST_F(Handlers, TellsAMemberWithoutAnOfficeWhatToName) {
  const auto answer = get("/api/v1/requests", member_with_token("张三"));
  EXPECT_EQ(answer.status, 422U);
  EXPECT_THAT(answer.body, HasSubstr("organisation_needed"));
  EXPECT_THAT(answer.body, HasSubstr("/api/v1/me/requests"));
}

TEST_F(Handlers, ShowsARepeatTheTokenThatWasIssued) {
  const std::vector<std::pair<std::string, std::string>> key{{"Idempotency-Key", "01ARZ3NDEKTSV4RRFFQ69G5FAV"}};
  const auto path = "/api/v1/members/" +
                    field(post("/api/v1/members", R"({"name":"赵六","organisation":")" + city + "\"}").body, "id") +
                    "/tokens";
  const auto first = ask("POST", path, "{}", key);
  ASSERT_EQ(first.status, 201U) << first.body;
  const auto again = ask("POST", path, "{}", key);
  EXPECT_EQ(again.status, 201U) << again.body;
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(get("/api/v1/me", field(again.body, "token")).status, 200U);
  const auto other = ask("POST", path, R"({"expires":"2090-01-01T00:00:00Z"})", key);
  EXPECT_THAT(other.body, HasSubstr("idempotency_key_reused"));
  // The same key of another sender makes another token.
  const auto theirs = ask("POST", path, "{}", key, field(first.body, "token"));
  EXPECT_EQ(theirs.status, 201U) << theirs.body;
  EXPECT_NE(field(theirs.body, "token"), field(first.body, "token"));
  EXPECT_EQ(field(first.body, "token").size(), 43U);
}

TEST_F(Handlers, GrantsNobodyARoleForThemselves) {
  const auto district = field(
      post("/api/v1/organisations", R"({"name":"思明区","level":"district","parent":")" + city + "\"}").body, "id");
  const auto refused =
      post("/api/v1/members/" + administrator + "/roles", R"({"role":"auditor","organisation":")" + district + "\"}");
  EXPECT_EQ(refused.status, 403U);
  EXPECT_THAT(refused.body, HasSubstr("not_for_oneself"));
}

TEST_F(Handlers, LetsAnAdministratorOfTheRootConfirmTheClock) {
  const auto path = "/api/v1/log/confirm-clock";
  EXPECT_EQ(post(path, "", "").status, 401U);
  EXPECT_EQ(post(path, "", member_with_token("张三")).status, 403U);
  const auto confirmed = post(path, "");
  EXPECT_EQ(confirmed.status, 200U) << confirmed.body;
  EXPECT_THAT(confirmed.body, HasSubstr(R"("ready":true)"));
}

TEST_F(Handlers, SaysCaseAsTheKindOfAKey) {
  const auto made = post("/api/v1/requests",
                         R"({"title":"漏水","description":"x","category":"repair","organisation":")" + city + "\"}");
  const auto stream = get("/api/v1/streams/request/" + field(made.body, "id"));
  EXPECT_THAT(stream.body, HasSubstr(R"("kind":"case")")) << stream.body;
}

}  // namespace
}  // namespace pioneer::api::http
