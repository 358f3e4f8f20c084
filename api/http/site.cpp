#include "api/http/site.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "api/http/headers.hpp"
#include "api/http/json.hpp"
#include "api/http/problems.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/record.hpp"

namespace pioneer::api::http {
namespace {

constexpr std::string_view start_page = "/index.html";
// The page that checks receipts: one file with script and style inside, whose policy names their hashes, and a place
// for keys (api/web/src/verify/README.md).
constexpr std::string_view checking_page = "/verify.html";
constexpr std::string_view policy_begins = "<meta http-equiv=\"Content-Security-Policy\" content=\"";
constexpr std::string_view keys_place = "<script id=\"embedded\" type=\"application/json\">{}</script>";

constexpr std::string_view no_application =
    "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>Pioneer 先锋</title>"
    "<h1>Pioneer 先锋</h1>"
    "<p>这里只有接口，没有网页应用。 Here is the API; the web application is not installed beside it.</p>"
    "<p><a href=\"/api/openapi.json\">/api/openapi.json</a> · <a href=\"/readyz\">/readyz</a></p></html>";

struct Type {
  std::string_view ending, name;
};
constexpr std::array types{Type{".html", "text/html; charset=utf-8"},
                           Type{".js", "text/javascript; charset=utf-8"},
                           Type{".mjs", "text/javascript; charset=utf-8"},
                           Type{".css", "text/css; charset=utf-8"},
                           Type{".json", "application/json"},
                           Type{".geojson", "application/geo+json"},
                           Type{".webmanifest", "application/manifest+json"},
                           Type{".svg", "image/svg+xml"},
                           Type{".png", "image/png"},
                           Type{".jpg", "image/jpeg"},
                           Type{".webp", "image/webp"},
                           Type{".ico", "image/x-icon"},
                           Type{".woff2", "font/woff2"},
                           Type{".wasm", "application/wasm"},
                           Type{".txt", "text/plain; charset=utf-8"}};

std::string_view type_of(std::string_view path) {
  for (const auto& type : types)
    if (path.ends_with(type.ending)) return type.name;
  return "application/octet-stream";
}

/// If-None-Match: a list of tags, weak ones too, or '*'.
bool matches(std::string_view header, std::string_view etag) {
  return !header.empty() && (header == "*" || header.find(etag) != std::string_view::npos);
}

std::string etag_of(std::string_view bytes) {
  return "\"" + hex(eventstore::sha256(eventstore::bytes_of(bytes)).view().substr(0, 12)) + "\"";
}

/// The policy that a page carries, for its header; only one that begins with nothing being allowed.
std::string policy_in(std::string_view page) {
  const auto at = page.find(policy_begins);
  if (at == page.npos) return {};
  const auto policy = page.substr(at + policy_begins.size());
  const auto end = policy.find_first_of("\"\r\n");
  if (end == policy.npos || policy[end] != '"' || !policy.starts_with("default-src 'none';")) return {};
  return std::string(policy.substr(0, end)) + "; frame-ancestors 'none'";
}

/// What all pages have, but the policy: two of them would both count.
std::string_view headers_without_policy() {
  static const std::string lines = [] {
    std::string all(page_headers);
    const auto at = all.find("Content-Security-Policy:");
    return all.erase(at, all.find("\r\n", at) + 2 - at);
  }();
  return lines;
}

HttpResponse refused(std::string_view code, const HttpRequest& request) {
  return problem_response({.code = code}, language_of(request.headers.find("Accept-Language")));
}

}  // namespace

Site::Site() { pages_.emplace(start_page, page_of(start_page, std::string(no_application))); }

Site::Page Site::page_of(std::string_view path, std::string bytes) {
  Page page{.type = type_of(path),
            .immutable = path.starts_with("/assets/"),
            .policy = path == checking_page ? policy_in(bytes) : std::string(),
            .plain = {},
            .brotli = {},
            .gzip = {}};
  page.plain.etag = etag_of(bytes);
  page.plain.bytes = std::make_shared<const std::string>(std::move(bytes));
  return page;
}

std::expected<Site, std::string> Site::of(std::vector<SiteFile> files) {
  std::size_t bytes = 0;
  for (const auto& file : files) bytes += file.bytes.size();
  if (files.size() > files_max) return std::unexpected("it holds more than " + std::to_string(files_max) + " files");
  if (bytes > bytes_max) return std::unexpected("it holds more than " + std::to_string(bytes_max >> 20) + " MiB");
  Site site;
  site.pages_.clear();
  const auto is_variant = [](std::string_view path) { return path.ends_with(".br") || path.ends_with(".gz"); };
  for (auto& file : files) {
    if (is_variant(file.path)) continue;
    const std::string path = "/" + file.path;
    site.pages_.emplace(path, page_of(path, std::move(file.bytes)));
  }
  for (auto& file : files) {
    if (!is_variant(file.path)) continue;
    const bool brotli = file.path.ends_with(".br");
    const auto page = site.pages_.find("/" + file.path.substr(0, file.path.size() - 3));
    if (page == site.pages_.end()) continue;
    auto& into = brotli ? page->second.brotli : page->second.gzip;
    into.etag = etag_of(file.bytes);
    into.bytes = std::make_shared<const std::string>(std::move(file.bytes));
  }
  if (!site.pages_.contains(std::string(start_page))) return std::unexpected("it holds no index.html");
  return site;
}

void Site::give_keys(const std::vector<std::string>& verifiers) {
  const auto found = pages_.find(std::string(checking_page));
  if (found == pages_.end()) return;
  std::string bytes = *found->second.plain.bytes;
  const auto at = bytes.find(keys_place);
  if (at == bytes.npos) return;
  std::string keys;
  for (const auto& verifier : verifiers) {
    if (!keys.empty()) keys += ',';
    append_json_string(keys, verifier);
  }
  // What would end the element is written otherwise; both are the same JSON.
  for (auto angle = keys.find('<'); angle != keys.npos; angle = keys.find('<')) keys.replace(angle, 1, "\\u003c");
  bytes.replace(at + keys_place.find("{}"), 2, "{\"keys\":[" + keys + "]}");
  found->second = page_of(checking_page, std::move(bytes));  // its compressed forms were of the page without
}

HttpResponse Site::response_of(const Page& page, const HttpRequest& request) {
  const auto accept = request.headers.find("Accept-Encoding");
  const bool brotli = page.brotli.bytes != nullptr && accepts_coding(accept, "br").value_or(false);
  const bool gzip = !brotli && page.gzip.bytes != nullptr && accepts_coding(accept, "gzip").value_or(false);
  const Content& content = brotli ? page.brotli : gzip ? page.gzip : page.plain;
  HttpResponse response{.content_type = page.type, .fixed = page.immutable ? asset_headers : page_headers};
  if (!page.policy.empty()) {
    response.fixed = headers_without_policy();
    response.headers.push_back({"Content-Security-Policy", page.policy});
  }
  response.headers.push_back({"ETag", content.etag});
  if (matches(request.headers.find("If-None-Match"), content.etag)) {
    response.status = 304;
    return response;
  }
  if (brotli || gzip) response.headers.push_back({"Content-Encoding", brotli ? "br" : "gzip"});
  response.shared = content.bytes;
  return response;
}

HttpResponse Site::answer(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = refused("method_not_allowed", request);
    response.headers.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  const auto path = percent_decoded(request.path);
  if (!path) return refused("not_found", request);
  if (const auto page = pages_.find(*path); page != pages_.end()) return response_of(page->second, request);
  const auto last = std::string_view(*path).substr(path->rfind('/') + 1);
  const bool of_application = last.find('.') == std::string_view::npos && !path->starts_with("/assets/");
  // Without an application the start page answers for itself and for printed links alone.
  const bool installed = pages_.size() > 1;
  if (!of_application || (!installed && *path != "/" && *path != "/in")) return refused("not_found", request);
  return response_of(pages_.at(std::string(start_page)), request);
}

}  // namespace pioneer::api::http
