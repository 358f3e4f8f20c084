#include "api/node/application.hpp"

#include <algorithm>
#include <chrono>

#include "api/edge/made_key.hpp"
#include "api/node/refusals.hpp"
#include "api/node/stream_snapshot.hpp"
#include "domain/commands.hpp"
#include "domain/members/decide.hpp"
#include "domain/organisations/decide.hpp"
#include "domain/policy/decide.hpp"
#include "domain/requests/decide.hpp"
#include "domain/streams.hpp"
#include "domain/supermarket/decide.hpp"
#include "eventstore/check.hpp"
#include "eventstore/limits.hpp"

namespace pioneer::node {
namespace {

using domain::AnyCommand;
using domain::AnyEvent;
using domain::Id;
using eventstore::CommitBody;
using eventstore::Result;
using eventstore::Sequence;
using Verdict = eventstore::Decider::Verdict;

// States kept in memory: the busy streams of a city's day. A request's state takes about 400 bytes.
constexpr std::size_t cached_requests_max = 20'000;
constexpr std::size_t cached_products_max = 20'000;
constexpr std::size_t cached_plain_max = 20'000;
// A snapshot is written when folding the tail costs more than reading it back.
constexpr std::uint64_t snapshot_tail_min = 1'000;
constexpr std::size_t stream_page = 4'096;
// What a record adds to its body, and the stamp that the Writer sets.
constexpr std::size_t commit_overhead = eventstore::RecordHeader::encoded_bytes + 16;

domain::Refusal as_refusal(const domain::RefusalText& text) { return domain::refuse(text).error(); }

Verdict refused(Outcome& outcome, domain::Refusal refusal) {
  outcome.refusal = std::move(refusal);
  return {Verdict::Kind::refuse, {}, {}};
}

/// True where the command names a revision that is not this one. Who may not act is told that, whatever they named: it
/// would say to strangers that there is something.
template <class Decision>
bool is_stale(const domain::Command& command, std::uint64_t revision, const domain::Decided<Decision>& decision) {
  if (command.expected_revision < 0 || static_cast<std::uint64_t>(command.expected_revision) == revision) return false;
  if (decision) return true;
  return decision.error().kind != domain::RefusalKind::forbidden &&
         decision.error().kind != domain::RefusalKind::not_found;
}

template <class Event>
std::vector<AnyEvent> as_any(std::vector<Event> events) {
  std::vector<AnyEvent> any;
  any.reserve(events.size());
  for (auto& event : events) {
    std::visit([&](auto& e) { any.emplace_back(std::move(e)); }, event);
  }
  return any;
}

/// What may be done and what this build can do are asked in this order: a stranger is told only that it is forbidden.
template <class C>
auto decide_policy(const domain::policy::State& state, const C& what, const domain::Context& context) {
  auto decided = domain::policy::decide(state, what, context);
  if constexpr (std::is_same_v<C, domain::RaiseFeatureLevel>) {
    if (decided && what.level() > eventstore::limits::feature_level)
      decided = domain::refuse(refusals::feature_level_unknown);
  }
  return decided;
}

/// The level that records carry from this commit on; zero: as before.
eventstore::FeatureLevel level_raised(const std::vector<AnyEvent>& events) {
  eventstore::FeatureLevel level;
  for (const auto& event : events) {
    if (const auto* e = std::get_if<domain::FeatureLevelRaised>(&event))
      level = eventstore::FeatureLevel{static_cast<std::uint16_t>(e->level())};
  }
  return level;
}

/// Folds one commit's events of one stream.
eventstore::Result<void> fold_part(const eventstore::StreamPart& part, std::int64_t at_us, auto&& each) {
  const domain::Happened happened{Id::of(part.actor()), {at_us}};
  for (const auto& event : part.events()) {
    const auto parsed = domain::parse_event(event.type(), event.payload());
    if (!parsed)
      return eventstore::failure("unknown_event", "This build does not know the event " + event.type() + ".");
    each(*parsed, happened);
  }
  return {};
}

}  // namespace

Application::Application(const Parts& parts, eventstore::Table snapshots)
    : parts_(parts),
      snapshots_(snapshots),
      requests_(cached_requests_max),
      products_(cached_products_max),
      plain_(cached_plain_max) {}

Result<std::unique_ptr<Application>> Application::open(const Parts& parts) {
  auto snapshots = parts.store.table("snapshots");
  if (!snapshots) return std::unexpected(snapshots.error());
  return std::unique_ptr<Application>(new Application(parts, *snapshots));
}

Result<void> Application::load() {
  auto loaded = load_community(parts_.log, parts_.index);
  if (!loaded) return std::unexpected(loaded.error());
  community_ = std::move(*loaded);
  return {};
}

Result<void> Application::discard() {
  requests_.clear();
  products_.clear();
  plain_.clear();
  recent_once_.clear();
  recent_phones_.clear();
  recent_.clear();
  return load();
}

template <class State>
Result<void> Application::replay(const std::string& name, CachedStream<State>& into, std::uint64_t& tail) {
  while (true) {
    auto page = parts_.index.stream(name, eventstore::Revision{into.revision}, stream_page);
    if (!page) return std::unexpected(page.error());
    if (page->empty()) return {};
    for (const auto& entry : *page) {
      auto commit = eventstore::read_commit(parts_.log, entry.sequence);
      if (!commit) return std::unexpected(commit.error());
      for (const auto& part : commit->body.parts()) {
        if (part.stream() != name) continue;
        introduce(into, part);
        auto folded = fold_part(part, commit->body.recorded_at_us(), [&](const AnyEvent& event, const auto& happened) {
          fold(into.state, event, happened);
          ++into.revision;
          ++tail;
        });
        if (!folded) return folded;
      }
      into.last = entry.sequence;
    }
  }
}

template <class State>
Result<CachedStream<State>*> Application::stream(StreamCache<State>& cache, const std::string& name) {
  if (auto* cached = cache.find(name)) return cached;
  CachedStream<State> loaded;
  const auto indexed = Sequence{parts_.projected.load(std::memory_order_acquire)};
  // Most streams that are not here are new ones: for them one look-up is enough.
  auto first = parts_.index.stream(name, eventstore::Revision{0}, 1);
  if (!first) return std::unexpected(first.error());
  if (first->empty()) return &cache.insert(name, std::move(loaded), indexed);
  auto snapshot = parts_.store.get(snapshots_, name);
  if (!snapshot) return std::unexpected(snapshot.error());
  if (*snapshot && !decode_snapshot(**snapshot, loaded)) loaded = {};
  std::uint64_t tail = 0;
  if (auto replayed = replay(name, loaded, tail); !replayed) return std::unexpected(replayed.error());
  if (tail > std::max(snapshot_tail_min, loaded.revision / 4)) {
    eventstore::WriteBatch batch;
    batch.put(snapshots_, name, encode_snapshot(loaded));
    if (auto written = parts_.store.write(batch); !written) return std::unexpected(written.error());
  }
  return &cache.insert(name, std::move(loaded), indexed);
}

template <class State>
void Application::introduce(CachedStream<State>& in, const eventstore::StreamPart& part) {
  for (const auto& introduction : part.introductions()) in.introduced.insert(Id::of(introduction.pseudonym()));
}

domain::Actor Application::actor_of(const domain::Command& command, const std::string& stream) const {
  if (command.system) {
    domain::Actor system;
    system.kind = domain::Actor::Kind::system;
    return system;
  }
  domain::Actor actor = community_.actor(command.member);
  actor.pseudonym = command.pseudonym;
  const auto own = domain::id_in(stream, domain::stream_kind::member);
  actor.is_self = own && !command.member.is_zero() && *own == command.member;
  return actor;
}

domain::Context Application::context_of(const domain::Command& command, const std::string& stream,
                                        eventstore::Instant now) const {
  return {{now.value}, actor_of(command, stream), community_.directory, community_.policy, community_.roster};
}

void Application::forget_projected() {
  const Sequence projected{parts_.projected.load(std::memory_order_acquire)};
  while (!recent_.empty() && recent_.front().sequence < projected) {
    recent_once_.erase(recent_.front().once);
    recent_phones_.erase(recent_.front().phone);
    recent_.pop_front();
  }
}

void Application::remember(const domain::Command& command, Sequence sequence) {
  if (command.once.empty() && command.phone_token.empty()) return;
  recent_.push_back({sequence, command.once, command.phone_token});
  if (!command.once.empty()) recent_once_.insert_or_assign(command.once, Recent{sequence, command.same});
  if (!command.phone_token.empty()) {
    if (const auto* c = std::get_if<domain::RegisterMember>(&command.what)) {
      recent_phones_.insert_or_assign(command.phone_token, Id::of(c->id()));
    }
  }
}

Result<std::optional<Verdict>> Application::repeat_of(const domain::Command& command, Outcome& outcome) {
  if (command.once.empty()) return std::optional<Verdict>{};
  Sequence first;
  std::string same;
  if (const auto recent = recent_once_.find(command.once); recent != recent_once_.end()) {
    first = recent->second.sequence;
    same = recent->second.same;
  } else {
    auto indexed = parts_.index.once(eventstore::CommandMac::of(command.once));
    if (!indexed) return std::unexpected(indexed.error());
    if (!*indexed) return std::optional<Verdict>{};
    auto commit = eventstore::read_commit(parts_.log, **indexed);
    if (!commit) return std::unexpected(commit.error());
    first = **indexed;
    same = commit->body.same();
  }
  if (same != command.same) return refused(outcome, as_refusal(refusals::idempotency_key_reused));
  return Verdict{Verdict::Kind::repeat, {}, first};
}

std::optional<CommitBody> Application::commit_of(const domain::Command& command, const Acting& acting,
                                                 const std::vector<Change>& changes, domain::Instant now,
                                                 Outcome& outcome) const {
  CommitBody body;
  body.set_once(command.once);
  body.set_same(command.same);
  body.set_policy_sequence(community_.policy_sequence.value);
  acting.rules.for_each([&](domain::Rule::Value rule) { body.add_rules(rule); });
  body.set_cause(command.cause);
  // A clock that runs a little ahead told a time that has not come: it is as recorded.
  if (command.occurred_us <= now.us) body.set_occurred_at_us(command.occurred_us);
  // What was asked beyond the streams. Taken numbers are refused, so what is written says that nobody held this one.
  if (std::holds_alternative<domain::RegisterMember>(command.what) && !command.phone_token.empty()) {
    auto& fact = *body.add_facts();
    fact.set_name("phone_holders");
    fact.set_value(0);
  }
  for (const auto& change : changes) {
    CHECK(change.stream.size() <= eventstore::limits::stream_name_bytes_max);  // names are ours: a kind and an id
    auto& part = *body.add_parts();
    part.set_stream(change.stream);
    part.set_first_revision(change.revision);
    if (!acting.as.is_zero()) part.set_actor(std::string(acting.as.view()));
    for (const auto& event : change.events) {
      auto& written = *part.add_events();
      written.set_type(std::string(domain::event_type(event)));
      written.set_payload(domain::event_payload(event));
    }
  }
  // The stream tells once whom a pseudonym stands for. Who acts under a role grant needs no pseudonym.
  const auto* submitted = std::get_if<domain::SubmitRequest>(&command.what);
  for (const auto& introduction : command.introductions) {
    const bool used = introduction.pseudonym == acting.as ||
                      (submitted != nullptr && introduction.pseudonym.view() == submitted->asker());
    if (!used) continue;
    auto& told = *body.mutable_parts(0)->add_introductions();
    told.set_pseudonym(std::string(introduction.pseudonym.view()));
    told.set_sealed_member(introduction.sealed_member);
  }
  if (changes.size() > eventstore::limits::streams_per_commit_max ||
      body.ByteSizeLong() + commit_overhead > eventstore::limits::record_bytes_max) {
    outcome.refusal = as_refusal(refusals::command_too_large);
    return std::nullopt;
  }
  return body;
}

template <class State, class Event, class Decide>
Result<Verdict> Application::decide_in(StreamCache<State>& cache, const std::string& name, PendingCommand& pending,
                                       const domain::Context& context, Sequence sequence, Decide decide) {
  const domain::Command& command = pending.command();
  Outcome& outcome = pending.outcome();
  auto found = stream(cache, name);
  if (!found) return std::unexpected(found.error());
  CachedStream<State>& current = **found;
  domain::Decided<domain::Decision<Event>> decision = decide(current.state);
  if (is_stale(command, current.revision, decision)) return refused(outcome, as_refusal(refusals::revision_mismatch));
  if (!decision) return refused(outcome, std::move(decision.error()));

  std::vector<Change> changes(1);
  changes[0] = {name, current.revision, as_any(std::move(decision->events))};
  auto body = commit_of(command, {decision->acting_as, decision->rules}, changes, context.now, outcome);
  if (!body) return Verdict{Verdict::Kind::refuse, {}, {}};
  if (auto wanted = parts_.keyring.want(api::made_key(command)); !wanted) return std::unexpected(wanted.error());
  auto& introductions = *body->mutable_parts(0)->mutable_introductions();
  for (int i = introductions.size() - 1; i >= 0; --i) {
    if (!current.introduced.insert(Id::of(introductions[i].pseudonym())).second) introductions.DeleteSubrange(i, 1);
  }
  const domain::Happened happened{decision->acting_as, context.now};
  for (const auto& event : changes[0].events) {
    fold(current.state, event, happened);
    if (Community::concerns(name)) community_.evolve(name, event, happened, sequence);
  }
  current.revision += changes[0].events.size();
  current.last = sequence;
  outcome.stream = name;
  outcome.revision = current.revision;
  outcome.events = std::move(changes[0].events);
  remember(command, sequence);
  Verdict verdict{Verdict::Kind::write, std::move(*body), {}};
  if constexpr (std::is_same_v<Event, domain::policy::Event>) verdict.raise = level_raised(outcome.events);
  return verdict;
}

// A merge writes both organisations' streams in one commit: each event says which stream it belongs to.
template <class C>
Result<Verdict> Application::decide_organisation(const C& what, PendingCommand& pending, const domain::Context& context,
                                                 Sequence sequence) {
  const domain::Command& command = pending.command();
  Outcome& outcome = pending.outcome();
  const std::string primary = domain::primary_stream(command.what);
  auto first = stream(plain_, primary);
  if (!first) return std::unexpected(first.error());
  auto decision = domain::organisations::decide(community_.directory, what, context);
  if (is_stale(command, (*first)->revision, decision)) return refused(outcome, as_refusal(refusals::revision_mismatch));
  if (!decision) return refused(outcome, std::move(decision.error()));

  std::vector<Change> changes;
  for (auto& [organisation, event] : decision->events) {
    const std::string name = domain::stream_of(domain::stream_kind::organisation, organisation);
    auto change = std::ranges::find(changes, name, &Change::stream);
    if (change == changes.end()) {
      auto current = stream(plain_, name);
      if (!current) return std::unexpected(current.error());
      changes.push_back({name, (*current)->revision, {}});
      change = std::prev(changes.end());
    }
    std::visit([&](auto& e) { change->events.emplace_back(std::move(e)); }, event);
  }
  auto body = commit_of(command, {decision->acting_as, decision->rules}, changes, context.now, outcome);
  if (!body) return Verdict{Verdict::Kind::refuse, {}, {}};
  const domain::Happened happened{decision->acting_as, context.now};
  for (const auto& change : changes) {
    auto current = stream(plain_, change.stream);
    if (!current) return std::unexpected(current.error());
    for (const auto& event : change.events) community_.evolve(change.stream, event, happened, sequence);
    (*current)->revision += change.events.size();
    (*current)->last = sequence;
  }
  outcome.stream = primary;
  outcome.revision = (*stream(plain_, primary))->revision;
  outcome.events = std::move(changes.front().events);
  remember(command, sequence);
  return Verdict{Verdict::Kind::write, std::move(*body), {}};
}

Result<Verdict> Application::decide(eventstore::Pending& waiting, eventstore::Instant now, Sequence sequence) {
  auto& pending = static_cast<PendingCommand&>(waiting);
  const domain::Command& command = pending.command();
  pending.outcome() = {};  // of an earlier decision that came to nothing
  forget_projected();
  if (!token_holds(command, now)) return refused(pending.outcome(), as_refusal(refusals::token_invalid));
  if (auto repeat = repeat_of(command, pending.outcome()); !repeat || *repeat) {
    return repeat ? Result<Verdict>(std::move(**repeat)) : std::unexpected(repeat.error());
  }
  const std::string name = domain::primary_stream(command.what);
  pending.outcome().recorded = {now.value};
  auto verdict = judge(pending, name, context_of(command, name, now), sequence);
  if (!verdict || verdict->kind != Verdict::Kind::refuse || !command.record_refusal) return verdict;
  return refusal_of(pending, name, now, sequence);
}

Verdict Application::refusal_of(PendingCommand& pending, const std::string& about, eventstore::Instant now,
                                Sequence sequence) {
  const domain::Command& command = pending.command();
  Outcome& outcome = pending.outcome();
  const bool readable = community_.policy.feature_level >= domain::feature::recorded_refusals;
  if (!readable || !is_of_a_rule(outcome.refusal) || !recorded_refusals_.take(command.member, now))
    return {Verdict::Kind::refuse, {}, {}};
  auto event = refusal_event(command, *outcome.refusal, about);
  auto body = refusal_commit(command, event);
  body.set_policy_sequence(community_.policy_sequence.value);
  outcome.stream = body.parts(0).stream();
  outcome.revision = 1;
  outcome.events = {std::move(event)};
  remember(command, sequence);
  return {Verdict::Kind::write, std::move(body), {}};
}

Result<Verdict> Application::judge(PendingCommand& pending, const std::string& name, const domain::Context& context,
                                   Sequence sequence) {
  const domain::Command& command = pending.command();
  return std::visit(
      [&](const auto& what) -> Result<Verdict> {
        if constexpr (requires(const domain::requests::State& s) { domain::requests::decide(s, what, context); }) {
          return decide_in<domain::requests::State, domain::requests::Event>(
              requests_, name, pending, context, sequence,
              [&](const auto& state) { return domain::requests::decide(state, what, context); });
        } else if constexpr (requires(const domain::supermarket::State& s) {
                               domain::supermarket::decide(s, what, context);
                             }) {
          return decide_in<domain::supermarket::State, domain::supermarket::Event>(
              products_, name, pending, context, sequence,
              [&](const auto& state) { return domain::supermarket::decide(state, what, context); });
        } else if constexpr (requires { domain::organisations::decide(community_.directory, what, context); }) {
          return decide_organisation(what, pending, context, sequence);
        } else if constexpr (requires { domain::policy::decide(community_.policy, what, context); }) {
          return decide_in<Plain, domain::policy::Event>(plain_, name, pending, context, sequence, [&](const auto&) {
            return decide_policy(community_.policy, what, context);
          });
        } else if constexpr (requires { domain::members::decide(what, context); }) {
          return decide_in<Plain, domain::members::AccessEvent>(
              plain_, domain::access_stream(Id::of(what.organisation()), context.now.us), pending, context, sequence,
              [&](const auto&) { return domain::members::decide(what, context); });
        } else {
          const auto id = domain::id_in(name, domain::stream_kind::member);
          return decide_in<Plain, domain::members::Event>(plain_, name, pending, context, sequence, [&](const auto&) {
            const auto* known = community_.roster.member(*id);
            const domain::members::State state = known == nullptr ? domain::members::State{} : *known;
            if constexpr (std::is_same_v<std::decay_t<decltype(what)>, domain::RegisterMember>) {
              return domain::members::decide(state, what, context, phone_taken(command.phone_token));
            } else {
              return domain::members::decide(state, what, context);
            }
          });
        }
      },
      command.what);
}

// The edge knew the token a moment ago, by what was projected; here stands what was revoked before this command.
bool Application::token_holds(const domain::Command& command, eventstore::Instant now) const {
  if (command.token_hash.empty()) return true;
  return community_.roster.member_of_token(command.token_hash, {now.value}) == command.member;
}

bool Application::phone_taken(const std::string& token) const {
  if (token.empty()) return false;
  return recent_phones_.contains(token) || !parts_.people.holder_of_phone(token).is_zero();
}

}  // namespace pioneer::node
