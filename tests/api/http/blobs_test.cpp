// Uploads through the routes of a whole node: what is kept of a photo, and who may see it.
#include <vips/vips.h>

#include "adapters/vips/vips_photos.hpp"
#include "api/server/blob_rounds.hpp"
#include "api/text/bytes.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

/// libvips starts once in a process.
Photos& photos() {
  static const auto made = adapters::vips::make_photos();
  return *made;
}

std::string picture(const char* suffix) {
  photos();
  const std::string pixels(64 * 48 * 3, '\x60');
  VipsImage* image = vips_image_new_from_memory_copy(pixels.data(), pixels.size(), 64, 48, 3, VIPS_FORMAT_UCHAR);
  image->Type = VIPS_INTERPRETATION_sRGB;
  void* bytes = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(vips_image_write_to_buffer(image, suffix, &bytes, &size, nullptr), 0) << vips_error_buffer();
  std::string out(static_cast<const char*>(bytes), size);
  g_free(bytes);
  g_object_unref(image);
  return out;
}

/// A JPEG as a phone makes it: with the place where it was taken (Exif 2.32, GPSLatitude).
std::string photo_with_place() {
  const std::string tiff =
      "II*\0\x08\0\0\0"s
      "\x01\0\x25\x88\x04\0\x01\0\0\0\x1A\0\0\0\0\0\0\0"s                             // its GPS directory at 26
      "\x02\0\x01\0\x02\0\x02\0\0\0N\0\0\0\x02\0\x05\0\x03\0\0\0\x38\0\0\0\0\0\0\0"s  // latitude at 56
      "\x18\0\0\0\x01\0\0\0\x1C\0\0\0\x01\0\0\0\x2E\0\0\0\x01\0\0\0"s;                // 24° 28′ 46″
  const std::string content = "Exif\0\0"s + tiff;
  const auto size = content.size() + 2;
  const std::string segment{'\xFF', '\xE1', static_cast<char>(size >> 8), static_cast<char>(size & 0xFF)};
  const auto jpeg = picture(".jpg");
  return jpeg.substr(0, 2) + segment + content + jpeg.substr(2);
}

bool tells_the_place(const std::string& jpeg) {
  VipsImage* image = vips_image_new_from_buffer(jpeg.data(), jpeg.size(), "", nullptr);
  EXPECT_NE(image, nullptr) << vips_error_buffer();
  if (image == nullptr) return true;
  const bool tells = vips_image_get_typeof(image, "exif-ifd3-GPSLatitude") != 0;
  g_object_unref(image);
  return tells;
}

/// A PNG that says it is 30,000 pixels wide and high.
std::string bomb() {
  auto png = picture(".png");
  const auto side = "\0\0\x75\x30"s;
  png.replace(16, 4, side).replace(20, 4, side);
  std::uint32_t sum = 0xFFFFFFFF;  // the checksum of the header's chunk
  for (const char byte : png.substr(12, 17)) {
    sum ^= static_cast<unsigned char>(byte);
    for (int k = 0; k < 8; ++k) sum = (sum & 1) != 0 ? 0xEDB88320U ^ (sum >> 1) : sum >> 1;
  }
  for (unsigned i = 0; i < 4; ++i) png[29 + i] = static_cast<char>(~sum >> (24 - 8 * i) & 0xFF);
  return png;
}

class Uploads : public WholeNode {
 protected:
  Uploads() : WholeNode(&photos()) {}

  std::string request_with(const std::string& blob, const std::string& as) {
    const auto made = post("/api/v1/requests",
                           R"({"title":"漏水","description":"厨房漏水","category":"repair","organisation":")" + city +
                               R"(","photos":[")" + blob + "\"]}",
                           as);
    EXPECT_EQ(made.status, 201U) << made.body;
    return made.body;
  }
  /// As two days later: what was used is there, but for its key, which stands in the log alone.
  void forget_uploads() {
    const auto later = deployment->clock().now().value + 2 * blob_unused_us_max;
    const auto removed = deployment->blobs().expire(later, [](std::string_view) { return true; });
    EXPECT_EQ(removed.value_or(99), 0U);
  }
  HttpResponse product_with(const std::string& blob) {
    return post(
        "/api/v1/products",
        R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + city +
            R"(","sessions":[{"starts":"2099-01-01T08:00:00Z","ends":"2099-01-01T10:00:00Z","venue":"社区中心"}],)"
            R"("capacity":20,"maxPerMember":2,"pictures":[")" +
            blob + "\"]}");
  }
};

TEST_F(Uploads, LosePlaceAndAreSeenByThoseConcernedOnly) {
  const auto asker = member_with_token("张三");
  const auto taken = photo_with_place();
  ASSERT_TRUE(tells_the_place(taken));
  const auto kept = post("/api/v1/blobs", taken, asker);
  ASSERT_EQ(kept.status, 201U) << kept.body;
  EXPECT_THAT(kept.body, HasSubstr(R"("mediaType":"image/jpeg")"));
  const auto blob = field(kept.body, "blob");
  ASSERT_EQ(blob.size(), 64U);
  EXPECT_EQ(get("/api/v1/blobs/" + blob, asker).status, 404U);  // nothing uses it yet

  const auto request = request_with(blob, asker);
  EXPECT_THAT(request, HasSubstr(R"("photos":[{"blob":")" + blob));
  for (const auto& who : {asker, token}) {
    const auto seen = get("/api/v1/blobs/" + blob, who);
    ASSERT_EQ(seen.status, 200U) << seen.body;
    EXPECT_EQ(seen.content_type, "image/jpeg");
    EXPECT_FALSE(tells_the_place(seen.body));
    EXPECT_THAT(seen.body, Not(HasSubstr("Exif")));
    EXPECT_THAT(std::string(seen.fixed), HasSubstr("no-store"));
    EXPECT_THAT(std::string(seen.fixed), HasSubstr("nosniff"));
  }
  const auto stranger = member_with_token("王五");
  const auto hidden = get("/api/v1/blobs/" + blob, stranger);
  EXPECT_EQ(hidden.status, 404U);
  EXPECT_EQ(hidden.body, get("/api/v1/blobs/" + std::string(64, 'a'), stranger).body);
  EXPECT_EQ(get("/api/v1/blobs/" + blob, "").status, 401U);
  EXPECT_EQ(get("/api/v1/blobs/photo", asker).status, 404U);
}

TEST_F(Uploads, OfCadresAreSeenByTheAsker) {
  const auto asker = member_with_token("张三");
  const auto made =
      post("/api/v1/requests",
           R"({"title":"漏水","description":"漏水","category":"repair","organisation":")" + city + "\"}", asker);
  const auto path = "/api/v1/requests/" + field(made.body, "id");
  post(path + "/accept", "{}");
  for (const auto* step : {"/progress", "/resolve"}) {
    const auto blob = field(post("/api/v1/blobs", picture(".png")).body, "blob");
    const auto done = post(path + step, R"({"text":"师傅已到","photos":[")" + blob + "\"]}");
    ASSERT_EQ(done.status, 200U) << done.body;
    EXPECT_EQ(get("/api/v1/blobs/" + blob, asker).status, 200U);
  }
}

TEST_F(Uploads, RefuseWhatIsNoPhoto) {
  const auto text = post("/api/v1/blobs", "hello");
  EXPECT_EQ(text.status, 415U);
  EXPECT_THAT(text.body, HasSubstr("not_a_photo"));
  EXPECT_EQ(post("/api/v1/blobs", "").status, 415U);
  const auto too_large = post("/api/v1/blobs", bomb());
  EXPECT_EQ(too_large.status, 413U);
  EXPECT_THAT(too_large.body, HasSubstr("photo_too_large"));
  EXPECT_EQ(post("/api/v1/blobs", picture(".jpg"), "").status, 401U);
  const auto unknown =
      post("/api/v1/requests", R"({"title":"漏水","description":"漏水","category":"repair","organisation":")" + city +
                                   R"(","photos":[")" + std::string(64, 'a') + "\"]}");
  EXPECT_EQ(unknown.status, 422U);
  EXPECT_THAT(unknown.body, HasSubstr("unknown_blob"));
}

TEST_F(Uploads, MayBeVoiceOrADocument) {
  const auto voice = "OggS"s + std::string(100, '\0');
  const auto kept = post("/api/v1/blobs", voice);
  ASSERT_EQ(kept.status, 201U) << kept.body;
  EXPECT_THAT(kept.body, HasSubstr("audio/ogg"));
  EXPECT_THAT(post("/api/v1/blobs", voice + std::string(voice_bytes_max, '\0')).body, HasSubstr("voice_too_long"));
  EXPECT_THAT(post("/api/v1/blobs",
                   "\0\0\0\x18"
                   "ftypheic\0\0\0\0"s)
                  .body,
              HasSubstr("not_a_photo"));

  const auto document = "%PDF-1.7\n%%EOF"s;
  const auto blob = field(post("/api/v1/blobs", document).body, "blob");
  request_with(blob, token);
  const auto seen = get("/api/v1/blobs/" + blob);
  EXPECT_EQ(seen.body, document);
  EXPECT_EQ(seen.content_type, "application/pdf");
  EXPECT_EQ(header(seen, "Content-Disposition"), "attachment");
  EXPECT_THAT(post("/api/v1/blobs", document + std::string(document_bytes_max, ' ')).body,
              HasSubstr("document_too_large"));
  const auto bad = post("/api/v1/blobs", "%PDF-bad");
  EXPECT_EQ(bad.status, 415U);
  EXPECT_THAT(bad.body, HasSubstr("not_a_document"));
}

TEST_F(Uploads, GoWithTheirKeys) {
  const auto asker = member_with_token("张三");
  const auto blob = field(post("/api/v1/blobs", picture(".jpg"), asker).body, "blob");
  const auto other = field(post("/api/v1/blobs", picture(".jpg")).body, "blob");
  request_with(blob, asker);
  request_with(other, token);
  EXPECT_EQ(server::BlobRounds::make_one(*deployment).value_or(99), 0U);
  EXPECT_EQ(get("/api/v1/blobs/" + blob).status, 200U);
  const auto erased = post("/api/v1/members/" + field(get("/api/v1/me", asker).body, "id") + "/erase", "{}", asker);
  ASSERT_EQ(erased.status, 200U) << erased.body;
  EXPECT_EQ(get("/api/v1/blobs/" + blob).status, 404U);
  EXPECT_EQ(server::BlobRounds::make_one(*deployment).value_or(99), 1U);
  EXPECT_EQ(get("/api/v1/blobs/" + other).status, 200U);
  EXPECT_EQ(deployment->blobs().names().value_or(std::vector<std::string>{}).size(), 1U);
}

TEST_F(Uploads, OfAProductAreSeenByWhoSeesTheProduct) {
  const auto upload = [&] { return field(post("/api/v1/blobs", picture(".png")).body, "blob"); };
  const auto blob = upload();
  const auto made = product_with(blob);
  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_THAT(made.body, HasSubstr(R"("pictures":[{"blob":")" + blob));
  const auto path = "/api/v1/products/" + field(made.body, "id");
  const auto member = member_with_token("王五");
  EXPECT_EQ(get("/api/v1/blobs/" + blob, member).status, 404U);  // a draft
  EXPECT_EQ(get("/api/v1/blobs/" + blob).status, 200U);
  ASSERT_EQ(post(path + "/publish", "{}").status, 200U);
  for (const auto& who : {std::string(), member, token}) {
    const auto seen = get("/api/v1/blobs/" + blob, who);
    EXPECT_EQ(seen.status, 200U) << seen.body;
    EXPECT_EQ(seen.content_type, "image/jpeg");
  }
  EXPECT_THAT(get("/api/v1/products", "").body, HasSubstr(R"("picture":{"blob":")" + blob));

  // Copied to another product, kept beside a new one, and taken away.
  const auto copy = product_with(blob);
  ASSERT_EQ(copy.status, 201U) << copy.body;
  const auto second = upload();
  const auto both = post(path + "/pictures", R"({"pictures":[")" + second + R"(",")" + blob + "\"]}");
  ASSERT_EQ(both.status, 200U) << both.body;
  EXPECT_THAT(both.body, HasSubstr(R"("pictures":[{"blob":")" + second));
  EXPECT_THAT(both.body, HasSubstr(R"({"blob":")" + blob));
  EXPECT_EQ(post(path + "/pictures", R"({"pictures":[]})", member).status, 403U);
  ASSERT_EQ(post(path + "/pictures", R"({"pictures":[]})").status, 200U);
  EXPECT_EQ(get("/api/v1/blobs/" + second).status, 404U);
  EXPECT_EQ(get("/api/v1/blobs/" + blob, "").status, 401U);  // the copy is a draft
  EXPECT_EQ(get("/api/v1/blobs/" + blob).status, 200U);
  EXPECT_EQ(server::BlobRounds::make_one(*deployment).value_or(99), 1U);
  EXPECT_EQ(deployment->blobs().names().value_or(std::vector<std::string>{}).size(), 1U);
}

TEST_F(Uploads, OfAProductOutliveTheUpload) {
  const auto blob = field(post("/api/v1/blobs", picture(".png")).body, "blob");
  const auto made = product_with(blob);
  ASSERT_EQ(made.status, 201U) << made.body;
  forget_uploads();
  ASSERT_FALSE(deployment->blobs().staged(*from_hex(blob)));
  EXPECT_EQ(product_with(blob).status, 201U);  // the upload's own key is gone: the product's is used
  const auto kept =
      post("/api/v1/products/" + field(made.body, "id") + "/pictures", R"({"pictures":[")" + blob + "\"]}");
  EXPECT_EQ(kept.status, 200U) << kept.body;
  EXPECT_EQ(get("/api/v1/blobs/" + blob).status, 200U);
}

TEST_F(Uploads, OfAProductAreItsOwn) {
  const auto asker = member_with_token("张三");
  const auto evidence = field(post("/api/v1/blobs", picture(".png"), asker).body, "blob");
  request_with(evidence, asker);
  forget_uploads();
  EXPECT_EQ(get("/api/v1/blobs/" + evidence).status, 200U);
  EXPECT_THAT(product_with(evidence).body,
              HasSubstr("unknown_blob"));  // what one saw in a request is not for everybody
  EXPECT_THAT(product_with(field(post("/api/v1/blobs", "%PDF-1.7").body, "blob")).body, HasSubstr("not_a_photo"));
  EXPECT_THAT(product_with(R"(a","a","a","a","a","a","a)").body, HasSubstr("too_many"));
}

TEST_F(Uploads, AreRefusedBeforeTheirBodyIsRead) {
  const auto head_of = [](const std::string& credential) {
    HttpRequest head{.method = "POST", .path = "/api/v1/blobs"};
    if (!credential.empty()) head.headers.add("Authorization", "Bearer " + credential);
    return head;
  };
  const auto stranger = router->admit(head_of(""));
  ASSERT_FALSE(stranger.has_value());
  EXPECT_EQ(stranger.error().status, 401U);
  EXPECT_THAT(stranger.error().body, HasSubstr("not_signed_in"));
  const auto wrong = router->admit(head_of("no such token"));
  ASSERT_FALSE(wrong.has_value());
  EXPECT_THAT(wrong.error().body, HasSubstr("token_invalid"));
  auto from_elsewhere = head_of("");
  from_elsewhere.headers.add("Cookie", "__Host-pioneer=" + token);
  const auto foreign = router->admit(from_elsewhere);
  ASSERT_FALSE(foreign.has_value());
  EXPECT_THAT(foreign.error().body, HasSubstr("origin_refused"));

  std::vector<std::shared_ptr<void>> open;
  for (int i = 0; i < 4; ++i) {
    auto admitted = router->admit(head_of(token));
    ASSERT_TRUE(admitted.has_value() && *admitted != nullptr);
    open.push_back(std::move(*admitted));
  }
  const auto fifth = router->admit(head_of(token));
  ASSERT_FALSE(fifth.has_value());
  EXPECT_EQ(fifth.error().status, 429U);
  EXPECT_TRUE(router->admit(head_of(member_with_token("李四"))).has_value());
  open.pop_back();
  EXPECT_TRUE(router->admit(head_of(token)).has_value());
}

TEST_F(Uploads, AreLimitedForEachPerson) {
  const auto busy = member_with_token("张三");
  std::size_t kept = 0;
  HttpResponse last;
  for (int i = 0; i < 200; ++i) {
    last = post("/api/v1/blobs", "%PDF-1.7", busy);
    if (last.status != 201U) break;
    ++kept;
  }
  EXPECT_EQ(kept, 60U);
  EXPECT_EQ(last.status, 429U);
  EXPECT_THAT(last.body, HasSubstr("blob_quota"));
  EXPECT_EQ(post("/api/v1/blobs", "%PDF-1.7", member_with_token("李四")).status, 201U);
}

}  // namespace
}  // namespace pioneer::api::http
