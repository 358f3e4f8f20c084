// Checkpoints that others' authorities stamped with their time (RFC 3161), each as two files: SIZE, the exact text that
// was stamped, and SIZE.tsr, the authority's answer, as `openssl ts -verify -data SIZE -in SIZE.tsr` reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/http_client.hpp"
#include "api/ports/time_stamping.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::api {

/// Below /log/ and in a mirror.
inline constexpr std::string_view stamps_folder = "stamps";
inline constexpr std::string_view stamp_suffix = ".tsr";
/// An authority's answer holds its certificates.
inline constexpr std::size_t stamp_bytes_max = 256u << 10;

/// stamp() is one thread's; the others any thread's.
class Stamps {
 public:
  Stamps(eventstore::Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  /// Has this checkpoint of so many records stamped, and keeps both files; when it was stamped, in seconds since 1970.
  /// Errors: "time_stamp_unreachable", those of TimeStamping, and the disk's.
  eventstore::Result<std::int64_t> stamp(const std::string& checkpoint, std::uint64_t size, TimeStamping& stamping,
                                         HttpClient& http, const std::string& url, const std::stop_token& stop);
  /// When the newest was stamped; nothing: none was, or it cannot be read.
  std::optional<std::int64_t> newest_time(const TimeStamping& stamping) const;
  /// Sizes of the checkpoints that are stamped, in order. Errors: the disk's.
  eventstore::Result<std::vector<std::uint64_t>> sizes() const;
  /// The same as others read it: a line each.
  eventstore::Result<std::string> list() const;
  /// A file by its name; nothing where there is none of that name. Errors: the disk's.
  eventstore::Result<std::optional<std::string>> file(std::string_view name) const;

 private:
  eventstore::Disk& disk_;
  const std::string directory_;
};

}  // namespace pioneer::api
