#include "api/audit/kept_checkpoints.hpp"

#include <algorithm>
#include <vector>

#include "api/audit/beside.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/stamps.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"

namespace pioneer::api {

using eventstore::Result;

namespace {

constexpr std::size_t name_digits = 16;

MirrorFault fault(std::string code, std::string file, std::string sentence) {
  return {std::move(code), std::move(file), std::nullopt, std::nullopt, std::move(sentence)};
}

std::optional<MirrorFault> compared(const MirrorFolder& folder, const KeptCheckpoint& kept,
                                    const KeptCheckpoint& newest) {
  const auto size = kept.checkpoint.size;
  if (size > newest.checkpoint.size) {
    return fault("history_shorter", kept.file,
                 "The log's key signed " + std::to_string(size) + " records here, but only " +
                     std::to_string(newest.checkpoint.size) + " in " + newest.file +
                     ". Go on with `pioneer audit mirror`; where the log holds no more, records were cut off, and "
                     "these two files are the proof");
  }
  const auto root = eventstore::root_at(size, folder.hashes(newest.checkpoint.size));
  if (!root) return fault(root.error().code, kept.file, root.error().detail);
  if (*root == kept.checkpoint.root) return std::nullopt;
  return fault("contradiction", kept.file,
               "The log's key signed this and " + newest.file + ", and both cannot be true: for the first " +
                   std::to_string(size) + " records it signed the root " + base64(kept.checkpoint.root.view()) +
                   " here, and " + base64(root->view()) +
                   " there. Keep both files: together they are the proof that history was changed");
}

/// All checkpoints but the newest.
Result<std::vector<std::string>> signed_files(const MirrorFolder& folder) {
  std::vector<std::string> files;
  auto listed = folder.each(std::string(kept_checkpoints_folder), [&](const std::string& name) {
    if (!name.ends_with(".new")) files.push_back(name);
    return true;
  });
  if (!listed) return std::unexpected(listed.error());
  listed = folder.each(std::string(stamps_folder), [&](const std::string& name) {
    if (stamped_size(name)) files.push_back(name);
    return true;
  });
  if (!listed) return std::unexpected(listed.error());
  if (const std::string name(witnessed_file); folder.exists(name)) files.push_back(name);
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::optional<std::uint64_t> stamped_size(std::string_view file) {
  if (!file.starts_with(stamps_folder) || !file.substr(stamps_folder.size()).starts_with('/')) return std::nullopt;
  return decimal(file.substr(stamps_folder.size() + 1));
}

std::string kept_checkpoint_file(const SignedCheckpoint& checkpoint) {
  return std::string(kept_checkpoints_folder) + "/" + std::to_string(checkpoint.size) + "-" +
         hex(checkpoint.root.view()).substr(0, name_digits);
}

Result<SignedCheckpoint> check_checkpoint(std::string_view note, std::span<const Verifier* const> keys) {
  const auto parsed = parse_note(note);
  return parsed ? check_checkpoint_of(*parsed, keys.front()->name(), keys) : std::unexpected(parsed.error());
}

Result<KeptCheckpoint> read_kept(const MirrorFolder& folder, const std::string& file,
                                 std::span<const Verifier* const> keys) {
  const auto text = folder.read(file, note_bytes_max);
  if (!text) return std::unexpected(text.error());
  auto note = parse_note(*text);
  if (!note) return std::unexpected(note.error());
  auto checkpoint = check_checkpoint_of(*note, keys.front()->name(), keys);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  return KeptCheckpoint{file, std::move(*note), std::move(*checkpoint)};
}

std::string with_more_signatures(std::string_view kept, std::string_view note) {
  std::string all(kept);
  auto there = parse_note(kept);
  const auto more = parse_note(note);
  if (!there || !more || there->text != more->text) return all;
  for (const auto& signature : more->signatures) {
    if (there->signatures.size() == note_signatures_max) break;
    const bool has_one = std::ranges::any_of(there->signatures, [&](const NoteSignature& other) {
      return other.name == signature.name && other.key_id == signature.key_id;
    });
    if (has_one) continue;
    all += signature_line(signature.name, signature.key_id, signature.bytes);
    there->signatures.push_back(signature);
  }
  return all;
}

std::optional<MirrorFault> wrong_checkpoint(const MirrorFolder& folder, const KeptCheckpoint& newest,
                                            const MirrorVerifyOptions& options, MirrorVerification& result) {
  const auto cosigned_wrongly = [&](const KeptCheckpoint& kept) -> std::optional<MirrorFault> {
    add_strangers(result.strangers, kept.note, options);
    const auto added = add_cosigners(result.cosigners, kept.note, kept.checkpoint.size, options.witnesses);
    return added ? std::nullopt : std::optional(fault(added.error().code, kept.file, added.error().detail));
  };
  if (auto wrong = cosigned_wrongly(newest)) return wrong;
  const auto files = signed_files(folder);
  if (!files) return fault(files.error().code, std::string(kept_checkpoints_folder), files.error().detail);
  result.checkpoints = 1;
  for (const auto& file : *files) {
    const auto kept = read_kept(folder, file, options.keys);
    if (!kept) return fault(kept.error().code, file, kept.error().detail);
    if (auto wrong = compared(folder, *kept, newest)) return wrong;
    if (auto wrong = cosigned_wrongly(*kept)) return wrong;
    if (const auto size = stamped_size(file)) {
      if (*size != kept->checkpoint.size) return fault("bad_checkpoint", file, "It is a checkpoint of another size");
      if (!folder.exists(file + std::string(stamp_suffix)))
        return fault("missing_file", file + std::string(stamp_suffix), "The time stamp of a checkpoint is not there");
      ++result.stamps;
    } else if (file != witnessed_file && kept_checkpoint_file(newest.checkpoint) != file) {
      ++result.checkpoints;
    }
  }
  std::ranges::sort(result.cosigners, {}, &Cosigner::witness);
  return std::nullopt;
}

}  // namespace pioneer::api
