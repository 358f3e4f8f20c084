#include "api/edge/draft.hpp"
#include "api/edge/edge.hpp"
#include "api/edge/fields.hpp"
#include "domain/common/limits.hpp"
#include "domain/streams.hpp"

namespace pioneer::api {
namespace {

namespace limits = domain::limits;

std::string product_stream(std::string_view id) {
  return domain::stream_of(domain::stream_kind::product, domain::Id::of(id));
}

/// A command that names a product and nothing else, or one of its claims too.
template <class Command>
Commanded about_product(Sealing& sealing, const Call& call, std::string_view product) {
  Draft draft(sealing, call);
  Command command;
  command.set_product(draft.path_id(product));
  return draft.finish(std::move(command), nullptr);
}

template <class Command>
Commanded about_claim(Sealing& sealing, const Call& call, std::string_view product, std::string_view claim) {
  Draft draft(sealing, call);
  Command command;
  command.set_product(draft.path_id(product));
  command.set_ticket(draft.path_ticket(claim));
  return draft.finish(std::move(command), nullptr);
}

domain::DoorCode::Value which_code(const Opener& opener, const domain::Id& product, std::uint32_t ticket,
                                   std::string_view text) {
  const auto code = checks::normal_door_code(text);
  const bool is_ticket = checks::is_same_code(code, opener.ticket_code(product, ticket));
  const bool is_venue = checks::is_same_code(code, opener.venue_code(product));
  if (is_ticket) return domain::DoorCode::ticket;
  return is_venue ? domain::DoorCode::venue : domain::DoorCode::wrong;
}

void fill_sessions(Draft& draft, domain::ProductTerms& terms, const CreateProductBody& body) {
  if (body.sessions().empty())
    draft.refuse(checks::invalid("missing", "sessions", "A product has at least one session."));
  if (static_cast<std::size_t>(body.sessions_size()) > limits::sessions_max) {
    draft.refuse(
        checks::invalid("too_many", "sessions", "At most " + std::to_string(limits::sessions_max) + " sessions fit."));
  }
  for (const auto& from : body.sessions()) {
    if (draft.refused()) return;
    domain::Session& session = *terms.add_sessions();
    if (!from.has_starts()) draft.refuse(checks::invalid("missing", "sessions.starts", "This field is needed."));
    if (!from.has_ends()) draft.refuse(checks::invalid("missing", "sessions.ends", "This field is needed."));
    session.set_starts_us(draft.take(checks::instant(from.starts(), "sessions.starts")));
    session.set_ends_us(draft.take(checks::instant(from.ends(), "sessions.ends")));
    session.set_venue(draft.take(checks::line(from.venue(), "sessions.venue", limits::title_chars_max)));
    if (session.ends_us() <= session.starts_us()) {
      draft.refuse(checks::invalid("out_of_bounds", "sessions.ends", "A session ends after it starts."));
    }
  }
}

}  // namespace

Commanded Edge::create_product(const Call& call, const CreateProductBody& body, const FindPicture& find) {
  Draft draft(*sealing_, call);
  domain::CreateProduct command;
  command.set_id(std::string(draft.new_id("product").view()));
  domain::ProductTerms& terms = *command.mutable_terms();
  terms.set_title(draft.take(checks::line(body.title(), "title", limits::title_chars_max)));
  terms.set_description(draft.take(checks::text(body.description(), "description", limits::text_chars_max)));
  terms.set_kind(draft.take(checks::word(body.kind(), "kind")));
  terms.set_organisation(draft.id(body.organisation(), "organisation"));
  fill_sessions(draft, terms, body);
  terms.set_capacity(draft.take(checks::between(body.capacity(), "capacity", 1, limits::capacity_max)));
  terms.set_max_per_member(
      draft.take(checks::between(body.max_per_member(), "maxPerMember", 1, limits::places_per_claim_max)));
  terms.set_waitlist(body.waitlist());
  if (body.has_opens_at()) terms.set_opens_us(draft.take(checks::instant(body.opens_at(), "opensAt")));
  if (body.has_closes_at()) terms.set_closes_us(draft.take(checks::instant(body.closes_at(), "closesAt")));
  if (terms.opens_us() != 0 && terms.closes_us() != 0 && terms.closes_us() <= terms.opens_us()) {
    draft.refuse(checks::invalid("out_of_bounds", "closesAt", "Claiming closes after it opens."));
  }
  draft.attach_pictures(*terms.mutable_pictures(), body.pictures(), product_stream(command.id()), find);
  return draft.finish(std::move(command), &body);
}

Commanded Edge::publish_product(const Call& call, std::string_view product) {
  return about_product<domain::PublishProduct>(*sealing_, call, product);
}

Commanded Edge::complete_product(const Call& call, std::string_view product) {
  return about_product<domain::CompleteProduct>(*sealing_, call, product);
}

Commanded Edge::change_capacity(const Call& call, std::string_view product, const ChangeCapacityBody& body) {
  Draft draft(*sealing_, call);
  domain::ChangeCapacity command;
  command.set_product(draft.path_id(product));
  command.set_capacity(draft.take(checks::between(body.capacity(), "capacity", 1, limits::capacity_max)));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::change_pictures(const Call& call, std::string_view product, const ChangePicturesBody& body,
                                const FindPicture& find) {
  Draft draft(*sealing_, call);
  domain::ChangePictures command;
  command.set_product(draft.path_id(product));
  draft.attach_pictures(*command.mutable_pictures(), body.pictures(), product_stream(command.product()), find);
  return draft.finish(std::move(command), &body);
}

Commanded Edge::cancel_product(const Call& call, std::string_view product, const CancelProductBody& body) {
  Draft draft(*sealing_, call);
  domain::CancelProduct command;
  command.set_product(draft.path_id(product));
  command.set_reason(draft.take(checks::text(body.reason(), "reason", limits::reason_chars_max)));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::place_claim(const Call& call, std::string_view product, const PlaceClaimBody& body) {
  Draft draft(*sealing_, call);
  draft.author_key();
  domain::PlaceClaim command;
  command.set_product(draft.path_id(product));
  command.set_places(draft.take(checks::between(body.places(), "places", 1, limits::places_per_claim_max)));
  command.set_only_if_free(body.only_if_free());
  return draft.finish(std::move(command), &body);
}

Commanded Edge::cancel_claim(const Call& call, std::string_view product, std::string_view claim) {
  return about_claim<domain::CancelClaim>(*sealing_, call, product, claim);
}

Commanded Edge::check_in(const Call& call, std::string_view product, std::string_view claim, const CheckInBody& body) {
  Draft draft(*sealing_, call);
  domain::CheckIn command;
  command.set_product(draft.path_id(product));
  command.set_ticket(draft.path_ticket(claim));
  if (body.has_occurred_at()) {
    command.set_occurred_us(draft.take(checks::instant(body.occurred_at(), "occurredAt")));
    // To the decision 0 is none at all; nobody came to a door in 1970.
    if (command.occurred_us() == 0) draft.refuse(checks::invalid("out_of_bounds", "occurredAt", "It is too long ago."));
  }
  if (!body.code().empty()) {
    command.set_code(which_code(sealing_->opener, domain::Id::of(command.product()), command.ticket(), body.code()));
  }
  const auto occurred = command.occurred_us();
  auto finished = draft.finish(std::move(command), &body);
  if (finished) finished->occurred_us = occurred;
  return finished;
}

Commanded Edge::complete_claim(const Call& call, std::string_view product, std::string_view claim) {
  return about_claim<domain::CompleteClaim>(*sealing_, call, product, claim);
}

Commanded Edge::mark_no_show(const Call& call, std::string_view product, std::string_view claim) {
  return about_claim<domain::MarkNoShow>(*sealing_, call, product, claim);
}

Commanded Edge::rate_claim(const Call& call, std::string_view product, std::string_view claim,
                           const RateClaimBody& body) {
  Draft draft(*sealing_, call);
  const SealKey key = draft.author_key();
  domain::RateClaim command;
  command.set_product(draft.path_id(product));
  command.set_ticket(draft.path_ticket(claim));
  command.set_stars(draft.take(checks::between(body.stars(), "stars", 1, 5)));
  const auto comment = draft.take(checks::optional_text(body.comment(), "comment", limits::text_chars_max));
  const std::string stream = product_stream(command.product());
  std::string problem;
  if (body.has_problem()) {
    problem = draft.take(checks::text(body.problem().text(), "problem.text", limits::text_chars_max));
    if (!body.problem().category().empty()) {
      command.set_problem_category(draft.take(checks::word(body.problem().category(), "problem.category")));
    }
  }
  if (!comment.empty()) draft.seal(*command.mutable_comment(), key, stream, field::claim_comment, comment);
  if (!problem.empty()) draft.seal(*command.mutable_problem(), key, stream, field::claim_problem, problem);
  return draft.finish(std::move(command), &body);
}

}  // namespace pioneer::api
