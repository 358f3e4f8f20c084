#include "domain/common/text.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace pioneer::domain {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Unicode 15, PropList.txt: White_Space.
constexpr Range white[] = {{0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
                           {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
// Zero-width spaces, which are cut like white space. Joiners and variation selectors are not: they end an emoji.
constexpr Range zero_width[] = {{0x200B, 0x200B}, {0x2060, 0x2060}, {0xFEFF, 0xFEFF}};
// DerivedCoreProperties.txt: Default_Ignorable_Code_Point, and the empty Braille pattern.
constexpr Range unseen[] = {
    {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
    {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x2800, 0x2800},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFF8}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
// Controls (tabs and line ends are looked at apart), turns of direction, interlinear annotations,
// noncharacters of the first plane, and tags, in which a second text can be hidden: what they cost is the flags of
// England, Scotland and Wales.
constexpr Range refused[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x202A, 0x202E},  {0x2066, 0x2069},
                             {0xFDD0, 0xFDEF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};

bool in(std::span<const Range> ranges, std::uint32_t point) {
  return std::ranges::any_of(ranges, [point](Range r) { return r.first <= point && point <= r.last; });
}

bool ends_line(std::uint32_t point) {
  return point == '\t' || point == '\n' || point == '\r' || point == 0x2028 || point == 0x2029;
}

bool may_stand(std::uint32_t point, bool lines) {
  if (ends_line(point)) return lines;
  return !in(refused, point) && (point & 0xFFFE) != 0xFFFE;
}

struct Read {
  std::uint32_t point = 0;
  std::size_t bytes = 0;  ///< 0: not well-formed
};

Read read_point(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes > text.size()) return {};
  std::uint32_t point = lead & (0xFFu >> (bytes + 1));
  for (std::size_t k = 1; k < bytes; ++k) {
    const auto next = static_cast<std::uint8_t>(text[k]);
    if ((next & 0xC0) != 0x80) return {};
    point = point << 6 | (next & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && point < 0x800) || (bytes == 4 && point < 0x10000);
  if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return {};
  return {point, bytes};
}

bool is_cut(std::uint32_t point) { return in(white, point) || in(zero_width, point); }

}  // namespace

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<TextMeasure> measure_text(std::string_view utf8, bool lines) {
  TextMeasure measure;
  while (!utf8.empty()) {
    const Read read = read_point(utf8);
    if (read.bytes == 0 || !may_stand(read.point, lines)) return std::nullopt;
    if (measure.blank) measure.blank = in(white, read.point) || in(unseen, read.point);
    ++measure.code_points;
    utf8.remove_prefix(read.bytes);
  }
  return measure;
}

std::string_view trimmed_text(std::string_view utf8) {
  while (!utf8.empty()) {
    const Read read = read_point(utf8);
    if (read.bytes == 0 || !is_cut(read.point)) break;
    utf8.remove_prefix(read.bytes);
  }
  while (!utf8.empty()) {
    std::size_t last = utf8.size() - 1;
    while (last > 0 && utf8.size() - last < 4 && (static_cast<std::uint8_t>(utf8[last]) & 0xC0) == 0x80) --last;
    const Read read = read_point(utf8.substr(last));
    if (read.bytes != utf8.size() - last || !is_cut(read.point)) break;
    utf8.remove_suffix(read.bytes);
  }
  return utf8;
}

bool is_text(std::string_view utf8, std::size_t chars_max) {
  const auto measure = measure_text(utf8, true);
  return measure && !measure->blank && measure->code_points <= chars_max;
}

bool is_word(std::string_view text, std::size_t chars_max) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= chars_max && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace pioneer::domain
