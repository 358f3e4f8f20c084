#include "api/http/json_scanner.hpp"

#include <cstdint>

namespace pioneer::api::http {
namespace {

void append_utf8(std::string& out, unsigned c) {
  const auto put = [&out](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 63));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 63));
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  }
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    if (first < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || i + more >= text.size()) return false;
    std::uint32_t c = first & (0x3FU >> more);
    for (std::size_t j = 1; j <= more; ++j) {
      const auto next = static_cast<std::uint8_t>(text[i + j]);
      if ((next & 0xC0) != 0x80) return false;
      c = c << 6 | (next & 63U);
    }
    const bool longer_than_needed = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
    if (longer_than_needed || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return false;
    i += more + 1;
  }
  return true;
}

char JsonScanner::peek() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
    ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonScanner::take(char c) {
  if (peek() != c || at_ >= text_.size()) return false;
  ++at_;
  return true;
}

bool JsonScanner::take_word(std::string_view word) {
  peek();
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

std::expected<unsigned, std::string> JsonScanner::four_hex() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    unsigned digit;
    if (c >= '0' && c <= '9')
      digit = static_cast<unsigned>(c - '0');
    else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
      digit = static_cast<unsigned>((c | 32) - 'a' + 10);
    else
      return std::unexpected("Four hexadecimal digits follow \\u.");
    value = value << 4 | digit;
  }
  return value;
}

std::expected<void, std::string> JsonScanner::escape(std::string& out) {
  const char c = at_ < text_.size() ? text_[at_++] : '\0';
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out.push_back(c);
      return {};
    case 'b':
      out.push_back('\b');
      return {};
    case 'f':
      out.push_back('\f');
      return {};
    case 'n':
      out.push_back('\n');
      return {};
    case 'r':
      out.push_back('\r');
      return {};
    case 't':
      out.push_back('\t');
      return {};
    case 'u':
      break;
    default:
      return std::unexpected("A backslash in a string is followed by one of \" \\ / b f n r t u.");
  }
  const auto high = four_hex();
  if (!high) return std::unexpected(high.error());
  if (*high >= 0xDC00 && *high <= 0xDFFF) return std::unexpected("Half of a character stands alone in a string.");
  if (*high < 0xD800 || *high > 0xDBFF) {
    append_utf8(out, *high);
    return {};
  }
  if (!text_.substr(at_).starts_with("\\u")) return std::unexpected("Half of a character stands alone in a string.");
  at_ += 2;
  const auto low = four_hex();
  if (!low) return std::unexpected(low.error());
  if (*low < 0xDC00 || *low > 0xDFFF) return std::unexpected("Half of a character stands alone in a string.");
  append_utf8(out, 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00));
  return {};
}

std::expected<std::string, std::string> JsonScanner::string() {
  if (!take('"')) return std::unexpected("A string in double quotes stands here.");
  std::string out;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '"') {
      if (!is_utf8(out)) return std::unexpected("A string is not valid UTF-8.");
      return out;
    }
    if (static_cast<unsigned char>(c) < 0x20)
      return std::unexpected("A control character in a string must be escaped.");
    if (c != '\\') {
      out.push_back(c);
      continue;
    }
    if (auto escaped = escape(out); !escaped) return std::unexpected(escaped.error());
  }
  return std::unexpected("A string does not end.");
}

bool JsonScanner::skip(int depth) {
  if (depth <= 0) return false;
  switch (peek()) {
    case '{':
      return skip_members('}', true, depth);
    case '[':
      return skip_members(']', false, depth);
    case '"':
      return string().has_value();
    case 't':
      return take_word("true");
    case 'f':
      return take_word("false");
    case 'n':
      return take_word("null");
    default:
      return number().has_value();
  }
}

bool JsonScanner::skip_members(char close, bool named, int depth) {
  ++at_;
  if (take(close)) return true;
  while (true) {
    if (named && !(string() && take(':'))) return false;
    if (!skip(depth - 1)) return false;
    if (take(close)) return true;
    if (!take(',')) return false;
  }
}

bool JsonScanner::digits() {
  const auto from = at_;
  while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
  return at_ > from;
}

std::expected<std::string_view, std::string> JsonScanner::number() {
  peek();
  const auto from = at_;
  if (at_ < text_.size() && text_[at_] == '-') ++at_;
  const auto whole = at_;
  bool good = digits() && (text_[whole] != '0' || at_ == whole + 1);
  if (good && at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    good = digits();
  }
  if (good && at_ < text_.size() && (text_[at_] | 32) == 'e') {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    good = digits();
  }
  if (!good) return std::unexpected("This is not JSON.");
  return text_.substr(from, at_ - from);
}

}  // namespace pioneer::api::http
