// Events for tests of read models, in a few words each.
#pragma once

#include "tests/projections/commits.hpp"

namespace pioneer::projections {

inline std::string bytes_of_id(const domain::Id& id) { return std::string(id.view()); }

inline domain::Sealed sealed(const std::string& box) {
  domain::Sealed value;
  value.set_key(std::string(16, 'k'));
  value.set_box(box);
  return value;
}

inline domain::OrganisationRegistered registered(const std::string& name, domain::Level::Value level,
                                                 const domain::Id& parent = {}, const std::string& code = {}) {
  domain::OrganisationRegistered e;
  e.set_name(name);
  e.set_level(level);
  if (!parent.is_zero()) e.set_parent(bytes_of_id(parent));
  e.set_code(code);
  return e;
}

inline domain::OrganisationMerged merged(const domain::Id& into) {
  domain::OrganisationMerged e;
  e.set_into(bytes_of_id(into));
  return e;
}

inline domain::RequestSubmitted submitted(const domain::Id& organisation, const std::string& category = "lamp",
                                          const domain::Id& asker = {}) {
  domain::RequestSubmitted e;
  *e.mutable_title() = sealed("title");
  *e.mutable_description() = sealed("description");
  e.set_category(category);
  e.set_organisation(bytes_of_id(organisation));
  e.set_channel(domain::Channel::web);
  if (!asker.is_zero()) e.set_asker(bytes_of_id(asker));
  return e;
}

inline domain::RequestDeadlineSet deadline(std::uint32_t number, domain::DeadlineKind::Value kind,
                                           std::int64_t due_us) {
  domain::RequestDeadlineSet e;
  e.set_deadline(number);
  e.set_kind(kind);
  e.set_due_us(due_us);
  return e;
}

inline domain::RequestDeadlinePassed passed(std::uint32_t number, domain::DeadlineKind::Value kind) {
  domain::RequestDeadlinePassed e;
  e.set_deadline(number);
  e.set_kind(kind);
  return e;
}

inline domain::RequestAssigned assigned(const domain::Id& organisation, const domain::Id& grant = {}) {
  domain::RequestAssigned e;
  e.set_organisation(bytes_of_id(organisation));
  if (!grant.is_zero()) e.set_grant(bytes_of_id(grant));
  return e;
}

inline domain::RequestRated rated(std::uint32_t stars) {
  domain::RequestRated e;
  e.set_stars(stars);
  return e;
}

inline domain::ProductCreated created(const domain::Id& organisation, const std::string& title, std::uint32_t capacity,
                                      std::int64_t starts_us, const std::string& kind = "activity") {
  domain::ProductCreated e;
  auto* const terms = e.mutable_terms();
  terms->set_title(title);
  terms->set_kind(kind);
  terms->set_organisation(bytes_of_id(organisation));
  terms->set_capacity(capacity);
  terms->set_max_per_member(4);
  terms->set_waitlist(true);
  auto* const session = terms->add_sessions();
  session->set_starts_us(starts_us);
  session->set_ends_us(starts_us + 3'600'000'000);
  session->set_venue("Hall 1");
  return e;
}

inline domain::ClaimPlaced placed(std::uint32_t ticket, std::uint32_t places, domain::ClaimState::Value state) {
  domain::ClaimPlaced e;
  e.set_ticket(ticket);
  e.set_places(places);
  e.set_state(state);
  return e;
}

template <class Event>
Event of_ticket(std::uint32_t ticket) {
  Event e;
  e.set_ticket(ticket);
  return e;
}

inline domain::PlacesPromoted promoted(std::uint32_t first, std::uint32_t last,
                                       std::vector<std::uint32_t> skipped = {}) {
  domain::PlacesPromoted e;
  e.set_first(first);
  e.set_last(last);
  for (const auto one : skipped) e.add_skipped(one);
  return e;
}

}  // namespace pioneer::projections
