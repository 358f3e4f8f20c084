#include "domain/requests/state.hpp"

#include <algorithm>

namespace pioneer::domain::requests {
namespace {

Deadline& clock_of(State& state, DeadlineKind::Value kind) { return state.deadlines[static_cast<std::size_t>(kind)]; }
void meet(State& state, DeadlineKind::Value kind) { clock_of(state, kind).running = false; }

void close(State& state, RequestState::Value as) {
  state.state = as;
  for (Deadline& deadline : state.deadlines) deadline.running = false;
}

void note_worker(State& state, const Id& actor) {
  if (!actor.is_zero() && std::find(state.workers.begin(), state.workers.end(), actor) == state.workers.end()) {
    state.workers.push_back(actor);
  }
}

void apply(State& state, const SubjectKeyIssued& e, const Happened&) { state.case_key = Id::of(e.key()); }

void apply(State& state, const RequestSubmitted& e, const Happened& happened) {
  state.state = RequestState::submitted;
  state.asker = Id::of(e.asker());
  state.organisation = Id::of(e.organisation());
  state.category = e.category();
  state.submitted = happened.at;
}

void apply(State& state, const RequestImported& e, const Happened&) {
  state.state = e.state();
  state.imported = true;
  state.organisation = Id::of(e.organisation());
  state.category = e.category();
  state.submitted = {e.submitted_us()};
}

void apply(State& state, const RequestDeadlineSet& e, const Happened&) {
  state.deadlines_set = std::max(state.deadlines_set, e.deadline());
  if (!DeadlineKind::Value_IsValid(e.kind())) return;
  clock_of(state, e.kind()) = {e.deadline(), {e.due_us()}, true, false};
}

void apply(State& state, const RequestAccepted&, const Happened& happened) {
  state.state = RequestState::accepted;
  meet(state, DeadlineKind::accept);
  note_worker(state, happened.actor);
}

void apply(State& state, const RequestAssigned& e, const Happened&) {
  state.organisation = Id::of(e.organisation());
  state.assigned_grant = Id::of(e.grant());
}

void apply(State& state, const RequestProgressed&, const Happened& happened) {
  state.state = RequestState::in_progress;
  note_worker(state, happened.actor);
}

void apply(State& state, const RequestResolved&, const Happened& happened) {
  state.state = RequestState::awaiting_confirmation;
  meet(state, DeadlineKind::resolve);
  note_worker(state, happened.actor);
}

void apply(State& state, const RequestConfirmed&, const Happened&) { close(state, RequestState::closed_confirmed); }

void apply(State& state, const RequestDisputed&, const Happened&) {
  state.state = RequestState::in_progress;
  meet(state, DeadlineKind::confirm);
}

void apply(State& state, const RequestRated&, const Happened&) { state.rated = true; }
void apply(State& state, const RequestWithdrawn&, const Happened&) { close(state, RequestState::withdrawn); }

void apply(State& state, const RequestDeadlinePassed& e, const Happened&) {
  if (!DeadlineKind::Value_IsValid(e.kind())) return;
  Deadline& deadline = clock_of(state, e.kind());
  if (deadline.number != e.deadline()) return;
  deadline.running = false;
  deadline.passed = true;
}

void apply(State& state, const RequestClosedUnconfirmed&, const Happened&) {
  clock_of(state, DeadlineKind::confirm).passed = true;
  close(state, RequestState::closed_unconfirmed);
}

}  // namespace

void evolve(State& state, const Event& event, const Happened& happened) {
  std::visit([&](const auto& e) { apply(state, e, happened); }, event);
}

const Deadline& deadline(const State& state, DeadlineKind::Value kind) {
  return state.deadlines[static_cast<std::size_t>(kind)];
}

bool is_open(const State& state) {
  switch (state.state) {
    case RequestState::submitted:
    case RequestState::accepted:
    case RequestState::in_progress:
    case RequestState::awaiting_confirmation:
      return true;
    default:
      return false;
  }
}

bool is_overdue(const State& state) {
  const bool accept_late = state.state == RequestState::submitted && deadline(state, DeadlineKind::accept).passed;
  const bool at_work = state.state == RequestState::submitted || state.state == RequestState::accepted ||
                       state.state == RequestState::in_progress;
  return accept_late || (at_work && deadline(state, DeadlineKind::resolve).passed);
}

}  // namespace pioneer::domain::requests
