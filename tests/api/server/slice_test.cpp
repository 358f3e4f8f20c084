// The whole path on a real directory: sealed commands through the edge, the Writer, segment files, projections; and
// again after a restart.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
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

  std::string submit(const std::string& organisation, const api::Sender& asker) {
    return accepted(deployment_->node().edge().submit_request(by(asker), request_body(organisation, "repair")));
  }
  static api::SubmitRequestBody request_body(const std::string& organisation, const std::string& category) {
    api::SubmitRequestBody body;
    body.set_title("门铃坏了");
    body.set_description("按了没有声音");
    body.set_category(category);
    body.set_organisation(organisation);
    return body;
  }
  void adopt_policy() {
    domain::Policy policy;
    policy.set_confirm_within_minutes(60);
    policy.set_feedback_category("repair");
    auto& category = *policy.add_categories();
    category.set_code("repair");
    category.set_name_zh("维修");
    category.set_name_en("Repair");
    category.set_group("home");
    category.set_accept_within_minutes(60);
    category.set_resolve_within_minutes(600);
    accepted(deployment_->node().edge().adopt_policy(console(), policy));
  }
  std::filesystem::path keyring_file() const { return directory_ / "keys" / "keyring"; }
  std::string keyring_bytes() const {
    std::ifstream file(keyring_file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write_keyring(const std::string& bytes) {
    std::ofstream(keyring_file(), std::ios::binary | std::ios::trunc) << bytes;
  }
  std::string error_of_open() {
    deployment_.reset();
    DeploymentOptions options;
    options.directory = directory_.string();
    const auto opened = Deployment::open(options);
    return opened ? "" : opened.error().code;
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

TEST_F(SliceTest, WhoWasErasedStaysErasedWhenAnOlderKeyringIsPutBack) {
  adopt_policy();
  const auto organisation = register_organisation();
  const auto member = register_member(organisation, "王大爷");
  const auto other = register_member(organisation, "陈阿姨");
  submit(organisation, member);
  open();
  ASSERT_EQ(deployment_->people().case_keys_of(member.member).size(), 1u);
  const auto key = deployment_->people().case_keys_of(member.member).front();
  const auto before = keyring_bytes();
  accepted(deployment_->node().edge().erase_member(console(), member.member.text()));
  open();
  ASSERT_EQ(deployment_->keyring().state(member.key), api::KeyState::erased);
  ASSERT_EQ(deployment_->keyring().state(key), api::KeyState::erased);
  deployment_.reset();
  write_keyring(before);
  open();
  EXPECT_EQ(deployment_->keyring().state(member.key), api::KeyState::erased);
  EXPECT_EQ(deployment_->keyring().state(key), api::KeyState::erased);
  EXPECT_EQ(deployment_->keyring().state(other.key), api::KeyState::active);
  EXPECT_TRUE(deployment_->people().find(other.member));
  EXPECT_TRUE(deployment_->people().streams_of(member.member, "", "", 9).items.empty());
  EXPECT_EQ(deployment_->node().projector().erasures_repeated(), 1u);
}

TEST_F(SliceTest, AKeyringThatWasCutIsRefusedAndLeftAlone) {
  adopt_policy();
  const auto organisation = register_organisation();
  submit(organisation, register_member(organisation, "王大爷"));
  deployment_.reset();
  const auto whole = keyring_bytes();
  const auto slots = whole.find_last_not_of('\0') / 128;  // the header is one too
  ASSERT_EQ(slots, 4u) << "the deployment's own two, a member's, a case's";
  for (const std::size_t kept : {std::size_t{300}, 3 * std::size_t{128}, 4 * std::size_t{128}}) {
    write_keyring(whole.substr(0, kept));
    EXPECT_EQ(error_of_open(), "keyring_behind_log") << kept;
    EXPECT_EQ(keyring_bytes(), whole.substr(0, kept));
  }
  auto flipped = whole;
  flipped[slots * 128 + 60] = static_cast<char>(flipped[slots * 128 + 60] ^ 1);
  write_keyring(flipped);
  EXPECT_EQ(error_of_open(), "keyring_behind_log") << "it looks torn, but a commit relies on it";
  EXPECT_EQ(keyring_bytes(), flipped);
  write_keyring(whole);
  EXPECT_EQ(error_of_open(), "");
}

TEST_F(SliceTest, RefusedCommandsLeaveNoKeys) {
  adopt_policy();
  const auto organisation = register_organisation();
  const auto member = register_member(organisation, "王大爷");
  const auto keys = deployment_->keyring().size();
  const auto bytes = keyring_bytes();
  auto& edge = deployment_->node().edge();
  for (int n = 0; n < 500; ++n) {
    ASSERT_EQ(execute(edge.submit_request(by(member), request_body(organisation, "nosuch"))).answer.kind,
              eventstore::Answer::Kind::refused);
    auto with_photo = request_body(organisation, "repair");
    with_photo.add_photos(std::string(64, 'a'));
    ASSERT_FALSE(edge.submit_request(by(member), with_photo)) << "nobody uploaded it";
  }
  EXPECT_EQ(deployment_->keyring().size(), keys);
  submit(organisation, member);
  EXPECT_EQ(deployment_->keyring().size(), keys + 1);
  EXPECT_EQ(keyring_bytes().size(), bytes.size());
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
