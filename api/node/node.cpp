#include "api/node/node.hpp"

#include <future>
#include <utility>

#include "api/edge/made_key.hpp"
#include "domain/policy/decide.hpp"
#include "domain/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::node {
namespace {

/// Deadlines sent in one tick: what is left follows in the next.
constexpr std::size_t deadlines_per_tick_max = 256;
/// A disk that was full is tried again after this: it may be full for one file and not for another.
constexpr std::int64_t full_pause_us = 1'000'000;
/// A node that hears nothing of the log for so long is not ready: others are asked.
constexpr std::int64_t cut_off_us_max = 5'000'000;
constexpr std::string_view disk_full = "disk_full";
constexpr std::string_view elsewhere = "elsewhere";
constexpr std::string_view projection_stopped = "projection_stopped";

}  // namespace
Node::Node(Parts parts, eventstore::LogIndex index, std::unique_ptr<projections::ReadModels> models)
    : parts_(std::move(parts)),
      index_(std::move(index)),
      models_(std::move(models)),
      projector_({parts_.log, following_store(), index_, models_->engine(), parts_.people, parts_.keyring}),
      reactions_(
          parts_.edge, parts_.store,
          [this](domain::Command command, PendingCommand::Done done) { submit(std::move(command), std::move(done)); },
          [this](const domain::Id& product) { return organisation_of(product); },
          [this] { return parts_.shared && unwritable() == elsewhere; }) {}

eventstore::Result<std::unique_ptr<Node>> Node::open(Parts parts, bool read_only) {
  auto index = eventstore::LogIndex::open(parts.patient_store != nullptr ? *parts.patient_store : parts.store);
  if (!index) return std::unexpected(index.error());
  auto models = projections::ReadModels::open(parts.patient_store != nullptr ? *parts.patient_store : parts.store);
  if (!models) return std::unexpected(models.error());
  std::unique_ptr<Node> node(new Node(std::move(parts), std::move(*index), std::move(*models)));
  node->read_only_ = read_only;
  if (auto caught_up = node->projector_.catch_up(); !caught_up) return std::unexpected(caught_up.error());
  node->newer_ = node->projector_.newer();
  node->read_only_ = read_only || node->newer_;
  if (node->read_only_) return node;
  if (auto opened = node->open_writer(); !opened) return std::unexpected(opened.error());
  return node;
}

eventstore::Result<void> Node::open_writer() {
  auto application = Application::open(
      {parts_.log, index_, parts_.store, parts_.people, parts_.keyring, projector_.projected_counter()});
  if (!application) return std::unexpected(application.error());
  application_ = std::move(*application);
  application_->begin_with(projector_.with_community([](const Community& community) { return community; }));
  writer_ = std::make_unique<eventstore::Writer>(parts_.log, parts_.clock, parts_.random, *application_, projector_,
                                                 parts_.command_queue_max);
  writer_->confirm_clock(eventstore::Instant{parts_.clock_confirmed_us});
  if (parts_.shared) {
    writer_->share(projector_.projected());
  } else if (auto taken = take_over(); !taken && taken.error().code != "clock_behind_log") {
    return taken;  // with a clock behind the log it is served for reading, and the tick tries again
  }
  if (auto resumed = reactions_.resume(parts_.log); !resumed) return resumed;
  projector_.listen([this](std::span<const eventstore::AcceptedCommit> commits) { reactions_.react(commits); });
  if (parts_.patience != nullptr) {
    parts_.patience->begin([this](const std::string& trouble) {
      // Released by the tick, when what waited is projected.
      if (!trouble.empty()) writer_->hold(trouble);
    });
  }
  return {};
}

eventstore::Result<void> Node::take_over() {
  if (auto taken = writer_->take_over(); !taken) return taken;
  taken_over_ = true;
  record_permissions();
  return {};
}

// What is decided from here on is decided by this program's table: the log says so before the first decision.
void Node::record_permissions() {
  const auto state = projector_.with_community([](const Community& community) { return community.policy; });
  if (!state.adopted || !domain::policy::permissions_differ(state)) return;
  api::Call by_system;
  by_system.system = true;
  if (auto command = parts_.edge.adopt_policy(by_system, state.policy))
    submit(std::move(*command), [](const Outcome&) {});
}

eventstore::Result<void> Node::confirm_clock() {
  if (read_only_) return eventstore::failure("read_only", "This node only reads.");
  const auto last = eventstore::last_stamp(parts_.log);
  if (!last) return std::unexpected(last.error());
  if (parts_.keep_clock_confirmed) {
    if (auto kept = parts_.keep_clock_confirmed(*last); !kept) return kept;
  }
  writer_->confirm_clock(*last);
  return {};
}

eventstore::KeyValueStore& Node::following_store() const {
  return parts_.patient_store != nullptr ? *parts_.patient_store : parts_.store;
}

domain::Id Node::organisation_of(const domain::Id& product) const {
  const auto first =
      index_.stream(domain::stream_of(domain::stream_kind::product, product), eventstore::Revision{0}, 1);
  if (!first || first->empty()) return {};
  const auto commit = eventstore::read_commit(parts_.log, first->front().sequence);
  if (!commit || commit->body.parts().empty() || commit->body.parts(0).events().empty()) return {};
  domain::ProductCreated created;
  if (!created.ParseFromString(commit->body.parts(0).events(0).payload())) return {};
  return domain::Id::of(created.terms().organisation());
}

namespace {

/// The first outcome was that it was refused: so it is again, in the same words.
void recall_refusal(Outcome& outcome) {
  const auto* refused = std::get_if<domain::CommandRefused>(&outcome.events.front());
  if (refused == nullptr) return;
  const auto* text = domain::refusal_of(refused->code());
  outcome.refusal = domain::Refusal{domain::RefusalKind::conflict, refused->code(),
                                    text == nullptr ? std::string() : std::string(text->sentence), refused->field()};
  outcome.refusal_recorded = true;
  outcome.answer.kind = eventstore::Answer::Kind::refused;
}

}  // namespace

// A repeat's first outcome is read from the log: it is durable by the time the answer leaves.
void Node::recall(Outcome& outcome) const {
  const auto commit = eventstore::read_commit(parts_.log, outcome.answer.position);
  if (!commit || commit->body.parts().empty()) return;
  const auto& part = commit->body.parts(0);
  outcome.stream = part.stream();
  outcome.recorded = {commit->body.recorded_at_us()};
  outcome.revision = part.first_revision() + static_cast<std::uint64_t>(part.events().size());
  outcome.answer.leaf = commit->leaf;
  for (const auto& event : part.events()) {
    if (auto parsed = domain::parse_event(event.type(), event.payload())) outcome.events.push_back(std::move(*parsed));
  }
  if (!outcome.events.empty()) recall_refusal(outcome);
}

void Node::submit(domain::Command command, PendingCommand::Done done) {
  using Kind = eventstore::Answer::Kind;
  auto with_memory = [this, key = api::made_key(command), done = std::move(done)](Outcome outcome) {
    if (outcome.answer.kind == Kind::repeated) recall(outcome);
    parts_.keyring.release(key);
    done(std::move(outcome));
  };
  auto pending = std::make_unique<PendingCommand>(std::move(command), std::move(with_memory));
  if (read_only_) {
    pending->answer({eventstore::Answer::Kind::unavailable,
                     {},
                     {"read_only", "This node only reads.", eventstore::Retry::cannot_help}});
    return;
  }
  writer_->submit(std::move(pending));
}

Outcome Node::execute(domain::Command command) {
  std::promise<Outcome> promise;
  auto future = promise.get_future();
  submit(std::move(command), [&promise](Outcome outcome) { promise.set_value(std::move(outcome)); });
  return future.get();
}

Caller Node::caller_of(const domain::Id& member) const {
  return projector_.with_community([&](const Community& community) {
    Caller caller{community.actor(member), std::nullopt};
    if (caller.actor.kind == domain::Actor::Kind::person) {
      caller.sender = api::Sender{member, community.roster.member(member)->key};
    }
    return caller;
  });
}

Caller Node::caller(std::string_view token_hash) const {
  domain::Instant expires;
  const domain::Id member = projector_.with_community([&](const Community& community) {
    if (const auto* token = community.roster.token(token_hash)) expires = token->expires;
    return community.roster.member_of_token(token_hash, {parts_.clock.now().value});
  });
  auto caller = caller_of(member);
  caller.expires = expires;
  if (caller.sender) caller.token_hash = token_hash;
  return caller;
}

std::string Node::unwritable() const {
  if (newer_) return "newer_feature_level";
  if (read_only_) return "read_only";
  return writer_->writable() ? std::string{} : writer_->unwritable();
}

Readiness Node::readiness() const {
  Readiness now;
  if (const auto next = projector_.projected().value; next > 0) now.position = eventstore::Sequence{next - 1};
  if (!projector_.stopped_because().empty()) {
    now.reason = projection_stopped;
  } else if (newer_) {
    now.reason = "newer_feature_level";
  } else if (writer_ != nullptr) {
    // Whoever asks this node is served all the same.
    if (now.reason = writer_->unwritable(); now.reason == elsewhere) now.reason.clear();
    // It may not know who was erased, and whose token was taken away.
    const auto since = cut_off_since_us_.load();
    const bool cut_off = since != 0 && parts_.clock.since_boot().value - since > cut_off_us_max;
    if (now.reason.empty() && cut_off) now.reason = low_on_room() ? disk_full : eventstore::broker_unreachable;
  }
  now.ready = now.reason.empty();
  return now;
}

// Where the timer itself is stuck the others are not looked at any more: then all that is known is that.
std::string Node::stuck() const {
  const auto now_us = parts_.clock.since_boot().value;
  if (watch_.timer.stuck(now_us)) return "timer";
  if (watch_.writer.stuck(now_us)) return "writer";
  if (watch_.projection.stuck(now_us)) return "projection";
  return {};
}

void Node::watch_threads() {
  const auto now_us = parts_.clock.since_boot().value;
  watch_.timer.look(false, 0, now_us);
  if (writer_ != nullptr) {
    const auto pulse = writer_->pulse();
    watch_.writer.look(pulse.busy, pulse.turns, now_us);
  }
  // What waits for room on the disk, or stopped, says so by itself.
  const auto projected = projector_.projected();
  const bool behind = projected < parts_.log.end() && projector_.stopped_because().empty() && unwritable().empty();
  watch_.projection.look(behind, projected.value, now_us);
}

void Node::watch_log() {
  if (!parts_.log_trouble) return;
  if (parts_.log_trouble().empty())
    cut_off_since_us_ = 0;
  else if (cut_off_since_us_ == 0)
    cut_off_since_us_ = parts_.clock.since_boot().value;
}

void Node::tick() {
  const auto now = parts_.clock.now();
  watch_threads();
  watch_log();
  projector_.expire(now);
  if (read_only_) return;
  watch_room();
  if (parts_.shared) {
    if (const auto reigns = writer_->reigns(); reigns != std::exchange(reigns_seen_, reigns)) record_permissions();
  } else if (!taken_over_) {
    // What fails here but for the clock will fail again at the next start, and then say why.
    if (auto taken = take_over(); !taken && taken.error().code != "clock_behind_log") writer_->hold(taken.error().code);
  }
  writer_->look_again();
  if (const auto code = writer_->unwritable(); !code.empty()) {
    // What fails is tried again when that node is heard of next.
    if (code == elsewhere) static_cast<void>(reactions_.answered_elsewhere(reacted_elsewhere_));
    return;
  }
  if (parts_.shared && !writer_->reign()) return;  // what is due stays due
  if (const auto due = models_->deadlines().due({now.value}, deadlines_per_tick_max)) {
    for (const auto& deadline : *due) {
      // Refused if it passed or was met meanwhile: then the next tick no longer finds it.
      if (auto command = parts_.edge.pass_deadline(deadline.request, deadline.number)) {
        submit(std::move(*command), [](const Outcome&) {});
      }
    }
  }
  static_cast<void>(reactions_.tick(parts_.log));
}

bool Node::low_on_room() const { return parts_.free_bytes && parts_.free_bytes() < parts_.headroom_bytes; }

// Holds commands back before the disk is so full that what was accepted could not be projected, and lets them in when
// there is room and nothing waits.
void Node::watch_room() {
  if (!projector_.stopped_because().empty()) writer_->hold(projection_stopped);
  const bool low = low_on_room();
  if (low) writer_->hold(disk_full);
  if (low || writer_->unwritable() != disk_full) {
    full_since_us_ = 0;
    return;
  }
  const auto now_us = parts_.clock.since_boot().value;
  if (full_since_us_ == 0) full_since_us_ = now_us;
  if (now_us - full_since_us_ < full_pause_us) return;
  if (parts_.patience != nullptr && !parts_.patience->trouble().empty()) return;
  if (projector_.projected() != parts_.log.end()) return;
  full_since_us_ = 0;
  writer_->release(disk_full);
}

void Node::stop() {
  // What waits for room no longer does: the next start projects it.
  if (parts_.patience != nullptr) parts_.patience->end();
  projector_.end_waits();
  if (writer_ != nullptr) writer_->stop();
}

eventstore::Result<void> Node::close() {
  if (auto closed = models_->engine().close(); !closed) return closed;
  return parts_.store.flush();
}

bool Node::step() {
  const bool decided = decide_step();
  const bool written = write_step();
  const bool projected = projector_.step();
  return decided || written || projected;
}

}  // namespace pioneer::node
