// Headers that the API gives a meaning: what a request may carry, and what every answer carries. Pure; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "api/ports/http.hpp"

namespace pioneer::api::http {

/// For answers that hold personal data, and whatever else is nobody's business but the caller's.
inline constexpr std::string_view private_headers =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";
/// For what somebody uploaded: nothing in it runs, and no other site's page may show it.
inline constexpr std::string_view upload_headers =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: sandbox; default-src 'none'; frame-ancestors 'none'\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n";
/// For answers that are the same for everybody.
inline constexpr std::string_view public_headers =
    "Cache-Control: no-cache\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";
// What proves the log: anybody's, and other sites' pages may check it too.
#define PIONEER_PROOF_HEADERS           \
  "X-Content-Type-Options: nosniff\r\n" \
  "Access-Control-Allow-Origin: *\r\n"  \
  "Referrer-Policy: no-referrer\r\n"
inline constexpr std::string_view checkpoint_headers = "Cache-Control: public, max-age=1\r\n" PIONEER_PROOF_HEADERS;
inline constexpr std::string_view tile_headers =
    "Cache-Control: public, max-age=31536000, immutable\r\n" PIONEER_PROOF_HEADERS;
#undef PIONEER_PROOF_HEADERS
// What the web client's files have in common: own scripts and styles only, none inline, in nobody's frame; camera,
// microphone and place for our own pages alone.
#define PIONEER_PAGE_HEADERS                                                                            \
  "X-Content-Type-Options: nosniff\r\n"                                                                 \
  "Content-Security-Policy: default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "       \
  "media-src 'self' blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; " \
  "frame-ancestors 'none'\r\n"                                                                          \
  "Permissions-Policy: camera=(self), microphone=(self), geolocation=(self)\r\n"                        \
  "Cross-Origin-Opener-Policy: same-origin\r\n"                                                         \
  "Referrer-Policy: no-referrer\r\n"                                                                    \
  "Vary: Accept-Encoding\r\n"
/// Asked for again each time (cheaply, by ETag): the start page, the service worker.
inline constexpr std::string_view page_headers = "Cache-Control: no-cache\r\n" PIONEER_PAGE_HEADERS;
/// What has its content's hash in its name is kept for ever.
inline constexpr std::string_view asset_headers =
    "Cache-Control: public, max-age=31536000, immutable\r\n" PIONEER_PAGE_HEADERS;
#undef PIONEER_PAGE_HEADERS

inline constexpr std::string_view session_cookie = "__Host-pioneer";
/// The value of Set-Cookie that gives a browser its session; an empty secret with 0 seconds takes it away. No script
/// reads it, no plain connection carries it (browsers count their own machine as safe), no other site's form sends it.
std::string set_session_cookie(std::string_view secret, std::int64_t valid_s);

struct Credentials {
  enum class Kind { none, bearer, session };
  Kind kind = Kind::none;
  std::string secret;  ///< the token or the session's; goes into no log
};

/// A bearer token stands before a cookie. An Authorization header of another kind counts as none.
Credentials credentials_of(const HttpHeaders& headers);

/// A UUID in lower case or a ULID in upper case; quotes around it are taken off. Nothing if it is neither.
std::optional<std::string> idempotency_key(std::string_view header);

/// What a change wants beside its answer (Pioneer-Receipt): words separated by commas.
struct ReceiptWish {
  bool refusal = false;  ///< "refusal": a rule's no shall stand in the log
  bool promise = false;  ///< "promise": signed, when it will be in the log
};
/// Nothing where another word stands there, or none.
std::optional<ReceiptWish> receipt_wish(std::string_view header);

/// `"7"` → 7. Nothing if it is no quoted revision.
std::optional<std::int64_t> quoted_revision(std::string_view header);
std::string etag(std::uint64_t revision);

/// Whole, unsigned, decimal. Nothing if it is not.
std::optional<std::uint64_t> whole_number(std::string_view text);

/// May a change that carries a cookie come from this page? By Sec-Fetch-Site and Origin against Host, or `own_origin`
/// ("https://…"), which browsers see where a proxy changes the host. Without both: no.
bool origin_is_ours(const HttpHeaders& headers, std::string_view own_origin);

/// "application/json; charset=utf-8" → "application/json", in lower case.
std::string media_type(std::string_view content_type);

}  // namespace pioneer::api::http
