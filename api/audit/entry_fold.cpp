#include "api/audit/entry_fold.hpp"

#include "eventstore/limits.hpp"
#include "eventstore/varint.hpp"

namespace pioneer::api {
namespace {

using eventstore::RecordKind;

std::unexpected<EntryFault> fault(std::string code, std::string sentence) {
  return std::unexpected(EntryFault{std::move(code), std::move(sentence)});
}

/// Field 1 of the body, `recorded_at_us` in both kinds; 0 where it is absent, nothing where this is no message. The
/// other fields are only stepped over (https://protobuf.dev/programming-guides/encoding): an audit of millions reads no
/// more.
std::optional<std::int64_t> recorded_at_of(std::string_view body) {
  enum WireType : unsigned { varint = 0, eight_bytes = 1, counted = 2, four_bytes = 5 };
  std::int64_t found = 0;
  while (!body.empty()) {
    const auto tag = eventstore::take_varint(body);
    if (!tag || *tag >> 3 == 0) return std::nullopt;
    std::size_t length = 0;
    switch (*tag & 7) {
      case varint: {
        const auto value = eventstore::take_varint(body);
        if (!value) return std::nullopt;
        if (*tag >> 3 == 1) found = static_cast<std::int64_t>(*value);
        continue;
      }
      case counted: {
        const auto counted_bytes = eventstore::take_varint(body);
        if (!counted_bytes || *counted_bytes > body.size()) return std::nullopt;
        length = static_cast<std::size_t>(*counted_bytes);
        break;
      }
      case eight_bytes:
        length = 8;
        break;
      case four_bytes:
        length = 4;
        break;
      default:
        return std::nullopt;
    }
    if (length > body.size()) return std::nullopt;
    body.remove_prefix(length);
  }
  return found;
}

std::string number(std::uint64_t value) { return std::to_string(value); }

}  // namespace

std::expected<Entry, EntryFault> read_entry(std::string_view record) {
  return read_entry(record, eventstore::leaf_hash(eventstore::bytes_of(record)));
}

std::expected<Entry, EntryFault> read_entry(std::string_view record, const eventstore::Hash& leaf) {
  const auto header = eventstore::inspect_record(eventstore::bytes_of(record));
  if (!header) return fault("entry_damaged", std::string("The entry is damaged: ") + sentence_of(header.error()));
  if (header->kind == RecordKind::fence) return fault("fence_in_mirror", "A fence stands here; a mirror holds none");
  if (header->format > eventstore::limits::format || header->feature_level.value > eventstore::limits::feature_level)
    return fault("newer_format", "The entry was written by a newer program; verify the mirror with that one");
  const auto recorded_at = recorded_at_of(eventstore::record_body(record));
  if (!recorded_at) return fault("entry_unreadable", "The entry's body is no message");
  return Entry{*header, eventstore::Instant{*recorded_at}, leaf};
}

EntryState EntryState::before(const Entry& first) {
  EntryState state;
  state.log_id = first.header.log_id;
  state.head = eventstore::genesis_hash(state.log_id);
  return state;
}

std::optional<EntryFault> EntryState::wrong_next(const Entry& entry) const {
  const auto& header = entry.header;
  if (header.log_id != log_id) return EntryFault{"other_log", "The entry is of another log"};
  if (header.sequence != next) {
    return EntryFault{"entry_moved", "Here stands entry " + number(header.sequence.value) + " of the log, not entry " +
                                         number(next.value) + ": entries were moved, taken out or put in"};
  }
  if (header.previous_hash != head) {
    return EntryFault{"chain_broken", next.value == 0 ? "The first entry does not begin the log that it names"
                                                      : "The entry continues another one than entry " +
                                                            number(next.value - 1) + ": one of the two was changed"};
  }
  const bool opens = header.kind == RecordKind::opened;
  if (opens ? header.epoch <= epoch : header.epoch != epoch || header.writer != writer || epoch.value == 0) {
    return EntryFault{"epoch_broken", "The entry is of epoch " + number(header.epoch.value) + ", but epoch " +
                                          number(epoch.value) + " stood before it" +
                                          (opens ? "" : ", or it is by another writer")};
  }
  if (entry.recorded_at < recorded_at) {
    return EntryFault{"time_goes_back", "The entry's time is " +
                                            number(static_cast<std::uint64_t>(recorded_at.value) -
                                                   static_cast<std::uint64_t>(entry.recorded_at.value)) +
                                            " microseconds before that of the entry before it"};
  }
  return std::nullopt;
}

void EntryState::take(const Entry& entry) {
  log_id = entry.header.log_id;
  next = entry.header.sequence.plus(1);
  head = entry.leaf;
  epoch = entry.header.epoch;
  writer = entry.header.writer;
  recorded_at = entry.recorded_at;
}

}  // namespace pioneer::api
