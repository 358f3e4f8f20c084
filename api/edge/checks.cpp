#include "api/edge/checks.hpp"

#include <algorithm>

namespace pioneer::api::checks {
namespace {

constexpr std::int64_t seconds_max = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t word_bytes_max = 64;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view white = " \t\r\n";
  const auto first = text.find_first_not_of(white);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

/// Code points of well-formed UTF-8 (RFC 3629); nothing where it is not.
std::optional<std::size_t> characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || i + size > text.size()) return std::nullopt;
    std::uint32_t point = size == 1 ? lead : lead & (0xFFu >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if ((next & 0xC0) != 0x80) return std::nullopt;
      point = point << 6 | (next & 0x3Fu);
    }
    const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return std::nullopt;
    i += size;
  }
  return count;
}

bool has_control(std::string_view text, bool lines) {
  return std::any_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte == 0x7F || (byte < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t')));
  });
}

Decided<std::string> bounded(std::string_view whole, std::string_view field, std::size_t chars_max, bool lines,
                             bool may_miss) {
  const auto text = trimmed(whole);
  if (text.empty() && !may_miss) return std::unexpected(invalid("missing", field, "This field is needed."));
  const auto count = characters(text);
  if (!count || has_control(text, lines)) {
    return std::unexpected(invalid("malformed", field, "This text holds characters that cannot be shown."));
  }
  if (*count > chars_max) {
    return std::unexpected(
        invalid("too_long", field, "At most " + std::to_string(chars_max) + " characters fit here."));
  }
  return std::string(text);
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

Refusal invalid(std::string_view code, std::string_view field, std::string sentence) {
  return {domain::RefusalKind::invalid, std::string(code), std::move(sentence), std::string(field)};
}

Refusal not_found() { return {domain::RefusalKind::not_found, "not_found", "There is no such thing here.", {}}; }

Decided<std::string> line(std::string_view text, std::string_view field, std::size_t chars_max) {
  return bounded(text, field, chars_max, false, false);
}
Decided<std::string> text(std::string_view text, std::string_view field, std::size_t chars_max) {
  return bounded(text, field, chars_max, true, false);
}
Decided<std::string> optional_text(std::string_view text, std::string_view field, std::size_t chars_max) {
  return bounded(text, field, chars_max, true, true);
}

Decided<std::string> word(std::string_view text, std::string_view field) {
  if (text.empty()) return std::unexpected(invalid("missing", field, "This field is needed."));
  const bool fits = text.size() <= word_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
                    });
  if (!fits)
    return std::unexpected(invalid("malformed", field, "A word of small letters, digits, '_' and '-' stands here."));
  return std::string(text);
}

Decided<domain::Id> id(std::string_view text, std::string_view field) {
  if (text.empty()) return std::unexpected(invalid("missing", field, "This field is needed."));
  const auto parsed = domain::Id::parse(text);
  if (!parsed || parsed->is_zero()) {
    return std::unexpected(invalid("malformed_id", field, "An id has 26 small letters and digits."));
  }
  return *parsed;
}

Decided<domain::Id> path_id(std::string_view text) {
  const auto parsed = domain::Id::parse(text);
  if (!parsed || parsed->is_zero()) return std::unexpected(not_found());
  return *parsed;
}

Decided<std::uint32_t> path_ticket(std::string_view text) {
  std::uint64_t value = 0;
  const bool digits = !text.empty() && text.size() <= 10 && text.front() != '0' &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits) {
    for (char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (!digits || value > UINT32_MAX) return std::unexpected(not_found());
  return static_cast<std::uint32_t>(value);
}

Decided<std::uint32_t> between(std::uint32_t value, std::string_view field, std::uint32_t least, std::uint32_t most) {
  if (value < least || value > most) {
    return std::unexpected(
        invalid("out_of_bounds", field,
                "A number from " + std::to_string(least) + " to " + std::to_string(most) + " stands here."));
  }
  return value;
}

Decided<std::int64_t> instant(const google::protobuf::Timestamp& time, std::string_view field) {
  if (time.seconds() < 0 || time.seconds() > seconds_max || time.nanos() < 0 || time.nanos() > 999'999'999) {
    return std::unexpected(invalid("out_of_bounds", field, "A time between the years 1970 and 9999 stands here."));
  }
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

std::optional<std::string> normal_phone(std::string_view phone) {
  std::string digits;
  for (char c : phone) {
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
    } else if (c != ' ' && c != '-' && !(c == '+' && digits.empty())) {
      return std::nullopt;
    }
  }
  std::string_view number = digits;
  if (number.size() == 13 && number.starts_with("86")) number.remove_prefix(2);
  if (number.size() == 15 && number.starts_with("0086")) number.remove_prefix(4);
  if (number.size() != 11 || number[0] != '1' || number[1] < '3') return std::nullopt;
  return std::string(number);
}

Decided<std::string> phone(std::string_view text, std::string_view field) {
  auto number = normal_phone(text);
  if (!number)
    return std::unexpected(invalid("malformed", field, "A mobile number has eleven digits and begins with 13 to 19."));
  return *number;
}

Decided<std::string> hash(std::string_view text, std::string_view field) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size() && text.size() == 64; i += 2) {
    if (hex(text[i]) < 0 || hex(text[i + 1]) < 0) break;
    bytes.push_back(static_cast<char>(hex(text[i]) * 16 + hex(text[i + 1])));
  }
  if (bytes.size() != 32) return std::unexpected(invalid("malformed", field, "64 hexadecimal digits stand here."));
  return bytes;
}

}  // namespace pioneer::api::checks
