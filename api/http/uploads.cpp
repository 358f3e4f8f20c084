#include "api/http/uploads.hpp"

#include <utility>

#include "api/ports/blobs.hpp"

namespace pioneer::api::http {
namespace {

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

std::expected<Upload, UploadRefusal> cleaned(std::expected<std::string, MediaRefusal> bytes,
                                             std::string_view media_type) {
  if (!bytes) return std::unexpected(UploadRefusal{bytes.error().code, bytes.error().sentence});
  return Upload{std::move(*bytes), media_type};
}

}  // namespace

std::expected<Upload, UploadRefusal> accept_upload(std::string_view bytes, Photos& photos, Media& media) {
  if (const auto voice = voice_type(bytes); !voice.empty()) {
    if (bytes.size() > voice_bytes_max)
      return std::unexpected(UploadRefusal{"voice_too_long", "A voice message has at most 60 seconds and 1 megabyte."});
    return cleaned(media.voice(bytes, voice), voice);
  }
  if (bytes.starts_with("%PDF-")) {
    if (bytes.size() > document_bytes_max)
      return std::unexpected(UploadRefusal{"document_too_large", "A document has at most 5 megabytes."});
    return cleaned(media.document(bytes), "application/pdf");
  }
  auto photo = photos.reencode(bytes);
  if (!photo) return std::unexpected(UploadRefusal{photo.error().code, photo.error().sentence});
  return Upload{std::move(photo->bytes), photo->media_type};
}

}  // namespace pioneer::api::http
