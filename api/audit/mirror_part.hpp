// One part of a mirror, checked by itself: up to 65,536 entries, their 256 bundles and tiles, and the tile above them.
// Parts are checked side by side and joined in order.
#pragma once

#include <functional>
#include <optional>

#include "api/audit/entry_fold.hpp"
#include "api/audit/mirror_folder.hpp"

namespace pioneer::api {

/// The first thing that is wrong, and where.
struct MirrorFault {
  std::string code;                    ///< lower_snake
  std::string file;                    ///< relative to the mirror
  std::optional<std::uint64_t> byte;   ///< in the file, where the entry or hash begins
  std::optional<std::uint64_t> entry;  ///< sequence, where it concerns one
  std::string sentence;                ///< for a person
};

inline constexpr std::uint64_t entries_per_part = 65'536;

struct MirrorPart {
  std::optional<MirrorFault> fault;
  /// The first entry; what it follows is for the join to check.
  std::optional<Entry> first;
  EntryState end;
  std::uint64_t proven = 0;  ///< entries before the fault, or all of it
  std::uint64_t bytes = 0;   ///< read
  eventstore::Hash root;     ///< of a full part
};

struct MirrorPartOptions {
  std::uint64_t size = 0;    ///< of the whole log
  bool with_entries = true;  ///< false: hashes only
  bool any_entries = false;  ///< of a log that is none of ours: only its hashes are judged
  bool edge_proven = false;  ///< the tiles that are not full make the signed root
  /// Asked before each bundle with the entries done since it was asked last; false: the rest is of no interest any
  /// more.
  std::function<bool(std::uint64_t entries)> goes_on;
};

/// At most 17 MiB of memory. Any thread.
MirrorPart check_part(const MirrorFolder& folder, std::uint64_t part, const MirrorPartOptions& options);

}  // namespace pioneer::api
