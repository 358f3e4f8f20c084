// What an upload is, by its first bytes: names and media types are the client's to invent. Any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "api/ports/photos.hpp"

namespace pioneer::api::http {

struct Upload {
  std::string bytes;
  std::string_view media_type;  ///< static text
};

struct UploadRefusal {
  std::string_view code;      ///< static: not_a_photo, photo_too_large, voice_too_long, document_too_large
  std::string_view sentence;  ///< static, for a person
};

/// Photos are encoded anew and lose their metadata. Voice messages (Ogg, WebM, MP4) and documents (PDF) are taken as
/// they are, within their bounds: what their maker's program wrote into them stays in them. An Ogg file's length is
/// read from it (RFC 7845: positions count 48,000 a second); that of the others is bounded by their size.
std::expected<Upload, UploadRefusal> accept_upload(std::string_view bytes, Photos& photos);

}  // namespace pioneer::api::http
