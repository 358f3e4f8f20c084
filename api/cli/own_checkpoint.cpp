#include "api/cli/own_checkpoint.hpp"

#include "adapters/posix/disk.hpp"
#include "adapters/segments/records.hpp"
#include "adapters/sodium/key_history.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/console.hpp"
#include "api/proofs/checkpoints.hpp"

namespace pioneer::cli {

using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;

namespace {

/// By the keys that are here; a copy of the log without them is taken at its word.
Result<api::SignedCheckpoint> checked(const OwnCheckpoint& own) {
  if (own.keys.empty()) {
    const auto note = api::parse_note(own.note);
    if (!note) return std::unexpected(note.error());
    return api::read_checkpoint(*note, note->text.substr(0, note->text.find('\n')));
  }
  const auto keys = AuditKeys::of(own.keys);
  if (!keys) return std::unexpected(keys.error());
  return api::check_checkpoint(own.note, keys->all());
}

}  // namespace

Result<std::optional<OwnCheckpoint>> read_own_checkpoint(const std::string& data) {
  const std::string directory = data + "/" + std::string(api::Checkpoints::directory_name);
  const std::string name(api::newest_checkpoint_file);
  auto note = api::MirrorFolder(directory).read(name, api::note_bytes_max);
  if (!note && note.error().code == "missing_file") return std::optional<OwnCheckpoint>{};
  if (!note) return std::unexpected(note.error());
  adapters::posix::PosixDisk disk;
  auto keys = adapters::known_log_keys(disk, data + "/keys");
  if (!keys) return std::unexpected(keys.error());
  OwnCheckpoint own{directory + "/" + name, std::move(*note), {}, std::move(*keys)};
  auto says = checked(own);
  if (!says) return failure(says.error().code, own.file + ": " + says.error().detail);
  own.says = std::move(*says);
  return std::optional(std::move(own));
}

Result<Hash> root_of_first(const std::string& data, const eventstore::Log& log, std::uint64_t size) {
  adapters::posix::PosixDisk disk;
  return adapters::segments::root_of_first(disk, data + "/log", log, size);
}

Result<void> holds_what_was_signed(const std::string& data, const eventstore::Log& log,
                                   const OwnCheckpoint& checkpoint) {
  const auto size = checkpoint.says.size;
  if (size > log.end().value) {
    return failure("log_behind_checkpoint", "The log has " + grouped(log.end().value) + " records, but " +
                                                grouped(size) + " were signed in " + checkpoint.file +
                                                ": its end was cut off.");
  }
  const auto root = root_of_first(data, log, size);
  if (!root) return std::unexpected(root.error());
  if (*root == checkpoint.says.root) return {};
  return failure("history_differs", "The log's first " + grouped(size) + " records are not those that were signed in " +
                                        checkpoint.file + ": together they are the proof that history was changed.");
}

}  // namespace pioneer::cli
