// Commits for tests of projections: written down as streams and events, numbered as the Writer would.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "domain/events.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::projections {

/// An id that only a test has: sixteen times the same letter.
inline domain::Id id_of(char letter) { return domain::Id::of(std::string(16, letter)); }

class Commits {
 public:
  std::int64_t now_us = 1'600'000'000'000'000;
  std::int64_t step_us = 1'000'000;  ///< between two commits

  template <class... Events>
  Commits& add(const std::string& kind, const domain::Id& id, const domain::Id& actor, const Events&... events) {
    return add_all(kind + "/" + id.text(), actor, {domain::AnyEvent(events)...});
  }

  Commits& add_all(const std::string& stream, const domain::Id& actor, const std::vector<domain::AnyEvent>& events) {
    auto& commit = next();
    auto* const part = commit.body.add_parts();
    part->set_stream(stream);
    part->set_first_revision(revisions_[stream]);
    if (!actor.is_zero()) part->set_actor(std::string(actor.view()));
    for (const auto& event : events) {
      auto* const raw = part->add_events();
      raw->set_type(std::string(domain::event_type(event)));
      raw->set_payload(domain::event_payload(event));
    }
    revisions_[stream] += events.size();
    return *this;
  }

  Commits& opened() {
    next();
    return *this;
  }

  /// What was added since the last call.
  std::vector<eventstore::AcceptedCommit> take() {
    std::vector<eventstore::AcceptedCommit> fresh(all.begin() + static_cast<std::ptrdiff_t>(taken_), all.end());
    taken_ = all.size();
    return fresh;
  }

  std::vector<eventstore::AcceptedCommit> all;

 private:
  eventstore::AcceptedCommit& next() {
    auto& commit = all.emplace_back();
    commit.sequence = eventstore::Sequence(all.size() - 1);
    commit.body.set_recorded_at_us(now_us += step_us);
    return commit;
  }
  std::map<std::string, std::uint64_t> revisions_;
  std::size_t taken_ = 0;
};

/// Gives commits a few at a time.
class CommitsAgain final : public CommitSource {
 public:
  CommitsAgain(const std::vector<eventstore::AcceptedCommit>& all, std::size_t at, std::size_t piece = 7)
      : all_(all), at_(at), piece_(piece) {}
  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override {
    const auto count = std::min(piece_, all_.size() - at_);
    const auto from = all_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ += count;
    return std::vector<eventstore::AcceptedCommit>(from, from + static_cast<std::ptrdiff_t>(count));
  }

 private:
  const std::vector<eventstore::AcceptedCommit>& all_;
  std::size_t at_;
  std::size_t piece_;
};

}  // namespace pioneer::projections
