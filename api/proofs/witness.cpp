#include "api/proofs/witness.hpp"

#include <algorithm>
#include <utility>

#include "api/ports/signer.hpp"
#include "api/proofs/cosignature.hpp"
#include "api/text/base64.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;
using eventstore::TreeHead;

/// A log that contradicts itself is proven guilty by two files; who sends thousands wants to fill our disk.
constexpr std::size_t evidence_files_max = 100;

auto malformed(std::string what) { return failure("malformed", "This is no request to a witness: " + std::move(what)); }

WitnessAnswer refused(unsigned status, const std::string& sentence) { return {status, sentence + "\n"}; }

}  // namespace

std::string origin_hash(std::string_view origin) {
  return hex(eventstore::sha256(eventstore::bytes_of(origin)).view());
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  constexpr std::string_view old = "old ";
  AddCheckpoint request;
  const auto first = take_line(body);
  const auto size = first && first->starts_with(old) ? decimal(first->substr(old.size())) : std::nullopt;
  if (!size) return malformed("its first line is \"old\", a space and a size in digits.");
  request.old_size = *size;
  while (true) {
    const auto line = take_line(body);
    if (!line) return malformed("an empty line parts the proof from the checkpoint.");
    if (line->empty()) break;
    const auto hash = from_base64(*line);
    if (!hash || hash->size() != Hash::size) return malformed("a line of the proof is no hash in base64.");
    if (request.proof.size() == proof_hashes_max) return malformed("a proof has at most 63 hashes.");
    request.proof.push_back(Hash::of(*hash));
  }
  request.note = std::string(body);
  return request;
}

std::string add_checkpoint_body(std::uint64_t old_size, std::span<const Hash> proof, std::string_view note) {
  std::string body = "old " + std::to_string(old_size) + "\n";
  for (const auto& hash : proof) body += base64(hash.view()) + "\n";
  return body + "\n" + std::string(note);
}

Result<std::unique_ptr<Witness>> Witness::open(const Parts& parts, std::string directory,
                                               std::span<const Verifier* const> logs, Tell tell) {
  std::unique_ptr<Witness> witness(new Witness(parts, std::move(directory), std::move(tell)));
  for (const auto* key : logs) {
    auto& log = witness->logs_[origin_hash(key->name())];
    if (log == nullptr) {
      log = std::make_unique<Log>();
      log->origin = key->name();
      log->directory = witness->directory_ + "/logs/" + origin_hash(key->name());
      log->head.root = eventstore::sha256({});
    }
    log->keys.push_back(key);
  }
  for (const auto& [hash, log] : witness->logs_)
    if (auto read = witness->read(*log); !read) return std::unexpected(read.error());
  return witness;
}

/// One below the other, durably.
Result<void> Witness::make_directories(std::initializer_list<std::string> paths) {
  for (const auto& path : paths) {
    if (disk_.exists(path)) continue;
    if (auto made = disk_.make_directory(path); !made) return made;
    if (auto synced = disk_.sync_directory(eventstore::directory_of(path)); !synced) return synced;
  }
  return {};
}

Result<void> Witness::read(Log& log) {
  const auto path = log.directory + "/checkpoint";
  if (!disk_.exists(path)) return {};
  const auto bad = [&](const std::string& why) {
    return failure("bad_witness_state",
                   path + " is not what this witness wrote: " + why +
                       " Restore it from a copy that is as new; with an older one, or without it, the witness could "
                       "sign what contradicts what it signed.");
  };
  const auto text = eventstore::read_whole(disk_, path, note_bytes_max);
  if (!text) return std::unexpected(text.error());
  const auto note = parse_note(*text);
  if (!note) return bad(note.error().detail);
  const auto own = check_cosignature(*note, own_);
  if (!own) return bad(own.error().detail);
  const auto checkpoint = read_checkpoint(*note, log.origin, Extensions::passed_over);
  if (!checkpoint) return bad(checkpoint.error().detail);
  log.head = {checkpoint->size, checkpoint->root};
  log.time_s = own->time_s;
  log.note = *text;
  return {};
}

Witness::Log* Witness::find(std::string_view origin) {
  const auto at = logs_.find(origin_hash(origin));
  return at == logs_.end() ? nullptr : at->second.get();
}

WitnessAnswer Witness::add_checkpoint(std::string_view body) {
  const auto request = parse_add_checkpoint(body);
  if (!request) return refused(400, request.error().detail);
  const auto note = parse_note(request->note);
  if (!note) return refused(400, note.error().detail);
  const auto origin = note->text.substr(0, note->text.find('\n'));
  auto* log = find(origin);
  if (log == nullptr) return refused(404, "This witness does not know that log.");
  const auto checkpoint = read_checkpoint(*note, log->origin, Extensions::passed_over);
  if (!checkpoint) return refused(400, checkpoint.error().detail);
  if (const auto is_signed = check_signed(*note, log->keys); !is_signed) return refused(403, is_signed.error().detail);
  if (request->old_size > checkpoint->size) return refused(400, "The old size is greater than that of the checkpoint.");
  const std::lock_guard lock(log->mutex);
  return take(*log, {*request, *note, {checkpoint->size, checkpoint->root}});
}

WitnessAnswer Witness::take(Log& log, const Shown& shown) {
  if (shown.head.size == log.head.size && shown.head.root != log.head.root && log.head.size != 0)
    keep_evidence(log, shown);
  if (shown.request.old_size != log.head.size) return {409, std::to_string(log.head.size) + "\n", tree_size_type};
  if (!eventstore::consistent(log.head, shown.head, shown.request.proof)) {
    tell_("The log " + log.origin + " showed a checkpoint of size " + std::to_string(shown.head.size) +
          " that does not follow from that of size " + std::to_string(log.head.size) + ". It was not signed.");
    return refused(422, "The proof does not show that this checkpoint goes on from the one of size " +
                            std::to_string(log.head.size) + ".");
  }
  return sign(log, shown);
}

WitnessAnswer Witness::sign(Log& log, const Shown& shown) {
  const auto now_s = static_cast<std::uint64_t>(std::max<std::int64_t>(clock_.now().value / 1'000'000, 0));
  if (log.time_s > now_s + clocks_differ_s_max) {
    tell_("The clock of this machine stands " + std::to_string(log.time_s - now_s) +
          " seconds before what was signed last. Nothing is signed until it is right.");
    return refused(503, "This witness's clock went back. Try again later.");
  }
  const auto time_s = std::max(now_s, log.time_s);
  auto line = cosignature_line(signer_, shown.note.text, time_s);
  // Our own line goes below those of the log; what others signed is theirs to keep.
  auto note = only_signed_by(shown.note, log.keys) + line;
  auto kept = make_directories({directory_ + "/logs", log.directory});
  if (kept)
    kept = eventstore::write_whole(disk_, log.directory + "/checkpoint", note, eventstore::OpenMode::create_new);
  if (!kept) {
    tell_("What was to be signed could not be written: " + kept.error().detail);
    return refused(500, "This witness cannot write. Try again later.");
  }
  log.head = shown.head;
  log.time_s = time_s;
  log.note = std::move(note);
  return {200, std::move(line)};
}

/// Both checkpoints, each by its size and root: together they prove that the log showed two histories.
void Witness::keep_evidence(const Log& log, const Shown& shown) {
  const auto folder = log.directory + "/evidence";
  const auto path_of = [&](const TreeHead& head) {
    return folder + "/" + std::to_string(head.size) + "-" + hex(head.root.view()).substr(0, 16);
  };
  const auto keep = [&](const TreeHead& head, std::string_view note) -> Result<void> {
    if (disk_.exists(path_of(head))) return {};
    const auto there = disk_.list(folder);
    if (!there) return std::unexpected(there.error());
    if (there->size() >= evidence_files_max) return {};
    return eventstore::write_whole(disk_, path_of(head), note, eventstore::OpenMode::create_new);
  };
  auto kept = make_directories({folder});
  if (kept) kept = keep(log.head, log.note);
  if (kept) kept = keep(shown.head, shown.request.note);
  tell_("The log " + log.origin + " signed two different roots for " + std::to_string(log.head.size) +
        " records. Both checkpoints are kept in " + folder + ": together they prove it." +
        (kept ? "" : " Keeping them failed: " + kept.error().detail));
}

WitnessAnswer Witness::newest(std::string_view origin_hash) const {
  const auto at = logs_.find(origin_hash);
  if (at == logs_.end()) return refused(404, "This witness does not know that log.");
  const std::lock_guard lock(at->second->mutex);
  if (at->second->note.empty()) return refused(404, "Nothing of that log was signed yet.");
  return {200, at->second->note};
}

}  // namespace pioneer::api
