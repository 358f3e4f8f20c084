#include "domain/policy/decide.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "domain/authorisation/authorisation.hpp"
#include "domain/common/limits.hpp"
#include "domain/common/text.hpp"
#include "domain/policy/refusals.hpp"

namespace pioneer::domain::policy {
namespace {

namespace shared = domain::refusals;

bool minutes_fit(std::uint32_t minutes) { return minutes >= 1 && minutes <= limits::deadline_minutes_max; }

Decided<void> well_formed(const Category& category) {
  if (!is_word(category.code(), limits::word_chars_max)) return refuse(shared::out_of_bounds, "code");
  if (!is_text(category.name_zh(), limits::name_chars_max)) return refuse(shared::out_of_bounds, "nameZh");
  if (!is_text(category.name_en(), limits::name_chars_max)) return refuse(shared::out_of_bounds, "nameEn");
  if (code_points(category.group()) > limits::name_chars_max) return refuse(shared::out_of_bounds, "group");
  if (code_points(category.icon()) > limits::name_chars_max) return refuse(shared::out_of_bounds, "icon");
  if (!minutes_fit(category.accept_within_minutes())) return refuse(shared::out_of_bounds, "acceptWithinMinutes");
  if (!minutes_fit(category.resolve_within_minutes())) return refuse(shared::out_of_bounds, "resolveWithinMinutes");
  return {};
}

// Field by field in the order of their numbers, no maps: equal messages are equal bytes.
bool same(const google::protobuf::Message& one, const google::protobuf::Message& other) {
  return one.SerializeAsString() == other.SerializeAsString();
}

}  // namespace

bool permissions_differ(const State& state) {
  const auto ours = permission_rows();
  return !std::ranges::equal(ours, state.permissions, same);
}

Decided<Decision<Event>> decide(const State& state, const AdoptPolicy& command, const Context& context) {
  const auto acting = authorise(Action::adopt_policy, context.actor, Relation::none, {}, context.directory);
  if (!acting) return std::unexpected(acting.error());
  const Policy& policy = command.policy();
  if (policy.categories_size() < 1 || policy.categories_size() > limits::categories_max) {
    return refuse(shared::out_of_bounds, "categories");
  }
  std::unordered_set<std::string> codes;
  for (const Category& category : policy.categories()) {
    if (const auto ok = well_formed(category); !ok) return std::unexpected(ok.error());
    if (!codes.insert(category.code()).second) return refuse(refusals::category_twice, "categories");
  }
  if (!minutes_fit(policy.confirm_within_minutes())) return refuse(shared::out_of_bounds, "confirmWithinMinutes");
  if (!codes.contains(policy.feedback_category()))
    return refuse(refusals::feedback_category_unknown, "feedbackCategory");
  if (state.adopted && same(state.policy, policy) && !permissions_differ(state))
    return refuse(refusals::policy_unchanged);
  PolicyAdopted event;
  *event.mutable_policy() = policy;
  *event.mutable_permissions() = permission_rows();
  return Decision<Event>{*acting, {std::move(event)}};
}

Decided<Decision<Event>> decide(const State& state, const RaiseFeatureLevel& command, const Context& context) {
  const auto acting = authorise(Action::raise_feature_level, context.actor, Relation::none, {}, context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (command.level() <= state.feature_level) return refuse(refusals::feature_level_reached, "level");
  FeatureLevelRaised event;
  event.set_level(command.level());
  return Decision<Event>{*acting, {std::move(event)}};
}

}  // namespace pioneer::domain::policy
