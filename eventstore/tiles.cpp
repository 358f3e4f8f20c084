#include "eventstore/tiles.hpp"

#include <charconv>
#include <utility>

#include "eventstore/check.hpp"
#include "eventstore/varint.hpp"

namespace pioneer::eventstore {
namespace {

constexpr std::size_t full_bytes = tile_width * Hash::size;
/// Five groups of three digits: more leaves than there will be.
constexpr std::size_t tile_name_chars_max = 5 * 5;

/// 1234067 → "x001/x234/067".
std::string index_path(std::uint64_t index) {
  const auto three = [](std::uint64_t n) {
    std::string digits = std::to_string(n % 1'000);
    digits.insert(0, 3 - digits.size(), '0');
    return digits;
  };
  std::string path = three(index);
  for (index /= 1'000; index > 0; index /= 1'000) path.insert(0, "x" + three(index) + "/");
  return path;
}

std::string with_width(const std::string& path, std::size_t width) {
  CHECK(width >= 1 && width <= tile_width);
  return width == tile_width ? path : path + ".p/" + std::to_string(width);
}

}  // namespace

MerkleFrontier frontier_of(std::string_view hashes) {
  MerkleFrontier tree;
  for (std::size_t i = 0; i < hashes.size() / Hash::size; ++i) tree.add(hash_at(hashes, i));
  return tree;
}

void append_entry(std::string& bundle, std::string_view record) {
  CHECK(record.size() <= limits::record_bytes_max);
  put_big_endian(bundle, static_cast<std::uint16_t>(record.size()));
  bundle.append(record);
}

std::optional<std::string_view> take_record(std::string_view& bundle) {
  if (bundle.size() < entry_length_bytes) return std::nullopt;
  const std::size_t length = read_big_endian<std::uint16_t>(bundle);
  if (bundle.size() - entry_length_bytes < length) return std::nullopt;
  const auto record = bundle.substr(entry_length_bytes, length);
  bundle.remove_prefix(entry_length_bytes + length);
  return record;
}

std::string tile_path(unsigned level, std::uint64_t index, std::size_t width) {
  return with_width("tile/" + std::to_string(level) + "/" + index_path(index), width);
}

std::string bundle_path(std::uint64_t index, std::size_t width) {
  return with_width("tile/entries/" + index_path(index), width);
}

std::optional<TileName> parse_tile_name(std::string_view text) {
  TileName name;
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  auto path = text;
  if (const auto partial = path.find(".p/"); partial != std::string_view::npos) {
    const auto width = number(path.substr(partial + 3));
    if (!width || *width == 0 || *width >= tile_width) return std::nullopt;
    name.width = static_cast<std::size_t>(*width);
    path = path.substr(0, partial);
  }
  if (path.size() > tile_name_chars_max) return std::nullopt;
  while (path.starts_with('x') && path.size() > 5 && path[4] == '/') {
    const auto three = number(path.substr(1, 3));
    if (!three) return std::nullopt;
    name.index = name.index * 1'000 + *three;
    path.remove_prefix(5);
  }
  const auto last = path.size() == 3 ? number(path) : std::nullopt;
  if (!last) return std::nullopt;
  name.index = name.index * 1'000 + *last;
  // One way to write each: no leading groups of zeros, no sign, no leading zero in the width.
  if (with_width(index_path(name.index), name.width) != text) return std::nullopt;
  return name;
}

Result<void> TileTree::add(std::string_view record) {
  append_entry(bundle_, record);
  const Hash leaf = leaf_hash(bytes_of(record));
  if (++bundled_ == tile_width) {
    if (auto written = write_(bundle_path(size() / tile_width, tile_width), bundle_); !written) return written;
    bundle_.clear();
    bundled_ = 0;
  }
  frontier_.add(leaf);
  return push(0, leaf);
}

Result<void> TileTree::push(unsigned level, const Hash& hash) {
  if (levels_.size() <= level) levels_.resize(level + 1);
  levels_[level].append(hash.view());
  if (levels_[level].size() < full_bytes) return {};
  // Leaves below one full tile of this level: 256^(level + 1).
  const std::uint64_t index = (size() >> (8 * (level + 1))) - 1;
  const std::string full = std::exchange(levels_[level], {});
  if (auto written = write_(tile_path(level, index, tile_width), full); !written) return written;
  return push(level + 1, frontier_of(full).root());
}

Result<void> TileTree::finish() {
  for (unsigned level = 0; level < levels_.size(); ++level) {
    const auto width = levels_[level].size() / Hash::size;
    if (width == 0) continue;
    const std::uint64_t index = size() >> (8 * (level + 1));
    if (auto written = write_(tile_path(level, index, width), levels_[level]); !written) return written;
  }
  if (bundled_ == 0) return {};
  return write_(bundle_path(size() / tile_width, bundled_), bundle_);
}

std::string checkpoint_text(std::string_view origin, std::uint64_t size, std::string_view root_base64) {
  return std::string(origin) + "\n" + std::to_string(size) + "\n" + std::string(root_base64) + "\n";
}

}  // namespace pioneer::eventstore
