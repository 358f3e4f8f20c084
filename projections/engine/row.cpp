#include "projections/engine/row.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>

namespace pioneer::projections {
namespace {

enum class Piece : std::uint64_t { text = 0, sealed = 1, name = 2, attribute = 3 };

/// Small whole numbers with leading zeros.
void append_padded(std::string& to, unsigned value, int digits) {
  char text[10];
  for (int i = digits - 1; i >= 0; --i) {
    text[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  to.append(text, static_cast<std::size_t>(digits));
}

template <class Number>
void append_number(std::string& to, Number value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  to.append(text, end);
}

}  // namespace

void append_json_text(std::string& to, std::string_view text) {
  to.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        to.append("\\\"");
        break;
      case '\\':
        to.append("\\\\");
        break;
      case '\n':
        to.append("\\n");
        break;
      case '\r':
        to.append("\\r");
        break;
      case '\t':
        to.append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
          to.append(escape);
        } else {
          to.push_back(c);
        }
    }
  }
  to.push_back('"');
}

void append_json_time(std::string& to, domain::Instant instant) {
  using namespace std::chrono;
  const sys_time<microseconds> at{microseconds{instant.us}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  to.push_back('"');
  append_padded(to, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  to.push_back('-');
  append_padded(to, static_cast<unsigned>(date.month()), 2);
  to.push_back('-');
  append_padded(to, static_cast<unsigned>(date.day()), 2);
  to.push_back('T');
  append_padded(to, static_cast<unsigned>(time.hours().count()), 2);
  to.push_back(':');
  append_padded(to, static_cast<unsigned>(time.minutes().count()), 2);
  to.push_back(':');
  append_padded(to, static_cast<unsigned>(time.seconds().count()), 2);
  if (const auto us = static_cast<unsigned>(time.subseconds().count()); us != 0) {
    to.push_back('.');
    if (us % 1000 == 0) {
      append_padded(to, us / 1000, 3);
    } else {
      append_padded(to, us, 6);
    }
  }
  to.append("Z\"");
}

void RowWriter::member(std::string_view name) {
  if (!std::exchange(first_, false)) text_.push_back(',');
  text_.push_back('"');
  text_.append(name).append("\":");
}

void RowWriter::end_text() {
  if (text_.empty()) return;
  out_.number(static_cast<std::uint64_t>(Piece::text)).text(text_);
  text_.clear();
}

RowWriter& RowWriter::attribute(std::string_view value) {
  end_text();
  out_.number(static_cast<std::uint64_t>(Piece::attribute)).text(value);
  return *this;
}

RowWriter& RowWriter::text(std::string_view name, std::string_view value) {
  member(name);
  append_json_text(text_, value);
  return *this;
}

RowWriter& RowWriter::word(std::string_view name, std::string_view value) {
  member(name);
  text_.push_back('"');
  text_.append(value).push_back('"');
  return *this;
}

RowWriter& RowWriter::id(std::string_view name, const domain::Id& id) { return word(name, id.text()); }

RowWriter& RowWriter::number(std::string_view name, std::uint64_t value) {
  member(name);
  append_number(text_, value);
  return *this;
}

RowWriter& RowWriter::big_number(std::string_view name, std::uint64_t value) {
  member(name);
  text_.push_back('"');
  append_number(text_, value);
  text_.push_back('"');
  return *this;
}

RowWriter& RowWriter::flag(std::string_view name, bool value) { return json(name, value ? "true" : "false"); }

RowWriter& RowWriter::time(std::string_view name, domain::Instant value) {
  member(name);
  append_json_time(text_, value);
  return *this;
}

RowWriter& RowWriter::json(std::string_view name, std::string_view value) {
  member(name);
  text_.append(value);
  return *this;
}

// A slot is never the first member (rows begin with "id"), so it brings its comma with it, or nothing at all.
RowWriter& RowWriter::sealed(std::string_view name, std::uint32_t field, const SealedValue& value) {
  if (value.empty()) return *this;
  end_text();
  out_.number(static_cast<std::uint64_t>(Piece::sealed)).text(name).number(field).id(value.key).text(value.box);
  return *this;
}

RowWriter& RowWriter::organisation(std::string_view name, const domain::Id& id) {
  end_text();
  out_.number(static_cast<std::uint64_t>(Piece::name)).text(name).id(id);
  return *this;
}

std::string RowWriter::take() {
  text_.push_back('}');
  end_text();
  return out_.take();
}

bool render_row(std::string_view row, std::string_view stream, SlotFiller& filler, std::string& to) {
  const auto start = to.size();
  const auto open_member = [&](std::string_view name) { to.append(",\"").append(name).append("\":"); };
  Decoder from(row);
  while (!from.at_end()) {
    switch (static_cast<Piece>(from.number())) {
      case Piece::text:
        to.append(from.text());
        break;
      case Piece::attribute:
        from.text();
        break;
      case Piece::sealed: {
        const auto name = from.text();
        SealedSlot slot;
        slot.field = from.number_as<std::uint32_t>();
        slot.key = from.id();
        slot.box = from.text();
        const auto before = to.size();
        open_member(name);
        if (!from.ok() || !filler.sealed(stream, slot, to)) to.resize(before);
        break;
      }
      case Piece::name:
        open_member(from.text());
        filler.organisation(from.id(), to);
        break;
      default:
        to.resize(start);
        return false;
    }
  }
  if (from.ok()) return true;
  to.resize(start);
  return false;
}

std::string_view row_attribute(std::string_view row) {
  Decoder from(row);
  while (!from.at_end()) {
    switch (static_cast<Piece>(from.number())) {
      case Piece::attribute:
        return from.text();
      case Piece::text:
        from.text();
        break;
      case Piece::sealed:
        from.text();
        from.number();
        from.id();
        from.text();
        break;
      case Piece::name:
        from.text();
        from.id();
        break;
      default:
        return {};
    }
  }
  return {};
}

}  // namespace pioneer::projections
