// The operator's map (a .pmtiles file), read by ranges as browsers ask for them: it is too large for memory.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "api/ports/http.hpp"

namespace pioneer::server {

/// Any thread; answers read from the disk.
class MapFile {
 public:
  /// Where browsers find it.
  static constexpr std::string_view path = "/map.pmtiles";
  /// A directory of tiles, or one tile with its neighbours, is a few hundred kilobytes.
  static constexpr std::uint64_t range_bytes_max = 8u << 20;

  /// The error is a sentence.
  static std::expected<std::unique_ptr<MapFile>, std::string> open(const std::string& file);
  ~MapFile();
  MapFile(const MapFile&) = delete;
  MapFile& operator=(const MapFile&) = delete;

  /// 206 with the bytes of the one range asked for; without one, or for too many bytes at once, 416.
  api::HttpResponse answer(const api::HttpRequest& request) const;

 private:
  MapFile(int descriptor, std::uint64_t size, std::string etag);
  int descriptor_;
  std::uint64_t size_;
  std::string etag_;
};

}  // namespace pioneer::server
