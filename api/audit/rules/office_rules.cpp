#include "api/audit/rules/office_rules.hpp"

namespace pioneer::api::rules {
namespace {

using domain::Id;
using domain::Role;

/// "access/<organisation>-<month>"
Id organisation_looked_into(const projections::Part& part) {
  const std::string_view name = part.raw->stream();
  const auto rest = name.substr(std::min(name.size(), name.find('/') + 1));
  return Id::parse(rest.substr(0, rest.find('-'))).value_or(Id{});
}

}  // namespace

void OfficeRules::take(const projections::Commit& commit, const projections::Part& part, const Surroundings& around,
                       Breaches& breaches) {
  const SeenAmong seen{{commit, part, breaches}, around};
  tokens_in_order(seen);
  bool first = true;
  for (const auto& event : part.events) {
    std::visit([&](const auto& e) { see(seen, e, first); }, event);
    first = false;
  }
}

/// A session takes the place of a sign-in code or of another session; every other token is a decision of its own.
void OfficeRules::tokens_in_order(const SeenAmong& seen) {
  const auto& events = seen.part.events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto* issued = std::get_if<domain::TokenIssued>(&events[i]);
    if (issued == nullptr) continue;
    if (issued->purpose() != domain::TokenPurpose::session) {
      if (i != 0) seen.wrong("token_aside", "A token was made beside another decision.");
    } else if (i != 1 || !std::holds_alternative<domain::TokenRevoked>(events.front())) {
      seen.wrong("session_alone", "A session was opened that takes the place of no token.");
    }
  }
}

void OfficeRules::administers(const SeenAmong& seen, const Id& organisation, std::string_view what) {
  if (!seen.by_the_system()) seen.only_an_office({Role::administrator}, organisation, what);
}

Id OfficeRules::registered_at(const Id& member) const {
  const auto found = registered_.find(member);
  return found == registered_.end() ? Id{} : found->second;
}

void OfficeRules::see(const SeenAmong& seen, const domain::PolicyAdopted&, bool) {
  seen.only_the_system("adopted a policy");
}
void OfficeRules::see(const SeenAmong& seen, const domain::FeatureLevelRaised&, bool) {
  seen.only_the_system("raised the feature level");
}

void OfficeRules::see(const SeenAmong& seen, const domain::OrganisationRegistered& event, bool) {
  if (event.parent().empty())
    seen.only_the_system("founded a root");
  else
    administers(seen, Id::of(event.parent()), "registered an organisation");
}
void OfficeRules::see(const SeenAmong& seen, const domain::OrganisationRenamed&, bool) {
  administers(seen, seen.part.id, "renamed an organisation");
}
void OfficeRules::see(const SeenAmong& seen, const domain::OrganisationMoved& event, bool) {
  administers(seen, seen.part.id, "moved an organisation");
  administers(seen, Id::of(event.parent()), "moved an organisation there");
}
void OfficeRules::see(const SeenAmong& seen, const domain::OrganisationMerged& event, bool) {
  administers(seen, seen.part.id, "merged an organisation");
  administers(seen, Id::of(event.into()), "merged an organisation into it");
}
void OfficeRules::see(const SeenAmong& seen, const domain::OrganisationAbsorbed&, bool) {
  administers(seen, seen.part.id, "merged an organisation into it");
}
void OfficeRules::see(const SeenAmong& seen, const domain::OrganisationClosed&, bool) {
  administers(seen, seen.part.id, "closed an organisation");
}

void OfficeRules::see(const SeenAmong& seen, const domain::MemberRegistered& event, bool) {
  const auto organisation = Id::of(event.organisation());
  registered_[seen.part.id] = organisation;
  if (!seen.by_the_system())
    seen.only_an_office({Role::cadre, Role::administrator}, organisation, "registered a member");
}
void OfficeRules::see(const SeenAmong& seen, const domain::RoleGranted& event, bool) {
  administers(seen, Id::of(event.organisation()), "gave a role");
}
void OfficeRules::see(const SeenAmong& seen, const domain::RoleRevoked& event, bool) {
  const auto office = seen.around.offices.find(Id::of(event.grant()));
  if (office == seen.around.offices.end() || office->second.member != seen.part.id)
    return seen.wrong("unknown_office", "A role was taken from somebody who never had it.");
  if (!office->second.held) seen.wrong("wrong_state", "A role was taken that was not held any more.");
  administers(seen, office->second.organisation, "took a role");
}

// Under a pseudonym members act on themselves; whose it is, their key alone tells.
void OfficeRules::see(const SeenAmong& seen, const domain::TokenIssued& event, bool first) {
  if (!first || !seen.around.is_office(seen.part.actor)) return;  // behind another event: the session that it opens
  const auto at = registered_at(seen.part.id);
  if (event.purpose() == domain::TokenPurpose::sign_in)
    seen.only_an_office({Role::cadre, Role::administrator}, at, "made a sign-in code");
  else
    seen.only_an_office({Role::administrator}, at, "made a token");
}
void OfficeRules::see(const SeenAmong& seen, const domain::TokenRevoked&, bool first) {
  if (first && seen.around.is_office(seen.part.actor))
    seen.only_an_office({Role::administrator}, registered_at(seen.part.id), "ended a token");
}
void OfficeRules::see(const SeenAmong& seen, const domain::MemberErased&, bool) {
  if (seen.around.is_office(seen.part.actor))
    seen.wrong("not_a_person", "A member was erased by an office; only they themselves or the system may.");
}

void OfficeRules::see(const SeenAmong& seen, const domain::PersonalDataOpened&, bool) {
  if (!seen.by_the_system())
    seen.only_an_office({Role::cadre, Role::auditor, Role::administrator}, organisation_looked_into(seen.part),
                        "opened personal fields");
}
void OfficeRules::see(const SeenAmong& seen, const domain::EntriesFetched&, bool) {
  seen.only_an_office({Role::auditor}, organisation_looked_into(seen.part), "fetched entries of the log");
}

}  // namespace pioneer::api::rules
