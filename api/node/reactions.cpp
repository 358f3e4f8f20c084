#include "api/node/reactions.hpp"

#include "domain/streams.hpp"
#include "eventstore/varint.hpp"

namespace pioneer::node {
namespace {
constexpr std::string_view kept_key = "position";
constexpr std::string_view goes_on = "PlacesPromoted";
constexpr std::string_view tells_problem = "ClaimRated";

/// False: this record causes nothing, and need not be parsed to know that: a type's name stands in the body as it is.
bool may_cause(std::string_view record) {
  return record.find(goes_on) != std::string_view::npos || record.find(tells_problem) != std::string_view::npos;
}

}  // namespace

Reactions::Reactions(api::Edge& edge, eventstore::KeyValueStore& store, Submit submit, OrganisationOf organisation_of,
                     Elsewhere elsewhere)
    : edge_(edge),
      store_(store),
      submit_(std::move(submit)),
      organisation_of_(std::move(organisation_of)),
      elsewhere_(std::move(elsewhere)) {}

eventstore::Result<void> Reactions::resume(const eventstore::Log& log) {
  auto table = store_.table("reactions");
  if (!table) return std::unexpected(table.error());
  table_ = *table;
  auto row = store_.get(table_, kept_key);
  if (!row) return std::unexpected(row.error());
  if (*row) {
    std::string_view bytes = **row;
    kept_ = eventstore::take_varint(bytes).value_or(0);
  }
  auto reader = log.reader(eventstore::Sequence{kept_});
  seen_ = kept_;
  while (true) {
    auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) return {};
    if (may_cause((*leaf)->record)) {
      auto commit = eventstore::parse_commit(**leaf);
      if (!commit) return std::unexpected(commit.error());
      react_to(*commit);
    }
    seen_ = (*leaf)->sequence.value + 1;
  }
}

void Reactions::react(std::span<const eventstore::AcceptedCommit> commits) {
  for (const auto& commit : commits) {
    if (commit.sequence.value < seen_) continue;
    react_to(commit);
    std::lock_guard lock(mutex_);
    seen_ = commit.sequence.value + 1;
  }
}

void Reactions::react_to(const eventstore::AcceptedCommit& commit) {
  for (const auto& part : commit.body.parts()) {
    const auto product = domain::id_in(part.stream(), domain::stream_kind::product);
    if (!product) continue;
    for (const auto& event : part.events()) {
      if (event.type() == goes_on) {
        domain::PlacesPromoted promoted;
        if (promoted.ParseFromString(event.payload()) && promoted.more() && !left_to_others(commit.sequence))
          send(commit.sequence, edge_.continue_promotion(*product));
      } else if (event.type() == tells_problem) {
        domain::ClaimRated rated;
        if (!rated.ParseFromString(event.payload()) || !rated.has_problem()) continue;
        if (left_to_others(commit.sequence)) continue;
        api::ToldProblem told;
        told.cause = commit.sequence.value;
        told.stream = part.stream();
        told.author = domain::Id::of(part.actor());
        told.problem = rated.problem();
        told.category = rated.problem_category();
        told.organisation = organisation_of_(*product);
        send(commit.sequence, edge_.resolve_reaction(told));
      }
    }
  }
}

// Remembered until that node says that it has reacted: if it does not live to, this one may be the next.
bool Reactions::left_to_others(eventstore::Sequence cause) {
  if (!elsewhere_()) return false;
  std::lock_guard lock(mutex_);
  again_.insert(cause.value);
  return true;
}

void Reactions::send(eventstore::Sequence cause, domain::Decided<domain::Command> command) {
  {
    std::lock_guard lock(mutex_);
    if (!command) {
      // Keys or people that are not there yet may come; anything else cannot be said, now or later.
      const auto& code = command.error().code;
      if (code == "keys_unavailable" || code == "not_yet_known") again_.insert(cause.value);
      return;
    }
    open_.insert(cause.value);
  }
  submit_(std::move(*command), [this, cause](const Outcome& outcome) {
    std::lock_guard lock(mutex_);
    open_.erase(open_.find(cause.value));
    const auto kind = outcome.answer.kind;
    if (kind == eventstore::Answer::Kind::unavailable || kind == eventstore::Answer::Kind::unknown)
      again_.insert(cause.value);
  });
}

eventstore::Result<void> Reactions::tick(const eventstore::Log& log) {
  std::set<std::uint64_t> again;
  std::uint64_t done = 0;
  {
    std::lock_guard lock(mutex_);
    again.swap(again_);
    done = seen_;
    if (!open_.empty()) done = std::min(done, *open_.begin());
    if (!again.empty()) done = std::min(done, *again.begin());
  }
  while (!again.empty()) {
    const auto commit = eventstore::read_commit(log, eventstore::Sequence{*again.begin()});
    if (!commit) {
      std::lock_guard lock(mutex_);
      again_.merge(again);
      return std::unexpected(commit.error());
    }
    react_to(*commit);
    again.erase(again.begin());
  }
  return keep(done);
}

eventstore::Result<void> Reactions::answered_elsewhere(std::uint64_t below) {
  std::uint64_t done = 0;
  {
    std::lock_guard lock(mutex_);
    done = std::min(below, seen_);
    again_.erase(again_.begin(), again_.lower_bound(done));
    if (!open_.empty()) done = std::min(done, *open_.begin());
  }
  return keep(done);
}

eventstore::Result<void> Reactions::keep(std::uint64_t answered) {
  if (answered <= kept_) return {};
  std::string row;
  eventstore::put_varint(row, answered);
  eventstore::WriteBatch batch;
  batch.put(table_, std::string(kept_key), std::move(row));
  if (auto written = store_.write(batch); !written) return written;
  kept_ = answered;
  return {};
}

}  // namespace pioneer::node
