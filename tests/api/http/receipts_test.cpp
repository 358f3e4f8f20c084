// A receipt is for whoever acted, or whom it is for, and for auditors; it holds nobody else's data, and outlives the
// person.
#include "api/proofs/receipt.hpp"

#include "adapters/posix/disk.hpp"
#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/promise.hpp"
#include "api/text/base64.hpp"
#include "domain/common/limits.hpp"
#include "domain/refused/refused.pb.h"
#include "domain/requests/requests.pb.h"
#include "eventstore/commit.hpp"
#include "eventstore/limits.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Receipts : public WholeNode {
 protected:
  Receipts() {
    checkpoints =
        Checkpoints::open(deployment->node().log(), disk, key, deployment->directory() + "/checkpoints").value();
    service->checkpoints = checkpoints.get();
    service->signer = &key;
    asker = member_with_token("张三");
    neighbour = member_with_token("李四");
  }

  std::string request_of(const std::string& who) {
    const auto asked = post("/api/v1/requests",
                            R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + city +
                                R"(","onBehalfOf":{"name":"王奶奶","phone":"13900000000"}})",
                            who);
    EXPECT_EQ(asked.status, 201U) << asked.body;
    return "/api/v1/requests/" + field(asked.body, "id");
  }
  std::string published_product(int capacity) {
    const auto made = post("/api/v1/products",
                           R"({"title":"陶艺","description":"亲子陶艺课","kind":"class","organisation":")" + city +
                               R"(","sessions":[{"starts":"2099-01-10T09:00:00Z","ends":"2099-01-10T11:00:00Z",)"
                               R"("venue":"大厅"}],"capacity":)" +
                               std::to_string(capacity) + R"(,"maxPerMember":2,"waitlist":true})");
    EXPECT_EQ(made.status, 201U) << made.body;
    const auto path = "/api/v1/products/" + field(made.body, "id");
    EXPECT_EQ(post(path + "/publish", "{}").status, 200U);
    return path;
  }
  std::string here() const { return "/api/v1/receipts/" + std::to_string(position); }
  void sign() { ASSERT_TRUE(checkpoints->follow()); }

  /// What the file proves, checked as anybody would who has the log's key.
  eventstore::Result<ProvenRecord> proven(const std::string& file) const {
    const auto verifier = adapters::VerifierKey::parse(key.verifier()).value();
    const std::array<const Verifier*, 1> keys{&verifier};
    const auto receipt = parse_receipt(file);
    if (!receipt) return std::unexpected(receipt.error());
    return check_receipt(*receipt, key.name(), keys);
  }
  void raise_level() {
    Call system;
    system.system = true;
    execute(deployment->node().edge().raise_feature_level(system, eventstore::limits::feature_level));
    EXPECT_EQ(get("/api/v1/categories", "").status, 200U);
  }
  /// More places than one may have: a rule says no.
  HttpResponse refused_claim(const std::string& product, const std::string& wish, const std::string& id) {
    return ask("POST", product + "/claims", R"({"places":3})", {{"Pioneer-Receipt", wish}, {"Idempotency-Key", id}},
               asker);
  }
  std::uint64_t log_end() const { return deployment->node().log().end().value; }

  /// The status that this one gets for the view and for the file, which is the same.
  unsigned told(const std::string& path, const std::string& who) {
    const auto view = get(path, who).status;
    EXPECT_EQ(get(path + "/proof", who).status, view) << path;
    return view;
  }

  adapters::posix::PosixDisk disk;
  adapters::SigningKey key =
      adapters::SigningKey::settle(disk, random, deployment->directory() + "/keys", "test.log").value();
  std::unique_ptr<Checkpoints> checkpoints;
  std::string asker, neighbour;
};

TEST_F(Receipts, WaitForACheckpointAndThenProve) {
  request_of(asker);
  const auto path = here();
  auto view = get(path, asker);
  ASSERT_EQ(view.status, 200U) << view.body;
  EXPECT_THAT(view.body, HasSubstr(R"("state":"waiting")"));
  EXPECT_THAT(view.body, HasSubstr(R"("checkpointSize":"0")"));
  const auto early = get(path + "/proof", asker);
  EXPECT_EQ(early.status, 503U);
  EXPECT_THAT(early.body, HasSubstr(R"("code":"not_in_checkpoint")"));
  EXPECT_EQ(header(early, "Retry-After"), "1");

  sign();
  view = get(path, asker);
  EXPECT_THAT(view.body, HasSubstr(R"("state":"in_log")"));
  EXPECT_THAT(view.body, HasSubstr(R"("kind":"request")"));
  EXPECT_THAT(view.body, HasSubstr(R"("events":["SubjectKeyIssued","RequestSubmitted","RequestDeadlineSet",)"));
  EXPECT_THAT(view.body, HasSubstr(R"("origin":"test.log")"));
  EXPECT_THAT(view.body, HasSubstr(R"("checkpointSize":")" + std::to_string(position + 1)));
  EXPECT_THAT(view.body, HasSubstr(R"("witnesses":0)"));
  const auto file = get(path + "/proof", asker);
  ASSERT_EQ(file.status, 200U) << file.body;
  EXPECT_EQ(file.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(header(file, "Content-Disposition"),
            "attachment; filename=\"pioneer-" + std::to_string(position) + ".tlog-proof\"");
  EXPECT_THAT(std::string(file.fixed), HasSubstr("no-store"));
  const auto record = proven(file.body);
  ASSERT_TRUE(record) << record.error().detail;
  EXPECT_EQ(record->header.sequence.value, position);
  EXPECT_THAT(view.body, HasSubstr(R"("leafHash":")" + hex(record->leaf.view())));
  const auto receipt = parse_receipt(file.body);
  ASSERT_TRUE(receipt);
  // The asker alone acts in it. What is the neighbour's is there as ciphertext.
  const auto commit = eventstore::parse_commit({eventstore::Sequence{position}, receipt->record});
  ASSERT_TRUE(commit);
  ASSERT_EQ(commit->body.parts_size(), 1);
  const auto& part = commit->body.parts(0);
  ASSERT_EQ(part.introductions_size(), 1);
  EXPECT_EQ(part.introductions(0).pseudonym(), part.actor());
  domain::RequestSubmitted submitted;
  ASSERT_TRUE(submitted.ParseFromString(part.events(1).payload()));
  EXPECT_EQ(submitted.asker(), part.actor());
  EXPECT_TRUE(submitted.has_beneficiary_name() && submitted.has_beneficiary_phone());
  for (const auto* told : {"王奶奶", "13900000000", "厨房漏水"}) EXPECT_THAT(receipt->record, Not(HasSubstr(told)));
}

TEST_F(Receipts, AreForWhoeverActedAndForAuditors) {
  const auto auditor = official_with_token("审计", "auditor", city);
  const auto cadre = official_with_token("干部", "cadre", city);
  request_of(asker);
  const auto asked = here();
  sign();
  EXPECT_EQ(told(asked, asker), 200U);
  EXPECT_EQ(told(asked, auditor), 200U);
  EXPECT_EQ(told(asked, neighbour), 404U);
  EXPECT_EQ(told(asked, cadre), 403U) << "they see the request, so are told plainly";
  EXPECT_EQ(told(asked, ""), 401U);
  for (const auto* nowhere : {"/api/v1/receipts/999999", "/api/v1/receipts/007", "/api/v1/receipts/x",
                              "/api/v1/receipts/-1", "/api/v1/receipts/99999999999999999999"})
    EXPECT_EQ(told(nowhere, asker), 404U) << nowhere;
}

TEST_F(Receipts, AreOfAskingClaimingAndRatingOnly) {
  const auto auditor = official_with_token("审计", "auditor", city);
  const auto request = request_of(asker);
  const auto expect = [&](unsigned status, const std::string& what) {
    sign();
    EXPECT_EQ(told(here(), asker), status) << what;
    EXPECT_EQ(told(here(), neighbour), 404U) << what;
    EXPECT_EQ(told(here(), auditor), 200U) << what;
  };
  expect(200, "submitted");
  ASSERT_EQ(post(request + "/accept", "{}").status, 200U);
  expect(404, "accepted, by a cadre");
  ASSERT_EQ(post(request + "/resolve", R"({"text":"修好了"})").status, 200U);
  expect(404, "resolved, by a cadre");
  ASSERT_EQ(post(request + "/dispute", R"({"reason":"还漏"})", asker).status, 200U);
  expect(200, "disputed");
  ASSERT_EQ(post(request + "/resolve", R"({"text":"修好了"})").status, 200U);
  ASSERT_EQ(post(request + "/confirm", "{}", asker).status, 200U);
  expect(200, "confirmed");
  ASSERT_EQ(post(request + "/rate", R"({"stars":5,"comment":"好"})", asker).status, 200U);
  expect(200, "rated");
  const auto product = published_product(2);
  ASSERT_EQ(post(product + "/claims", R"({"places":2})", asker).status, 201U);
  expect(200, "claimed");
  ASSERT_EQ(post(product + "/claims", R"({"places":1})", neighbour).status, 201U);
  sign();
  EXPECT_EQ(told(here(), asker), 404U) << "the neighbour's claim";
  EXPECT_EQ(told(here(), neighbour), 200U);
  ASSERT_EQ(post(product + "/claims/1/cancel", "{}", asker).status, 200U);
  expect(404, "given back, by which the neighbour moved up: that is theirs");
}

TEST_F(Receipts, OfOthersAreNotedFirst) {
  const auto auditor = official_with_token("审计", "auditor", city);
  request_of(asker);
  const auto path = here();
  sign();
  const auto end = log_end();
  EXPECT_EQ(get(path + "/proof", asker).status, 200U);
  EXPECT_EQ(get(path, auditor).status, 200U);
  EXPECT_EQ(log_end(), end) << "one's own, and what is not a record";
  EXPECT_EQ(get(path + "/proof", auditor).status, 200U);
  ASSERT_EQ(log_end(), end + 1);
  const auto commit = eventstore::read_commit(deployment->node().log(), eventstore::Sequence{end}).value();
  EXPECT_EQ(commit.body.parts(0).events(0).type(), "EntriesFetched");
  EXPECT_EQ(get(path + "/proof", auditor).status, 200U);
  EXPECT_EQ(log_end(), end + 1) << "once a day";
}

TEST_F(Receipts, OutliveThePerson) {
  const auto auditor = official_with_token("审计", "auditor", city);
  request_of(asker);
  const auto path = here();
  sign();
  const auto before = get(path + "/proof", asker);
  ASSERT_TRUE(proven(before.body));
  const auto member = field(get("/api/v1/me", asker).body, "id");
  ASSERT_EQ(post("/api/v1/members/" + member + "/erase", "{}", asker).status, 200U);
  sign();
  EXPECT_TRUE(proven(before.body)) << "what they kept still proves it";
  EXPECT_EQ(told(path, asker), 401U);
  const auto after = get(path + "/proof", auditor);
  ASSERT_EQ(after.status, 200U) << after.body;
  const auto again = proven(after.body);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(parse_receipt(after.body)->record, parse_receipt(before.body)->record);
  EXPECT_GT(again->checkpoint.size, proven(before.body)->checkpoint.size);
}

TEST_F(Receipts, AreWrittenForMembersByAuditorsOnly) {
  // A record of the roster holds a person's data, and where the log was opened nobody's.
  const auto auditor = official_with_token("审计", "auditor", city);
  sign();
  EXPECT_EQ(told("/api/v1/receipts/0", auditor), 200U);
  EXPECT_EQ(told("/api/v1/receipts/0", asker), 404U);
  const auto registered = position;
  EXPECT_EQ(told("/api/v1/receipts/" + std::to_string(registered), asker), 404U);
  EXPECT_EQ(told("/api/v1/receipts/" + std::to_string(registered), auditor), 200U);
}

TEST_F(Receipts, OfARefusalOnDemand) {
  raise_level();
  const auto product = published_product(2);
  const std::string id = "11111111-1111-4111-8111-111111111111";
  const auto before = log_end();
  const auto first = refused_claim(product, "refusal", id);
  ASSERT_EQ(first.status, 409U) << first.body;
  EXPECT_THAT(first.body, HasSubstr(R"("code":"too_many_places")"));
  ASSERT_EQ(header(first, "Pioneer-Position"), std::to_string(before)) << "it stands in the log, in its place";
  EXPECT_EQ(log_end(), before + 1);

  for (const auto* wish : {"refusal", "promise", "refusal, promise"}) {
    const auto again = refused_claim(product, wish, id);
    EXPECT_EQ(again.status, 409U);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(header(again, "Pioneer-Position"), std::to_string(before));
  }
  EXPECT_EQ(log_end(), before + 1) << "once for a command";

  sign();
  const auto path = "/api/v1/receipts/" + std::to_string(before);
  EXPECT_EQ(told(path, asker), 200U);
  EXPECT_EQ(told(path, neighbour), 404U);
  EXPECT_EQ(told(path, official_with_token("审计", "auditor", city)), 200U);
  EXPECT_THAT(get(path, asker).body, HasSubstr(R"("kind":"refusal")"));
  const auto file = get(path + "/proof", asker).body;
  ASSERT_TRUE(proven(file));
  const auto commit = eventstore::parse_commit({eventstore::Sequence{before}, parse_receipt(file)->record}).value();
  ASSERT_EQ(commit.body.parts_size(), 1);
  const auto& part = commit.body.parts(0);
  EXPECT_EQ(part.introductions_size(), 1);
  EXPECT_EQ(part.actor(), part.introductions(0).pseudonym());
  domain::CommandRefused refused;
  ASSERT_EQ(part.events(0).type(), "CommandRefused");
  ASSERT_TRUE(refused.ParseFromString(part.events(0).payload()));
  EXPECT_EQ(refused.command(), "PlaceClaim");
  EXPECT_EQ(refused.code(), "too_many_places");
  EXPECT_EQ("/api/v1/products/" + std::string(domain::parts_of(refused.stream()).second), product);
}

TEST_F(Receipts, OfARefusalAreOfRulesOnly) {
  const auto product = published_product(2);
  auto ids = [at = 0]() mutable { return "22222222-2222-4222-8222-2222222222" + std::to_string(10 + at++); };
  auto before = log_end();
  const auto too_early = refused_claim(product, "refusal", ids());
  EXPECT_EQ(too_early.status, 409U) << "the log's level does not know it yet";
  EXPECT_EQ(header(too_early, "Pioneer-Position"), "");
  EXPECT_EQ(log_end(), before);
  raise_level();
  before = log_end();
  const auto send = [&](const std::string& path, const std::string& body,
                        std::vector<std::pair<std::string, std::string>> fields) {
    fields.emplace_back("Pioneer-Receipt", "refusal");
    const auto answer = ask("POST", path, body, std::move(fields), asker);
    EXPECT_EQ(header(answer, "Pioneer-Position"), "") << path;
    return answer.status;
  };
  EXPECT_EQ(send(product + "/publish", "{}", {}), 403U);
  EXPECT_EQ(send(product + "/claims/7/cancel", "{}", {}), 404U);
  EXPECT_EQ(send(product + "/claims", R"({"places":0})", {}), 422U);
  EXPECT_EQ(send(product + "/claims", R"({"places":1})", {{"If-Match", "\"99\""}}), 412U);
  EXPECT_EQ(refused_claim(product, "recipe", ids()).status, 400U);
  EXPECT_EQ(refused_claim(product, "", ids()).status, 400U);
  EXPECT_EQ(header(ask("POST", product + "/claims", R"({"places":3})", {}, asker), "Pioneer-Position"), "");
  EXPECT_EQ(log_end(), before);

  for (std::uint32_t i = 0; i < domain::limits::refusals_recorded_per_hour_max; ++i)
    EXPECT_NE(header(refused_claim(product, "refusal", ids()), "Pioneer-Position"), "") << i;
  const auto beyond = refused_claim(product, "refusal", ids());
  EXPECT_EQ(beyond.status, 409U);
  EXPECT_EQ(header(beyond, "Pioneer-Position"), "");
}

TEST_F(Receipts, APromiseComesWithTheAnswer) {
  raise_level();
  const auto verifier = adapters::VerifierKey::parse(key.verifier()).value();
  const std::array<const Verifier*, 1> keys{&verifier};
  const auto kept = [&](const HttpResponse& answer) {
    const auto note = from_base64(header(answer, "Pioneer-Promise"));
    EXPECT_TRUE(note);
    const auto promise = check_promise(note.value_or(""), "test.log", keys);
    EXPECT_TRUE(promise) << promise.error().detail;
    const auto at = std::stoull(header(answer, "Pioneer-Position"));
    EXPECT_EQ(promise->position, at);
    const auto commit = eventstore::read_commit(deployment->node().log(), eventstore::Sequence{at}).value();
    EXPECT_EQ(promise->leaf, commit.leaf);
    EXPECT_EQ(promise->received_us, commit.body.recorded_at_us());
    EXPECT_EQ(promise->by_us, promise->received_us + promise_within_us);
    return header(answer, "Pioneer-Promise");
  };
  const auto product = published_product(2);
  const std::vector<std::pair<std::string, std::string>> wish{
      {"Pioneer-Receipt", "promise,refusal"}, {"Idempotency-Key", "33333333-3333-4333-8333-333333333333"}};
  const auto claim = ask("POST", product + "/claims", R"({"places":2})", wish, asker);
  ASSERT_EQ(claim.status, 201U) << claim.body;
  const auto first = kept(claim);
  EXPECT_EQ(kept(ask("POST", product + "/claims", R"({"places":2})", wish, asker)), first) << "a repeat";
  kept(ask("POST", "/api/v1/requests",
           R"({"title":"漏水","description":"厨房","category":"repair","organisation":")" + city + "\"}",
           {{"Pioneer-Receipt", "promise"}}, asker));
  kept(refused_claim(product, "refusal,promise", "44444444-4444-4444-8444-444444444444"));
  EXPECT_EQ(header(post(product + "/claims", R"({"places":1})", neighbour), "Pioneer-Promise"), "") << "not asked for";
}

}  // namespace
}  // namespace pioneer::api::http
