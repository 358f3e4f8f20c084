#include "api/edge/draft.hpp"
#include "api/edge/edge.hpp"
#include "domain/common/limits.hpp"

namespace pioneer::api {
namespace {

namespace limits = domain::limits;

/// Codes of a register are digits; other lists use letters too.
domain::Decided<std::string> code(std::string_view text) {
  constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
  if (text.size() > limits::organisation_code_chars_max || text.find_first_not_of(allowed) != text.npos) {
    return std::unexpected(
        checks::invalid("malformed", "code", "A code has up to 120 letters, digits and - _ . only."));
  }
  return std::string(text);
}

}  // namespace

Commanded Edge::register_organisation(const Call& call, const RegisterOrganisationBody& body) {
  Draft draft(*sealing_, call);
  domain::RegisterOrganisation command;
  command.set_id(std::string(draft.new_id("organisation").view()));
  command.set_name(draft.take(checks::line(body.name(), "name", limits::organisation_name_chars_max)));
  command.set_level(draft.take(checks::named<domain::Level::Value>(body.level(), "level", domain::Level::Value_Parse)));
  if (body.has_parent()) command.set_parent(draft.id(body.parent(), "parent"));
  command.set_code(draft.take(code(body.code())));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::rename_organisation(const Call& call, std::string_view organisation,
                                    const RenameOrganisationBody& body) {
  Draft draft(*sealing_, call);
  domain::RenameOrganisation command;
  command.set_organisation(draft.path_id(organisation));
  command.set_name(draft.take(checks::line(body.name(), "name", limits::organisation_name_chars_max)));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::move_organisation(const Call& call, std::string_view organisation, const MoveOrganisationBody& body) {
  Draft draft(*sealing_, call);
  domain::MoveOrganisation command;
  command.set_organisation(draft.path_id(organisation));
  command.set_parent(draft.id(body.parent(), "parent"));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::merge_organisation(const Call& call, std::string_view organisation, const MergeOrganisationBody& body) {
  Draft draft(*sealing_, call);
  domain::MergeOrganisation command;
  command.set_organisation(draft.path_id(organisation));
  command.set_into(draft.id(body.into(), "into"));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::close_organisation(const Call& call, std::string_view organisation) {
  Draft draft(*sealing_, call);
  domain::CloseOrganisation command;
  command.set_organisation(draft.path_id(organisation));
  return draft.finish(std::move(command), nullptr);
}

Commanded Edge::adopt_policy(const Call& call, const domain::Policy& policy) {
  Draft draft(*sealing_, call);
  domain::AdoptPolicy command;
  *command.mutable_policy() = policy;
  return draft.finish(std::move(command), &policy);
}

Commanded Edge::raise_feature_level(const Call& call, std::uint32_t level) {
  Draft draft(*sealing_, call);
  domain::RaiseFeatureLevel command;
  command.set_level(level);
  return draft.finish(std::move(command), nullptr);
}

}  // namespace pioneer::api
