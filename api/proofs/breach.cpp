#include "api/proofs/breach.hpp"

#include <algorithm>

#include "api/http/rfc3339.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::api {
namespace {

using eventstore::Result;
using Kind = Judgement::Kind;

constexpr std::size_t cosignature_bytes = cosignature_time_bytes + 64;
constexpr std::int64_t second_us = 1'000'000;

std::string time(std::int64_t us) { return http::rfc3339_of_us(us); }

std::vector<std::pair<std::string, std::int64_t>> cosigned(const SignedNote& note, std::string_view origin,
                                                           std::span<const Verifier* const> keys) {
  std::vector<std::pair<std::string, std::int64_t>> seen;
  for (const auto* key : keys) {
    if (key->name() == origin) continue;
    for (const auto& signature : note.signatures) {
      const bool its_own = is_key_of(key, signature) && signature.bytes.size() == cosignature_bytes;
      if (!its_own || !key->signed_this(note.text, signature.bytes)) continue;
      const auto at = cosignature_time(signature.bytes);
      seen.emplace_back(key->name(), static_cast<std::int64_t>(std::min<std::uint64_t>(at, 253'402'300'799)));
    }
  }
  return seen;
}

Result<SeenCheckpoint> read_seen(std::string_view file, std::string_view origin,
                                 std::span<const Verifier* const> keys) {
  const auto note = parse_note(file);
  if (!note) return std::unexpected(note.error());
  auto checkpoint = check_checkpoint_of(*note, origin, keys);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  return SeenCheckpoint{std::move(*checkpoint), cosigned(*note, origin, keys)};
}

/// Why a tree must have been made, or shown, after the promise's time.
struct Late {
  std::string why;      ///< empty: nothing tells
  bool by_log = false;  ///< its own signatures say so
};

Late shown_late(const Promise& promise, const SeenCheckpoint& seen, const std::vector<Evidence>& all) {
  for (const auto& piece : all) {
    // A tree holds what was recorded before it was made.
    if (const auto* record = std::get_if<SeenRecord>(&piece);
        record != nullptr && record->in.checkpoint.root == seen.checkpoint.root &&
        record->in.checkpoint.size == seen.checkpoint.size && record->recorded_us > promise.by_us)
      return {"it holds a record, at " + std::to_string(record->index) + ", of " + time(record->recorded_us), true};
    if (const auto* other = std::get_if<Promise>(&piece);
        other != nullptr && other->position < seen.checkpoint.size && other->received_us > promise.by_us)
      return {"it holds what the log promised for position " + std::to_string(other->position) + ", received " +
                  time(other->received_us),
              true};
  }
  for (const auto& [witness, at] : seen.cosigned)
    if (at * second_us > promise.by_us)
      return {witness + " cosigned it at " + time(at * second_us) + " as the newest that it had been shown", false};
  return {};
}

/// What one piece says.
struct Finding {
  Judgement judgement;
  bool stays = false;  ///< whatever else is shown
};

std::optional<Finding> too_small(const Promise& promise, const SeenCheckpoint& seen, const std::vector<Evidence>& all) {
  if (seen.checkpoint.size > promise.position) return std::nullopt;
  const auto late = shown_late(promise, seen, all);
  if (late.why.empty()) return std::nullopt;
  return Finding{{Kind::breach, "A tree of " + std::to_string(seen.checkpoint.size) +
                                    " records, too small for position " + std::to_string(promise.position) +
                                    ", was the log's after " + time(promise.by_us) + ": " + late.why + "."},
                 late.by_log};
}

Judgement in_its_place(const Promise& promise, const SeenRecord& record) {
  for (const auto& [witness, at] : record.in.cosigned)
    if (at * second_us <= promise.by_us)
      return {Kind::kept,
              "It stands where it was promised, and " + witness + " saw it there at " + time(at * second_us) + "."};
  return {Kind::there, "It stands where it was promised; nobody whose key was given says since when."};
}

std::optional<Finding> of_one(const Promise& promise, const Evidence& piece, const std::vector<Evidence>& all) {
  if (const auto* seen = std::get_if<SeenCheckpoint>(&piece)) return too_small(promise, *seen, all);
  if (const auto* other = std::get_if<Promise>(&piece)) {
    if (other->position != promise.position || other->leaf == promise.leaf) return std::nullopt;
    return Finding{{Kind::breach, "The log promised position " + std::to_string(promise.position) +
                                      " to two different records; only one can stand there."},
                   true};
  }
  const auto& record = std::get<SeenRecord>(piece);
  if (record.index != promise.position) return too_small(promise, record.in, all);
  if (record.leaf == promise.leaf) return Finding{in_its_place(promise, record)};
  return Finding{{Kind::breach, "Another record than the promised one stands at position " +
                                    std::to_string(promise.position) + ", under the log's own signature."},
                 true};
}

}  // namespace

Result<Evidence> read_evidence(std::string_view file, std::string_view origin, std::span<const Verifier* const> keys) {
  if (begins_as_receipt(file)) {
    const auto receipt = parse_receipt(file);
    if (!receipt) return std::unexpected(receipt.error());
    const auto proven = check_receipt(*receipt, origin, keys);
    if (!proven) return std::unexpected(proven.error());
    auto seen = read_seen(receipt->checkpoint, origin, keys);
    if (!seen) return std::unexpected(seen.error());
    const auto commit = eventstore::parse_commit({eventstore::Sequence{receipt->index}, receipt->record});
    const auto recorded_us = commit ? commit->body.recorded_at_us() : 0;
    return SeenRecord{std::move(*seen), receipt->index, proven->leaf, recorded_us};
  }
  if (const auto first = file.substr(0, file.find('\n')); first.ends_with("/promise")) {
    auto promise = check_promise(file, origin, keys);
    if (!promise) return std::unexpected(promise.error());
    return std::move(*promise);
  }
  auto seen = read_seen(file, origin, keys);
  if (!seen) return std::unexpected(seen.error());
  return std::move(*seen);
}

Judgement judge(const Promise& promise, const std::vector<Evidence>& evidence) {
  std::optional<Judgement> as_a_witness_saw_it;
  Judgement best{Kind::open, "Nothing here shows that the promise was broken, and nothing that it was kept."};
  for (const auto& piece : evidence) {
    auto found = of_one(promise, piece, evidence);
    if (!found) continue;
    if (found->stays) return std::move(found->judgement);
    if (found->judgement.kind == Kind::breach)
      as_a_witness_saw_it = std::move(found->judgement);
    else if (found->judgement.kind < best.kind)
      best = std::move(found->judgement);
  }
  // A witness that was out of reach does not outweigh another that saw it in time.
  return as_a_witness_saw_it && best.kind != Kind::kept ? std::move(*as_a_witness_saw_it) : std::move(best);
}

}  // namespace pioneer::api
