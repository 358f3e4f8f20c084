#include "api/server/map_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "api/http/byte_range.hpp"
#include "api/http/headers.hpp"
#include "api/http/problems.hpp"

namespace pioneer::server {

std::expected<std::unique_ptr<MapFile>, std::string> MapFile::open(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat is{};
  if (descriptor < 0 || ::fstat(descriptor, &is) != 0 || !S_ISREG(is.st_mode)) {
    if (descriptor >= 0) ::close(descriptor);
    return std::unexpected("The map " + file + " cannot be read.");
  }
  const auto etag = "\"" + std::to_string(is.st_size) + "-" + std::to_string(is.st_mtime) + "\"";
  return std::unique_ptr<MapFile>(new MapFile(descriptor, static_cast<std::uint64_t>(is.st_size), etag));
}

MapFile::MapFile(int descriptor, std::uint64_t size, std::string etag)
    : descriptor_(descriptor), size_(size), etag_(std::move(etag)) {}

MapFile::~MapFile() { ::close(descriptor_); }

api::HttpResponse MapFile::answer(const api::HttpRequest& request) const {
  const auto range = api::http::byte_range(request.headers.find("Range"), size_);
  if (!range || range->size > range_bytes_max) {
    auto refused = api::http::problem_response({.code = "range_not_satisfiable"});
    refused.headers.push_back({"Content-Range", "bytes */" + std::to_string(size_)});
    return refused;
  }
  std::string bytes(range->size, '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const auto read =
        ::pread(descriptor_, bytes.data() + got, bytes.size() - got, static_cast<off_t>(range->from + got));
    if (read <= 0) return api::http::problem_response({.code = "unavailable"});
    got += static_cast<std::size_t>(read);
  }
  api::HttpResponse response{.status = 206,
                             .content_type = "application/vnd.pmtiles",
                             .fixed = api::http::page_headers,
                             .body = std::move(bytes)};
  response.headers.push_back({"ETag", etag_});
  response.headers.push_back({"Accept-Ranges", "bytes"});
  response.headers.push_back({"Content-Range", "bytes " + std::to_string(range->from) + "-" +
                                                   std::to_string(range->from + range->size - 1) + "/" +
                                                   std::to_string(size_)});
  return response;
}

}  // namespace pioneer::server
