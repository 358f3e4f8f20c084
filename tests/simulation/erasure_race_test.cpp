// A reaction speaks in a person's name; between its sealing and its commit that person may be erased.
#include <gtest/gtest.h>

#include "domain/streams.hpp"
#include "tests/simulation/audit.hpp"
#include "tests/simulation/simulated_node.hpp"

namespace pioneer::tests {
namespace {

using Kind = eventstore::Answer::Kind;

class ErasureRace : public testing::Test {
 protected:
  void SetUp() override { start(); }
  void start() {
    process_.reset();
    auto opened = SimulatedNode::open(machine_, 72u << 10);
    ASSERT_TRUE(opened) << opened.error().code;
    process_ = std::move(*opened);
    process_->settle();
  }
  api::Edge& edge() { return process_->node().edge(); }
  api::Call by(std::optional<api::Sender> sender) { return {sender, !sender, "call " + std::to_string(++calls_), -1}; }
  node::Outcome execute(api::Commanded command) {
    EXPECT_TRUE(command);
    node::Outcome answered;
    process_->node().submit(std::move(*command), [&](const node::Outcome& outcome) { answered = outcome; });
    process_->settle();
    EXPECT_EQ(answered.answer.kind, Kind::accepted) << (answered.refusal ? answered.refusal->code : "");
    return answered;
  }
  std::string made(api::Commanded command) {
    return std::string(domain::parts_of(execute(std::move(command)).stream).second);
  }
  api::Sender member() {
    api::RegisterMemberBody body;
    body.set_name("王大爷");
    body.set_organisation(organisation_);
    const auto id = domain::Id::parse(made(edge().register_member(by({}), body)));
    return *process_->node().caller_of(*id).sender;
  }
  std::string product(const api::Sender& cadre) {
    api::CreateProductBody body;
    body.set_title("陶艺课");
    body.set_description("一起做碗");
    body.set_kind("activity");
    body.set_organisation(organisation_);
    auto& session = *body.add_sessions();
    session.mutable_starts()->set_seconds(1'900'000'000);
    session.mutable_ends()->set_seconds(1'900'003'600);
    session.set_venue("社区中心");
    body.set_capacity(3);
    body.set_max_per_member(1);
    const auto id = made(edge().create_product(by(cadre), body));
    execute(edge().publish_product(by(cadre), id));
    return id;
  }
  void found() {
    domain::Policy rules;
    auto& category = *rules.add_categories();
    category.set_code("street_light");
    category.set_name_zh("路灯");
    category.set_name_en("Street light");
    category.set_accept_within_minutes(60);
    category.set_resolve_within_minutes(60);
    rules.set_confirm_within_minutes(60);
    rules.set_feedback_category("street_light");
    execute(edge().adopt_policy(by({}), rules));
    api::RegisterOrganisationBody body;
    body.set_name("合兴社区");
    body.set_level("community");
    organisation_ = made(edge().register_organisation(by({}), body));
  }
  /// The reaction to a problem that this member tells, sealed now.
  api::Commanded sealed_reaction(const api::Sender& author, const std::string& product) {
    api::PlaceClaimBody claim;
    claim.set_places(1);
    execute(edge().place_claim(by(author), product, claim));
    api::RateClaimBody body;
    body.set_stars(2);
    body.mutable_problem()->set_text("门口的灯不亮");
    const auto rating = edge().rate_claim(by(author), product, "1", body);
    EXPECT_TRUE(rating);
    api::ToldProblem told;
    told.cause = 12'345;
    told.stream = "product/" + product;
    told.author = rating->pseudonym;
    told.problem = std::get<domain::RateClaim>(rating->what).problem();
    told.organisation = *domain::Id::parse(organisation_);
    return edge().resolve_reaction(told);
  }
  api::KeyState state(const domain::Id& key) { return process_->keyring().state(key); }

  Machine machine_{1};
  std::unique_ptr<SimulatedNode> process_;
  std::string organisation_;
  int calls_ = 0;
};

TEST_F(ErasureRace, LeavesNothingReadableOfAReactionThatCameTooLate) {
  found();
  const auto cadre = member();
  api::GrantRoleBody role;
  role.set_role("cadre");
  role.set_organisation(organisation_);
  execute(edge().grant_role(by({}), cadre.member.text(), role));
  const auto author = member();
  auto reaction = sealed_reaction(author, product(cadre));
  ASSERT_TRUE(reaction);
  const auto case_key = domain::Id::of(std::get<domain::SubmitRequest>(reaction->what).case_key());
  ASSERT_FALSE(std::get<domain::SubmitRequest>(reaction->what).asker().empty());

  execute(edge().erase_member(by({}), author.member.text()));
  ASSERT_EQ(state(author.key), api::KeyState::erased);
  ASSERT_EQ(state(case_key), api::KeyState::active);
  execute(std::move(reaction));
  EXPECT_EQ(state(case_key), api::KeyState::erased);

  process_.reset();
  machine_.disk.crash(SimulatedDisk::Unsynced::lost);
  machine_.store.forget_everything();
  machine_.people_rows.forget_everything();
  start();
  EXPECT_EQ(state(case_key), api::KeyState::erased);
  EXPECT_TRUE(process_->node().readiness().ready);
}

}  // namespace
}  // namespace pioneer::tests
