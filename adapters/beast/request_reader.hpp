// Beast's parser, writing straight into our request. Stricter than Beast where two readers of one message could
// disagree about its length (request smuggling). Private to this folder; used by one connection at a time.
#pragma once

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <string_view>

#include "api/ports/http.hpp"

namespace pioneer::adapters::beast {

class RequestReader final : public boost::beast::http::basic_parser<true> {
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

 public:
  api::HttpRequest request;
  std::string target;

  /// Empty: the header is in order. Else the code of a 400 or 501.
  std::string_view objection() const {
    const auto& h = request.headers;
    if (h.count("Content-Length") > 1 || h.find("Content-Length").find(',') != std::string_view::npos)
      return "ambiguous_length";
    // One coding, spelt out once: of several, or of a list, another reader might take another one for the last.
    if (h.has("Transfer-Encoding") &&
        (h.count("Transfer-Encoding") > 1 || !boost::beast::iequals(h.find("Transfer-Encoding"), "chunked")))
      return "transfer_encoding_not_supported";
    if (version() != 10 && version() != 11) return "version_not_supported";
    if (h.has("Transfer-Encoding") && version() == 10) return "ambiguous_length";
    if (h.count("Host") > 1 || (version() == 11 && h.count("Host") == 0)) return "host_missing";
    if (target.empty() || target.front() != '/') return "malformed";
    return {};
  }
  int version() const { return version_; }

 private:
  static std::string_view text(string_view s) { return {s.data(), s.size()}; }
  void on_request_impl(boost::beast::http::verb, string_view method, string_view path, int version,
                       error_code&) override {
    request.method = text(method);
    target = text(path);
    version_ = version;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code&) override {
    if (!header_over_) request.headers.add(text(name), text(value));  // trailers are not wanted
  }
  void on_header_impl(error_code&) override { header_over_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 1024 * 1024)));
  }
  std::size_t on_body_impl(string_view body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  int version_ = 0;
  bool header_over_ = false;
};

}  // namespace pioneer::adapters::beast
