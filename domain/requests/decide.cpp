#include "domain/requests/decide.hpp"

#include <algorithm>
#include <utility>

#include "domain/authorisation/authorisation.hpp"
#include "domain/common/limits.hpp"
#include "domain/common/text.hpp"
#include "domain/members/state.hpp"
#include "domain/organisations/state.hpp"
#include "domain/policy/state.hpp"
#include "domain/requests/refusals.hpp"

namespace pioneer::domain::requests {
namespace {

namespace shared = domain::refusals;

/// Why a request in this state is not what the command wants: closed, withdrawn, waiting for its asker, not accepted.
std::unexpected<Refusal> refuse_state(RequestState::Value state) {
  switch (state) {
    case RequestState::submitted:
      return refuse(refusals::not_accepted);
    case RequestState::awaiting_confirmation:
      return refuse(refusals::awaiting_confirmation);
    case RequestState::withdrawn:
      return refuse(refusals::request_withdrawn);
    case RequestState::closed_confirmed:
    case RequestState::closed_unconfirmed:
      return refuse(refusals::request_closed);
    default:
      return refuse(refusals::already_accepted);
  }
}

bool is_asker(const State& state, const Actor& actor) {
  return actor.kind == Actor::Kind::person && !state.asker.is_zero() && actor.pseudonym == state.asker;
}

bool is_cadre(const Actor& actor) {
  return std::any_of(actor.grants.begin(), actor.grants.end(), [](const Grant& g) { return g.role == Role::cadre; });
}

/// For what the holder's cadres do. A cadre of somewhere else who may see the request is told who may; one who may not
/// see it, that there is nothing, as a query tells; others, that they may not.
Decided<Id> acting_for_holder(const State& state, Action action, const Context& context) {
  if (state.state == RequestState::unspecified) return refuse_missing(context.actor);
  const Relation relation = is_asker(state, context.actor) ? Relation::own : Relation::none;
  auto acting = authorise(action, context.actor, relation, state.organisation, context.directory);
  if (!acting && acting.error().code == shared::forbidden.code && is_cadre(context.actor))
    return refuse(refusals::not_holder);
  return acting;
}

Decided<Id> acting_as_asker(const State& state, Action action, const Context& context) {
  if (state.state == RequestState::unspecified) return refuse_missing(context.actor);
  const Relation relation = is_asker(state, context.actor) ? Relation::own : Relation::none;
  return authorise(action, context.actor, relation, state.organisation, context.directory);
}

/// True when the actor is the person behind one of the grants that worked here, revoked ones included.
bool worked_here(const State& state, const Context& context) {
  return std::any_of(state.workers.begin(), state.workers.end(), [&](const Id& worker) {
    const members::Holding* holding = context.roster.holding(worker);
    return holding != nullptr && !context.actor.member.is_zero() && holding->member == context.actor.member;
  });
}

template <class Blobs>
Decided<void> photos_fit(const Blobs& photos) {
  if (static_cast<std::size_t>(photos.size()) > limits::photos_max) return refuse(shared::out_of_bounds, "photos");
  return {};
}

RequestDeadlineSet deadline_set(std::uint32_t number, DeadlineKind::Value kind, Instant due) {
  RequestDeadlineSet event;
  event.set_deadline(number);
  event.set_kind(kind);
  event.set_due_us(due.us);
  return event;
}

SubjectKeyIssued case_key_issued(const std::string& key) {
  SubjectKeyIssued event;
  event.set_key(key);
  event.set_kind(KeyKind::case_);
  return event;
}

template <class E>
Decision<Event> one(const Id& acting_as, E event, Rules rules) {
  return {acting_as, {std::move(event)}, rules};
}

/// The organisation that a new request goes to: known, active, resolved.
Decided<Id> first_holder(const std::string& bytes, const Context& context) {
  const Id id = context.directory.resolve(Id::of(bytes));
  if (id.is_zero()) return refuse(shared::unknown_organisation, "organisation");
  if (context.directory.active(id) == nullptr) return refuse(shared::organisation_closed, "organisation");
  return id;
}

Decided<void> well_formed(const SubmitRequest& command) {
  const auto bad = [](std::string_view field) { return refuse(shared::out_of_bounds, field); };
  if (Id::of(command.id()).is_zero()) return bad("id");
  if (Id::of(command.case_key()).is_zero()) return bad("caseKey");
  // A problem whose teller was erased since says nothing any more.
  const bool silent = command.channel() == Channel::feedback && command.asker().empty();
  if (!command.has_title() && !silent) return bad("title");
  if (!Channel::Value_IsValid(command.channel()) || command.channel() == Channel::unspecified ||
      command.channel() == Channel::imported) {
    return bad("channel");
  }
  if (command.has_beneficiary_phone() && !command.has_beneficiary_name()) return bad("onBehalfOf");
  return photos_fit(command.photos());
}

RequestSubmitted submitted(const SubmitRequest& command, const Category& category, const Id& holder,
                           std::string asker) {
  RequestSubmitted e;
  if (command.has_title()) *e.mutable_title() = command.title();
  if (command.has_description()) *e.mutable_description() = command.description();
  e.set_category(category.code());
  e.set_organisation(std::string(holder.view()));
  e.set_channel(command.channel());
  if (command.has_location()) *e.mutable_location() = command.location();
  *e.mutable_photos() = command.photos();
  if (command.has_beneficiary_name()) *e.mutable_beneficiary_name() = command.beneficiary_name();
  if (command.has_beneficiary_phone()) *e.mutable_beneficiary_phone() = command.beneficiary_phone();
  e.set_asker(std::move(asker));
  e.set_cause(command.cause());
  return e;
}

}  // namespace

Outcome decide(const State& state, const SubmitRequest& command, const Context& context) {
  const auto acting = authorise(Action::submit_request, context.actor, Relation::none, {}, context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (state.state != RequestState::unspecified) return refuse(shared::already_exists);
  if (const auto ok = well_formed(command); !ok) return std::unexpected(ok.error());
  const bool reaction = context.actor.kind == Actor::Kind::system;
  // Only a reaction may speak in somebody's name, and only a reaction is told of a problem in a rating.
  if (!reaction && !command.asker().empty()) return refuse(shared::out_of_bounds, "asker");
  if (reaction != (command.channel() == Channel::feedback)) return refuse(shared::out_of_bounds, "channel");
  if (reaction != (command.cause() != 0)) return refuse(shared::out_of_bounds, "cause");
  // A problem with what a closed organisation still finishes goes to the one above it.
  const Id above = reaction ? context.directory.nearest_active(Id::of(command.organisation())) : Id{};
  const auto holder = above.is_zero() ? first_holder(command.organisation(), context) : Decided<Id>(above);
  if (!holder) return std::unexpected(holder.error());
  // Who told a problem in a rating need not have named a category.
  const bool unnamed = reaction && command.category().empty();
  const Category* category =
      context.policy.category(unnamed ? context.policy.policy.feedback_category() : command.category());
  if (category == nullptr) return refuse(shared::unknown_category, "category");
  Decision<Event> decision{
      *acting, {}, {Rule::category_known, Rule::accept_within, Rule::resolve_within, Rule::organisation_active}};
  if (unnamed) decision.rules.add(Rule::feedback_category);
  decision.events.emplace_back(case_key_issued(command.case_key()));
  decision.events.emplace_back(
      submitted(command, *category, *holder, reaction ? command.asker() : std::string(acting->view())));
  decision.events.emplace_back(
      deadline_set(1, DeadlineKind::accept, context.now.plus_minutes(category->accept_within_minutes())));
  decision.events.emplace_back(
      deadline_set(2, DeadlineKind::resolve, context.now.plus_minutes(category->resolve_within_minutes())));
  return decision;
}

Outcome decide(const State& state, const ImportRequest& command, const Context& context) {
  const auto acting = authorise(Action::import_request, context.actor, Relation::none, {}, context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (state.state != RequestState::unspecified) return refuse(refusals::already_imported);
  const auto bad = [](std::string_view field) { return refuse(shared::out_of_bounds, field); };
  if (Id::of(command.id()).is_zero()) return bad("id");
  if (Id::of(command.case_key()).is_zero()) return bad("caseKey");
  if (!command.has_title()) return bad("title");
  if (!is_text(command.source(), limits::name_chars_max)) return bad("source");
  if (!is_text(command.source_number(), limits::name_chars_max)) return bad("sourceNumber");
  if (code_points(command.source_type()) > limits::title_chars_max) return bad("sourceType");
  if (code_points(command.source_status()) > limits::name_chars_max) return bad("sourceStatus");
  if (!Channel::Value_IsValid(command.channel()) || command.channel() == Channel::unspecified) return bad("channel");
  const bool open = command.state() == RequestState::submitted;
  const bool closed = command.state() == RequestState::closed_unconfirmed || command.state() == RequestState::withdrawn;
  if (!open && !closed) return bad("state");
  if (command.submitted_us() <= 0 || command.submitted_us() > context.now.us) return bad("submitted");
  const bool closing_fits =
      open ? command.closed_us() == 0
           : command.closed_us() >= command.submitted_us() && command.closed_us() <= context.now.us;
  if (!closing_fits) return bad("closed");
  const auto holder = first_holder(command.organisation(), context);
  if (!holder) return std::unexpected(holder.error());
  if (context.policy.category(command.category()) == nullptr) return refuse(shared::unknown_category, "category");
  RequestImported e;
  *e.mutable_title() = command.title();
  if (command.has_location()) *e.mutable_location() = command.location();
  e.set_category(command.category());
  e.set_organisation(std::string(holder->view()));
  e.set_channel(command.channel());
  e.set_source(command.source());
  e.set_source_number(command.source_number());
  e.set_source_type(command.source_type());
  e.set_source_status(command.source_status());
  e.set_state(command.state());
  e.set_submitted_us(command.submitted_us());
  e.set_closed_us(command.closed_us());
  return Decision<Event>{
      *acting, {case_key_issued(command.case_key()), std::move(e)}, {Rule::category_known, Rule::organisation_active}};
}

Outcome decide(const State& state, const AcceptRequest&, const Context& context) {
  const auto acting = acting_for_holder(state, Action::accept_request, context);
  if (!acting) return std::unexpected(acting.error());
  if (state.state != RequestState::submitted) return refuse_state(state.state);
  return one(*acting, RequestAccepted{}, {Rule::holder_acts});
}

Outcome decide(const State& state, const AssignRequest& command, const Context& context) {
  const auto acting = acting_for_holder(state, Action::assign_request, context);
  if (!acting) return std::unexpected(acting.error());
  if (!is_open(state) || state.state == RequestState::awaiting_confirmation) return refuse_state(state.state);
  const auto to = first_holder(command.organisation(), context);
  if (!to) return std::unexpected(to.error());
  const auto& directory = context.directory;
  const Id holder = directory.resolve(state.organisation);
  const auto above = directory.ancestors(holder);
  const bool upward = !above.empty() && above.front() == *to;
  if (!upward && covering_grant(context.actor, Role::cadre, *to, directory) == nullptr) {
    return refuse(refusals::assign_out_of_reach, "organisation");
  }
  if (!command.grant().empty()) {
    const members::Holding* official = context.roster.holding(Id::of(command.grant()));
    if (official == nullptr || !official->active || official->role != Role::cadre ||
        !directory.covers(official->organisation, *to)) {
      return refuse(refusals::not_an_official_there, "member");
    }
  }
  if (*to == holder && Id::of(command.grant()) == state.assigned_grant) return refuse(refusals::already_assigned);
  RequestAssigned event;
  event.set_organisation(std::string(to->view()));
  event.set_grant(command.grant());
  Rules rules{Rule::holder_acts, Rule::assigned_within_reach, Rule::organisation_active};
  if (!command.grant().empty()) rules.add(Rule::official_serves_there);
  return one(*acting, std::move(event), rules);
}

Outcome decide(const State& state, const ReportProgress& command, const Context& context) {
  const auto acting = acting_for_holder(state, Action::report_progress, context);
  if (!acting) return std::unexpected(acting.error());
  if (!command.has_text()) return refuse(shared::out_of_bounds, "text");
  if (const auto ok = photos_fit(command.photos()); !ok) return std::unexpected(ok.error());
  if (state.state != RequestState::accepted && state.state != RequestState::in_progress)
    return refuse_state(state.state);
  RequestProgressed event;
  *event.mutable_text() = command.text();
  *event.mutable_photos() = command.photos();
  return one(*acting, std::move(event), {Rule::holder_acts});
}

Outcome decide(const State& state, const ResolveRequest& command, const Context& context) {
  const auto acting = acting_for_holder(state, Action::resolve_request, context);
  if (!acting) return std::unexpected(acting.error());
  if (!command.has_text()) return refuse(shared::out_of_bounds, "text");
  if (const auto ok = photos_fit(command.photos()); !ok) return std::unexpected(ok.error());
  if (state.state != RequestState::accepted && state.state != RequestState::in_progress)
    return refuse_state(state.state);
  RequestResolved event;
  *event.mutable_text() = command.text();
  *event.mutable_photos() = command.photos();
  const Instant due = context.now.plus_minutes(context.policy.policy.confirm_within_minutes());
  return Decision<Event>{*acting,
                         {std::move(event), deadline_set(state.deadlines_set + 1, DeadlineKind::confirm, due)},
                         {Rule::holder_acts, Rule::confirm_within}};
}

namespace {

/// The asker's answer to a result: in time, and not about own work.
Decided<Id> answering(const State& state, Action action, const Context& context) {
  const auto acting = acting_as_asker(state, action, context);
  if (!acting) return acting;
  switch (state.state) {
    case RequestState::awaiting_confirmation:
      break;
    case RequestState::submitted:
    case RequestState::accepted:
    case RequestState::in_progress:
      return refuse(refusals::not_resolved);
    default:
      return refuse_state(state.state);
  }
  if (context.now >= deadline(state, DeadlineKind::confirm).due) return refuse(refusals::confirmation_over);
  return acting;
}

}  // namespace

Outcome decide(const State& state, const ConfirmRequest&, const Context& context) {
  const auto acting = answering(state, Action::confirm_request, context);
  if (!acting) return std::unexpected(acting.error());
  if (worked_here(state, context)) return refuse(refusals::own_work);
  return one(*acting, RequestConfirmed{}, {Rule::asker_answers, Rule::answer_in_time, Rule::not_own_work});
}

Outcome decide(const State& state, const DisputeRequest& command, const Context& context) {
  const auto acting = answering(state, Action::dispute_request, context);
  if (!acting) return std::unexpected(acting.error());
  if (!command.has_reason()) return refuse(shared::out_of_bounds, "reason");
  RequestDisputed event;
  *event.mutable_reason() = command.reason();
  Decision<Event> decision = one(*acting, std::move(event), {Rule::asker_answers, Rule::answer_in_time});
  // A category that a later policy no longer has sets no new clock.
  if (const Category* category = context.policy.category(state.category)) {
    decision.events.emplace_back(deadline_set(state.deadlines_set + 1, DeadlineKind::resolve,
                                              context.now.plus_minutes(category->resolve_within_minutes())));
    decision.rules.add(Rule::resolve_within);
  }
  return decision;
}

Outcome decide(const State& state, const RateRequest& command, const Context& context) {
  const auto acting = acting_as_asker(state, Action::rate_request, context);
  if (!acting) return std::unexpected(acting.error());
  if (command.stars() < 1 || command.stars() > 5) return refuse(shared::out_of_bounds, "stars");
  if (state.state == RequestState::withdrawn) return refuse(refusals::request_withdrawn);
  if (is_open(state)) return refuse(refusals::not_closed);
  if (worked_here(state, context)) return refuse(refusals::own_work);
  if (state.rated) return refuse(refusals::request_already_rated);
  RequestRated event;
  event.set_stars(command.stars());
  if (command.has_comment()) *event.mutable_comment() = command.comment();
  return one(*acting, std::move(event), {Rule::asker_answers, Rule::not_own_work, Rule::rated_once});
}

Outcome decide(const State& state, const WithdrawRequest& command, const Context& context) {
  const auto acting = acting_as_asker(state, Action::withdraw_request, context);
  if (!acting) return std::unexpected(acting.error());
  if (!is_open(state)) return refuse_state(state.state);
  RequestWithdrawn event;
  if (command.has_reason()) *event.mutable_reason() = command.reason();
  // The system withdraws what an erased person asked.
  const bool asked = context.actor.kind == Actor::Kind::person;
  return one(*acting, std::move(event), asked ? Rules{Rule::asker_answers} : Rules{});
}

Outcome decide(const State& state, const PassDeadline& command, const Context& context) {
  if (state.state == RequestState::unspecified) return refuse_missing(context.actor);
  const auto acting =
      authorise(Action::pass_deadline, context.actor, Relation::none, state.organisation, context.directory);
  if (!acting) return std::unexpected(acting.error());
  const std::uint32_t number = command.deadline();
  if (number == 0 || number > state.deadlines_set) return refuse(refusals::no_such_deadline);
  const auto found = std::find_if(state.deadlines.begin(), state.deadlines.end(),
                                  [&](const Deadline& d) { return d.number == number; });
  if (found == state.deadlines.end()) return refuse(refusals::deadline_replaced);
  if (found->passed) return refuse(refusals::deadline_passed);
  if (!found->running) return refuse(refusals::deadline_met);
  if (context.now < found->due) return refuse(refusals::deadline_not_due);
  const auto kind = static_cast<DeadlineKind::Value>(found - state.deadlines.begin());
  if (kind == DeadlineKind::confirm)
    return one(*acting, RequestClosedUnconfirmed{}, {Rule::confirm_within, Rule::clock_is_over, Rule::silence_closes});
  RequestDeadlinePassed event;
  event.set_deadline(number);
  event.set_kind(kind);
  const auto measure = kind == DeadlineKind::accept ? Rule::accept_within : Rule::resolve_within;
  return one(*acting, std::move(event), {measure, Rule::clock_is_over});
}

}  // namespace pioneer::domain::requests
