// The clocks of requests that run, by when they are due: for the owner's timer.
// Rows of the table of `requests`, which knows them already.
#pragma once

#include <vector>

#include "projections/requests/requests.hpp"

namespace pioneer::projections {

struct DueDeadline {
  domain::Id request;
  std::uint32_t number = 0;
  domain::DeadlineKind::Value kind = domain::DeadlineKind::unspecified;
  domain::Instant due;
};

/// Queries. Any thread.
class Deadlines {
 public:
  explicit Deadlines(const Engine& engine) : rows_(engine.view("requests")) {}
  /// Running ones that are due at `now` or were before, the earliest first, at most `limit`.
  eventstore::Result<std::vector<DueDeadline>> due(domain::Instant now, std::size_t limit) const;
  /// When the next one will be due; nothing: none runs.
  eventstore::Result<std::optional<domain::Instant>> next() const;

 private:
  const View& rows_;
};

}  // namespace pioneer::projections
