#include "domain/supermarket/decide.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "domain/authorisation/authorisation.hpp"
#include "domain/common/limits.hpp"
#include "domain/common/text.hpp"
#include "domain/organisations/state.hpp"
#include "domain/policy/state.hpp"
#include "domain/supermarket/refusals.hpp"

namespace pioneer::domain::supermarket {
namespace {

namespace shared = domain::refusals;

Decided<void> pictures_fit(const google::protobuf::RepeatedPtrField<Picture>& pictures) {
  if (static_cast<std::size_t>(pictures.size()) > limits::pictures_max)
    return refuse(shared::out_of_bounds, "pictures");
  return {};
}

Decided<void> well_formed(const ProductTerms& terms) {
  const auto bad = [](std::string_view field) { return refuse(shared::out_of_bounds, field); };
  if (!is_text(terms.title(), limits::title_chars_max)) return bad("title");
  if (code_points(terms.description()) > limits::text_chars_max) return bad("description");
  if (!is_word(terms.kind(), limits::word_chars_max)) return bad("kind");
  if (terms.sessions().empty() || static_cast<std::size_t>(terms.sessions_size()) > limits::sessions_max) {
    return bad("sessions");
  }
  std::int64_t last_end = 0;
  std::int64_t first_start = terms.sessions(0).starts_us();
  for (const Session& session : terms.sessions()) {
    if (session.starts_us() <= 0 || session.ends_us() <= session.starts_us()) return bad("sessions");
    if (!is_text(session.venue(), limits::title_chars_max)) return bad("venue");
    last_end = std::max(last_end, session.ends_us());
    first_start = std::min(first_start, session.starts_us());
  }
  if (terms.capacity() < 1 || terms.capacity() > limits::capacity_max) return bad("capacity");
  if (terms.max_per_member() < 1 || terms.max_per_member() > limits::places_per_claim_max) return bad("maxPerMember");
  if (terms.closes_us() < 0 || terms.closes_us() > last_end) return bad("closesAt");
  const std::int64_t closes = terms.closes_us() == 0 ? first_start : terms.closes_us();
  if (terms.opens_us() < 0 || terms.opens_us() >= closes) return bad("opensAt");
  return pictures_fit(terms.pictures());
}

/// Who acts for the product's organisation. Who may not see a draft is told, as by a query, that there is nothing.
Decided<Id> acting_for(const State& state, Action action, const Context& context) {
  if (state.state == ProductState::unspecified) return refuse_missing(context.actor);
  if (state.state == ProductState::draft && context.actor.kind == Actor::Kind::person) {
    const auto sees =
        authorise(Action::get_draft_product, context.actor, Relation::none, state.organisation, context.directory);
    if (!sees) return sees;
  }
  return authorise(action, context.actor, Relation::none, state.organisation, context.directory);
}

/// A closed organisation offers nothing new.
Decided<void> offers(const State& state, const Context& context) {
  if (context.directory.active(state.organisation) == nullptr) return refuse(shared::organisation_closed);
  return {};
}

/// Refused unless claims can be placed, cancelled, promoted.
Decided<void> published(const State& state) {
  switch (state.state) {
    case ProductState::published:
      return {};
    case ProductState::cancelled:
      return refuse(refusals::product_cancelled);
    case ProductState::completed:
      return refuse(refusals::product_completed);
    default:
      return refuse(refusals::product_not_published);
  }
}

/// The claim a command is about and who acts on it. Others' claims are hidden from strangers by the table; so is
/// whether there is one at all.
struct OnClaim {
  const Ticket* ticket;
  Id acting_as;
  bool as_owner;
};
Decided<OnClaim> on_claim(const State& state, std::uint32_t number, Action action, const Context& context) {
  if (state.state == ProductState::unspecified) return refuse_missing(context.actor);
  const Ticket* found = ticket(state, number);
  const bool own = found != nullptr && context.actor.kind == Actor::Kind::person &&
                   !context.actor.pseudonym.is_zero() && found->owner == context.actor.pseudonym;
  const auto acting =
      authorise(action, context.actor, own ? Relation::own : Relation::none, state.organisation, context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (found == nullptr) return refuse(refusals::claim_not_found);
  return OnClaim{found, *acting, own};
}

/// Attendance is noted from publication on, and after completion for those who were there but stood on paper.
Decided<void> attendance_open(const State& state) {
  if (state.state == ProductState::cancelled) return refuse(refusals::product_cancelled);
  return {};
}

/// Whoever checks others in knows them, or reads the claim's code. Who checks in alone shows by the code of the door
/// that they stand there; that they are a cadre, too, does not replace it.
Decided<void> code_fits(DoorCode::Value code, bool as_owner) {
  if (as_owner && code == DoorCode::unspecified) return refuse(refusals::code_needed, "code");
  const bool fits = as_owner ? code == DoorCode::venue : code == DoorCode::unspecified || code == DoorCode::ticket;
  if (!fits) return refuse(refusals::wrong_code, "code");
  return {};
}

/// Why a claim in this state is not the one that the command wants.
std::unexpected<Refusal> refuse_state(ClaimState::Value state) {
  switch (state) {
    case ClaimState::waitlisted:
      return refuse(refusals::claim_waitlisted);
    case ClaimState::cancelled:
      return refuse(refusals::already_cancelled);
    case ClaimState::checked_in:
      return refuse(refusals::already_checked_in);
    case ClaimState::completed:
      return refuse(refusals::already_completed);
    case ClaimState::no_show:
      return refuse(refusals::marked_no_show);
    default:
      return refuse(refusals::not_checked_in);
  }
}

/// The waiting list as a decision looks through it.
struct Line {
  const State& state;
  std::uint32_t capacity;
  std::uint64_t taken;    ///< places, before anybody is promoted
  std::uint32_t leaving;  ///< a ticket that the same decision cancels; 0: none

  bool waits(std::uint32_t number) const {
    return state.tickets[number - 1].state == ClaimState::waitlisted && number != leaving;
  }
  /// From `number` on, the first that waits for no more than the product has; behind all tickets: nobody.
  std::uint32_t next(std::uint32_t number) const {
    while (number <= state.tickets.size() && (!waits(number) || state.tickets[number - 1].places > capacity)) ++number;
    return number;
  }
  /// The head of the line. Who was passed over may come first again when there are more places.
  std::uint32_t head() const {
    return next(capacity > state.capacity && state.passed_over != 0 ? 1 : state.promoted_through + 1);
  }
  bool fits(std::uint32_t number) const {
    return number <= state.tickets.size() && taken + state.tickets[number - 1].places <= capacity;
  }
};

/// Those who are confirmed next: in order from the head of the line, while the head fits. A range begins with those
/// whom it passes over for the first time, so that the log says over whom. Nothing: nobody fits.
std::optional<PlacesPromoted> promotion(Line line) {
  std::uint32_t head = line.head();
  if (!line.fits(head)) return std::nullopt;
  std::uint32_t number = std::min(head, line.state.promoted_through + 1);
  while (!line.waits(number)) ++number;
  PlacesPromoted event;
  event.set_first(number);
  const std::uint32_t end = number + limits::promotion_tickets_max;
  for (; line.fits(head) && head < end; head = line.next(head + 1)) {
    for (; number < head; ++number) event.add_skipped(number);
    event.set_last(head);
    number = head + 1;
    line.taken += line.state.tickets[head - 1].places;
  }
  // A whole range of claims larger than the product.
  if (event.last() == 0) {
    for (; number < end; ++number) event.add_skipped(number);
    event.set_last(end - 1);
  }
  event.set_more(line.fits(head));
  return event;
}

template <class E>
Decision<Event> one(const Id& acting_as, E event, Rules rules = {}) {
  return {acting_as, {std::move(event)}, rules};
}

}  // namespace

Outcome decide(const State& state, const CreateProduct& command, const Context& context) {
  const ProductTerms& terms = command.terms();
  const Id organisation = context.directory.resolve(Id::of(terms.organisation()));
  const auto acting = authorise(Action::create_product, context.actor, Relation::none, organisation, context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (state.state != ProductState::unspecified) return refuse(shared::already_exists);
  if (Id::of(command.id()).is_zero()) return refuse(shared::out_of_bounds, "id");
  if (organisation.is_zero()) return refuse(shared::unknown_organisation, "organisation");
  if (context.directory.active(organisation) == nullptr) return refuse(shared::organisation_closed, "organisation");
  if (const auto ok = well_formed(terms); !ok) return std::unexpected(ok.error());
  if (std::ranges::any_of(terms.sessions(), [&](const Session& s) { return Instant{s.ends_us()} <= context.now; }))
    return refuse(refusals::session_in_the_past, "sessions");
  ProductCreated event;
  *event.mutable_terms() = terms;
  event.mutable_terms()->set_organisation(std::string(organisation.view()));
  return one(*acting, std::move(event), {Rule::organisation_active, Rule::sessions_ahead});
}

Outcome decide(const State& state, const PublishProduct&, const Context& context) {
  const auto acting = acting_for(state, Action::publish_product, context);
  if (!acting) return std::unexpected(acting.error());
  if (state.state == ProductState::cancelled) return refuse(refusals::product_cancelled);
  if (state.state != ProductState::draft) return refuse(refusals::product_not_draft);
  if (const auto ok = offers(state, context); !ok) return std::unexpected(ok.error());
  if (context.now >= state.last_session_ends) return refuse(refusals::sessions_over);
  return one(*acting, ProductPublished{}, {Rule::organisation_active, Rule::sessions_ahead});
}

Outcome decide(const State& state, const ChangeCapacity& command, const Context& context) {
  const auto acting = acting_for(state, Action::change_capacity, context);
  if (!acting) return std::unexpected(acting.error());
  if (command.capacity() < 1 || command.capacity() > limits::capacity_max)
    return refuse(shared::out_of_bounds, "capacity");
  if (state.state != ProductState::draft) {
    if (const auto ok = published(state); !ok) return std::unexpected(ok.error());
  }
  if (const auto ok = offers(state, context); !ok) return std::unexpected(ok.error());
  if (command.capacity() == state.capacity) return refuse(refusals::capacity_unchanged, "capacity");
  if (command.capacity() < state.taken) return refuse(refusals::capacity_below_confirmed, "capacity");
  CapacityChanged event;
  event.set_capacity(command.capacity());
  auto decision = one(*acting, std::move(event), {Rule::organisation_active, Rule::capacity});
  if (auto promoted = promotion({state, command.capacity(), state.taken, 0})) {
    decision.events.emplace_back(std::move(*promoted));
    decision.rules.add(Rule::order_of_waiting);
  }
  return decision;
}

Outcome decide(const State& state, const ChangePictures& command, const Context& context) {
  const auto acting = acting_for(state, Action::change_pictures, context);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = pictures_fit(command.pictures()); !ok) return std::unexpected(ok.error());
  if (!command.pictures().empty()) {
    if (state.state != ProductState::draft) {
      if (const auto ok = published(state); !ok) return std::unexpected(ok.error());
    }
    if (const auto ok = offers(state, context); !ok) return std::unexpected(ok.error());
  }
  PicturesChanged event;
  *event.mutable_pictures() = command.pictures();
  return one(*acting, std::move(event));
}

Outcome decide(const State& state, const CancelProduct& command, const Context& context) {
  const auto acting = acting_for(state, Action::cancel_product, context);
  if (!acting) return std::unexpected(acting.error());
  if (!is_text(command.reason(), limits::reason_chars_max)) return refuse(shared::out_of_bounds, "reason");
  if (state.state != ProductState::draft) {
    if (const auto ok = published(state); !ok) return std::unexpected(ok.error());
  }
  ProductCancelled event;
  event.set_reason(command.reason());
  return one(*acting, std::move(event));
}

Outcome decide(const State& state, const CompleteProduct&, const Context& context) {
  const auto acting = acting_for(state, Action::complete_product, context);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = published(state); !ok) return std::unexpected(ok.error());
  if (context.now < state.last_session_ends) return refuse(refusals::not_yet);
  return one(*acting, ProductCompleted{}, {Rule::sessions_over});
}

Outcome decide(const State& state, const PlaceClaim& command, const Context& context) {
  const auto acting = acting_for(state, Action::place_claim, context);
  if (!acting) return std::unexpected(acting.error());
  // Nobody is told of drafts before they are offered.
  if (state.state == ProductState::draft) return refuse(refusals::product_not_published);
  if (command.places() == 0) return refuse(shared::out_of_bounds, "places");
  if (const auto ok = published(state); !ok) return std::unexpected(ok.error());
  if (const auto ok = offers(state, context); !ok) return std::unexpected(ok.error());
  if (context.now < state.opens) return refuse(refusals::claims_not_open);
  if (context.now >= state.closes) return refuse(refusals::claims_closed);
  const auto held = state.held.find(*acting);
  const std::uint64_t already = held == state.held.end() ? 0 : held->second;
  if (already + command.places() > state.max_per_member) return refuse(refusals::too_many_places, "places");
  // It could only wait for more places than were ever offered.
  if (command.places() > state.capacity) return refuse(refusals::product_full, "places");
  if (state.tickets.size() >= limits::claims_per_product_max) return refuse(refusals::too_many_claims);
  const bool fits = state.waiting == state.passed_over && command.places() <= places_left(state);
  if (!fits && (!state.waitlist || command.only_if_free())) return refuse(refusals::product_full, "places");
  ClaimPlaced event;
  event.set_ticket(static_cast<std::uint32_t>(state.tickets.size() + 1));
  event.set_places(command.places());
  event.set_state(fits ? ClaimState::confirmed : ClaimState::waitlisted);
  Rules rules{Rule::organisation_active, Rule::claims_are_open, Rule::max_per_member, Rule::capacity};
  if (!fits) rules.add(Rule::waiting_list);
  return one(*acting, std::move(event), rules);
}

Outcome decide(const State& state, const CancelClaim& command, const Context& context) {
  const auto claim = on_claim(state, command.ticket(), Action::cancel_claim, context);
  if (!claim) return std::unexpected(claim.error());
  if (const auto ok = published(state); !ok) return std::unexpected(ok.error());
  const auto now = claim_state(state, *claim->ticket);
  const bool waiting = now == ClaimState::waitlisted;
  if (!waiting && now != ClaimState::confirmed) return refuse_state(now);
  if (claim->as_owner && !waiting && context.now >= state.first_session) return refuse(refusals::already_started);
  ClaimCancelled event;
  event.set_ticket(command.ticket());
  auto decision = one(claim->acting_as, std::move(event));
  if (claim->as_owner && !waiting) decision.rules.add(Rule::given_back_in_time);
  const std::uint64_t taken = state.taken - (waiting ? 0 : claim->ticket->places);
  if (auto promoted = promotion({state, state.capacity, taken, command.ticket()})) {
    decision.events.emplace_back(std::move(*promoted));
    decision.rules.add(Rule::capacity);
    decision.rules.add(Rule::order_of_waiting);
  }
  return decision;
}

Outcome decide(const State& state, const CheckIn& command, const Context& context) {
  const auto claim = on_claim(state, command.ticket(), Action::check_in, context);
  if (!claim) return std::unexpected(claim.error());
  if (const auto ok = attendance_open(state); !ok) return std::unexpected(ok.error());
  if (command.occurred_us() < 0 || command.occurred_us() > context.now.us + limits::clock_ahead_us) {
    return refuse(shared::out_of_bounds, "occurredAt");
  }
  const auto now = claim_state(state, *claim->ticket);
  if (now != ClaimState::confirmed) return refuse_state(now);
  const Instant came = command.occurred_us() == 0 ? context.now : std::min(context.now, Instant{command.occurred_us()});
  if (came.us < state.first_session.us - limits::check_in_before_us) return refuse(refusals::check_in_not_open);
  if (const auto ok = code_fits(command.code(), claim->as_owner); !ok) return std::unexpected(ok.error());
  CheckedIn event;
  event.set_ticket(command.ticket());
  Rules rules{Rule::check_in_is_open};
  if (command.code() != DoorCode::unspecified) rules.add(Rule::door_code);
  return one(claim->acting_as, std::move(event), rules);
}

Outcome decide(const State& state, const CompleteClaim& command, const Context& context) {
  const auto claim = on_claim(state, command.ticket(), Action::complete_claim, context);
  if (!claim) return std::unexpected(claim.error());
  if (const auto ok = attendance_open(state); !ok) return std::unexpected(ok.error());
  const auto now = claim_state(state, *claim->ticket);
  if (now != ClaimState::checked_in) return refuse_state(now);
  ClaimCompleted event;
  event.set_ticket(command.ticket());
  return one(claim->acting_as, std::move(event), {Rule::attended_first});
}

Outcome decide(const State& state, const MarkNoShow& command, const Context& context) {
  const auto claim = on_claim(state, command.ticket(), Action::mark_no_show, context);
  if (!claim) return std::unexpected(claim.error());
  if (const auto ok = attendance_open(state); !ok) return std::unexpected(ok.error());
  const auto now = claim_state(state, *claim->ticket);
  if (now != ClaimState::confirmed) return refuse_state(now);
  if (context.now < state.first_session) return refuse(refusals::not_started);
  NoShowMarked event;
  event.set_ticket(command.ticket());
  return one(claim->acting_as, std::move(event), {Rule::begun_first});
}

Outcome decide(const State& state, const RateClaim& command, const Context& context) {
  const auto claim = on_claim(state, command.ticket(), Action::rate_claim, context);
  if (!claim) return std::unexpected(claim.error());
  if (command.stars() < 1 || command.stars() > 5) return refuse(shared::out_of_bounds, "stars");
  if (!command.problem_category().empty()) {
    if (!command.has_problem()) return refuse(shared::out_of_bounds, "problem");
    if (context.policy.category(command.problem_category()) == nullptr) {
      return refuse(shared::unknown_category, "category");
    }
  }
  const auto now = claim_state(state, *claim->ticket);
  if (now != ClaimState::checked_in && now != ClaimState::completed) return refuse_state(now);
  if (claim->ticket->rated) return refuse(refusals::claim_already_rated);
  ClaimRated event;
  event.set_ticket(command.ticket());
  event.set_stars(command.stars());
  if (command.has_comment()) *event.mutable_comment() = command.comment();
  if (command.has_problem()) *event.mutable_problem() = command.problem();
  event.set_problem_category(command.problem_category());
  Rules rules{Rule::owner_rates, Rule::attended_first, Rule::rated_once};
  if (!command.problem_category().empty()) rules.add(Rule::category_known);
  return one(claim->acting_as, std::move(event), rules);
}

Outcome decide(const State& state, const ContinuePromotion&, const Context& context) {
  const auto acting = acting_for(state, Action::continue_promotion, context);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = published(state); !ok) return std::unexpected(ok.error());
  auto promoted = promotion({state, state.capacity, state.taken, 0});
  if (!promoted) return refuse(refusals::nothing_to_promote);
  return one(*acting, std::move(*promoted), {Rule::capacity, Rule::order_of_waiting});
}

}  // namespace pioneer::domain::supermarket
