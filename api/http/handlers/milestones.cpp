#include "api/http/handlers/milestones.hpp"

#include <numeric>

namespace pioneer::api::http {

using eventstore::Sequence;

Milestones::Milestones(Options options, std::span<const Sequence> there) : options_(options), distance_(0) {
  for (const auto end : there) {
    ends_.insert(end.value);
    distance_ = std::gcd(distance_, end.value);
  }
  if (distance_ < options_.every) distance_ = options_.every;
}

std::optional<Sequence> Milestones::due(Sequence log_end) const {
  if (options_.every == 0) return std::nullopt;
  for (auto end = distance_; end <= log_end.value; end += distance_)
    if (!ends_.contains(end)) return Sequence{end};
  return std::nullopt;
}

std::optional<Sequence> Milestones::before(Sequence end) const {
  const auto behind = ends_.upper_bound(end.value);
  return behind == ends_.begin() ? std::nullopt : std::optional(Sequence{*std::prev(behind)});
}

std::vector<Sequence> Milestones::surplus(std::uint64_t bytes) {
  std::vector<Sequence> gone;
  if (ends_.empty() || (ends_.size() <= options_.count_max && bytes <= options_.bytes_max)) return gone;
  distance_ *= 2;
  for (const auto end : ends_)
    if (end % distance_ != 0) gone.push_back(Sequence{end});
  for (const auto end : gone) ends_.erase(end.value);
  return gone;
}

}  // namespace pioneer::api::http
