// Which moments of the past stand on the disk for good, so that every instant is a short replay away, also after a
// restart: at even distances, which double where there would be too many. Plain value; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "eventstore/types.hpp"

namespace pioneer::api::http {

class Milestones {
 public:
  struct Options {
    std::uint64_t every = 0;  ///< commits from one to the next, at first; 0: there are none
    std::size_t count_max = 80;
    std::uint64_t bytes_max = 4ull << 30;  ///< of all together, on the disk
  };

  /// `there`: those that an earlier run left; they tell the distance that it had come to.
  Milestones(Options options, std::span<const eventstore::Sequence> there);

  /// The first that is missing in a log that ends there.
  std::optional<eventstore::Sequence> due(eventstore::Sequence log_end) const;
  /// The last that is not behind `end`.
  std::optional<eventstore::Sequence> before(eventstore::Sequence end) const;
  void add(eventstore::Sequence end) { ends_.insert(end.value); }
  void remove(eventstore::Sequence end) { ends_.erase(end.value); }
  /// Where there are too many, or they take so many bytes: doubles the distance, and gives those that are then in
  /// between, which are no longer ours. To be asked again once they are gone.
  std::vector<eventstore::Sequence> surplus(std::uint64_t bytes);

 private:
  const Options options_;
  std::uint64_t distance_;
  std::set<std::uint64_t> ends_;
};

}  // namespace pioneer::api::http
