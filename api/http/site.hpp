// The web application's files, held in memory: what stands in the folder when the server begins is what is served, so
// no path from outside ever meets a file system. Immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/ports/http.hpp"

namespace pioneer::api::http {

/// A file by its place below the folder: "assets/home-4f2a.js". Its variants "….br" and "….gz" are files of the list
/// too.
struct SiteFile {
  std::string path;
  std::string bytes;
};

class Site {
 public:
  /// The application with fonts and maps of a city takes a tenth of it; more is a wrong folder.
  static constexpr std::size_t bytes_max = 64u << 20;
  static constexpr std::size_t files_max = 4'000;

  /// Nothing at all: one page that says where the API is.
  Site();
  /// The error is a sentence: no index.html, too many files, too many bytes.
  static std::expected<Site, std::string> of(std::vector<SiteFile> files);

  /// Puts these verifier keys into the page that checks receipts ("verify.html"), if it is among the files: a receipt
  /// is then checked as soon as it is dropped there. Before anything is answered.
  void give_keys(const std::vector<std::string>& verifiers);

  /// GET and HEAD. A file by its name; index.html for an address of the application's own, that is one without a dot in
  /// its last part; else 404.
  HttpResponse answer(const HttpRequest& request) const;
  std::size_t size() const { return pages_.size(); }

 private:
  struct Content {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };
  struct Page {
    std::string_view type;
    bool immutable = false;  ///< its name changes with its content
    std::string policy;      ///< what a page that stands alone says of itself; empty: that of all
    Content plain, brotli, gzip;
  };
  static Page page_of(std::string_view path, std::string bytes);
  static HttpResponse response_of(const Page& page, const HttpRequest& request);

  std::unordered_map<std::string, Page> pages_;
};

}  // namespace pioneer::api::http
