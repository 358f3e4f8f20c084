#include "api/node/recorded_refusals.hpp"

#include <variant>

#include "api/node/refusals.hpp"
#include "domain/events.hpp"
#include "domain/streams.hpp"

namespace pioneer::node {
namespace {

constexpr std::int64_t hour_us = 3'600'000'000;

}  // namespace

bool is_of_a_rule(const std::optional<domain::Refusal>& refusal) {
  return refusal && refusal->kind == domain::RefusalKind::conflict && refusal->code != refusals::revision_mismatch.code;
}

domain::CommandRefused refusal_event(const domain::Command& command, const domain::Refusal& refusal,
                                     const std::string& about) {
  domain::CommandRefused event;
  event.set_command(std::visit([](const auto& what) { return what.GetDescriptor()->name(); }, command.what));
  event.set_stream(about);
  event.set_code(refusal.code);
  event.set_field(refusal.field);
  return event;
}

eventstore::CommitBody refusal_commit(const domain::Command& command, const domain::CommandRefused& event) {
  const auto& [id, who] = *command.record_refusal;
  eventstore::CommitBody body;
  body.set_once(command.once);
  body.set_same(command.same);
  auto& part = *body.add_parts();
  part.set_stream(domain::stream_of(domain::stream_kind::refusal, id));
  part.set_actor(std::string(who.pseudonym.view()));
  auto& told = *part.add_introductions();
  told.set_pseudonym(std::string(who.pseudonym.view()));
  told.set_sealed_member(who.sealed_member);
  auto& written = *part.add_events();
  written.set_type(std::string(domain::event_type(domain::AnyEvent(event))));
  written.set_payload(event.SerializeAsString());
  return body;
}

bool RecordedRefusals::take(const domain::Id& member, eventstore::Instant now) {
  const auto hour = now.value / hour_us;
  if (hour != hour_) counts_.clear();
  hour_ = hour;
  auto& count = counts_[member];
  if (count == domain::limits::refusals_recorded_per_hour_max) return false;
  ++count;
  return true;
}

}  // namespace pioneer::node
