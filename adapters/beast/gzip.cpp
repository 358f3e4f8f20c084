#define ZLIB_CONST  // zlib leaves its input alone; with this it also says so
#include "adapters/beast/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace pioneer::adapters::beast {
namespace {

/// Measured on 20 KB of cards: level 4 packs to 13 % in 0.2 ms, level 9 to 12 % in three times as long.
constexpr int level = 4;
constexpr int gzip_window_bits = 15 + 16;
constexpr int memory_level = 8;

/// A thread's own packer: its quarter of a megabyte is asked for once.
class Packer {
 public:
  Packer()
      : good_(deflateInit2(&stream_, level, Z_DEFLATED, gzip_window_bits, memory_level, Z_DEFAULT_STRATEGY) == Z_OK) {}
  ~Packer() {
    if (good_) deflateEnd(&stream_);
  }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  std::optional<std::string> pack(std::string_view bytes) {
    if (!good_ || bytes.size() > std::numeric_limits<uInt>::max() || deflateReset(&stream_) != Z_OK)
      return std::nullopt;
    std::string out(deflateBound(&stream_, bytes.size()), '\0');
    stream_.next_in = reinterpret_cast<const Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return std::nullopt;
    out.resize(stream_.total_out);
    return out;
  }

 private:
  z_stream stream_{};
  bool good_;
};

}  // namespace

bool takes_gzip(std::string_view accept_encoding) {
  const auto named = api::accepts_coding(accept_encoding, "gzip");
  return named ? *named : api::accepts_coding(accept_encoding, "*").value_or(false);
}

std::optional<std::string> gzipped(std::string_view bytes) {
  thread_local const auto packer = std::make_unique<Packer>();
  return packer->pack(bytes);
}

void pack(api::HttpResponse& response, bool taken) {
  if (response.content_type != "application/json") return;
  const std::string& body = response.shared ? *response.shared : response.body;
  if (body.size() < gzip_bytes_min || body.size() > gzip_bytes_max) return;
  if (std::ranges::any_of(response.headers, [](const auto& h) { return h.name == "Content-Encoding"; })) return;
  response.headers.push_back({"Vary", "Accept-Encoding"});
  auto packed = taken ? gzipped(body) : std::nullopt;
  if (!packed) return;
  response.headers.push_back({"Content-Encoding", "gzip"});
  response.body = std::move(*packed);
  response.shared.reset();
}

}  // namespace pioneer::adapters::beast
