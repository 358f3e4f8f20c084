#include "api/proofs/receipt.hpp"

#include <algorithm>
#include <optional>

#include "api/text/base64.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"
#include "eventstore/tree_proofs.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1";
constexpr std::string_view any_version = first_line.substr(0, first_line.find('@'));
constexpr std::string_view extra_start = "extra ";
constexpr std::string_view index_start = "index ";
/// A tree of 2^64 leaves is this high.
constexpr std::size_t path_max = 64;

auto bad_receipt(std::string what) { return failure("bad_receipt", "This is no receipt: " + std::move(what)); }

Result<void> take_path(std::string_view& rest, std::vector<Hash>& path) {
  while (true) {
    const auto line = take_line(rest);
    if (!line) return bad_receipt("it ends before its checkpoint.");
    if (line->empty()) return {};
    const auto hash = from_base64(*line);
    if (!hash || hash->size() != Hash::size)
      return bad_receipt("line " + std::to_string(path.size() + 1) + " of its hashes is no base64 of 32 bytes.");
    if (path.size() == path_max) return bad_receipt("it has more hashes than any tree is high.");
    path.push_back(Hash::of(*hash));
  }
}

/// A witness's signature begins with its time, and is longer by it; where there are several, the first time counts.
Witnessed witnessed_by(const Verifier& key, const SignedNote& note) {
  constexpr std::size_t with_time_bytes = cosignature_time_bytes + 64;
  Witnessed found{key.name(), std::nullopt};
  for (const auto& signature : note.signatures) {
    if (!is_key_of(&key, signature) || signature.bytes.size() != with_time_bytes) continue;
    const auto time_s = cosignature_time(signature.bytes);
    found.time_s = std::min(found.time_s.value_or(time_s), time_s);
  }
  return found;
}

/// Those keys that signed besides the log. Error: "bad_signature".
Result<std::vector<Witnessed>> cosigners_of(const SignedNote& note, std::string_view origin,
                                            std::span<const Verifier* const> keys) {
  std::vector<Witnessed> all;
  for (const auto& key : keys) {
    if (key->name() == origin) continue;
    const auto checked = check_signed(note, std::span(&key, 1));
    if (checked)
      all.push_back(witnessed_by(*key, note));
    else if (checked.error().code != "not_signed")
      return std::unexpected(checked.error());
  }
  return all;
}

/// The record that the hashes were led from. It names its own place, which must be the one that it was found at.
Result<eventstore::RecordHeader> header_of(const Receipt& receipt) {
  const auto header = eventstore::decode_record(eventstore::bytes_of(receipt.record));
  if (!header) return failure("bad_record", "What this receipt holds is no record of a log: " + header.error().detail);
  if (header->kind == eventstore::RecordKind::fence || header->sequence.value != receipt.index) {
    return failure("bad_record", "The record says that it stands at " + std::to_string(header->sequence.value) +
                                     ", but the receipt is for " + std::to_string(receipt.index) + ".");
  }
  return *header;
}

}  // namespace

std::string receipt_file_name(std::uint64_t index) { return "pioneer-" + std::to_string(index) + ".tlog-proof"; }

bool begins_as_receipt(std::string_view file) { return file.starts_with(any_version); }

std::string write_receipt(const Receipt& receipt) {
  std::string file(first_line);
  file += '\n';
  if (!receipt.record.empty()) file.append(extra_start).append(base64(receipt.record)) += '\n';
  file.append(index_start).append(std::to_string(receipt.index)) += '\n';
  for (const auto& hash : receipt.path) file.append(base64(hash.view())) += '\n';
  file += '\n';
  return file + receipt.checkpoint;
}

Result<Receipt> parse_receipt(std::string_view file) {
  if (file.size() > receipt_bytes_max) return bad_receipt("it is longer than any receipt.");
  Receipt receipt;
  if (take_line(file) != first_line) return bad_receipt("its first line is not \"" + std::string(first_line) + "\".");
  auto line = take_line(file);
  if (line && line->starts_with(extra_start)) {
    auto record = from_base64(line->substr(extra_start.size()));
    if (!record || record->empty()) return bad_receipt("what follows \"extra\" is no base64.");
    receipt.record = std::move(*record);
    line = take_line(file);
  }
  if (!line || !line->starts_with(index_start)) return bad_receipt("it does not say at which index the record stands.");
  const auto index = decimal(line->substr(index_start.size()));
  if (!index) return bad_receipt("its index is not a number in digits without leading zeros.");
  receipt.index = *index;
  if (auto taken = take_path(file, receipt.path); !taken) return std::unexpected(taken.error());
  receipt.checkpoint = std::string(file);
  return receipt;
}

Result<ProvenRecord> check_receipt(const Receipt& receipt, std::string_view origin,
                                   std::span<const Verifier* const> keys) {
  const auto note = parse_note(receipt.checkpoint);
  if (!note) return std::unexpected(note.error());
  auto checkpoint = check_checkpoint_of(*note, origin, keys);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  auto cosigners = cosigners_of(*note, origin, keys);
  if (!cosigners) return std::unexpected(cosigners.error());

  if (receipt.record.empty())
    return failure("no_record", "This receipt does not hold the record that it is for; its `extra` line is missing.");
  if (receipt.index >= checkpoint->size) {
    return failure("wrong_path", "The receipt is for position " + std::to_string(receipt.index) +
                                     ", but its checkpoint covers only " + std::to_string(checkpoint->size) +
                                     " records.");
  }
  const auto leaf = eventstore::leaf_hash(eventstore::bytes_of(receipt.record));
  const auto root = eventstore::root_by_inclusion(receipt.index, checkpoint->size, leaf, receipt.path);
  if (!root) {
    return failure("wrong_path", "The receipt has " + std::to_string(receipt.path.size()) +
                                     " hashes, which is not the number that this place in a log of this size needs.");
  }
  if (*root != checkpoint->root) {
    return failure("not_in_tree",
                   "The record, its place and the hashes do not lead to the root that was signed: one of them was "
                   "changed.");
  }
  auto header = header_of(receipt);
  if (!header) return std::unexpected(header.error());
  return ProvenRecord{*header, leaf, std::move(*checkpoint), std::move(*cosigners)};
}

}  // namespace pioneer::api
