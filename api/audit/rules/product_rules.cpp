#include "api/audit/rules/product_rules.hpp"

#include <algorithm>
#include <limits>

namespace pioneer::api::rules {
namespace {

constexpr std::int64_t check_in_before_us = 24 * 3'600'000'000;

std::string ticket_of(std::uint32_t number) { return "claim " + std::to_string(number); }

}  // namespace

void ProductRules::take(const projections::Commit& commit, const projections::Part& part, const Surroundings& around,
                        Breaches& breaches) {
  const SeenAmong seen{{commit, part, breaches}, around};
  for (const auto& event : part.events) std::visit([&](const auto& e) { see(seen, e); }, event);
  after(seen);
}

void ProductRules::cadre_acts(const SeenAmong& seen, std::string_view what) const {
  seen.only_an_office({domain::Role::cadre}, organisation_, what);
}

/// What holds after every commit.
void ProductRules::after(const Seen& seen) {
  if (taken_ > capacity_) {
    seen.wrong("oversold",
               std::to_string(taken_) + " places are taken, but there are " + std::to_string(capacity_) + ".");
  }
  if (phase_ != Phase::published || promotion_goes_on_) return;
  const auto first = head();
  if (first != 0 && fits(first))
    seen.wrong("left_waiting", ticket_of(first) + " waits, though its places are free and it is first.");
}

std::uint32_t ProductRules::head() const {
  const auto found =
      std::ranges::find_if(line_, [&](std::uint32_t number) { return tickets_[number - 1].places <= capacity_; });
  return found == line_.end() ? 0 : *found;
}

ProductRules::Ticket* ProductRules::find(const Seen& seen, std::uint32_t number) {
  if (number >= 1 && number <= tickets_.size()) return &tickets_[number - 1];
  seen.wrong("unknown_claim", "The event is about " + ticket_of(number) + ", which nobody placed.");
  return nullptr;
}

void ProductRules::see(const SeenAmong& seen, const domain::ProductCreated& event) {
  if (phase_ != Phase::absent) seen.wrong("begun_twice", "The product was created before.");
  const auto& terms = event.terms();
  phase_ = Phase::draft;
  organisation_ = domain::Id::of(terms.organisation());
  cadre_acts(seen, "offered it");
  capacity_ = terms.capacity();
  max_per_member_ = terms.max_per_member();
  waitlist_ = terms.waitlist();
  starts_us_ = std::numeric_limits<std::int64_t>::max();
  for (const auto& session : terms.sessions()) {
    starts_us_ = std::min(starts_us_, session.starts_us());
    ends_us_ = std::max(ends_us_, session.ends_us());
  }
  opens_us_ = terms.opens_us();
  closes_us_ = terms.closes_us() == 0 ? starts_us_ : terms.closes_us();
}

void ProductRules::see(const SeenAmong& seen, const domain::ProductPublished&) {
  cadre_acts(seen, "published it");
  if (phase_ != Phase::draft) seen.wrong("wrong_state", "Only a draft is published.");
  phase_ = Phase::published;
}

void ProductRules::see(const SeenAmong& seen, const domain::CapacityChanged& event) {
  cadre_acts(seen, "changed its places");
  if (phase_ != Phase::draft && phase_ != Phase::published)
    seen.wrong("wrong_state", "The capacity of what is over was changed.");
  capacity_ = event.capacity();
}

void ProductRules::see(const SeenAmong& seen, const domain::PicturesChanged&) {
  cadre_acts(seen, "changed its pictures");
}

void ProductRules::see(const SeenAmong& seen, const domain::ProductCancelled&) {
  cadre_acts(seen, "called it off");
  if (phase_ != Phase::draft && phase_ != Phase::published) seen.wrong("wrong_state", "It was over already.");
  phase_ = Phase::cancelled;
}

void ProductRules::see(const SeenAmong& seen, const domain::ProductCompleted&) {
  cadre_acts(seen, "completed it");
  if (phase_ != Phase::published) seen.wrong("wrong_state", "Only what is offered is completed.");
  if (seen.commit.recorded_at.us < ends_us_) seen.wrong("too_early", "Completed before its last session was over.");
  phase_ = Phase::completed;
}

void ProductRules::see(const SeenAmong& seen, const domain::ClaimPlaced& event) {
  seen.only_a_person("claims");
  const auto now = seen.commit.recorded_at.us;
  if (phase_ != Phase::published) seen.wrong("wrong_state", "Claimed, though it is not offered.");
  if (now < opens_us_) seen.wrong("too_early", "Claimed before claims opened.");
  if (now >= closes_us_) seen.wrong("too_late", "Claimed after claims closed.");
  if (event.ticket() != tickets_.size() + 1)
    return seen.wrong("claim_number",
                      "Claims are numbered without a gap; this one is " + ticket_of(event.ticket()) + ".");
  if (event.places() == 0 || event.places() > capacity_)
    seen.wrong("impossible_places",
               ticket_of(event.ticket()) + " is for " + std::to_string(event.places()) + " places.");
  auto& held = held_[seen.part.actor];
  held += event.places();
  if (held > max_per_member_)
    seen.wrong("too_many_places", "One person holds " + std::to_string(held) + " places; the product allows " +
                                      std::to_string(max_per_member_) + ".");
  const bool free = head() == 0 && taken_ + event.places() <= capacity_;
  const bool confirmed = event.state() == domain::ClaimState::confirmed;
  tickets_.push_back({seen.part.actor, event.places(), confirmed ? Claim::confirmed : Claim::waiting, false});
  if (confirmed) {
    if (head() != 0) seen.wrong("overtook", ticket_of(event.ticket()) + " was confirmed while others waited.");
    taken_ += event.places();
    return;
  }
  if (!waitlist_) seen.wrong("no_waiting_list", ticket_of(event.ticket()) + " waits, but there is no waiting list.");
  if (free) seen.wrong("made_to_wait", ticket_of(event.ticket()) + " waits, though its places were free.");
  line_.insert(event.ticket());
}

void ProductRules::see(const SeenAmong& seen, const domain::ClaimCancelled& event) {
  auto* const ticket = find(seen, event.ticket());
  if (ticket == nullptr) return;
  const bool waited = ticket->state == Claim::waiting;
  if (!waited && ticket->state != Claim::confirmed)
    return seen.wrong("wrong_state", ticket_of(event.ticket()) + " was cancelled, but is attended or over.");
  const bool by_owner = seen.part.actor == ticket->owner;
  if (!by_owner && !seen.part.actor.is_zero())
    seen.wrong("not_the_owner", ticket_of(event.ticket()) + " was cancelled by somebody else.");
  if (by_owner && !waited && seen.commit.recorded_at.us >= starts_us_)
    seen.wrong("too_late", ticket_of(event.ticket()) + " was cancelled after it began.");
  if (waited)
    line_.erase(event.ticket());
  else
    taken_ -= ticket->places;
  held_[ticket->owner] -= ticket->places;
  ticket->state = Claim::cancelled;
}

// Skipped: those who do not wait, and those who want more places than there are. Nobody else is gone past.
void ProductRules::see(const SeenAmong& seen, const domain::PlacesPromoted& event) {
  const bool alone = std::holds_alternative<domain::PlacesPromoted>(seen.part.events.front());
  if (alone) seen.only_the_system("confirmed who waits");
  const std::set<std::uint32_t> skipped(event.skipped().begin(), event.skipped().end());
  promotion_goes_on_ = event.more();
  if (event.first() < 1 || event.last() < event.first() || event.last() > tickets_.size())
    return seen.wrong("unknown_claim", "A promotion of claims that nobody placed.");
  for (auto number = event.first(); number <= event.last(); ++number) {
    auto& ticket = tickets_[number - 1];
    const bool waits = ticket.state == Claim::waiting;
    if (!waits || ticket.places > capacity_) continue;
    if (skipped.contains(number)) {
      seen.wrong("skipped_unfairly", ticket_of(number) + " was skipped, though it waits and could fit.");
      continue;
    }
    ticket.state = Claim::confirmed;
    taken_ += ticket.places;
    line_.erase(number);
  }
  if (const auto first = head(); first != 0 && first < event.last())
    seen.wrong("overtook",
               ticket_of(event.last()) + " was confirmed before " + ticket_of(first) + ", which waits longer.");
}

void ProductRules::see(const SeenAmong& seen, const domain::CheckedIn& event) {
  auto* const ticket = find(seen, event.ticket());
  if (ticket == nullptr) return;
  if (seen.part.actor != ticket->owner) cadre_acts(seen, "checked somebody in");
  if (ticket->state != Claim::confirmed || phase_ == Phase::cancelled)
    return seen.wrong("wrong_state", ticket_of(event.ticket()) + " was checked in, but is not confirmed.");
  if (seen.commit.occurred_at.us < starts_us_ - check_in_before_us)
    seen.wrong("too_early", ticket_of(event.ticket()) + " was checked in more than a day before it began.");
  ticket->state = Claim::checked_in;
}

void ProductRules::see(const SeenAmong& seen, const domain::ClaimCompleted& event) {
  auto* const ticket = find(seen, event.ticket());
  if (ticket == nullptr) return;
  cadre_acts(seen, "noted that somebody was served");
  if (ticket->state != Claim::checked_in || phase_ == Phase::cancelled)
    return seen.wrong("wrong_state", ticket_of(event.ticket()) + " was served, but nobody checked in.");
  ticket->state = Claim::completed;
}

void ProductRules::see(const SeenAmong& seen, const domain::NoShowMarked& event) {
  auto* const ticket = find(seen, event.ticket());
  if (ticket == nullptr) return;
  cadre_acts(seen, "noted that somebody did not come");
  if (ticket->state != Claim::confirmed || phase_ == Phase::cancelled)
    return seen.wrong("wrong_state", ticket_of(event.ticket()) + " did not come, but is not confirmed.");
  if (seen.commit.recorded_at.us < starts_us_)
    seen.wrong("too_early", ticket_of(event.ticket()) + " did not come, before it began.");
  ticket->state = Claim::no_show;
}

void ProductRules::see(const SeenAmong& seen, const domain::ClaimRated& event) {
  auto* const ticket = find(seen, event.ticket());
  if (ticket == nullptr) return;
  if (seen.part.actor != ticket->owner)
    seen.wrong("rated_by_another", ticket_of(event.ticket()) + " was rated by somebody who is not its owner.");
  if (ticket->state != Claim::checked_in && ticket->state != Claim::completed)
    seen.wrong("wrong_state", ticket_of(event.ticket()) + " was rated without being attended.");
  if (event.stars() < 1 || event.stars() > 5) seen.wrong("impossible_stars", "A rating has one to five stars.");
  if (ticket->rated) seen.wrong("rated_twice", ticket_of(event.ticket()) + " was rated before.");
  ticket->rated = true;
}

}  // namespace pioneer::api::rules
