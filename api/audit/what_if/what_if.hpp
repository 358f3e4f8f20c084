// What another policy would have made of the same deeds: which requests would have been late or in time, which results
// closed by silence, which organisations' rates had come out otherwise. It changes the measure, not what people did,
// and cannot know what they would have done.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/policy/difference.hpp"
#include "domain/requests/requests.pb.h"
#include "eventstore/error.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::api::what_if {

/// How a clock ended. Over at its due time: who acts in that very moment is late.
enum class Verdict : std::uint8_t {
  open,      ///< it runs still, and is not due
  in_time,   ///< accepted, resolved; of a result: confirmed by its asker
  disputed,  ///< of a result: the asker said in time that it is none
  late,      ///< of a result: no answer, so it was closed
  dropped,   ///< withdrawn or replaced before it was due: it judges nobody
  not_told,  ///< the other policy lacks the category, or would have closed the request before
};

struct Tally {
  std::uint64_t in_time = 0;
  std::uint64_t disputed = 0;
  std::uint64_t late = 0;
  std::uint64_t ended() const { return in_time + disputed + late; }
  void add(Verdict verdict) {
    in_time += verdict == Verdict::in_time ? 1U : 0U;
    disputed += verdict == Verdict::disputed ? 1U : 0U;
    late += verdict == Verdict::late ? 1U : 0U;
  }
  void add(const Tally& other) {
    in_time += other.in_time;
    disputed += other.disputed;
    late += other.late;
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

/// By domain::DeadlineKind. In time of all that ended is a rate: accept 响应率, resolve 按时办结率, confirm 解决率
/// (results that their asker confirmed).
using Tallies = std::array<Tally, 4>;

/// What one organisation held when the clock ended. Organisations below it are not added.
struct Organisation {
  domain::Id id;
  std::string name;
  Tallies was;
  Tallies would;
  bool otherwise() const { return was != would; }
};

/// One clock that would have been judged otherwise.
struct Otherwise {
  std::uint64_t position = 0;  ///< of the entry that set it
  domain::Id request;
  domain::Id holder;
  domain::DeadlineKind::Value kind = domain::DeadlineKind::unspecified;
  std::int64_t due_us = 0;
  std::int64_t would_be_due_us = 0;
  std::int64_t ended_us = 0;  ///< when it was met or dropped; 0: it was not
  Verdict was = Verdict::open;
  Verdict would = Verdict::open;
};

struct Report {
  static constexpr std::size_t kept_max = 1'000;
  std::uint64_t requests = 0;                           ///< that were submitted in the range
  std::vector<Otherwise> kept;                          ///< the first, by position
  std::map<std::string, std::uint64_t> changes;         ///< "accept: in_time → late" and how many
  std::map<std::string, std::uint64_t> lacking;         ///< categories that the other policy lacks, and their requests
  std::vector<Organisation> organisations;              ///< that ended a clock, by name
  std::vector<domain::policy::Difference> differences;  ///< of the other policy to the last one adopted in the range
  std::uint64_t readings = 0;
};

struct Options {
  std::uint64_t from = 0;  ///< entries: of requests submitted from here on
  std::uint64_t to = ~std::uint64_t{0};
  /// Requests that are open at once and held in memory, 200 bytes each. Where a log has more, it is read again for each
  /// further part of them.
  std::size_t open_max = 500'000;
};

/// `source` begins at the log's beginning, each time. Errors: the source's, "unknown_event",
/// "too_many_open" where even a thousandth of the open requests is more than `open_max`. One thread.
eventstore::Result<Report> judge(const std::function<std::unique_ptr<projections::CommitSource>()>& source,
                                 const domain::Policy& other, const Options& options);

std::string_view word_of(Verdict verdict);

}  // namespace pioneer::api::what_if
