#include "eventstore/acceptance.hpp"

#include "eventstore/known_hash.hpp"
#include "eventstore/limits.hpp"

namespace pioneer::eventstore {
namespace {

Judgement no_effect(const char* reason) { return {Verdict::void_record, reason, {}}; }
Judgement fork(const char* reason) { return {Verdict::fork, reason, {}}; }

bool too_new(const RecordHeader& header, FeatureLevel readable) {
  return header.format > limits::format || header.feature_level > readable;
}

/// Rule 6, asked only of what would be accepted: a void record of a newer build stops nobody.
Judgement stop(const RecordHeader& header) {
  return {Verdict::stop,
          header.format > limits::format ? "the record's format is newer than this build"
                                         : "the record's feature level is above this build's",
          {}};
}

Hash hash_of(ByteView record, const Hash* known) { return known != nullptr ? *known : leaf_hash(record); }

Judgement accept_fence(LogState& state, const RecordHeader& header, ByteView record, FeatureLevel readable,
                       const Hash* known) {
  if (header.epoch <= state.epoch) return no_effect("a fence of an epoch that is over");
  if (header.epoch != state.epoch.plus(1)) return fork("a fence skips an epoch: an earlier fence was lost");
  if (too_new(header, readable)) return stop(header);
  state.epoch = header.epoch;
  state.writer = header.writer;
  state.open = false;
  state.fence_hash = hash_of(record, known);
  return {Verdict::accepted_fence, "a fence of the next epoch", state.fence_hash};
}

/// Rules 3 to 5: why a leaf does not count, or nothing if it does.
const Judgement* refusal(const LogState& state, const RecordHeader& header) {
  static const Judgement old_epoch = no_effect("a leaf of an epoch that is over");
  static const Judgement lost_fence = fork("a leaf of an epoch whose fence is not in the log");
  static const Judgement other_writer = fork("a leaf of this epoch by a writer who did not fence it");
  static const Judgement not_opened = fork("the first leaf of an epoch is not its EpochOpened");
  static const Judgement opened_elsewhere = fork("EpochOpened does not continue the log: leaves were lost or added");
  static const Judgement opened_twice = no_effect("EpochOpened in an epoch that is open");
  static const Judgement wrong_sequence = no_effect("a commit with another sequence than the next");
  static const Judgement wrong_hash = no_effect("a commit that does not chain to the head");
  if (header.epoch < state.epoch) return &old_epoch;
  // Epoch 0 is nobody's: no leaf can stand before the first fence.
  if (header.epoch > state.epoch || state.epoch == Epoch{}) return &lost_fence;
  if (header.writer != state.writer) return &other_writer;
  const bool opens = header.kind == RecordKind::opened;
  const bool right_sequence = header.sequence == state.next;
  const bool right_hash = header.previous_hash == state.head;
  if (!state.open) return !opens ? &not_opened : right_sequence && right_hash ? nullptr : &opened_elsewhere;
  if (opens) return &opened_twice;
  return !right_sequence ? &wrong_sequence : !right_hash ? &wrong_hash : nullptr;
}

/// `known`: the record's leaf hash; none: it is computed.
Judgement judge(LogState& state, ByteView record, FeatureLevel readable, const Hash* known) {
  const auto header = inspect_record(record);
  if (!header) return no_effect(sentence_of(header.error()));
  if (header->log_id != state.log_id) return no_effect("a record of another log");
  if (header->kind == RecordKind::fence) return accept_fence(state, *header, record, readable, known);
  if (const auto* const refused = refusal(state, *header)) return *refused;
  if (too_new(*header, readable)) return stop(*header);
  state.open = true;
  state.head = hash_of(record, known);
  ++state.next;
  return {Verdict::accepted_leaf, header->kind == RecordKind::opened ? "the epoch is open" : "a commit", state.head};
}

}  // namespace

Judgement accept(LogState& state, ByteView record, FeatureLevel readable) {
  return judge(state, record, readable, nullptr);
}

Judgement accept_known(LogState& state, ByteView record, const Hash& leaf) {
  return judge(state, record, FeatureLevel{limits::feature_level}, &leaf);
}

}  // namespace pioneer::eventstore
