#include "api/audit/stray_files.hpp"

#include <charconv>

#include "api/audit/kept_checkpoints.hpp"
#include "api/audit/published_digests.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/key_history.hpp"
#include "api/proofs/stamps.hpp"
#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::Hash;

constexpr unsigned levels_max = 8;

struct LaidOut {
  bool entries = false;
  unsigned level = 0;
  eventstore::TileName tile;

  std::string path(std::size_t width) const {
    return entries ? eventstore::bundle_path(tile.index, width) : eventstore::tile_path(level, tile.index, width);
  }
};

/// Of a name below "tile/".
std::optional<LaidOut> laid_out(std::string_view name) {
  constexpr std::string_view tiles = "tile/";
  if (!name.starts_with(tiles)) return std::nullopt;
  name.remove_prefix(tiles.size());
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  LaidOut found;
  const auto kind = name.substr(0, slash);
  found.entries = kind == "entries";
  if (!found.entries) {
    const auto [end, error] = std::from_chars(kind.data(), kind.data() + kind.size(), found.level);
    if (error != std::errc{} || std::to_string(found.level) != kind || found.level >= levels_max) return std::nullopt;
  }
  const auto tile = eventstore::parse_tile_name(name.substr(slash + 1));
  if (!tile) return std::nullopt;
  found.tile = *tile;
  return found;
}

/// The bytes of a bundle's first `count` entries.
std::size_t bytes_of_entries(std::string_view bundle, std::size_t count) {
  auto rest = bundle;
  for (; count > 0 && eventstore::take_record(rest); --count) {
  }
  return bundle.size() - rest.size();
}

std::optional<MirrorFault> wrong_beginning(const MirrorFolder& folder, const std::string& name, const LaidOut& older,
                                           std::size_t width_now) {
  const auto fault = [&](std::string code, std::optional<std::uint64_t> byte, std::string sentence) {
    return MirrorFault{std::move(code), name, byte, std::nullopt, std::move(sentence)};
  };
  const auto newer = folder.read(older.path(width_now), eventstore::bundle_bytes_max);
  if (!newer) return fault(newer.error().code, std::nullopt, older.path(width_now) + ": " + newer.error().detail);
  const auto content = folder.read(name, eventstore::bundle_bytes_max);
  if (!content) return fault(content.error().code, std::nullopt, content.error().detail);
  const auto expected = std::string_view(*newer).substr(
      0, older.entries ? bytes_of_entries(*newer, older.tile.width) : older.tile.width * Hash::size);
  if (*content == expected) return std::nullopt;
  std::size_t at = 0;
  while (at < content->size() && at < expected.size() && (*content)[at] == expected[at]) ++at;
  return fault("older_file_differs", at,
               "This file of an earlier size is not the beginning of " + older.path(width_now) +
                   ", which is proven: it was changed");
}

bool known(const std::string& name) {
  return name == newest_checkpoint_file || name == verifier_file || name == witnessed_file ||
         name == key_history_file || stamped_size(name) ||
         name.starts_with(std::string(kept_checkpoints_folder) + "/") ||
         name.starts_with(std::string(published_digests_folder) + "/");
}

/// The checkpoint that "stamps/1234.tsr" is a stamp of; nothing: it is no stamp.
std::optional<std::string> stamped_by(const std::string& name) {
  if (!name.ends_with(stamp_suffix)) return std::nullopt;
  auto text = name.substr(0, name.size() - stamp_suffix.size());
  return stamped_size(text) ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace

std::optional<MirrorFault> wrong_stray(const MirrorFolder& folder, std::uint64_t size, MirrorVerification& result) {
  std::optional<MirrorFault> first;
  const auto listed = folder.each("", [&](const std::string& name) {
    if (known(name)) return true;
    if (const auto text = stamped_by(name)) {
      if (!folder.exists(*text)) ++result.unsigned_files;
      return true;
    }
    const auto file = laid_out(name);
    if (!file) {
      ++result.unknown_files;
      return true;
    }
    const auto width = tile_width_at(file->level, file->tile.index, size);
    if (file->tile.width > width) {
      ++result.unsigned_files;
    } else if (file->tile.width < width) {
      ++result.older_files;
      auto fault = wrong_beginning(folder, name, *file, width);
      if (fault && (!first || name < first->file)) first = std::move(fault);
    }
    return true;
  });
  if (!listed) return MirrorFault{listed.error().code, "tile", std::nullopt, std::nullopt, listed.error().detail};
  return first;
}

}  // namespace pioneer::api
