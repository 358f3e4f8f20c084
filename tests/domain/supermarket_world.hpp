// Products and claims as specs write them.
#pragma once

#include <string_view>

#include "domain/supermarket/decide.hpp"
#include "domain/supermarket/refusals.hpp"
#include "domain/supermarket/state.hpp"
#include "tests/domain/spec.hpp"

namespace pioneer::domain::specs {

/// The class's only session: from the tenth day on, two hours.
inline constexpr std::int64_t session_us = 10 * day_us;

inline ProductTerms pottery(std::uint32_t capacity = 2, std::uint32_t max_per_member = 2, bool waitlist = true) {
  ProductTerms terms;
  terms.set_title("Pottery for families 亲子陶艺");
  terms.set_kind("activity");
  terms.set_organisation(bytes("community_a"));
  Session* session = terms.add_sessions();
  session->set_starts_us(after(session_us).us);
  session->set_ends_us(after(session_us + 2 * hour_us).us);
  session->set_venue("Hall 2");
  terms.set_capacity(capacity);
  terms.set_max_per_member(max_per_member);
  terms.set_waitlist(waitlist);
  return terms;
}

inline ProductCreated created(const ProductTerms& terms = pottery()) {
  ProductCreated e;
  *e.mutable_terms() = terms;
  return e;
}
inline CreateProduct create(const ProductTerms& terms = pottery()) {
  CreateProduct c;
  c.set_id(bytes("product"));
  *c.mutable_terms() = terms;
  return c;
}
inline PublishProduct publish() { return {}; }
inline ChangeCapacity change_capacity(std::uint32_t capacity) {
  ChangeCapacity c;
  c.set_capacity(capacity);
  return c;
}
inline CapacityChanged capacity_changed(std::uint32_t capacity) {
  CapacityChanged e;
  e.set_capacity(capacity);
  return e;
}
inline ChangePictures change_pictures(std::size_t count) {
  ChangePictures c;
  for (std::size_t i = 0; i < count; ++i) c.add_pictures()->set_name(std::string(32, static_cast<char>('a' + i)));
  return c;
}
inline PicturesChanged pictures_changed(std::size_t count) {
  PicturesChanged e;
  *e.mutable_pictures() = change_pictures(count).pictures();
  return e;
}
inline CancelProduct cancel_product() {
  CancelProduct c;
  c.set_reason("The kiln is broken.");
  return c;
}
inline ProductCancelled product_cancelled() {
  ProductCancelled e;
  e.set_reason("The kiln is broken.");
  return e;
}
inline PlaceClaim claim(std::uint32_t places = 1) {
  PlaceClaim c;
  c.set_places(places);
  return c;
}
inline ClaimPlaced placed(std::uint32_t ticket, std::uint32_t places, ClaimState::Value state) {
  ClaimPlaced e;
  e.set_ticket(ticket);
  e.set_places(places);
  e.set_state(state);
  return e;
}
template <class Message>
Message on_ticket(std::uint32_t ticket) {
  Message m;
  m.set_ticket(ticket);
  return m;
}
inline CheckIn check_in(std::uint32_t ticket, DoorCode::Value code) {
  CheckIn c;
  c.set_ticket(ticket);
  c.set_code(code);
  return c;
}
inline PlacesPromoted promoted(std::uint32_t first, std::uint32_t last, std::vector<std::uint32_t> skipped = {},
                               bool more = false) {
  PlacesPromoted e;
  e.set_first(first);
  e.set_last(last);
  for (const auto s : skipped) e.add_skipped(s);
  e.set_more(more);
  return e;
}
inline RateClaim rate(std::uint32_t ticket, std::uint32_t stars) {
  RateClaim c;
  c.set_ticket(ticket);
  c.set_stars(stars);
  return c;
}

using ProductSpec = Spec<supermarket::State, supermarket::Event>;

/// A published product of community_a, made by its cadre.
inline ProductSpec offered(const ProductTerms& terms = pottery()) {
  ProductSpec spec;
  spec.given(created(terms), grant_id("cadre_a", Role::cadre));
  spec.given(ProductPublished{}, grant_id("cadre_a", Role::cadre));
  return spec;
}

}  // namespace pioneer::domain::specs
