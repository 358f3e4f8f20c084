#include "adapters/vips/vips_photos.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <vips/vips.h>
#include <zlib.h>

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

std::string four_bytes(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xFF));
  return out;
}
std::string chunk(std::string_view type, std::string_view content) {
  const auto named = std::string(type).append(content);
  const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(named.data()), static_cast<uInt>(named.size()));
  return four_bytes(static_cast<std::uint32_t>(content.size())) + named + four_bytes(static_cast<std::uint32_t>(sum));
}
/// Puts chunks behind the header of a PNG.
std::string with_chunks(const std::string& png, const std::string& chunks) {
  constexpr std::size_t behind_header = 8 + 12 + 13;
  return png.substr(0, behind_header) + chunks + png.substr(behind_header);
}
std::string compressed(const std::string& content) {
  auto size = ::compressBound(content.size());
  std::string out(size, '\0');
  EXPECT_EQ(::compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(content.data()),
                        content.size(), 9),
            Z_OK);
  out.resize(size);
  return out;
}
/// The most memory this process has held, in kilobytes.
long peak_kilobytes() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
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

TEST(Photos, DoNotUnpackWhatStandsBesideThePixels) {
  const std::string nothing(1, '\0');
  std::string chunks;
  {
    const auto packed = compressed(std::string(50'000'000, 'A'));
    for (const auto* key : {"a", "b", "c", "d"}) chunks += chunk("zTXt", key + nothing + nothing + packed);
    chunks += chunk("iTXt", "e" + nothing + '\1' + nothing + nothing + nothing + packed);
    chunks += chunk("iCCP", "f" + nothing + nothing + packed);
  }
  const auto png = with_chunks(picture(64, 48, Like::png), chunks);
  ASSERT_LT(png.size(), 400'000U);
  const auto before = peak_kilobytes();
  const auto photo = photos().reencode(png);
  ASSERT_TRUE(photo.has_value());
  EXPECT_EQ(photo->width, 64U);
  EXPECT_LT(peak_kilobytes() - before, 40'000);
}

TEST(Photos, RefuseAPngWhosePixelsUnpackToMoreThanItHas) {
  const auto png = picture(8, 8, Like::png);
  const auto data = png.find("IDAT") - 4;
  const auto end = png.find("IEND") - 4;
  const auto with = [&](std::size_t unpacked) {
    return png.substr(0, data) + chunk("IDAT", compressed(std::string(unpacked, '\0'))) + png.substr(end);
  };
  const std::size_t needed = 8 * (1 + 8 * 3);
  ASSERT_TRUE(photos().reencode(with(needed)).has_value());
  // A surplus that a decoder would unpack to its end, row after row that nobody sees.
  for (const std::size_t unpacked : {3 * needed, std::size_t{100'000'000}}) {
    const auto photo = photos().reencode(with(unpacked));
    ASSERT_FALSE(photo.has_value()) << unpacked;
    EXPECT_EQ(photo.error().code, "not_a_photo");
  }
  // In however many parts it comes: the first of none, others as long as what a decoder takes at once.
  const auto packed = compressed(std::string(100'000'000, '\0'));
  std::string parts = chunk("IDAT", "");
  for (std::size_t at = 0; at < packed.size(); at += 64) parts += chunk("IDAT", packed.substr(at, 64));
  EXPECT_FALSE(photos().reencode(png.substr(0, data) + parts + png.substr(end)).has_value());
  const auto good = compressed(std::string(needed, '\0'));
  parts = chunk("IDAT", "");
  for (const char byte : good) parts += chunk("IDAT", std::string(1, byte)) + chunk("IDAT", "");
  EXPECT_TRUE(photos().reencode(png.substr(0, data) + parts + png.substr(end)).has_value());
  // Sixteen bits, transparency and interlacing need more, and have it.
  ASSERT_TRUE(photos().reencode(picture(640, 480, Like::png, 4)).has_value());
}

TEST(Photos, RefuseAPngWhoseChunksDoNotFollowEachOther) {
  const auto png = picture(64, 48, Like::png);
  ASSERT_TRUE(photos().reencode(png).has_value());
  ASSERT_TRUE(photos().reencode(png + "behind the end").has_value());
  const auto headless = png.substr(0, 8) + png.substr(8 + 25);
  const auto endless = png.substr(0, png.size() - 12);
  const auto two_headed = with_chunks(png, png.substr(8, 25));
  const auto too_long = with_chunks(png, "\x7F\xFF\xFF\xFFtEXtshort");
  for (const auto& bytes : {headless, endless, two_headed, too_long, png.substr(0, 20), png.substr(0, png.size() / 2)})
    EXPECT_FALSE(photos().reencode(bytes).has_value()) << bytes.size();
}

TEST(Photos, RefuseAJpegThatWasCut) {
  const auto jpeg = picture(640, 480, Like::jpeg);
  ASSERT_TRUE(photos().reencode(jpeg).has_value());
  for (const auto kept : {jpeg.size() * 6 / 10, jpeg.size() - 2, jpeg.size() - 1})
    EXPECT_FALSE(photos().reencode(jpeg.substr(0, kept)).has_value()) << kept;
}

TEST(Photos, RefuseTooManyPixelsWithoutDecoding) {
  // The header of a PNG of 30,000 × 30,000 pixels, and nothing behind it.
  const auto small = picture(1, 1, Like::png);
  auto bomb = small;
  const std::string side("\x00\x00\x75\x30", 4);
  bomb.replace(16, 4, side).replace(20, 4, side);
  bomb.replace(8, 25, chunk("IHDR", bomb.substr(16, 13)));
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
