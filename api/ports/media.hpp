// Uploaded voice messages and documents lose what their maker's program wrote into them beside sound and pages.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace pioneer::api {

struct MediaRefusal {
  std::string_view code;      ///< static: not_a_voice, voice_too_long, not_a_document
  std::string_view sentence;  ///< static, for a person
};

/// Any thread; a call takes well under a second, and has a limit of time and memory whatever it is given.
class Media {
 public:
  virtual ~Media() = default;
  /// The same sound in a new container without tags, pictures and dates; at most `voice_seconds_max` long. `media_type`
  /// is audio/ogg, audio/webm or audio/mp4.
  virtual std::expected<std::string, MediaRefusal> voice(std::string_view bytes, std::string_view media_type) = 0;
  /// The same pages without properties, XMP, attachments and scripts.
  virtual std::expected<std::string, MediaRefusal> document(std::string_view bytes) = 0;
};

}  // namespace pioneer::api
