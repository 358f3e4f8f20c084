// What each entry of a log must be after the one before it. A mirror holds leaves only, no fences, so this is the rule
// of acceptance (eventstore/README.md) as far as leaves alone tell it, and the order of time. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "eventstore/record.hpp"

namespace pioneer::api {

/// One entry, read as far as the rules need it.
struct Entry {
  eventstore::RecordHeader header;
  eventstore::Instant recorded_at;
  eventstore::Hash leaf;
};

struct EntryFault {
  std::string code;  ///< lower_snake
  std::string sentence;
};

/// Errors: "entry_damaged" where the record's own length, magic or checksum is wrong, "entry_unreadable" where its body
/// is no message, "fence_in_mirror", "newer_format" where this program is too old for it.
std::expected<Entry, EntryFault> read_entry(std::string_view record);
/// The same where the leaf hash is known.
std::expected<Entry, EntryFault> read_entry(std::string_view record, const eventstore::Hash& leaf);

/// Where the log stands after some entry. A plain value.
struct EntryState {
  eventstore::LogId log_id;
  eventstore::Sequence next;
  eventstore::Hash head;
  eventstore::Epoch epoch;
  eventstore::WriterId writer;
  eventstore::Instant recorded_at;

  /// Before the first entry, which says which log it is.
  static EntryState before(const Entry& first);
  /// What is wrong with this entry here, if something is: "other_log", "entry_moved", "chain_broken", "epoch_broken",
  /// "time_goes_back".
  std::optional<EntryFault> wrong_next(const Entry& entry) const;
  /// The entry is right, or was taken for it.
  void take(const Entry& entry);
};

}  // namespace pioneer::api
