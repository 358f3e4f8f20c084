#include "api/edge/checks.hpp"

#include <algorithm>

#include "domain/common/text.hpp"

namespace pioneer::api::checks {
namespace {

constexpr std::int64_t seconds_max = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t word_bytes_max = 64;

Decided<std::string> bounded(std::string_view whole, std::string_view field, std::size_t chars_max, bool lines,
                             bool may_miss) {
  const auto text = domain::trimmed_text(whole);
  const auto measure = domain::measure_text(text, lines);
  if (!measure) return std::unexpected(invalid("malformed", field, "This text holds characters that cannot be shown."));
  if (measure->blank) {
    if (may_miss) return std::string();
    return std::unexpected(invalid("missing", field, "This field is needed."));
  }
  if (measure->code_points > chars_max) {
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

std::string normal_door_code(std::string_view text) {
  std::string code;
  for (const char raw : text) {
    if (raw == ' ' || raw == '-') continue;
    char c = raw >= 'a' && raw <= 'z' ? static_cast<char>(raw - 'a' + 'A') : raw;
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (crockford.find(c) == crockford.npos || code.size() == door_code_chars) return {};
    code.push_back(c);
  }
  return code.size() == door_code_chars ? code : std::string();
}

bool is_same_code(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  unsigned differ = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differ |= static_cast<unsigned>(a[i] ^ b[i]);
  return differ == 0;
}

}  // namespace pioneer::api::checks
