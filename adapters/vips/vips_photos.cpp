#include "adapters/vips/vips_photos.hpp"

#include <vips/vips.h>

#include <algorithm>
#include <array>
#include <optional>
#include <semaphore>
#include <utility>

#include "adapters/vips/containers.hpp"

namespace pioneer::adapters::vips {
namespace {

using api::Photo;
using api::PhotoRefusal;
using Answer = std::expected<Photo, PhotoRefusal>;

constexpr unsigned at_once_max = 16;
/// The longer side of what is kept: sharp on a phone, readable on a desk.
constexpr int side_max = 2048;
constexpr int side_min = 320;
constexpr std::array qualities{82, 72, 60, 45};

Answer refuse(std::string_view code, std::string_view sentence) {
  vips_error_clear();
  return std::unexpected(PhotoRefusal{code, sentence});
}
Answer not_a_photo() { return refuse("not_a_photo", "This is no photo that can be read. Send a JPEG, PNG or WebP."); }
Answer too_large() {
  return refuse("photo_too_large", "This photo is too large. At most 40 megapixels and 10 megabytes are taken.");
}

enum class Format { jpeg, png, webp, none };

/// By its first bytes: names and media types are the client's to invent.
Format format_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return Format::jpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return Format::png;
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") return Format::webp;
  return Format::none;
}

/// One reference to an image.
class Image {
 public:
  Image() = default;
  ~Image() { reset(); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  VipsImage** out() {
    reset();
    return &image_;
  }
  VipsImage* get() const { return image_; }
  void swap(Image& other) noexcept { std::swap(image_, other.image_); }

 private:
  void reset() {
    if (image_ != nullptr) g_object_unref(image_);
    image_ = nullptr;
  }
  VipsImage* image_ = nullptr;
};

/// Reads the header only.
bool open(std::string_view bytes, Format format, Image& image) {
  auto* data = const_cast<char*>(bytes.data());  // vips takes void* and does not write
  switch (format) {
    case Format::jpeg:
      return vips_jpegload_buffer(data, bytes.size(), image.out(), "access", VIPS_ACCESS_SEQUENTIAL, nullptr) == 0;
    case Format::png:
      return vips_pngload_buffer(data, bytes.size(), image.out(), "access", VIPS_ACCESS_SEQUENTIAL, nullptr) == 0;
    case Format::webp:
      return vips_webpload_buffer(data, bytes.size(), image.out(), "access", VIPS_ACCESS_SEQUENTIAL, nullptr) == 0;
    case Format::none:
      break;
  }
  return false;
}

/// Turned upright, shrunk, in sRGB, without transparency, all in memory.
bool shrink(std::string_view bytes, int side, Image& into) {
  Image small;
  if (vips_thumbnail_buffer(const_cast<char*>(bytes.data()), bytes.size(), small.out(), side, "height", side, "size",
                            VIPS_SIZE_DOWN, "export_profile", "srgb", "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr) != 0)
    return false;
  if (vips_image_hasalpha(small.get()) != 0) {
    Image flat;
    const std::array<double, 3> white{255, 255, 255};
    VipsArrayDouble* background = vips_array_double_new(white.data(), vips_image_get_bands(small.get()) >= 3 ? 3 : 1);
    const bool good = vips_flatten(small.get(), flat.out(), "background", background, nullptr) == 0;
    vips_area_unref(VIPS_AREA(background));
    if (!good) return false;
    small.swap(flat);
  }
  Image in_memory;
  *in_memory.out() = vips_image_copy_memory(small.get());
  if (in_memory.get() == nullptr) return false;
  into.swap(in_memory);
  return true;
}

bool encode(const Image& image, int quality, std::string& into) {
  void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_jpegsave_buffer(image.get(), &bytes, &size, "Q", quality, "strip", TRUE, "optimize_coding", TRUE, nullptr) !=
      0)
    return false;
  into.assign(static_cast<const char*>(bytes), size);
  g_free(bytes);
  return true;
}

class VipsPhotos final : public api::Photos {
 public:
  explicit VipsPhotos(unsigned at_once)
      : free_(static_cast<std::ptrdiff_t>(std::min(std::max(at_once, 1U), at_once_max))) {
    ready_ = VIPS_INIT("pioneer") == 0;
    // A client's odd photo is no news for the operator's log.
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, [](const char*, GLogLevelFlags, const char*, void*) {}, nullptr);
    vips_block_untrusted_set(TRUE);  // loaders that were not made for hostile input
    vips_concurrency_set(1);
    vips_cache_set_max(0);  // nobody's photo stays in memory
  }

  Answer reencode(std::string_view bytes) override {
    if (bytes.size() > api::photo_bytes_max) return too_large();
    const auto format = format_of(bytes);
    if (!ready_ || format == Format::none) return not_a_photo();
    if (format == Format::jpeg && !is_whole_jpeg(bytes)) return not_a_photo();
    const auto pixels = format == Format::png ? pixels_of_png(bytes) : std::optional<std::string>(std::in_place);
    if (!pixels) return not_a_photo();
    if (format == Format::png) bytes = *pixels;
    free_.acquire();
    auto answer = work(bytes, format);
    vips_thread_shutdown();
    free_.release();
    return answer;
  }

 private:
  static Answer work(std::string_view bytes, Format format) {
    {
      Image header;
      if (!open(bytes, format, header)) return not_a_photo();
      const auto pixels = static_cast<std::uint64_t>(vips_image_get_width(header.get())) *
                          static_cast<std::uint64_t>(vips_image_get_height(header.get()));
      if (pixels > api::photo_pixels_max) return too_large();
    }
    Photo photo{.bytes = {}, .media_type = "image/jpeg"};
    for (int side = side_max; side >= side_min; side = side * 3 / 4) {
      Image image;
      if (!shrink(bytes, side, image)) return not_a_photo();
      photo.width = static_cast<std::uint32_t>(vips_image_get_width(image.get()));
      photo.height = static_cast<std::uint32_t>(vips_image_get_height(image.get()));
      for (const int quality : qualities) {
        if (!encode(image, quality, photo.bytes)) return not_a_photo();
        if (photo.bytes.size() <= api::photo_stored_bytes_max) return photo;
      }
    }
    return too_large();
  }

  std::counting_semaphore<at_once_max> free_;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<api::Photos> make_photos(unsigned at_once) { return std::make_unique<VipsPhotos>(at_once); }

}  // namespace pioneer::adapters::vips
