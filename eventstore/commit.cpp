#include "eventstore/commit.hpp"

#include "eventstore/limits.hpp"

namespace pioneer::eventstore {

Result<AcceptedCommit> parse_commit(const Leaf& leaf) {
  const auto header = decode_record(bytes_of(leaf.record));
  if (!header) return std::unexpected(header.error());
  if (header->feature_level.value > limits::feature_level) {
    return failure("newer_feature_level", "Commit " + std::to_string(leaf.sequence.value) +
                                              " was written at a higher feature level; a newer program is needed.");
  }
  const auto body = record_body(leaf.record);
  const int length = static_cast<int>(body.size());
  AcceptedCommit commit{leaf.sequence, leaf_hash(bytes_of(leaf.record)), {}};
  bool parsed = false;
  if (header->kind == RecordKind::opened) {
    EpochOpened opened;
    parsed = opened.ParseFromArray(body.data(), length);
    commit.body.set_recorded_at_us(opened.recorded_at_us());
  } else {
    parsed = commit.body.ParseFromArray(body.data(), length);
  }
  if (!parsed) {
    return failure("bad_commit_body", "The body of leaf " + std::to_string(leaf.sequence.value) + " is no commit.");
  }
  return commit;
}

Result<AcceptedCommit> read_commit(const Log& log, Sequence sequence) {
  auto record = log.read(sequence);
  if (!record) return std::unexpected(record.error());
  return parse_commit({sequence, std::move(*record)});
}

std::optional<ContinuedLog> continued_by(std::string_view first_record) {
  const auto header = decode_record(bytes_of(first_record));
  if (!header || header->kind != RecordKind::opened) return std::nullopt;
  const auto body = record_body(first_record);
  EpochOpened opened;
  if (!opened.ParseFromArray(body.data(), static_cast<int>(body.size())) ||
      opened.continues_log_id().size() != LogId::size || opened.continues_root().size() != Hash::size) {
    return std::nullopt;
  }
  return ContinuedLog{LogId::of(opened.continues_log_id()), opened.continues_size(), Hash::of(opened.continues_root())};
}

Result<std::optional<ContinuedLog>> continued_by(const Log& log) {
  if (log.end().value == 0) return std::optional<ContinuedLog>{};
  const auto first = log.read(Sequence{0});
  if (!first) return std::unexpected(first.error());
  return continued_by(*first);
}

Result<FeatureLevel> log_feature_level(const Log& log) {
  const auto end = log.end();
  if (end.value == 0) return FeatureLevel{limits::first_feature_level};
  const auto record = log.read(Sequence{end.value - 1});
  if (!record) return std::unexpected(record.error());
  const auto header = decode_record(bytes_of(*record));
  if (!header) return std::unexpected(header.error());
  return header->feature_level;
}

Result<Instant> last_stamp(const Log& log) {
  const auto end = log.end();
  if (end.value == 0) return Instant{0};
  const auto commit = read_commit(log, Sequence{end.value - 1});
  if (!commit) return std::unexpected(commit.error());
  return Instant{commit->body.recorded_at_us()};
}

}  // namespace pioneer::eventstore
