// Time stamps (RFC 3161) that stand beside checkpoints, each as two files: stamps/N, the text that was stamped, and
// stamps/N.tsr, the authority's answer. Whoever has the authority's certificate checks them here. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/audit/mirror_folder.hpp"
#include "api/cli/clocks.hpp"
#include "api/cli/json.hpp"
#include "api/ports/time_stamping.hpp"

namespace pioneer::cli {

class KeptStamps {
 public:
  struct Fault {
    std::string code;
    std::string file;
    std::string sentence;  ///< without its full stop
  };

  /// `authority`: a PEM file; empty: stamps are counted, and not checked. Error: "bad_certificates".
  static eventstore::Result<KeptStamps> with(const std::string& authority);

  /// The code of a fault that is no word against the stamp: whether it is good cannot be told.
  static constexpr std::string_view unknown_authority = "unknown_authority";

  /// One stamp: `size` is the name of its text. The first fault is kept, and no more is checked then.
  void check(const std::string& size, std::string_view text, std::string_view answer, const RecordedAt& recorded_at_us);
  /// All of a mirror that is verified: what was stamped is good.
  void check(const api::MirrorFolder& folder, const RecordedAt& recorded_at_us);

  /// What is wrong with one; else one that cannot be told.
  const std::optional<Fault>& fault() const { return fault_ ? fault_ : unknown_; }
  /// The authority's clock, and the log's.
  const ClocksDiffer& clocks() const { return clocks_; }
  void add_to(JsonObject& out) const;
  /// Nothing where there is none.
  void tell() const;

 private:
  explicit KeptStamps(std::unique_ptr<api::TimeStamping> authority) : authority_(std::move(authority)) {}
  void wrong(std::string code, std::string file, std::string sentence);

  std::unique_ptr<api::TimeStamping> authority_;  ///< null: none was given
  std::optional<Fault> fault_;
  std::optional<Fault> unknown_;
  ClocksDiffer clocks_;
  std::size_t count_ = 0;
  std::uint64_t newest_ = 0;  ///< entries that it covers
  std::int64_t newest_s_ = 0;
};

}  // namespace pioneer::cli
