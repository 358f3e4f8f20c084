#include "adapters/vips/containers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pioneer::adapters::vips {
namespace {

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t chunk_frame_bytes = 12;  // length, type, checksum
constexpr std::size_t header_bytes = 13;
constexpr std::size_t held_bytes_max = 65'536;
constexpr std::array<std::string_view, 5> of_pixels{"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};

std::size_t big_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace

std::optional<std::string> pixels_of_png(std::string_view png) {
  if (png.size() < signature_bytes) return std::nullopt;
  std::string kept(png.substr(0, signature_bytes));
  bool held = false;
  for (std::size_t at = signature_bytes; png.size() - at >= chunk_frame_bytes;) {
    const auto length = big_endian(png.substr(at, 4));
    const auto type = png.substr(at + 4, 4);
    if (length > png.size() - at - chunk_frame_bytes) return std::nullopt;
    const bool first = at == signature_bytes;
    if (first != (type == "IHDR") || (first && length != header_bytes)) return std::nullopt;
    const bool tells_how_held = type == "eXIf" && length <= held_bytes_max && !held;
    held = held || tells_how_held;
    const auto whole = chunk_frame_bytes + length;
    if (tells_how_held || std::ranges::find(of_pixels, type) != of_pixels.end()) kept.append(png.substr(at, whole));
    if (type == "IEND") return kept;
    at += whole;
  }
  return std::nullopt;
}

bool is_whole_jpeg(std::string_view jpeg) {
  constexpr std::uint8_t end_of_image = 0xD9, stuffed = 0x00, temporary = 0x01, first_alone = 0xD0, last_alone = 0xD8;
  std::size_t at = 2;
  while ((at = jpeg.find('\xFF', at)) != jpeg.npos) {
    at = jpeg.find_first_not_of('\xFF', at);
    if (at == jpeg.npos) return false;
    const auto marker = static_cast<std::uint8_t>(jpeg[at++]);
    if (marker == end_of_image) return true;
    if (marker == stuffed || marker == temporary || (marker >= first_alone && marker <= last_alone)) continue;
    if (jpeg.size() - at < 2) return false;
    at += std::max<std::size_t>(2, big_endian(jpeg.substr(at, 2)));  // the length counts itself
  }
  return false;
}

}  // namespace pioneer::adapters::vips
