#include "api/cli/mirror_outside.hpp"

#include "api/audit/kept_checkpoints.hpp"
#include "api/cli/console.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/key_history.hpp"
#include "api/proofs/stamps.hpp"
#include "api/text/lines.hpp"

namespace pioneer::cli {
namespace {

using eventstore::failure;
using eventstore::Result;
using Keys = std::span<const api::Verifier* const>;

Result<std::vector<std::uint64_t>> sizes_in(std::string_view lines) {
  std::vector<std::uint64_t> sizes;
  for (const auto line : api::lines_of(lines)) {
    const auto size = api::decimal(line);
    if (!size) return failure("wrong_file", "The list of stamps holds what is no size of a log");
    sizes.push_back(*size);
  }
  return sizes;
}

/// A checkpoint that somebody outside signed. What contradicts the mirror is kept beside it, and told.
Result<api::SignedCheckpoint> of_this_history(MirrorFiles& files, const std::string& note,
                                              const api::SignedCheckpoint& newest, Keys keys) {
  auto then = api::check_checkpoint(note, keys);
  if (!then) return then;
  if (then->size > newest.size) return then;
  const auto root = eventstore::root_at(then->size, files.folder().hashes(newest.size));
  if (!root) return std::unexpected(root.error());
  if (*root == then->root) return then;
  if (auto kept = files.keep_signed(note, keys); !kept) return std::unexpected(kept.error());
  return failure("history_differs", "Outsiders signed another history of the log's first " + grouped(then->size) +
                                        " records than this mirror holds. Keep " + files.path() +
                                        ": it holds the proof.");
}

Result<void> keep_stamp(MirrorFiles& files, std::uint64_t size, const GetOutside& get,
                        const api::SignedCheckpoint& newest, Keys keys) {
  const auto name = std::string(api::stamps_folder) + "/" + std::to_string(size);
  const auto answer = name + std::string(api::stamp_suffix);
  if (size > newest.size || (files.folder().exists(name) && files.folder().exists(answer))) return {};
  const auto note = get(name);
  if (!note) return std::unexpected(note.error());
  const auto stamp = get(answer);
  if (!stamp) return std::unexpected(stamp.error());
  if (!*note || !*stamp) return failure("wrong_file", name + " is listed, but not there");
  const auto then = of_this_history(files, **note, newest, keys);
  if (!then) return std::unexpected(then.error());
  if (then->size != size) return failure("wrong_file", name + " is a checkpoint of another size");
  // A stamp alone says nothing, and is taken again; what was stamped does not stand without it.
  if (auto kept = files.keep(answer, **stamp); !kept) return kept;
  return files.keep(name, **note);
}

}  // namespace

Result<Outside> get_outside(const GetOutside& get) {
  Outside outside;
  for (const auto& [name, where] : {std::pair(std::string(api::key_history_file), &outside.key_history),
                                    std::pair(std::string(api::witnessed_file), &outside.witnessed)}) {
    auto note = get(name);
    if (!note) return std::unexpected(note.error());
    *where = std::move(*note);
  }
  const auto list = get(std::string(api::stamps_folder));
  if (!list) return std::unexpected(list.error());
  auto sizes = sizes_in(list->value_or(""));
  if (!sizes) return std::unexpected(sizes.error());
  outside.stamped = std::move(*sizes);
  return outside;
}

Result<void> keep_outside(MirrorFiles& files, const Outside& outside, const GetOutside& get,
                          const api::SignedCheckpoint& newest, Keys keys) {
  if (outside.key_history) {
    if (const auto lines = api::check_key_history(*outside.key_history, keys); !lines)
      return failure(lines.error().code, std::string(api::key_history_file) + ": " + lines.error().detail);
    if (auto kept = files.keep(std::string(api::key_history_file), *outside.key_history); !kept) return kept;
  }
  if (outside.witnessed) {
    const auto then = of_this_history(files, *outside.witnessed, newest, keys);
    if (!then) return std::unexpected(then.error());
    // A cache between us may have given an older checkpoint; it covers this one the next time.
    if (then->size <= newest.size) {
      if (auto kept = files.keep(std::string(api::witnessed_file), *outside.witnessed); !kept) return kept;
      if (auto kept = files.keep_signed(*outside.witnessed, keys); !kept) return kept;
    }
  }
  for (const auto size : outside.stamped)
    if (auto kept = keep_stamp(files, size, get, newest, keys); !kept) return kept;
  return {};
}

}  // namespace pioneer::cli
