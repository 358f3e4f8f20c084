#include "adapters/vips/containers.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "api/ports/photos.hpp"

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

/// What the rows of a PNG take unpacked, with a filter byte each; interlaced ones need less than twice that. Nothing
/// where there are more pixels than are taken anyway, or a colour type that does not exist (PNG specification, 11.2.1).
std::optional<std::uint64_t> unpacked_bytes_max(std::string_view header) {
  constexpr std::array<std::uint64_t, 7> channels{1, 0, 3, 1, 2, 0, 4};
  const std::uint64_t width = big_endian(header.substr(0, 4)), height = big_endian(header.substr(4, 4));
  const auto depth = big_endian(header.substr(8, 1)), colour = big_endian(header.substr(9, 1));
  if (width == 0 || height == 0 || width > api::photo_pixels_max / height || depth > 16 || colour >= channels.size())
    return std::nullopt;
  return 2 * height * (1 + (width * channels[colour] * depth + 7) / 8);
}

/// Whether what is packed in these parts, one zlib stream, ends by itself within `most` bytes. A stream that is broken
/// is for the decoder to refuse: it stops there too.
bool ends_within(const std::vector<std::string_view>& parts, std::uint64_t most) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return false;
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> ended(&stream, inflateEnd);
  std::array<Bytef, 65'536> scratch;
  for (const auto part : parts) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));  // zlib does not write there
    stream.avail_in = static_cast<uInt>(part.size());
    do {
      stream.next_out = scratch.data();
      stream.avail_out = static_cast<uInt>(scratch.size());
      const int told = inflate(&stream, Z_NO_FLUSH);
      if (stream.total_out > most) return false;
      if (told == Z_BUF_ERROR) break;  // it goes on in the next part
      if (told != Z_OK) return true;
    } while (stream.avail_out == 0 || stream.avail_in != 0);
  }
  return true;
}

}  // namespace

std::optional<std::string> pixels_of_png(std::string_view png) {
  if (png.size() < signature_bytes) return std::nullopt;
  std::string kept(png.substr(0, signature_bytes));
  bool held = false;
  std::vector<std::string_view> packed;
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
    if (type == "IDAT") packed.push_back(png.substr(at + 8, length));
    if (type == "IEND") {
      const auto most = unpacked_bytes_max(png.substr(signature_bytes + 8, header_bytes));
      if (most && !ends_within(packed, *most)) return std::nullopt;
      return kept;
    }
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
