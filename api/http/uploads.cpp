#include "api/http/uploads.hpp"

#include <cstdint>
#include <utility>

#include "api/ports/blobs.hpp"

namespace pioneer::api::http {
namespace {

constexpr std::uint64_t opus_positions_a_second = 48'000;
/// Recorders stop a little late.
constexpr std::uint64_t grace_seconds = 2;

/// "" where it is no voice message.
std::string_view voice_type(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("OggS")) return "audio/ogg";
  if (bytes.starts_with("\x1A\x45\xDF\xA3"sv)) return "audio/webm";
  if (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp") {
    const auto brand = bytes.substr(8, 4);  // photos of some phones are in such a container too
    if (brand == "M4A " || brand.starts_with("mp4") || brand.starts_with("iso")) return "audio/mp4";
  }
  return {};
}

/// Of an Ogg Opus file: where its last page ends, in seconds. 0 where that cannot be read.
std::uint64_t opus_seconds(std::string_view bytes) {
  constexpr std::size_t page_header = 28, position_at = 6;
  if (bytes.size() < page_header + 8 || bytes.substr(page_header, 8) != "OpusHead") return 0;
  const auto last = bytes.rfind("OggS");
  if (last == std::string_view::npos || last + position_at + 8 > bytes.size()) return 0;
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < 8; ++i)
    position |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[last + position_at + i])) << (8 * i);
  return position / opus_positions_a_second;
}

}  // namespace

std::expected<Upload, UploadRefusal> accept_upload(std::string_view bytes, Photos& photos) {
  if (const auto voice = voice_type(bytes); !voice.empty()) {
    if (bytes.size() > voice_bytes_max || opus_seconds(bytes) > voice_seconds_max + grace_seconds)
      return std::unexpected(UploadRefusal{"voice_too_long", "A voice message has at most 60 seconds and 1 megabyte."});
    return Upload{std::string(bytes), voice};
  }
  if (bytes.starts_with("%PDF-")) {
    if (bytes.size() > document_bytes_max)
      return std::unexpected(UploadRefusal{"document_too_large", "A document has at most 5 megabytes."});
    return Upload{std::string(bytes), "application/pdf"};
  }
  auto photo = photos.reencode(bytes);
  if (!photo) return std::unexpected(UploadRefusal{photo.error().code, photo.error().sentence});
  return Upload{std::move(photo->bytes), photo->media_type};
}

}  // namespace pioneer::api::http
