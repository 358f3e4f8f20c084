#include "adapters/vips/vips_photos.hpp"

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <random>

namespace pioneer::adapters::vips {
namespace {

/// One service for all tests: libvips starts once in a process.
api::Photos& photos() {
  static const auto made = make_photos();
  return *made;
}

enum class Like { jpeg, png, webp };

/// Noise, which compresses worst.
std::string picture(int width, int height, Like like, int bands = 3) {
  photos();
  VipsImage* noise = nullptr;
  std::string pixels(static_cast<std::size_t>(width * height * bands), '\0');
  std::mt19937 chance(7);
  for (auto& p : pixels) p = static_cast<char>(chance());
  noise = vips_image_new_from_memory_copy(pixels.data(), pixels.size(), width, height, bands, VIPS_FORMAT_UCHAR);
  noise->Type = VIPS_INTERPRETATION_sRGB;
  void* bytes = nullptr;
  std::size_t size = 0;
  const char* suffix = like == Like::jpeg ? ".jpg" : like == Like::png ? ".png" : ".webp";
  EXPECT_EQ(vips_image_write_to_buffer(noise, suffix, &bytes, &size, nullptr), 0) << vips_error_buffer();
  std::string out(static_cast<const char*>(bytes), size);
  g_free(bytes);
  g_object_unref(noise);
  return out;
}

/// Puts a segment behind the start of a JPEG.
std::string with_segment(const std::string& jpeg, char marker, const std::string& content) {
  const auto size = content.size() + 2;
  std::string segment{'\xFF', marker, static_cast<char>(size >> 8), static_cast<char>(size & 0xFF)};
  return jpeg.substr(0, 2) + segment + content + jpeg.substr(2);
}

TEST(Photos, TakeJpegPngAndWebp) {
  for (const auto like : {Like::jpeg, Like::png, Like::webp}) {
    const auto photo = photos().reencode(picture(64, 48, like));
    ASSERT_TRUE(photo.has_value());
    EXPECT_EQ(photo->media_type, "image/jpeg");
    EXPECT_TRUE(photo->bytes.starts_with("\xFF\xD8\xFF"));
    EXPECT_EQ(photo->width, 64U);
    EXPECT_EQ(photo->height, 48U);
  }
}

TEST(Photos, FillTransparencyWithWhite) { EXPECT_TRUE(photos().reencode(picture(32, 32, Like::png, 4)).has_value()); }

TEST(Photos, StayBelowTheirLimitEvenWhenTheyAreNoise) {
  const auto photo = photos().reencode(picture(1600, 1200, Like::png));
  ASSERT_TRUE(photo.has_value());
  EXPECT_LE(photo->bytes.size(), api::photo_stored_bytes_max);
  EXPECT_LT(photo->width, 1600U);
}

TEST(Photos, LoseTheirMetadata) {
  auto jpeg = picture(64, 48, Like::jpeg);
  jpeg = with_segment(jpeg, '\xFE', "COMMENT-SECRET");
  jpeg = with_segment(jpeg, '\xED', "Photoshop 3.0 IPTC-SECRET");
  jpeg = with_segment(jpeg, '\xE1',
                      "http://ns.adobe.com/xap/1.0/" + std::string(1, '\0') + "<x:xmpmeta>XMP-SECRET</x:xmpmeta>");
  jpeg += "TRAILING-SECRET";
  const auto photo = photos().reencode(jpeg);
  ASSERT_TRUE(photo.has_value());
  EXPECT_EQ(photo->bytes.find("SECRET"), std::string::npos);
}

TEST(Photos, RefuseWhatIsNone) {
  const auto jpeg = picture(64, 48, Like::jpeg);
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string("<svg xmlns='http://www.w3.org/2000/svg'/>"),
        std::string("%PDF-1.7"), std::string("GIF89a"), std::string("\xFF\xD8\xFF"), std::string("\x89PNG\r\n\x1A\n"),
        std::string("RIFF\x10\x00\x00\x00WEBPVP8 ", 16), jpeg.substr(1)}) {
    const auto photo = photos().reencode(bytes);
    ASSERT_FALSE(photo.has_value()) << bytes.size();
    EXPECT_EQ(photo.error().code, "not_a_photo");
  }
}

TEST(Photos, RefuseTooManyPixelsWithoutDecoding) {
  // The header of a PNG of 30,000 × 30,000 pixels, and nothing behind it.
  const auto small = picture(1, 1, Like::png);
  auto bomb = small;
  const std::string side("\x00\x00\x75\x30", 4);
  bomb.replace(16, 4, side).replace(20, 4, side);
  // The checksum of the header's chunk.
  const auto crc = [](std::string_view bytes) {
    std::uint32_t c = 0xFFFFFFFF;
    for (const char byte : bytes) {
      c ^= static_cast<unsigned char>(byte);
      for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
    }
    return ~c;
  };
  const auto sum = crc(std::string_view(bomb).substr(12, 17));
  for (unsigned i = 0; i < 4; ++i) bomb[29 + i] = static_cast<char>(sum >> (24 - 8 * i) & 0xFF);
  const auto photo = photos().reencode(bomb);
  ASSERT_FALSE(photo.has_value());
  EXPECT_EQ(photo.error().code, "photo_too_large");
}

TEST(Photos, RefuseTooManyBytes) {
  const auto photo = photos().reencode(std::string(api::photo_bytes_max + 1, '\xFF'));
  ASSERT_FALSE(photo.has_value());
  EXPECT_EQ(photo.error().code, "photo_too_large");
}

}  // namespace
}  // namespace pioneer::adapters::vips
