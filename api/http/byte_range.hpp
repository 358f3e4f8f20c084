// The Range header (RFC 9110 §14) as far as map files need it: one range of bytes. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pioneer::api::http {

struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t size = 0;  ///< at least 1
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// "bytes=0-99", "bytes=100-", "bytes=-16" of a file of `file_size` bytes; what goes beyond its end is cut off. Nothing
/// if it is none, several, or lies outside.
std::optional<ByteRange> byte_range(std::string_view header, std::uint64_t file_size);

}  // namespace pioneer::api::http
