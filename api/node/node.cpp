#include "api/node/node.hpp"

#include <future>

#include "domain/streams.hpp"

namespace pioneer::node {
namespace {

/// Deadlines sent in one tick: what is left follows in the next.
constexpr std::size_t deadlines_per_tick_max = 256;

}  // namespace
Node::Node(Parts parts, eventstore::LogIndex index, std::unique_ptr<projections::ReadModels> models)
    : parts_(std::move(parts)),
      index_(std::move(index)),
      models_(std::move(models)),
      projector_({parts_.log, parts_.store, index_, models_->engine(), parts_.people, parts_.keyring}),
      reactions_(
          parts_.edge, parts_.store,
          [this](domain::Command command, PendingCommand::Done done) { submit(std::move(command), std::move(done)); },
          [this](const domain::Id& product) { return organisation_of(product); }) {}

eventstore::Result<std::unique_ptr<Node>> Node::open(Parts parts, bool read_only) {
  auto index = eventstore::LogIndex::open(parts.store);
  if (!index) return std::unexpected(index.error());
  auto models = projections::ReadModels::open(parts.store);
  if (!models) return std::unexpected(models.error());
  std::unique_ptr<Node> node(new Node(std::move(parts), std::move(*index), std::move(*models)));
  node->read_only_ = read_only;
  if (auto caught_up = node->projector_.catch_up(); !caught_up) return std::unexpected(caught_up.error());
  if (read_only) return node;
  if (auto opened = node->open_writer(); !opened) return std::unexpected(opened.error());
  return node;
}

eventstore::Result<void> Node::open_writer() {
  auto application =
      Application::open({parts_.log, index_, parts_.store, parts_.people, projector_.projected_counter()});
  if (!application) return std::unexpected(application.error());
  application_ = std::move(*application);
  if (auto loaded = application_->load(); !loaded) return loaded;
  writer_ = std::make_unique<eventstore::Writer>(parts_.log, parts_.clock, parts_.random, *application_, projector_);
  if (auto taken = writer_->take_over(); !taken) return taken;
  if (auto resumed = reactions_.resume(parts_.log); !resumed) return resumed;
  projector_.listen([this](std::span<const eventstore::AcceptedCommit> commits) { reactions_.react(commits); });
  return {};
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

// A repeat's first outcome is read from the log: it is durable by the time the answer leaves.
void Node::recall(Outcome& outcome) const {
  const auto commit = eventstore::read_commit(parts_.log, outcome.answer.position);
  if (!commit || commit->body.parts().empty()) return;
  const auto& part = commit->body.parts(0);
  outcome.stream = part.stream();
  outcome.recorded = {commit->body.recorded_at_us()};
  outcome.revision = part.first_revision() + static_cast<std::uint64_t>(part.events().size());
  for (const auto& event : part.events()) {
    if (auto parsed = domain::parse_event(event.type(), event.payload())) outcome.events.push_back(std::move(*parsed));
  }
}

void Node::submit(domain::Command command, PendingCommand::Done done) {
  auto with_memory = [this, done = std::move(done)](Outcome outcome) {
    if (outcome.answer.kind == eventstore::Answer::Kind::repeated) recall(outcome);
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
  return caller;
}

Readiness Node::readiness() const {
  Readiness now{true, projector_.projected(), {}};
  if (!projector_.stopped_because().empty()) {
    now.reason = "projection_stopped";
  } else if (writer_ != nullptr) {
    now.reason = writer_->unwritable();
  }
  now.ready = now.reason.empty();
  return now;
}

void Node::tick() {
  const auto now = parts_.clock.now();
  projector_.expire(now);
  if (read_only_) return;
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

eventstore::Result<void> Node::close() {
  if (auto closed = models_->engine().close(); !closed) return closed;
  return parts_.store.flush();
}

bool Node::step() {
  const bool decided = writer_->decide_step();
  const bool written = writer_->write_step();
  const bool projected = projector_.step();
  return decided || written || projected;
}

}  // namespace pioneer::node
