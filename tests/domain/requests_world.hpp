// Requests as specs write them.
#pragma once

#include "domain/requests/decide.hpp"
#include "domain/requests/refusals.hpp"
#include "domain/requests/state.hpp"
#include "tests/domain/spec.hpp"

namespace pioneer::domain::specs {

using RequestSpec = Spec<requests::State, requests::Event>;

inline constexpr std::int64_t minute_us = 60'000'000;
/// As the world's policy has them.
inline constexpr std::int64_t accept_us = 60 * minute_us;
inline constexpr std::int64_t resolve_us = 3 * day_us;
inline constexpr std::int64_t confirm_us = 7 * day_us;

inline SubmitRequest submit(std::string_view organisation = "community_a") {
  SubmitRequest c;
  c.set_id(bytes("request"));
  c.set_case_key(bytes("case key"));
  *c.mutable_title() = sealed("The lift stands still");
  *c.mutable_description() = sealed("Since Monday.");
  c.set_category("repair");
  c.set_organisation(bytes(organisation));
  c.set_channel(Channel::web);
  return c;
}
inline SubjectKeyIssued case_key_issued() {
  SubjectKeyIssued e;
  e.set_key(bytes("case key"));
  e.set_kind(KeyKind::case_);
  return e;
}
inline RequestSubmitted submitted(std::string_view asker = "alice", std::string_view organisation = "community_a") {
  RequestSubmitted e;
  *e.mutable_title() = sealed("The lift stands still");
  *e.mutable_description() = sealed("Since Monday.");
  e.set_category("repair");
  e.set_organisation(bytes(organisation));
  e.set_channel(Channel::web);
  if (!asker.empty()) e.set_asker(bytes(pseudonym(asker)));
  return e;
}
inline RequestDeadlineSet deadline_set(std::uint32_t number, DeadlineKind::Value kind, Instant due) {
  RequestDeadlineSet e;
  e.set_deadline(number);
  e.set_kind(kind);
  e.set_due_us(due.us);
  return e;
}
inline RequestDeadlinePassed deadline_passed(std::uint32_t number, DeadlineKind::Value kind) {
  RequestDeadlinePassed e;
  e.set_deadline(number);
  e.set_kind(kind);
  return e;
}
inline PassDeadline pass(std::uint32_t number) {
  PassDeadline c;
  c.set_deadline(number);
  return c;
}
inline AssignRequest assign(std::string_view organisation, const Id& grant = {}) {
  AssignRequest c;
  c.set_organisation(bytes(organisation));
  if (!grant.is_zero()) c.set_grant(bytes(grant));
  return c;
}
inline RequestAssigned assigned(std::string_view organisation, const Id& grant = {}) {
  RequestAssigned e;
  e.set_organisation(bytes(organisation));
  if (!grant.is_zero()) e.set_grant(bytes(grant));
  return e;
}
/// For ReportProgress, ResolveRequest and their events.
template <class Message>
Message with_text(std::string_view text = "done") {
  Message m;
  *m.mutable_text() = sealed(text);
  return m;
}
/// For DisputeRequest, WithdrawRequest and their events.
template <class Message>
Message with_reason(std::string_view reason = "It stands still again.") {
  Message m;
  *m.mutable_reason() = sealed(reason);
  return m;
}
inline RateRequest rate_request(std::uint32_t stars) {
  RateRequest c;
  c.set_stars(stars);
  return c;
}
inline ImportRequest import_request(RequestState::Value state = RequestState::submitted) {
  ImportRequest c;
  c.set_id(bytes("request"));
  c.set_case_key(bytes("case key"));
  *c.mutable_title() = sealed("Bulky items");
  c.set_category("repair");
  c.set_organisation(bytes("community_a"));
  c.set_channel(Channel::phone);
  c.set_source("la311");
  c.set_source_number("1-1523590871");
  c.set_source_type("Bulky Items");
  c.set_source_status("Closed");
  c.set_state(state);
  c.set_submitted_us(after(-30 * day_us).us);
  if (state != RequestState::submitted) c.set_closed_us(after(-29 * day_us).us);
  return c;
}

/// Alice's request to community_a.
inline RequestSpec asked() {
  RequestSpec spec;
  spec.when(submit(), person(spec.world, "alice")).happened();
  return spec;
}
inline RequestSpec accepted() {
  auto spec = asked();
  spec.when(AcceptRequest{}, person(spec.world, "cadre_a")).happened();
  return spec;
}
inline RequestSpec resolved() {
  auto spec = accepted();
  spec.when(with_text<ResolveRequest>(), person(spec.world, "cadre_a")).happened();
  return spec;
}
inline RequestSpec closed() {
  auto spec = resolved();
  spec.when(ConfirmRequest{}, person(spec.world, "alice")).happened();
  return spec;
}

}  // namespace pioneer::domain::specs
