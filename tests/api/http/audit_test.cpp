// What auditors ask, and what each person may ask of the log: filters, the state of the log, who opened what, what
// became different between two moments.
#include "adapters/posix/disk.hpp"
#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/audit/published_digests.hpp"
#include "api/http/rfc3339.hpp"
#include "api/node/commits_of_log.hpp"
#include "api/proofs/checkpoint_watch.hpp"
#include "api/proofs/checkpoints.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class AuditTest : public WholeNode {
 protected:
  AuditTest() {
    asker = member_with_token("陈明月");
    district = field(
        post("/api/v1/organisations", R"({"name":"思明区","level":"district","parent":")" + city + "\"}").body, "id");
  }
  std::string request(const std::string& title, const std::string& organisation) {
    const auto made = post("/api/v1/requests",
                           R"({"title":")" + title + R"(","description":"厨房","category":"repair","organisation":")" +
                               organisation + "\"}",
                           asker);
    EXPECT_EQ(made.status, 201U) << made.body;
    return field(made.body, "id");
  }
  /// Later than every stamp so far, and none comes at it or before it.
  std::string now() {
    const auto us = deployment->node().clock().now().value;
    while (deployment->node().clock().now().value <= us) {
    }
    return rfc3339_of_us(us);
  }
  std::string log(const std::string& query, std::optional<std::string> as = {}) {
    const auto answer = get("/api/v1/log?" + query, std::move(as));
    EXPECT_EQ(answer.status, 200U) << answer.body;
    return answer.body;
  }
  static std::size_t count(const std::string& in, const std::string& what) {
    std::size_t found = 0;
    for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + 1)) ++found;
    return found;
  }
  std::string asker, district;
};

TEST_F(AuditTest, TheLogIsFilteredByKindOrganisationAndType) {
  const auto here = request("漏水", city);
  const auto there = request("噪音", district);
  const auto all = log("kind=request");
  EXPECT_EQ(count(all, R"("type":"RequestSubmitted")"), 2U);
  EXPECT_THAT(all, Not(HasSubstr("MemberRegistered")));
  const auto below = log("organisation=" + district + "&kind=request");
  EXPECT_THAT(below, HasSubstr(there));
  EXPECT_THAT(below, Not(HasSubstr(here)));
  const auto types = log("types=OrganisationRegistered,PolicyAdopted");
  EXPECT_EQ(count(types, R"("type":"OrganisationRegistered")"), 2U);
  EXPECT_EQ(count(types, R"("type":"PolicyAdopted")"), 1U);
  EXPECT_THAT(types, Not(HasSubstr("RequestSubmitted")));
}

TEST_F(AuditTest, TheLogIsReadFromBothEndsAndFromAMoment) {
  const auto first = request("第一", city);
  const auto between = now();
  const auto second = request("第二", city);
  const auto newest = log("order=newest&kind=request&limit=1");
  EXPECT_THAT(newest, HasSubstr(second));
  EXPECT_THAT(newest, Not(HasSubstr(first)));
  const auto cursor = field(newest, "nextCursor");
  ASSERT_FALSE(cursor.empty());
  EXPECT_THAT(log("order=newest&kind=request&limit=1&cursor=" + cursor), HasSubstr(first));
  EXPECT_THAT(log("at=" + between + "&kind=request"), Not(HasSubstr(first)));
  EXPECT_THAT(log("at=" + between + "&kind=request"), HasSubstr(second));
  const auto before = log("at=" + between + "&order=newest&kind=request&limit=1");
  EXPECT_THAT(before, HasSubstr(first));
  EXPECT_THAT(log("at=2001-01-01T00:00:00Z&order=newest"), HasSubstr(R"("items":[])"));
  EXPECT_EQ(get("/api/v1/log?order=sideways").status, 400U);
  EXPECT_EQ(get("/api/v1/log?organisation=nowhere").status, 400U);
}

TEST_F(AuditTest, AnEventTellsThePostItsPolicyAndWhomItMentions) {
  const auto id = request("漏水", city);
  EXPECT_EQ(post("/api/v1/requests/" + id + "/accept", "{}").status, 200U);
  EXPECT_EQ(post("/api/v1/requests/" + id + "/progress", R"({"text":"已出发"})").status, 200U);
  const auto stream = get("/api/v1/streams/request/" + id).body;
  EXPECT_THAT(stream, HasSubstr(R"("post":{"role":"cadre","organisation":{"id":")" + city));
  EXPECT_THAT(stream, HasSubstr(R"("policy":")"));
  EXPECT_THAT(stream, HasSubstr(R"("names":[{"id":")" + city + R"(","name":"厦门市"}])"));
  // What whoever sees the request may read, beside what is sealed.
  EXPECT_THAT(stream, HasSubstr(R"({"field":"title","text":"漏水"})"));
  EXPECT_THAT(stream, HasSubstr(R"({"field":"text","text":"已出发"})"));
  EXPECT_THAT(stream, HasSubstr(R"("box":")"));
  // The log itself stays sealed.
  EXPECT_THAT(log("kind=request"), Not(HasSubstr("已出发")));
}

TEST_F(AuditTest, TheLogsStateIsForEverybodyWhoIsSignedIn) {
  const auto state = get("/api/v1/log/state", asker);
  EXPECT_EQ(state.status, 200U);
  EXPECT_THAT(state.body, HasSubstr(R"("size":")" + std::to_string(position + 1) + "\""));
  EXPECT_THAT(state.body, HasSubstr(R"("firstAt":")"));
  EXPECT_THAT(state.body, Not(HasSubstr("checkpoint")));  // nobody signs here
  EXPECT_EQ(get("/api/v1/log/state", "").status, 401U);
}

TEST_F(AuditTest, ACheckpointIsToldAsWhatItSays) {
  adapters::posix::PosixDisk disk;
  const auto checkpoints =
      *Checkpoints::open(deployment->node().log(), disk, signer, deployment->directory() + "/checkpoints");
  CheckpointWatch watch(deployment->node().clock(), {});
  service->checkpoints = checkpoints.get();
  service->checkpoint_watch = &watch;
  watch.begin(deployment->node().log().end().value);
  watch.end(*checkpoints->follow(), nullptr);
  const auto state = get("/api/v1/log/state").body;
  EXPECT_THAT(state, HasSubstr(R"("origin":"test","size":")" + std::to_string(position + 1)));
  EXPECT_THAT(state, HasSubstr(R"("signatures":["test"])"));
  EXPECT_THAT(state, HasSubstr(R"("signedAt":")"));
  const eventstore::Error broken{"disk_error", "The disk does not answer."};
  watch.end(0, &broken);
  const auto incidents = get("/api/v1/log/incidents").body;
  EXPECT_THAT(incidents, HasSubstr(R"("checkpointsSigned":1,"checkpointsFailed":1,"late":0,"gaps":[])"));
  EXPECT_THAT(incidents, HasSubstr(R"("takeovers":[{"epoch":"1","position":"0")"));
  EXPECT_THAT(incidents, HasSubstr(R"("voidRecords":0)"));
  EXPECT_THAT(incidents, Not(HasSubstr(R"("fork")")));
  EXPECT_EQ(get("/api/v1/log/incidents", asker).status, 403U);
  service->checkpoints = nullptr;
  service->checkpoint_watch = nullptr;
}

TEST_F(AuditTest, DigestsOfReadModelsAreSignedAtEachSizeThatIsCovered) {
  adapters::posix::PosixDisk disk;
  const auto key = *adapters::SigningKey::settle(disk, random, deployment->directory() + "/keys", "test.log");
  const auto checkpoints =
      *Checkpoints::open(deployment->node().log(), disk, key, deployment->directory() + "/checkpoints");
  service->checkpoints = checkpoints.get();
  service->signer = &key;
  const auto covered = *checkpoints->follow();
  request("漏水", city);  // which is not covered yet
  const auto verifier = adapters::VerifierKey::parse(key.verifier()).value();
  const std::array<const Verifier*, 1> keys{&verifier};
  for (const auto size : {std::uint64_t{0}, std::uint64_t{3}, covered}) {
    const auto answer = get("/log/digests/" + std::to_string(size));
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto told = read_digests(answer.body, keys);
    ASSERT_TRUE(told) << told.error().detail;
    EXPECT_EQ(told->position, size);
    MemoryPastStores stores;
    const auto store = *stores.make(nullptr);
    node::CommitsOfLog commits(deployment->node().log(), eventstore::Sequence{0});
    const auto models = *projections::ReadModels::replayed(*store, commits, {eventstore::Sequence{size}, {}});
    EXPECT_EQ(told->by_name, named_digests(size, models->engine().digests()->by_name).by_name) << size;
    EXPECT_EQ(told->by_name.size(), projections::all_projections().size());
  }
  for (const auto* none : {"01", "x", "-1", "1000000"})
    EXPECT_EQ(get(std::string("/log/digests/") + none).status, 404U);
  EXPECT_EQ(get("/log/digests/" + std::to_string(covered + 1)).status, 404U);
  EXPECT_EQ(get("/log/digests/1", asker).status, 403U);
  service->checkpoints = nullptr;
  service->signer = nullptr;
}

TEST_F(AuditTest, EachSeesWhoOpenedTheirFieldsAndAuditorsSeeHowOften) {
  // Whoever registered them was shown their name.
  const auto registered = get("/api/v1/me/openings", asker).body;
  EXPECT_EQ(count(registered, R"("purpose":"get_member")"), 1U);
  const auto id = request("漏水", city);
  const auto asked_at = position;
  for (int i = 0; i < 2; ++i) EXPECT_THAT(get("/api/v1/requests/" + id).body, HasSubstr("陈明月"));
  get("/api/v1/requests/" + id, asker);  // one's own look is no entry
  position = asked_at + 2;               // where the two looks stand, which no answer told
  const auto mine = get("/api/v1/me/openings?limit=1", asker);
  EXPECT_EQ(mine.status, 200U) << mine.body;
  EXPECT_THAT(mine.body, HasSubstr(R"("purpose":"get_request","post":{"role":")"));
  EXPECT_THAT(mine.body, HasSubstr(R"("organisation":{"id":")" + city));
  const auto cursor = field(mine.body, "nextCursor");
  ASSERT_FALSE(cursor.empty());
  const auto rest = get("/api/v1/me/openings?cursor=" + cursor, asker).body;
  EXPECT_EQ(count(rest, R"("position":)"), 2U);
  EXPECT_NE(field(rest, "position"), field(mine.body, "position"));
  EXPECT_THAT(get("/api/v1/me/openings").body, HasSubstr(R"("items":[])"));  // nobody looked at the official's

  const auto journals = get("/api/v1/openings?organisation=" + city);
  EXPECT_EQ(journals.status, 200U) << journals.body;
  EXPECT_THAT(journals.body, HasSubstr(R"("records":3)"));
  const auto journal = get("/api/v1/streams/access/" + field(journals.body, "id"));
  EXPECT_EQ(journal.status, 200U) << journal.body;
  EXPECT_EQ(count(journal.body, R"("type":"PersonalDataOpened")"), 3U);
  EXPECT_THAT(journal.body, HasSubstr(R"("post":{)"));
  EXPECT_THAT(journal.body, Not(HasSubstr("陈明月")));
  EXPECT_THAT(get("/api/v1/openings?organisation=" + city + "&month=2001-02").body, HasSubstr(R"("items":[])"));
  EXPECT_EQ(get("/api/v1/openings?organisation=" + city + "&month=2001-13").status, 400U);
  // The journal is the auditors'.
  const auto cadre = official_with_token("苏小满", "cadre", city);
  EXPECT_EQ(get("/api/v1/openings?organisation=" + city, cadre).status, 403U);
  EXPECT_EQ(get("/api/v1/streams/access/" + field(journals.body, "id"), cadre).status, 403U);
}

TEST_F(AuditTest, WhatBecameDifferentOnABoard) {
  const auto stays = request("留下", city);
  const auto moves = request("走动", city);
  const auto leaves = request("离开", district);
  const auto a = now();
  const auto comes = request("新来", district);
  EXPECT_EQ(post("/api/v1/requests/" + moves + "/accept", "{}").status, 200U);
  EXPECT_EQ(post("/api/v1/requests/" + leaves + "/assign", R"({"organisation":")" + city + "\"}").status, 200U);
  const auto b = now();
  const auto range = "&from=" + a + "&to=" + b;
  const auto whole = get("/api/v1/differences?organisation=" + city + range);
  EXPECT_EQ(whole.status, 200U) << whole.body;
  EXPECT_THAT(whole.body, Not(HasSubstr(stays)));
  EXPECT_THAT(whole.body, HasSubstr(R"({"id":")" + moves +
                                    R"(","title":"走动","category":"repair","before":{"state":"submitted")"));
  EXPECT_THAT(whole.body, HasSubstr(R"({"type":"RequestAccepted","count":1})"));
  EXPECT_THAT(whole.body, HasSubstr(R"({"type":"RequestSubmitted","count":1})"));
  EXPECT_THAT(whole.body, HasSubstr(R"("commits":5)"));  // two entries of the journal among them
  // On the district's board one came and one went.
  const auto part = get("/api/v1/differences?organisation=" + district + range).body;
  EXPECT_THAT(part, HasSubstr(R"({"id":")" + comes + R"(","title":"新来","category":"repair","after":{)"));
  EXPECT_THAT(part, Not(HasSubstr(moves)));
  const auto left = part.substr(part.find(leaves));
  EXPECT_THAT(left, HasSubstr(R"("before":{)"));
  EXPECT_THAT(left.substr(0, left.find('}', left.find("before") + 80) + 30), Not(HasSubstr(R"("after":{)")));
  // Page by page each request stands once.
  std::string cursor, seen;
  for (int i = 0; i < 10; ++i) {
    const auto page = get("/api/v1/differences?organisation=" + city + range + "&limit=1" +
                          (cursor.empty() ? "" : "&cursor=" + cursor));
    EXPECT_EQ(page.status, 200U) << page.body;
    seen += page.body;
    cursor = field(page.body, "nextCursor");
    if (cursor.empty()) break;
  }
  EXPECT_EQ(count(seen, R"({"id":")" + moves), 1U);
  EXPECT_EQ(count(seen, R"("title":)"), 3U);
  EXPECT_EQ(get("/api/v1/differences?organisation=" + city).status, 400U);
  EXPECT_EQ(get("/api/v1/differences?organisation=" + city + "&from=" + b + "&to=" + a).status, 400U);
  EXPECT_EQ(get("/api/v1/differences?organisation=" + city + range, asker).status, 403U);
}

}  // namespace
}  // namespace pioneer::api::http
