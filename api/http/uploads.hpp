// What an upload is, by its first bytes: names and media types are the client's to invent. Any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "api/ports/media.hpp"
#include "api/ports/photos.hpp"

namespace pioneer::api::http {

struct Upload {
  std::string bytes;
  std::string_view media_type;  ///< static text
};

struct UploadRefusal {
  std::string_view code;      ///< static: those of photos and media, document_too_large
  std::string_view sentence;  ///< static, for a person
};

/// Photos are encoded anew; voice messages (Ogg, WebM, MP4) and documents (PDF) are put together anew: all of them lose
/// their metadata.
std::expected<Upload, UploadRefusal> accept_upload(std::string_view bytes, Photos& photos, Media& media);

}  // namespace pioneer::api::http
