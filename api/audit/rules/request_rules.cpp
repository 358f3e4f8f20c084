#include "api/audit/rules/request_rules.hpp"

#include <algorithm>

namespace pioneer::api::rules {

using domain::DeadlineKind;

namespace {

constexpr std::int64_t minute_us = 60'000'000;

}  // namespace

void RequestRules::take(const projections::Commit& commit, const projections::Part& part, Surroundings& around,
                        Breaches& breaches) {
  const SeenAmong seen{{commit, part, breaches}, around};
  begun_ = {};
  for (const auto& event : part.events) {
    if (const auto* submitted = std::get_if<domain::RequestSubmitted>(&event))
      category_ = around.measures.number_of(submitted->category());
    else if (const auto* imported = std::get_if<domain::RequestImported>(&event))
      category_ = around.measures.number_of(imported->category());
    std::visit([&](const auto& e) { see(seen, e); }, event);
  }
  clocks_set(seen);
  // A result waits for its asker, for a time.
  if (state_ == State::awaiting_confirmation && !clock(DeadlineKind::confirm).running)
    seen.wrong("no_clock", "The result waits for its asker without an end.");
}

std::size_t RequestRules::running_late(std::int64_t now_us) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(clocks_, [&](const Clock& c) { return c.running && c.due_us < now_us; }));
}

bool RequestRules::open() const {
  return state_ == State::submitted || state_ == State::accepted || state_ == State::in_progress ||
         state_ == State::awaiting_confirmation;
}

void RequestRules::expect(const Seen& seen, std::initializer_list<State::Value> states, std::string_view what) const {
  if (std::ranges::find(states, state_) != states.end()) return;
  seen.wrong("wrong_state", "It was " + std::string(what) + " while it was " + State::Value_Name(state_) + ".");
}

void RequestRules::holder_acts(const SeenAmong& seen, std::string_view what) const {
  const auto* office = seen.around.office(seen.part.actor, {domain::Role::cadre});
  if (office == nullptr)
    seen.wrong("no_office", "Somebody " + std::string(what) + " who is no cadre at that time.");
  else if (!seen.around.tree.covers(office->organisation, holder_))
    seen.wrong("not_the_holder",
               "A cadre " + std::string(what) + " whose office does not cover the organisation that holds it.");
}

/// Whoever works on it holds an office, and did not ask for it.
void RequestRules::works(const SeenAmong& seen) {
  holder_acts(seen, "worked on it");
  const auto& actor = seen.part.actor;
  if (std::ranges::find(workers_, actor) == workers_.end()) workers_.push_back(actor);
}

/// Only the asker judges, and nobody judges their own work.
void RequestRules::judges(const Seen& seen, std::string_view what) const {
  const auto& actor = seen.part.actor;
  if (actor.is_zero() || actor != asker_)
    seen.wrong("judged_by_another", "It was " + std::string(what) + " by somebody who did not ask for it.");
  if (std::ranges::find(workers_, actor) != workers_.end())
    seen.wrong("judged_own_work", "It was " + std::string(what) + " by somebody who worked on it.");
}

void RequestRules::begins(std::initializer_list<DeadlineKind::Value> kinds) {
  for (const auto kind : kinds) begun_[static_cast<std::size_t>(kind)] = true;
}

/// That the one to confirm runs is asked for as long as a result waits.
void RequestRules::clocks_set(const SeenAmong& seen) {
  for (const auto kind : {DeadlineKind::accept, DeadlineKind::resolve})
    if (begun_[static_cast<std::size_t>(kind)] && seen.around.measures.minutes(kind, category_) != 0)
      seen.wrong("no_clock", "A clock that the policy in force measures was not set.");
}

void RequestRules::close(State::Value as) {
  state_ = as;
  for (auto& c : clocks_) c.running = false;
}

/// Persons for themselves; the system for who told a problem in a rating, once.
void RequestRules::asks(const SeenAmong& seen, const domain::RequestSubmitted& event) const {
  const bool reaction = event.channel() == domain::Channel::feedback;
  if (event.cause() != seen.commit.cause) seen.wrong("unknown_cause", "It names two causes.");
  if (seen.by_the_system()) {
    if (!reaction || !seen.around.problems.contains(event.cause()))
      seen.wrong("unknown_cause", "The system asked, though no rating told a problem that waited to be asked for.");
    return;
  }
  seen.only_a_person("asks");
  if (asker_ != seen.part.actor) seen.wrong("asked_for_another", "It was asked in somebody else's name.");
  if (reaction || event.cause() != 0) seen.wrong("not_the_system", "Somebody asked as only a reaction does.");
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestSubmitted& event) {
  if (state_ != State::unspecified) seen.wrong("begun_twice", "The request was submitted before.");
  state_ = State::submitted;
  asker_ = domain::Id::of(event.asker());
  asks(seen, event);
  holder_ = domain::Id::of(event.organisation());
  begins({DeadlineKind::accept, DeadlineKind::resolve});
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestImported& event) {
  seen.only_the_system("imported it");
  if (state_ != State::unspecified) seen.wrong("begun_twice", "The request was there before.");
  if (event.state() != State::submitted && event.state() != State::closed_unconfirmed &&
      event.state() != State::withdrawn) {
    seen.wrong("wrong_state", "An import claims a state that its source cannot know.");
  }
  state_ = event.state();
  holder_ = domain::Id::of(event.organisation());
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestDeadlineSet& event) {
  if (event.deadline() != ++clocks_set_) seen.wrong("clock_number", "Clocks are numbered without a gap.");
  clocks_set_ = event.deadline();
  if (event.kind() == DeadlineKind::unspecified || !DeadlineKind::Value_IsValid(event.kind()))
    return seen.wrong("clock_kind", "A clock for nothing.");
  auto& begun = begun_[static_cast<std::size_t>(event.kind())];
  if (!begun) seen.wrong("clock_alone", "A clock was set without what it is set for.");
  begun = false;
  if (event.due_us() < seen.commit.recorded_at.us) seen.wrong("clock_due", "A clock that was over when it was set.");
  const auto& measures = seen.around.measures;
  const auto within_us = std::int64_t{measures.minutes(event.kind(), category_)} * minute_us;
  if (measures.position() != 0 && (within_us == 0 || event.due_us() != seen.commit.recorded_at.us + within_us))
    seen.wrong("clock_measure", "A clock runs for another time than the policy in force allows.");
  clock(event.kind()) = {event.deadline(), event.due_us(), true};
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestAccepted&) {
  expect(seen, {State::submitted}, "accepted");
  works(seen);
  state_ = State::accepted;
  clock(DeadlineKind::accept).running = false;
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestAssigned& event) {
  expect(seen, {State::submitted, State::accepted, State::in_progress}, "assigned");
  holder_acts(seen, "assigned it");
  const auto to = domain::Id::of(event.organisation());
  const auto* office = seen.around.office(seen.part.actor, {domain::Role::cadre});
  if (office != nullptr && !seen.around.tree.covers(office->organisation, to) &&
      !seen.around.tree.is_above(to, holder_))
    seen.wrong("out_of_reach", "It was given to an organisation that is neither covered nor the next one above.");
  if (const auto grant = domain::Id::of(event.grant()); !grant.is_zero()) {
    const auto* official = seen.around.office(grant, {domain::Role::cadre});
    if (official == nullptr || !seen.around.tree.covers(official->organisation, to))
      seen.wrong("no_office", "It was given to somebody who is no cadre there.");
  }
  holder_ = domain::Id::of(event.organisation());
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestProgressed&) {
  expect(seen, {State::accepted, State::in_progress}, "worked on");
  works(seen);
  state_ = State::in_progress;
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestResolved&) {
  expect(seen, {State::accepted, State::in_progress}, "resolved");
  works(seen);
  state_ = State::awaiting_confirmation;
  clock(DeadlineKind::resolve).running = false;
  begins({DeadlineKind::confirm});
}

void RequestRules::see(const Seen& seen, const domain::RequestConfirmed&) {
  expect(seen, {State::awaiting_confirmation}, "confirmed");
  judges(seen, "confirmed");
  if (seen.commit.recorded_at.us >= clock(DeadlineKind::confirm).due_us)
    seen.wrong("too_late", "It was confirmed after the time for that was over.");
  close(State::closed_confirmed);
}

void RequestRules::see(const Seen& seen, const domain::RequestDisputed&) {
  expect(seen, {State::awaiting_confirmation}, "disputed");
  if (seen.part.actor.is_zero() || seen.part.actor != asker_)
    seen.wrong("judged_by_another", "It was disputed by somebody who did not ask for it.");
  if (seen.commit.recorded_at.us >= clock(DeadlineKind::confirm).due_us)
    seen.wrong("too_late", "It was disputed after the time for that was over.");
  state_ = State::in_progress;
  clock(DeadlineKind::confirm).running = false;
  begins({DeadlineKind::resolve});
}

void RequestRules::see(const Seen& seen, const domain::RequestRated& event) {
  expect(seen, {State::closed_confirmed, State::closed_unconfirmed}, "rated");
  judges(seen, "rated");
  if (event.stars() < 1 || event.stars() > 5) seen.wrong("impossible_stars", "A rating has one to five stars.");
  if (rated_) seen.wrong("rated_twice", "It was rated before.");
  rated_ = true;
}

void RequestRules::see(const Seen& seen, const domain::RequestWithdrawn&) {
  if (!open()) expect(seen, {}, "withdrawn");
  if (!seen.part.actor.is_zero() && seen.part.actor != asker_)
    seen.wrong("judged_by_another", "It was withdrawn by somebody who did not ask for it.");
  close(State::withdrawn);
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestDeadlinePassed& event) {
  seen.only_the_system("let a clock pass");
  if (event.kind() != DeadlineKind::accept && event.kind() != DeadlineKind::resolve)
    return seen.wrong("clock_kind", "Such a clock does not pass by itself.");
  auto& passed = clock(event.kind());
  if (event.deadline() != passed.number || !passed.running)
    seen.wrong("clock_twice", "A clock passed that was met, replaced or passed before.");
  if (seen.commit.recorded_at.us < passed.due_us) seen.wrong("too_early", "A clock passed before it was due.");
  passed.running = false;
}

void RequestRules::see(const SeenAmong& seen, const domain::RequestClosedUnconfirmed&) {
  seen.only_the_system("closed it for silence");
  expect(seen, {State::awaiting_confirmation}, "closed without an answer");
  if (seen.commit.recorded_at.us < clock(DeadlineKind::confirm).due_us)
    seen.wrong("too_early", "It was closed before the time to answer was over.");
  close(State::closed_unconfirmed);
}

}  // namespace pioneer::api::rules
