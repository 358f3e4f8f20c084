// How requests' rows and keys are written.
#include <limits>

#include "projections/requests/requests.hpp"

namespace pioneer::projections {
namespace {

using domain::DeadlineKind;
using domain::RequestState;

/// Times in keys sort as they are.
std::uint64_t sortable(domain::Instant at) { return static_cast<std::uint64_t>(at.us) ^ std::uint64_t{1} << 63; }

bool is_open(RequestState::Value state) {
  return state >= RequestState::submitted && state <= RequestState::awaiting_confirmation;
}

// What a row has and most have not.
constexpr std::uint64_t is_imported = 1;
constexpr std::uint64_t has_grant = 2;
constexpr std::uint64_t has_asker = 4;
constexpr std::uint64_t was_sent_on = 8;
constexpr std::uint64_t was_rated = 16;
constexpr std::uint64_t is_on_behalf = 32;

}  // namespace

bool RequestRow::overdue() const {
  if (state != RequestState::submitted && state != RequestState::accepted && state != RequestState::in_progress)
    return false;
  return (state == RequestState::submitted && deadlines[DeadlineKind::accept].passed) ||
         deadlines[DeadlineKind::resolve].passed;
}

DeadlineKind::Value RequestRow::due_kind() const {
  switch (state) {
    case RequestState::submitted:
      return deadlines[DeadlineKind::accept].number != 0 ? DeadlineKind::accept : DeadlineKind::resolve;
    case RequestState::accepted:
    case RequestState::in_progress:
      return DeadlineKind::resolve;
    case RequestState::awaiting_confirmation:
      return DeadlineKind::confirm;
    default:
      return DeadlineKind::unspecified;
  }
}

const RequestDeadline* RequestRow::due() const {
  const auto& deadline = deadlines[static_cast<std::size_t>(due_kind())];
  return deadline.number == 0 ? nullptr : &deadline;
}

std::string RequestRow::encode() const {
  Encoder to;
  to.reserve(256 + title.box.size() + location.box.size());
  const std::uint64_t flags = (imported ? is_imported : 0) | (grant.is_zero() ? 0 : has_grant) |
                              (asker.is_zero() ? 0 : has_asker) | (submitted_to == organisation ? 0 : was_sent_on) |
                              (stars == 0 ? 0 : was_rated) | (on_behalf ? is_on_behalf : 0);
  to.number(state).number(revision).number(flags).id(organisation).id(case_key);
  if (flags & was_sent_on) to.id(submitted_to);
  if (flags & has_grant) to.id(grant);
  if (flags & has_asker) to.id(asker);
  to.text(category).number(channel);
  to.signed_number(submitted.us).signed_number(accepted.us).signed_number(resolved.us).signed_number(closed.us);
  for (std::size_t kind = 1; kind < deadlines.size(); ++kind) {
    const auto& deadline = deadlines[kind];
    to.number(deadline.number);
    if (deadline.number != 0)
      to.signed_number(deadline.due.us).number((deadline.running ? 1u : 0u) | (deadline.passed ? 2u : 0u));
  }
  to.number(cause);
  title.write(to);
  location.write(to);
  if (flags & was_rated) {
    to.number(stars).signed_number(rated.us);
    comment.write(to);
  }
  return to.take();
}

std::optional<RequestRow> RequestRow::decode(const domain::Id& id, std::string_view row) {
  Decoder from(row);
  RequestRow r;
  r.id = id;
  r.state = static_cast<RequestState::Value>(from.number());
  r.revision = from.number();
  const auto flags = from.number();
  r.imported = flags & is_imported;
  r.on_behalf = flags & is_on_behalf;
  r.organisation = from.id();
  r.case_key = from.id();
  r.submitted_to = flags & was_sent_on ? from.id() : r.organisation;
  if (flags & has_grant) r.grant = from.id();
  if (flags & has_asker) r.asker = from.id();
  r.category = from.text();
  r.channel = static_cast<domain::Channel::Value>(from.number());
  r.submitted.us = from.signed_number();
  r.accepted.us = from.signed_number();
  r.resolved.us = from.signed_number();
  r.closed.us = from.signed_number();
  for (std::size_t kind = 1; kind < r.deadlines.size(); ++kind) {
    auto& deadline = r.deadlines[kind];
    deadline.number = from.number_as<std::uint32_t>();
    if (deadline.number == 0) continue;
    deadline.due.us = from.signed_number();
    const auto runs = from.number();
    deadline.running = runs & 1;
    deadline.passed = runs & 2;
  }
  r.cause = from.number();
  r.title = SealedValue::read(from);
  r.location = SealedValue::read(from);
  if (flags & was_rated) {
    r.stars = from.number_as<std::uint32_t>();
    r.rated.us = from.signed_number();
    r.comment = SealedValue::read(from);
  }
  if (!from.complete() || r.state >= static_cast<int>(request_states)) return std::nullopt;
  return r;
}

std::string RequestBody::encode() const {
  Encoder to;
  description.write(to);
  to.number(photos.size());
  for (const auto& photo : photos) {
    to.text(photo.name).text(photo.media_type);
    photo.key.write(to);
  }
  beneficiary_name.write(to);
  beneficiary_phone.write(to);
  to.text(source).text(source_number).text(source_type).text(source_status);
  return to.take();
}

std::optional<RequestBody> RequestBody::decode(std::string_view row) {
  Decoder from(row);
  RequestBody body;
  body.description = SealedValue::read(from);
  for (auto count = from.number(); count > 0 && from.ok(); --count) {
    auto& photo = body.photos.emplace_back();
    photo.name = from.text();
    photo.media_type = from.text();
    photo.key = SealedValue::read(from);
  }
  body.beneficiary_name = SealedValue::read(from);
  body.beneficiary_phone = SealedValue::read(from);
  body.source = from.text();
  body.source_number = from.text();
  body.source_type = from.text();
  body.source_status = from.text();
  if (!from.complete()) return std::nullopt;
  return body;
}

std::string RequestCounts::encode() const {
  Encoder to;
  for (std::size_t state = 1; state < columns.size(); ++state)
    to.number(columns[state].count).number(columns[state].overdue);
  return to.take();
}

std::optional<RequestCounts> RequestCounts::decode(std::string_view row) {
  Decoder from(row);
  RequestCounts counts;
  for (std::size_t state = 1; state < counts.columns.size(); ++state) {
    counts.columns[state].count = from.number_as<std::uint32_t>();
    counts.columns[state].overdue = from.number_as<std::uint32_t>();
  }
  if (!from.complete()) return std::nullopt;
  return counts;
}

namespace request_keys {

std::string row(const domain::Id& id) { return std::string("r").append(id.view()); }
std::string body(const domain::Id& id) { return std::string("b").append(id.view()); }
std::string counts(const domain::Id& organisation) { return std::string("c").append(organisation.view()); }

std::string listing(const domain::Id& organisation, RequestState::Value state) {
  std::string key;
  key.reserve(18 + sort_bytes);
  key.append("l").append(organisation.view()).push_back(static_cast<char>(state));
  return key;
}

std::string listing(const RequestRow& row) {
  auto key = listing(row.organisation, row.state);
  key.push_back(row.overdue() ? '\0' : '\1');
  std::uint64_t sort;
  if (!is_open(row.state)) {
    sort = ~sortable(row.closed);  // the newest first
  } else if (const auto* const due = row.due()) {
    sort = sortable(due->due);
  } else {
    sort = sortable(row.submitted) | std::uint64_t{1} << 62;  // no clock: after those that have one, the oldest first
  }
  eventstore::put_big_endian(key, sort);
  key.append(row.id.view());
  return key;
}

std::string deadline(domain::Instant due, const domain::Id& request, std::uint32_t number) {
  std::string key = "d";
  eventstore::put_big_endian(key, sortable(due));
  key.append(request.view());
  eventstore::put_big_endian(key, number);
  return key;
}

std::string blob(std::string_view name) { return std::string("p").append(name); }
std::string blob(std::string_view name, const domain::Id& request) { return blob(name).append(request.view()); }

}  // namespace request_keys
}  // namespace pioneer::projections
