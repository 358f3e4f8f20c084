// Uploaded photos are decoded and encoded anew: nothing but pixels survives, no metadata, no trailing bytes, no second
// file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace pioneer::api {

/// In, before anything is decoded: beyond what phones take.
inline constexpr std::size_t photo_bytes_max = 10 * 1024 * 1024;
inline constexpr std::uint64_t photo_pixels_max = 40'000'000;
/// Out: a board of twenty cards with photos stays a few megabytes.
inline constexpr std::size_t photo_stored_bytes_max = 300 * 1024;

struct Photo {
  std::string bytes;
  std::string_view media_type;  ///< static text
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

struct PhotoRefusal {
  std::string_view code;      ///< static: not_a_photo, photo_too_large
  std::string_view sentence;  ///< static, for a person
};

/// Any thread; a call takes up to a second of one core, and waits while too many others run.
class Photos {
 public:
  virtual ~Photos() = default;
  virtual std::expected<Photo, PhotoRefusal> reencode(std::string_view bytes) = 0;
};

}  // namespace pioneer::api
