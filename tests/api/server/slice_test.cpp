// The whole path on a real directory: sealed commands through the edge, the Writer, segment files, projections; and
// again after a restart.
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "api/server/deployment.hpp"
#include "domain/streams.hpp"

namespace pioneer::server {
namespace {

class SliceTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::temp_directory_path() / ("pioneer-slice-" + std::to_string(::getpid()) + "-" +
                                                  testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(directory_);
    open();
  }
  void TearDown() override {
    deployment_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    deployment_.reset();
    DeploymentOptions options;
    options.directory = directory_.string();
    options.make = true;
    options.segment_bytes = 1u << 20;
    auto opened = Deployment::open(options);
    ASSERT_TRUE(opened) << opened.error().code << ": " << opened.error().detail;
    deployment_ = std::move(*opened);
    deployment_->start();
  }

  node::Outcome execute(const api::Commanded& command) {
    if (!command) throw std::runtime_error(command.error().code + " " + command.error().field);
    return deployment_->execute(*command);
  }
  std::string accepted(const api::Commanded& command) {
    const auto outcome = execute(command);
    EXPECT_EQ(outcome.answer.kind, eventstore::Answer::Kind::accepted)
        << (outcome.refusal ? outcome.refusal->code : outcome.answer.error.code);
    return std::string(domain::parts_of(outcome.stream).second);
  }
  api::Call console() { return {std::nullopt, true, "console-" + std::to_string(++calls_), -1}; }
  api::Call by(const api::Sender& sender) { return {sender, false, "call-" + std::to_string(++calls_), -1}; }
  api::Sender register_member(const std::string& organisation, const std::string& name) {
    api::RegisterMemberBody body;
    body.set_name(name);
    body.set_organisation(organisation);
    const auto command = deployment_->node().edge().register_member(console(), body);
    const auto id = *domain::Id::parse(accepted(command));
    const auto& what = std::get<domain::RegisterMember>(command->what);
    return {id, domain::Id::of(what.key())};
  }
  std::string register_organisation() {
    api::RegisterOrganisationBody body;
    body.set_name("合兴社区");
    body.set_level("community");
    return accepted(deployment_->node().edge().register_organisation(console(), body));
  }
  std::string published_product(const std::string& organisation, const api::Sender& cadre, std::uint32_t capacity) {
    api::CreateProductBody body;
    body.set_title("陶艺课");
    body.set_description("一起做碗");
    body.set_kind("activity");
    body.set_organisation(organisation);
    auto& session = *body.add_sessions();
    session.mutable_starts()->set_seconds(4'000'000'000);
    session.mutable_ends()->set_seconds(4'000'003'600);
    session.set_venue("合兴");
    body.set_capacity(capacity);
    body.set_max_per_member(2);
    body.set_waitlist(true);
    const auto product = accepted(deployment_->node().edge().create_product(by(cadre), body));
    accepted(deployment_->node().edge().publish_product(by(cadre), product));
    return product;
  }
  domain::ClaimPlaced claim(const std::string& product, const api::Sender& member) {
    api::PlaceClaimBody body;
    body.set_places(1);
    const auto outcome = execute(deployment_->node().edge().place_claim(by(member), product, body));
    EXPECT_EQ(outcome.answer.kind, eventstore::Answer::Kind::accepted);
    return std::get<domain::ClaimPlaced>(outcome.events.at(0));
  }
  api::Sender cadre_of(const std::string& organisation) {
    const auto cadre = register_member(organisation, "李干部");
    api::GrantRoleBody grant;
    grant.set_role("cadre");
    grant.set_organisation(organisation);
    accepted(deployment_->node().edge().grant_role(console(), cadre.member.text(), grant));
    return cadre;
  }

  std::filesystem::path directory_;
  std::unique_ptr<Deployment> deployment_;
  int calls_ = 0;
};

TEST_F(SliceTest, AClaimIsKeptOverARestart) {
  const auto organisation = register_organisation();
  const auto cadre = cadre_of(organisation);
  const auto member = register_member(organisation, "王大爷");
  const auto other = register_member(organisation, "陈阿姨");
  const auto product = published_product(organisation, cadre, 1);
  EXPECT_EQ(claim(product, member).state(), domain::ClaimState::confirmed);
  open();
  EXPECT_EQ(claim(product, other).state(), domain::ClaimState::waitlisted);
}

TEST_F(SliceTest, ARepeatGetsTheFirstOutcomeAlsoAfterARestart) {
  const auto organisation = register_organisation();
  const auto cadre = cadre_of(organisation);
  const auto member = register_member(organisation, "王大爷");
  const auto product = published_product(organisation, cadre, 5);
  api::PlaceClaimBody body;
  body.set_places(1);
  const api::Call call{member, false, "the-same-call", -1};
  const auto first = execute(deployment_->node().edge().place_claim(call, product, body));
  const auto again = execute(deployment_->node().edge().place_claim(call, product, body));
  ASSERT_EQ(again.answer.kind, eventstore::Answer::Kind::repeated);
  EXPECT_EQ(again.answer.position, first.answer.position);
  open();
  const auto later = execute(deployment_->node().edge().place_claim(call, product, body));
  ASSERT_EQ(later.answer.kind, eventstore::Answer::Kind::repeated);
  EXPECT_EQ(std::get<domain::ClaimPlaced>(later.events.at(0)).ticket(), 1u);
  body.set_places(2);
  const auto other = execute(deployment_->node().edge().place_claim(call, product, body));
  ASSERT_EQ(other.answer.kind, eventstore::Answer::Kind::refused);
  EXPECT_EQ(other.refusal->code, "idempotency_key_reused");
}

TEST_F(SliceTest, AStrangerToTheOrganisationMayNotPublish) {
  const auto organisation = register_organisation();
  const auto cadre = cadre_of(organisation);
  const auto member = register_member(organisation, "王大爷");
  api::CreateProductBody body;
  body.set_title("x");
  body.set_description("x");
  body.set_kind("activity");
  body.set_organisation(organisation);
  auto& session = *body.add_sessions();
  session.mutable_starts()->set_seconds(4'000'000'000);
  session.mutable_ends()->set_seconds(4'000'003'600);
  session.set_venue("x");
  body.set_capacity(1);
  body.set_max_per_member(1);
  const auto product = accepted(deployment_->node().edge().create_product(by(cadre), body));
  const auto outcome = execute(deployment_->node().edge().publish_product(by(member), product));
  ASSERT_EQ(outcome.answer.kind, eventstore::Answer::Kind::refused);
  EXPECT_EQ(outcome.refusal->kind, domain::RefusalKind::not_found) << "a draft is nobody else's to know of";
}

}  // namespace
}  // namespace pioneer::server
