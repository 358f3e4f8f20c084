#include "api/ports/http.hpp"

#include <algorithm>

namespace pioneer::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

void HttpHeaders::add(std::string_view name, std::string_view value) {
  const auto name_at = static_cast<std::uint32_t>(block_.size());
  block_.append(name);
  const auto value_at = static_cast<std::uint32_t>(block_.size());
  block_.append(value);
  spans_.push_back(
      {name_at, static_cast<std::uint32_t>(name.size()), value_at, static_cast<std::uint32_t>(value.size())});
}

std::string_view HttpHeaders::find(std::string_view name) const {
  for (const auto& s : spans_)
    if (same_name(name_of(s), name)) return std::string_view(block_).substr(s.value_at, s.value_size);
  return {};
}

bool HttpHeaders::has(std::string_view name) const { return count(name) > 0; }

std::size_t HttpHeaders::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(spans_.begin(), spans_.end(), [&](const Span& s) { return same_name(name_of(s), name); }));
}

std::string_view HttpRequest::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

std::string_view without_blanks(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<bool> accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    const auto end = std::min(accept_encoding.find(','), accept_encoding.size());
    const auto one = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    const auto semicolon = std::min(one.find(';'), one.size());
    if (without_blanks(one.substr(0, semicolon)) != coding) continue;
    const auto weight = without_blanks(one.substr(std::min(semicolon + 1, one.size())));
    // "q=0", "q=0.000": not wanted.
    return !same_name(weight.substr(0, 2), "q=") || weight.find_first_of("123456789") != std::string_view::npos;
  }
  return std::nullopt;
}

std::expected<std::string, std::string> percent_decoded(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
        return std::unexpected("A percent sign must be followed by two hexadecimal digits.");
      c = static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else if (c == '+' && plus) {
      c = ' ';
    }
    if (c == '\0') return std::unexpected("A zero byte cannot stand in an address.");
    out.push_back(c);
  }
  return out;
}

std::expected<HttpQuery, std::string> parse_query(std::string_view text) {
  HttpQuery out;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto key = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!key) return std::unexpected(key.error());
    if (!value) return std::unexpected(value.error());
    out.emplace_back(std::move(*key), std::move(*value));
  }
  return out;
}

}  // namespace pioneer::api
