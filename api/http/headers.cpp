#include "api/http/headers.hpp"

#include <algorithm>
#include <charconv>

namespace pioneer::api::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_ulid(std::string_view text) {
  if (text.size() != 26 || text.front() < '0' || text.front() > '7') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const char u = upper(c);
    return (u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z' && u != 'I' && u != 'L' && u != 'O' && u != 'U');
  });
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() > word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

std::string_view cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    const auto pair = without_blanks(header.substr(0, end));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return {};
}

}  // namespace

Credentials credentials_of(const HttpHeaders& headers) {
  const auto authorization = headers.find("Authorization");
  if (starts_with_word(authorization, "bearer "))
    return {Credentials::Kind::bearer, std::string(without_blanks(authorization.substr(7)))};
  const auto session = cookie(headers.find("Cookie"), session_cookie);
  if (!session.empty()) return {Credentials::Kind::session, std::string(session)};
  return {};
}

std::string set_session_cookie(std::string_view secret, std::int64_t valid_s) {
  return std::string(session_cookie) + "=" + std::string(secret) + "; Path=/; Max-Age=" + std::to_string(valid_s) +
         "; Secure; HttpOnly; SameSite=Lax";
}

std::optional<std::string> idempotency_key(std::string_view header) {
  auto text = without_blanks(header);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::string out(text);
  if (is_uuid(text))
    std::transform(out.begin(), out.end(), out.begin(), lower);
  else if (is_ulid(text))
    std::transform(out.begin(), out.end(), out.begin(), upper);
  else
    return std::nullopt;
  return out;
}

std::optional<ReceiptWish> receipt_wish(std::string_view header) {
  ReceiptWish wish;
  while (true) {
    const auto comma = header.find(',');
    const auto word = without_blanks(header.substr(0, comma));
    if (word == "refusal")
      wish.refusal = true;
    else if (word == "promise")
      wish.promise = true;
    else
      return std::nullopt;
    if (comma == std::string_view::npos) return wish;
    header.remove_prefix(comma + 1);
  }
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> quoted_revision(std::string_view header) {
  const auto text = without_blanks(header);
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
  const auto number = whole_number(text.substr(1, text.size() - 2));
  if (!number || *number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::string etag(std::uint64_t revision) { return "\"" + std::to_string(revision) + "\""; }

bool origin_is_ours(const HttpHeaders& headers, std::string_view own_origin) {
  const auto site = headers.find("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin") return false;
  const auto origin = headers.find("Origin");
  if (origin.empty()) return !site.empty();
  if (!own_origin.empty() && origin == own_origin) return true;
  const auto host = headers.find("Host");
  return !host.empty() && (origin == "https://" + std::string(host) || origin == "http://" + std::string(host));
}

std::string media_type(std::string_view content_type) {
  std::string out(without_blanks(content_type.substr(0, content_type.find(';'))));
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

}  // namespace pioneer::api::http
