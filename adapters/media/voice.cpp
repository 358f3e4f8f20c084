extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "adapters/media/cleaning.hpp"
#include "api/ports/blobs.hpp"

namespace pioneer::adapters::media {
namespace {

constexpr int io_bytes = 32 * 1024;
/// Recorders stop a little late.
constexpr std::int64_t grace_seconds = 2;
constexpr int opus_rate = 48'000;
constexpr std::int64_t aac_samples = 1'024;
/// OpusHead and AudioSpecificConfig are smaller; in more something could hide.
constexpr int head_bytes_max = 64;

struct Container {
  std::string_view media_type;
  const char* reads;
  const char* writes;
};
constexpr std::array containers{Container{"audio/ogg", "ogg", "ogg"}, Container{"audio/webm", "matroska", "webm"},
                                Container{"audio/mp4", "mov", "mp4"}};

/// Bytes in memory, read or written where libavformat wants.
struct Tape {
  std::string bytes;
  std::size_t at = 0;
};

int read_tape(void* opaque, std::uint8_t* into, int size) {
  auto& tape = *static_cast<Tape*>(opaque);
  const auto n = std::min(static_cast<std::size_t>(size), tape.bytes.size() - std::min(tape.at, tape.bytes.size()));
  if (n == 0) return AVERROR_EOF;
  std::memcpy(into, tape.bytes.data() + tape.at, n);
  tape.at += n;
  return static_cast<int>(n);
}

int write_tape(void* opaque, std::uint8_t* from, int size) {
  auto& tape = *static_cast<Tape*>(opaque);
  const auto end = tape.at + static_cast<std::size_t>(size);
  if (end > 2 * api::voice_bytes_max) return AVERROR(ENOSPC);
  if (tape.bytes.size() < end) tape.bytes.resize(end);
  std::memcpy(tape.bytes.data() + tape.at, from, static_cast<std::size_t>(size));
  tape.at = end;
  return size;
}

std::int64_t seek_tape(void* opaque, std::int64_t offset, int whence) {
  auto& tape = *static_cast<Tape*>(opaque);
  if ((whence & AVSEEK_SIZE) != 0) return static_cast<std::int64_t>(tape.bytes.size());
  const std::int64_t base = whence == SEEK_CUR   ? static_cast<std::int64_t>(tape.at)
                            : whence == SEEK_END ? static_cast<std::int64_t>(tape.bytes.size())
                                                 : 0;
  if (base + offset < 0) return AVERROR(EINVAL);
  tape.at = static_cast<std::size_t>(base + offset);
  return base + offset;
}

/// Nothing else is opened, whatever a file names.
int open_nothing(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EACCES); }

struct FreeIo {
  void operator()(AVIOContext* io) const {
    av_freep(static_cast<void*>(&io->buffer));
    avio_context_free(&io);
  }
};
using Io = std::unique_ptr<AVIOContext, FreeIo>;

Io make_io(Tape& tape, bool writes) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(io_bytes));
  return Io(avio_alloc_context(buffer, io_bytes, writes ? 1 : 0, &tape, writes ? nullptr : read_tape,
                               writes ? write_tape : nullptr, seek_tape));
}

struct CloseInput {
  void operator()(AVFormatContext* in) const { avformat_close_input(&in); }
};
struct FreeOutput {
  void operator()(AVFormatContext* out) const { avformat_free_context(out); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

/// RFC 6716, 3.1: how many of 48,000 samples a second a packet holds; 0: it is none.
std::int64_t opus_samples(const AVPacket& packet) {
  if (packet.size < 1) return 0;
  constexpr std::array<std::int64_t, 4> silk{480, 960, 1'920, 2'880}, celt{120, 240, 480, 960};
  const unsigned config = packet.data[0] >> 3;
  const std::int64_t frame = config < 12 ? silk[config & 3] : config < 16 ? silk[config & 1] : celt[config & 3];
  const unsigned code = packet.data[0] & 3;
  if (code == 3 && packet.size < 2) return 0;
  return frame * (code == 0 ? 1 : code == 3 ? packet.data[1] & 0x3F : 2);
}

const AVStream* sound_of(const AVFormatContext& in, bool is_mp4) {
  for (unsigned i = 0; i < in.nb_streams; ++i) {
    const auto& sound = *in.streams[i]->codecpar;
    if (sound.codec_type != AVMEDIA_TYPE_AUDIO) continue;
    const bool known = sound.codec_id == AV_CODEC_ID_OPUS || (is_mp4 && sound.codec_id == AV_CODEC_ID_AAC);
    const bool plain = sound.extradata_size <= head_bytes_max && sound.sample_rate > 0 && sound.sample_rate <= 96'000;
    return known && plain ? in.streams[i] : nullptr;
  }
  return nullptr;
}

/// The packets of one stream, with times counted anew.
std::expected<void, Unclean> copy_sound(AVFormatContext& in, const AVStream& from, AVFormatContext& out) {
  const bool is_opus = from.codecpar->codec_id == AV_CODEC_ID_OPUS;
  const int rate = is_opus ? opus_rate : from.codecpar->sample_rate;
  const std::unique_ptr<AVPacket, FreePacket> packet(av_packet_alloc());
  std::int64_t samples = 0;
  while (av_read_frame(&in, packet.get()) >= 0) {
    if (packet->stream_index != from.index) {
      av_packet_unref(packet.get());
      continue;
    }
    const auto length = is_opus ? opus_samples(*packet) : aac_samples;
    if (length == 0) return std::unexpected(Unclean::unreadable);
    av_packet_free_side_data(packet.get());
    packet->pts = packet->dts = samples;
    packet->duration = length;
    packet->stream_index = 0;
    packet->pos = -1;
    samples += length;
    if (samples > (api::voice_seconds_max + grace_seconds) * rate) return std::unexpected(Unclean::too_long);
    av_packet_rescale_ts(packet.get(), {1, rate}, out.streams[0]->time_base);
    if (av_write_frame(&out, packet.get()) < 0) return std::unexpected(Unclean::unreadable);
    av_packet_unref(packet.get());
  }
  if (samples == 0) return std::unexpected(Unclean::unreadable);
  return {};
}

}  // namespace

std::expected<std::string, Unclean> clean_voice(std::string_view bytes, std::string_view media_type) {
  av_log_set_level(AV_LOG_QUIET);
  const auto container = std::ranges::find(containers, media_type, &Container::media_type);
  if (container == containers.end()) return std::unexpected(Unclean::unreadable);

  Tape recorded{std::string(bytes)}, cleaned;
  const auto reads = make_io(recorded, false), writes = make_io(cleaned, true);
  AVFormatContext* opening = avformat_alloc_context();
  opening->pb = reads.get();
  opening->flags |= AVFMT_FLAG_CUSTOM_IO;
  opening->io_open = open_nothing;
  if (avformat_open_input(&opening, "", av_find_input_format(container->reads), nullptr) < 0)
    return std::unexpected(Unclean::unreadable);  // and it is freed
  const std::unique_ptr<AVFormatContext, CloseInput> in(opening);
  const auto* sound = sound_of(*in, container->media_type == "audio/mp4");
  if (sound == nullptr) return std::unexpected(Unclean::unreadable);

  AVFormatContext* making = nullptr;
  if (avformat_alloc_output_context2(&making, nullptr, container->writes, nullptr) < 0)
    return std::unexpected(Unclean::unreadable);
  const std::unique_ptr<AVFormatContext, FreeOutput> out(making);
  out->pb = writes.get();
  out->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;  // no word of the program that wrote it, no date
  AVStream* stream = avformat_new_stream(out.get(), nullptr);
  if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, sound->codecpar) < 0)
    return std::unexpected(Unclean::unreadable);
  stream->codecpar->codec_tag = 0;
  stream->time_base = {1, stream->codecpar->sample_rate};
  if (avformat_write_header(out.get(), nullptr) < 0) return std::unexpected(Unclean::unreadable);
  if (const auto copied = copy_sound(*in, *sound, *out); !copied) return std::unexpected(copied.error());
  if (av_write_trailer(out.get()) < 0) return std::unexpected(Unclean::unreadable);
  avio_flush(writes.get());
  return cleaned.bytes;
}

}  // namespace pioneer::adapters::media
