// How products' rows and keys are written.
#include <algorithm>
#include <cstring>

#include "eventstore/check.hpp"
#include "projections/products/products.hpp"

namespace pioneer::projections {

using domain::ClaimState;
using domain::ProductState;

domain::Instant ProductTermsRow::starts() const {
  domain::Instant first;
  for (const auto& session : sessions) {
    if (first.us == 0 || session.starts < first) first = session.starts;
  }
  return first;
}

domain::Instant ProductTermsRow::ends() const {
  domain::Instant last;
  for (const auto& session : sessions) last = std::max(last, session.ends);
  return last;
}

std::string ProductTermsRow::encode() const {
  Encoder to;
  to.text(title).text(description).text(kind).id(organisation).number(sessions.size());
  for (const auto& session : sessions)
    to.signed_number(session.starts.us).signed_number(session.ends.us).text(session.venue);
  to.number(max_per_member)
      .number(waitlist ? 1u : 0u)
      .signed_number(opens.us)
      .signed_number(closes.us)
      .number(published ? 1u : 0u)
      .text(cancel_reason)
      .number(pictures.size());
  for (const auto& picture : pictures) to.text(picture.name).text(picture.media_type);
  return to.take();
}

std::optional<ProductTermsRow> ProductTermsRow::decode(std::string_view row) {
  Decoder from(row);
  ProductTermsRow terms;
  terms.title = from.text();
  terms.description = from.text();
  terms.kind = from.text();
  terms.organisation = from.id();
  for (auto count = from.number(); count > 0 && from.ok(); --count) {
    auto& session = terms.sessions.emplace_back();
    session.starts.us = from.signed_number();
    session.ends.us = from.signed_number();
    session.venue = from.text();
  }
  terms.max_per_member = from.number_as<std::uint32_t>();
  terms.waitlist = from.number() != 0;
  terms.opens.us = from.signed_number();
  terms.closes.us = from.signed_number();
  terms.published = from.number() != 0;
  terms.cancel_reason = from.text();
  for (auto count = from.number(); count > 0 && from.ok(); --count) {
    auto& picture = terms.pictures.emplace_back();
    picture.name = from.text();
    picture.media_type = from.text();
  }
  if (!from.complete()) return std::nullopt;
  return terms;
}

// owner (16), placed (8), places (4), state (1), stars (1), zero (2)
void TicketRow::write(char* to) const {
  std::string numbers;
  eventstore::put_big_endian(numbers, static_cast<std::uint64_t>(placed.us));
  eventstore::put_big_endian(numbers, places);
  numbers.push_back(static_cast<char>(state));
  numbers.push_back(static_cast<char>(stars));
  numbers.append(2, '\0');
  CHECK(16 + numbers.size() == bytes);
  std::memcpy(to, owner.bytes.data(), 16);
  std::memcpy(to + 16, numbers.data(), numbers.size());
}

TicketRow TicketRow::read(const char* from) {
  TicketRow row;
  row.owner = domain::Id::of({from, 16});
  row.placed.us = static_cast<std::int64_t>(eventstore::read_big_endian<std::uint64_t>({from + 16, 8}));
  row.places = eventstore::read_big_endian<std::uint32_t>({from + 24, 4});
  row.state = static_cast<ClaimState::Value>(from[28]);
  row.stars = static_cast<std::uint8_t>(from[29]);
  return row;
}

bool ProductCounts::waits(std::uint32_t ticket, const TicketRow& row) const {
  return row.state == ClaimState::waitlisted &&
         (ticket > promoted_to || std::ranges::binary_search(passed_over, ticket));
}

ClaimState::Value ProductCounts::state_of(std::uint32_t ticket, const TicketRow& row) const {
  auto claim = row.state;
  if (claim == ClaimState::waitlisted && !waits(ticket, row)) claim = ClaimState::confirmed;
  if (claim == ClaimState::waitlisted && lapsed()) return ClaimState::cancelled;
  if (claim == ClaimState::confirmed && state == ProductState::cancelled) return ClaimState::cancelled;
  return claim;
}

std::string ProductCounts::encode() const {
  Encoder to;
  to.reserve(48 + tail.size());
  to.number(state).number(revision).number(capacity).number(taken).number(waiting).number(waiting_places);
  to.number(tickets).number(promoted_to).number(ratings).number(stars).text(tail).number(passed_over.size());
  for (const auto ticket : passed_over) to.number(ticket);
  return to.take();
}

std::optional<ProductCounts> ProductCounts::decode(std::string_view row) {
  Decoder from(row);
  ProductCounts counts;
  counts.state = static_cast<ProductState::Value>(from.number());
  counts.revision = from.number();
  counts.capacity = from.number_as<std::uint32_t>();
  counts.taken = from.number();
  counts.waiting = from.number_as<std::uint32_t>();
  counts.waiting_places = from.number();
  counts.tickets = from.number_as<std::uint32_t>();
  counts.promoted_to = from.number_as<std::uint32_t>();
  counts.ratings = from.number_as<std::uint32_t>();
  counts.stars = from.number();
  counts.tail = from.text();
  const auto passed = from.number();
  for (std::uint64_t i = 0; i < passed && i < counts.tickets; ++i)
    counts.passed_over.push_back(from.number_as<std::uint32_t>());
  if (!from.complete() || counts.tail.size() != counts.tickets % block * TicketRow::bytes) return std::nullopt;
  return counts;
}

std::string ClaimSpan::encode() const {
  Encoder to;
  to.reserve(8 + marks.size());
  return to.number(waiting).text(marks).take();
}

std::optional<ClaimSpan> ClaimSpan::decode(std::string_view row) {
  Decoder from(row);
  ClaimSpan span;
  span.waiting = from.number_as<std::uint32_t>();
  span.marks = from.text();
  if (!from.complete() || span.marks.size() % (ProductCounts::block * mark_bytes) != 0 ||
      span.marks.size() > claims * mark_bytes)
    return std::nullopt;
  return span;
}

namespace product_keys {

std::string counts(const domain::Id& product) { return std::string("s").append(product.view()); }
std::string terms(const domain::Id& product) { return std::string("b").append(product.view()); }
std::string span(const domain::Id& product) { return std::string("f").append(product.view()); }
std::string span(const domain::Id& product, std::uint32_t span) {
  auto key = product_keys::span(product);
  eventstore::put_big_endian(key, span);
  return key;
}
std::string block(const domain::Id& product, std::uint32_t block) {
  auto key = std::string("t").append(product.view());
  eventstore::put_big_endian(key, block);
  return key;
}
std::string rating(const domain::Id& product, std::uint32_t ticket) {
  auto key = std::string("r").append(product.view());
  eventstore::put_big_endian(key, ticket);
  return key;
}

std::string picture(std::string_view name) { return std::string("p").append(name); }
std::string picture(std::string_view name, const domain::Id& product) { return picture(name).append(product.view()); }

}  // namespace product_keys

bool contains_text(std::string_view text, std::string_view part) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return !std::ranges::search(text, part, {}, lower, lower).empty() || part.empty();
}

}  // namespace pioneer::projections
