#include "api/people/issued_keys.hpp"

#include <optional>
#include <string>

#include "domain/members/members.pb.h"

namespace pioneer::api {
namespace {

using domain::Id;
using eventstore::Result;

constexpr std::string_view issues_key = "SubjectKeyIssued";

Result<void> behind(const std::string& what) {
  return eventstore::failure("keyring_behind_log",
                             what +
                                 " relies on a key that the keyring does not hold: the keyring is an older copy, or "
                                 "was cut. Put its newest copy back; nothing was changed.");
}

std::optional<eventstore::Sequence> issues_unknown_key(const Keyring& keyring,
                                                       std::span<const eventstore::AcceptedCommit> commits) {
  for (const auto& commit : commits) {
    for (const auto& part : commit.body.parts()) {
      for (const auto& event : part.events()) {
        domain::SubjectKeyIssued issued;
        if (event.type() != issues_key || !issued.ParseFromString(event.payload())) continue;
        if (keyring.state(Id::of(issued.key())) == KeyState::unknown) return commit.sequence;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

// The type's name stands in the body as it is.
bool may_issue_key(std::string_view record) { return record.find(issues_key) != std::string_view::npos; }

Result<void> knows_issued_keys(Keyring& keyring, std::span<const eventstore::AcceptedCommit> commits) {
  if (!issues_unknown_key(keyring, commits)) return {};
  // Made on another node, and before the commit on its way to this one, but perhaps more slowly.
  if (auto caught_up = keyring.catch_up(); !caught_up) return caught_up;
  const auto unknown = issues_unknown_key(keyring, commits);
  return unknown ? behind("Commit " + std::to_string(unknown->value)) : Result<void>{};
}

Result<void> knows_members_keys(const Keyring& keyring, const domain::members::Roster& roster) {
  bool all = true;
  roster.for_each([&](const Id&, const domain::members::State& member) {
    all = all && (member.key.is_zero() || keyring.state(member.key) != KeyState::unknown);
  });
  return all ? Result<void>{} : behind("A member's record");
}

std::size_t undone_erasures(const Keyring& keyring, const domain::members::Roster& roster) {
  std::size_t count = 0;
  roster.for_each([&](const Id&, const domain::members::State& member) {
    if (member.erased && keyring.state(member.key) == KeyState::active) ++count;
  });
  return count;
}

}  // namespace pioneer::api
