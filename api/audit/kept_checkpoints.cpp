#include "api/audit/kept_checkpoints.hpp"

#include <algorithm>
#include <vector>

#include "api/text/bytes.hpp"

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

}  // namespace

std::string kept_checkpoint_file(const SignedCheckpoint& checkpoint) {
  return std::string(kept_checkpoints_folder) + "/" + std::to_string(checkpoint.size) + "-" +
         hex(checkpoint.root.view()).substr(0, name_digits);
}

Result<SignedCheckpoint> check_checkpoint(std::string_view note, std::span<const Verifier* const> keys) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto checked = check_signed(*parsed, keys); !checked) return std::unexpected(checked.error());
  return read_checkpoint(*parsed, keys.front()->name());
}

Result<KeptCheckpoint> read_kept(const MirrorFolder& folder, const std::string& file,
                                 std::span<const Verifier* const> keys) {
  const auto note = folder.read(file, note_bytes_max);
  if (!note) return std::unexpected(note.error());
  auto checkpoint = check_checkpoint(*note, keys);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  return KeptCheckpoint{file, std::move(*checkpoint)};
}

std::optional<MirrorFault> wrong_checkpoint(const MirrorFolder& folder, const KeptCheckpoint& newest,
                                            std::span<const Verifier* const> keys, std::uint64_t& agreeing) {
  std::vector<std::string> files;
  const auto listed = folder.each(std::string(kept_checkpoints_folder), [&](const std::string& name) {
    if (!name.ends_with(".new")) files.push_back(name);
    return true;
  });
  if (!listed) return fault(listed.error().code, std::string(kept_checkpoints_folder), listed.error().detail);
  std::ranges::sort(files);
  agreeing = 1;
  for (const auto& file : files) {
    const auto kept = read_kept(folder, file, keys);
    if (!kept) return fault(kept.error().code, file, kept.error().detail);
    if (auto wrong = compared(folder, *kept, newest)) return wrong;
    if (kept_checkpoint_file(newest.checkpoint) != file) ++agreeing;
  }
  return std::nullopt;
}

}  // namespace pioneer::api
