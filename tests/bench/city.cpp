#include "tests/bench/city.hpp"

#include <fmt/format.h>

#include "domain/streams.hpp"

namespace pioneer::bench {
namespace {

constexpr std::int64_t hour_s = 3600;

domain::Policy policy() {
  domain::Policy rules;
  auto& category = *rules.add_categories();
  category.set_code("street_light");
  category.set_name_zh("路灯");
  category.set_name_en("Street light");
  category.set_accept_within_minutes(24 * 60);
  category.set_resolve_within_minutes(7 * 24 * 60);
  rules.set_confirm_within_minutes(7 * 24 * 60);
  rules.set_feedback_category("street_light");
  return rules;
}

}  // namespace

domain::Id id_in(const std::string& stream) {
  const auto id = domain::Id::parse(stream.substr(stream.find('/') + 1));
  if (!id) fail("no id in the stream " + stream);
  return *id;
}

namespace {

server::DeploymentOptions in(const std::string& directory) {
  server::DeploymentOptions options;
  options.directory = directory;
  return options;
}

}  // namespace

City::City(const std::string& directory) : City(in(directory)) {}

City::City(server::DeploymentOptions options) {
  options.make = true;
  auto opened = server::Deployment::open(options);
  if (!opened) fail(opened.error().code + ": " + opened.error().detail);
  deployment_ = std::move(*opened);
  deployment_->start();
  // A log that others could write too is taken over by its thread.
  while (deployment_->shared() && !node().reign()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// A UUID that no other command of this run has.
api::Call City::call(const std::optional<api::Sender>& sender) {
  api::Call next;
  next.sender = sender;
  next.system = !sender;
  next.command_id = fmt::format("00000000-0000-4000-8000-{:012x}", ++commands_);
  return next;
}

node::Outcome City::execute(api::Commanded command) {
  if (!command) fail("the edge refused: " + std::string(command.error().code) + " " + command.error().field);
  auto outcome = deployment_->execute(std::move(*command));
  if (outcome.answer.kind != eventstore::Answer::Kind::accepted) {
    fail("not accepted: " + (outcome.refusal ? std::string(outcome.refusal->code) : outcome.answer.error.code));
  }
  while (node().projector().projected().value <= outcome.answer.position.value) std::this_thread::yield();
  return outcome;
}

void City::found() {
  auto& edge = node().edge();
  execute(edge.adopt_policy(call({}), policy()));
  api::RegisterOrganisationBody community;
  community.set_name("前埔北社区");
  community.set_level("community");
  organisation_ = id_in(execute(edge.register_organisation(call({}), community)).stream);

  api::RegisterMemberBody cadre;
  cadre.set_name("陈志远");
  cadre.set_organisation(organisation_.text());
  const auto member = id_in(execute(edge.register_member(call({}), cadre)).stream);
  api::GrantRoleBody role;
  role.set_role("cadre");
  role.set_organisation(organisation_.text());
  execute(edge.grant_role(call({}), member.text(), role));
  cadre_ = node().caller_of(member).sender;
  if (!cadre_) fail("the cadre cannot send commands");
}

void City::add_members(std::size_t count) {
  std::vector<domain::Id> registered(count);
  ClosedLoop loop(node(), {.in_flight = 1024, .count_max = count});
  loop.run(
      [&](std::uint64_t number) {
        api::RegisterMemberBody body;
        body.set_name(fmt::format("居民{}", number));
        body.set_organisation(organisation_.text());
        return node().edge().register_member(call({}), body);
      },
      [&](std::uint64_t number, const node::Outcome& outcome) { registered[number] = id_in(outcome.stream); });
  for (const auto& member : registered) {
    const auto sender = node().caller_of(member).sender;
    if (!sender) fail("a member cannot send commands");
    members_.push_back(*sender);
  }
}

void City::add_products(std::size_t count, std::uint32_t capacity) {
  const std::int64_t now_s = deployment_->clock().now().value / 1'000'000;
  std::vector<domain::Id> created(count);
  ClosedLoop create(node(), {.in_flight = 256, .count_max = count});
  create.run(
      [&](std::uint64_t number) {
        api::CreateProductBody body;
        body.set_title(fmt::format("陶艺课 {}", number));
        body.set_description("两小时，材料免费，适合家庭。");
        body.set_kind("course");
        body.set_organisation(organisation_.text());
        auto& session = *body.add_sessions();
        session.mutable_starts()->set_seconds(now_s + 48 * hour_s);
        session.mutable_ends()->set_seconds(now_s + 50 * hour_s);
        session.set_venue("社区活动室");
        body.set_capacity(capacity);
        body.set_max_per_member(100);
        body.set_waitlist(true);
        return node().edge().create_product(call(cadre_), body);
      },
      [&](std::uint64_t number, const node::Outcome& outcome) { created[number] = id_in(outcome.stream); });
  ClosedLoop publish(node(), {.in_flight = 256, .count_max = count});
  publish.run(
      [&](std::uint64_t number) { return node().edge().publish_product(call(cadre_), created[number].text()); });
  products_.insert(products_.end(), created.begin(), created.end());
}

api::Commanded City::claim(std::uint64_t number, const domain::Id& product) {
  api::PlaceClaimBody body;
  body.set_places(1);
  return node().edge().place_claim(call(members_[number % members_.size()]), product.text(), body);
}

api::Commanded City::token(std::uint64_t number, std::string_view hash) {
  return node().edge().issue_token(call({}), members_[number % members_.size()].member.text(), hash, {});
}

api::Commanded City::accept(const domain::Id& request) {
  return node().edge().accept_request(call(cadre_), request.text());
}

api::Commanded City::request(std::uint64_t number) {
  api::SubmitRequestBody body;
  body.set_title("楼道灯坏了");
  body.set_description("三号楼二单元的楼道灯坏了三天，晚上老人上下楼很不方便，请派人来看一看。");
  body.set_category("street_light");
  body.set_organisation(organisation_.text());
  return node().edge().submit_request(call(members_[number % members_.size()]), body);
}

}  // namespace pioneer::bench
