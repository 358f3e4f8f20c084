// What is left of a recording or a document: its sound, its pages, and no word beside them. And that no file, however
// it is broken, does more than be refused.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "adapters/media/media_cleaner.hpp"

namespace pioneer::adapters::media {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* secret = "Wang Xiaoming, No. 7";

api::Media& media() {
  const char* program = std::getenv("PIONEER_MEDIA");
  static const auto made = make_media(program == nullptr ? "" : program);
  return *made;
}

struct Kind {
  const char* media_type;
  const char* format;
  AVCodecID codec;
  std::string head;    ///< OpusHead, or AudioSpecificConfig
  std::string packet;  ///< 20 ms of Opus (RFC 6716: config 31, one frame), or 1,024 samples of AAC
  int rate;
  int samples;
};

const Kind opus_ogg{
    "audio/ogg", "ogg", AV_CODEC_ID_OPUS, "OpusHead\x01\x01\x38\x01\x80\xBB\0\0\0\0\0"s, "\xF8\x01\x02\x03"s,
    48'000,      960};
const Kind opus_webm{"audio/webm", "webm", AV_CODEC_ID_OPUS, opus_ogg.head, opus_ogg.packet, 48'000, 960};
const Kind aac_mp4{"audio/mp4", "mp4", AV_CODEC_ID_AAC, "\x11\x88"s, "\x21\x10\x04\x60"s, 48'000, 1'024};

/// A recording as a phone makes it, with tags; `packets` of them.
std::string recording(const Kind& kind, int packets) {
  AVFormatContext* out = nullptr;
  EXPECT_GE(avformat_alloc_output_context2(&out, nullptr, kind.format, nullptr), 0);
  AVStream* stream = avformat_new_stream(out, nullptr);
  auto& sound = *stream->codecpar;
  sound.codec_type = AVMEDIA_TYPE_AUDIO;
  sound.codec_id = kind.codec;
  sound.sample_rate = kind.rate;
  av_channel_layout_default(&sound.ch_layout, 1);
  sound.extradata = static_cast<std::uint8_t*>(av_mallocz(kind.head.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  std::copy(kind.head.begin(), kind.head.end(), sound.extradata);
  sound.extradata_size = static_cast<int>(kind.head.size());
  stream->time_base = {1, kind.rate};
  av_dict_set(&out->metadata, "title", secret, 0);
  av_dict_set(&out->metadata, "artist", secret, 0);
  av_dict_set(&out->metadata, "comment", secret, 0);
  av_dict_set(&stream->metadata, "title", secret, 0);
  av_dict_set(&stream->metadata, "handler_name", secret, 0);
  EXPECT_GE(avio_open_dyn_buf(&out->pb), 0);
  EXPECT_GE(avformat_write_header(out, nullptr), 0);
  AVPacket* packet = av_packet_alloc();
  for (int i = 0; i < packets; ++i) {
    EXPECT_GE(av_new_packet(packet, static_cast<int>(kind.packet.size())), 0);
    std::copy(kind.packet.begin(), kind.packet.end(), packet->data);
    packet->pts = packet->dts = std::int64_t{i} * kind.samples;
    packet->duration = kind.samples;
    av_packet_rescale_ts(packet, {1, kind.rate}, stream->time_base);
    EXPECT_GE(av_write_frame(out, packet), 0);
    av_packet_unref(packet);
  }
  EXPECT_GE(av_write_trailer(out), 0);
  av_packet_free(&packet);
  std::uint8_t* bytes = nullptr;
  const int size = avio_close_dyn_buf(out->pb, &bytes);
  std::string made(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  av_free(bytes);
  avformat_free_context(out);
  return made;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(Voice, LosesItsTagsAndKeepsItsSound) {
  for (const auto* kind : {&opus_ogg, &opus_webm, &aac_mp4}) {
    const auto taken = recording(*kind, 100);
    ASSERT_THAT(taken, HasSubstr(secret)) << kind->media_type;
    const auto kept = media().voice(taken, kind->media_type);
    ASSERT_TRUE(kept) << kind->media_type << ": " << kept.error().code;
    EXPECT_THAT(*kept, Not(HasSubstr("Wang"))) << kind->media_type;
    EXPECT_THAT(*kept, Not(HasSubstr("Lavf5"))) << kind->media_type;
    EXPECT_EQ(count(*kept, kind->packet), 100U) << kind->media_type;
    // What was cleaned once is clean: the same bytes.
    const auto again = media().voice(*kept, kind->media_type);
    ASSERT_TRUE(again) << kind->media_type;
    EXPECT_EQ(*again, *kept) << kind->media_type;
  }
}

TEST(Voice, IsAtMostAMinuteWhateverItsTimesSay) {
  for (const auto* kind : {&opus_ogg, &opus_webm, &aac_mp4}) {
    const int a_minute = 60 * kind->rate / kind->samples;
    EXPECT_TRUE(media().voice(recording(*kind, a_minute), kind->media_type)) << kind->media_type;
    const auto long_one = media().voice(recording(*kind, a_minute + 3 * kind->rate / kind->samples), kind->media_type);
    ASSERT_FALSE(long_one) << kind->media_type;
    EXPECT_EQ(long_one.error().code, "voice_too_long");
  }
  // Times that run ten times as fast as the packets.
  auto fast = opus_webm;
  fast.samples = 96;
  EXPECT_FALSE(media().voice(recording(fast, 3'500), fast.media_type));
}

TEST(Voice, IsRefusedWhereItIsBroken) {
  std::mt19937 random(7);
  for (const auto* kind : {&opus_ogg, &opus_webm, &aac_mp4}) {
    const auto good = recording(*kind, 50);
    EXPECT_FALSE(media().voice("", kind->media_type));
    EXPECT_FALSE(media().voice(good.substr(0, 20), kind->media_type));
    for (int i = 0; i < 15; ++i) {
      auto bad = good.substr(0, 1 + random() % good.size());
      for (int k = 0; k < 5; ++k) bad[random() % bad.size()] = static_cast<char>(random());
      const auto kept = media().voice(bad, kind->media_type);
      EXPECT_TRUE(kept || !kept.error().code.empty());
    }
  }
  EXPECT_FALSE(media().voice(recording(opus_ogg, 5), "audio/webm"));
  EXPECT_FALSE(media().voice(recording(opus_ogg, 5), "video/mp4"));
}

/// A PDF of one page, with everything about it that a program may write into it.
std::string document() {
  const std::string xmp = "<x:xmpmeta><dc:creator>"s + secret + "</dc:creator></x:xmpmeta>";
  const std::string exif = "Exif\0\0"s + secret;
  const std::string jpeg =
      "\xFF\xD8\xFF\xE1"s + '\0' + static_cast<char>(exif.size() + 2) + exif + "\xFF\xDA\0\x02pixels\xFF\xD9"s;
  const auto stream = [](const std::string& entries, const std::string& content) {
    return "<<" + entries + "/Length " + std::to_string(content.size()) + ">>\nstream\n" + content + "\nendstream";
  };
  const std::vector<std::string> objects{
      "<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R/OpenAction<</S/JavaScript/JS(" + std::string(secret) +
          ")>>/Names<</EmbeddedFiles<</Names[(" + secret + ")8 0 R]>>/JavaScript<</Names[(a)<</S/JavaScript/JS(" +
          secret + ")>>]>>>>/AcroForm<</XFA(" + secret + ")/Fields[10 0 R]>>/Outlines 13 0 R>>",
      "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/PieceInfo<</P(" + std::string(secret) +
          ")>>/Resources<</XObject<</I 7 0 R>>>>/Annots[9 0 R 10 0 R 11 0 R]/AA<</O<</S/JavaScript/JS(" + secret +
          ")>>>>>>",
      stream("", "BT (the page) Tj ET"),
      stream("/Type/Metadata/Subtype/XML", xmp),
      "<</Author(" + std::string(secret) + ")/Producer(A Phone)>>",
      stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode",
             jpeg),
      "<</Type/Filespec/F(" + std::string(secret) + ")/EF<</F 12 0 R>>>>",
      "<</Subtype/FileAttachment/Rect[0 0 9 9]/FS 8 0 R/T(" + std::string(secret) + ")/Contents(" + secret + ")>>",
      "<</Subtype/Widget/FT/Tx/T(f)/V(" + std::string(secret) + ")/Rect[0 0 9 9]/A<</S/Launch/F(" + secret + ")>>>>",
      "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://example.org/" + std::string(secret) + ")>>>>",
      stream("/Type/EmbeddedFile", secret),
      "<</First 14 0 R/Last 14 0 R/Count 1>>",
      "<</Title(a chapter)/Parent 13 0 R/A<</S/Launch/F(" + std::string(secret) + ")>>/SE 15 0 R>>",
      "<</S/P/K<</Type/OBJR/Obj 11 0 R>>>>"};
  std::string pdf = "%PDF-1.7\n";
  std::string table = "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    char entry[21];
    std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", pdf.size());
    table += entry;
    pdf += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  return pdf + table + "trailer\n<</Size " + std::to_string(objects.size() + 1) + "/Root 1 0 R/Info 6 0 R/ID[(" +
         secret + ")(x)]>>\nstartxref\n" + std::to_string(pdf.size()) + "\n%%EOF\n";
}

TEST(Document, LosesWhatIsWrittenBesideItsPages) {
  const auto given = document();
  ASSERT_EQ(count(given, secret), 18U);
  const auto kept = media().document(given);
  ASSERT_TRUE(kept) << kept.error().code;
  EXPECT_THAT(*kept, ::testing::StartsWith("%PDF-"));
  EXPECT_THAT(*kept, Not(HasSubstr("Wang")));
  EXPECT_THAT(*kept, Not(HasSubstr("A Phone")));
  EXPECT_THAT(*kept, Not(HasSubstr("JavaScript")));
  for (const auto* gone : {"/Annot", "/AcroForm", "/Launch", "/EF", "/EmbeddedFile", "/XFA", "/URI", "/JS"})
    EXPECT_THAT(*kept, Not(HasSubstr(gone)));
  EXPECT_THAT(*kept, HasSubstr("(a chapter)"));
  EXPECT_THAT(*kept, HasSubstr("(the page)"));
  EXPECT_THAT(*kept, HasSubstr("pixels"));
  EXPECT_EQ(media().document(*kept).value_or(""), *kept) << "what was cleaned once is clean";
}

TEST(Document, IsRefusedWhereItIsBroken) {
  for (const auto* bad : {"", "%PDF-1.7", "%PDF-1.7\n%%EOF", "hello"}) {
    const auto kept = media().document(bad);
    ASSERT_FALSE(kept) << bad;
    EXPECT_EQ(kept.error().code, "not_a_document");
  }
  std::mt19937 random(7);
  const auto good = document();
  for (int i = 0; i < 30; ++i) {
    auto bad = good;
    for (int k = 0; k < 8; ++k) bad[random() % bad.size()] = static_cast<char>(random());
    const auto kept = media().document(bad);
    EXPECT_TRUE(kept || kept.error().code == "not_a_document");
  }
}

TEST(Media, AreRefusedWhereTheProgramIsMissing) {
  const auto none = make_media("/no/such/program");
  EXPECT_FALSE(none->document(document()));
  EXPECT_FALSE(none->voice(recording(opus_ogg, 5), "audio/ogg"));
}

}  // namespace
}  // namespace pioneer::adapters::media
