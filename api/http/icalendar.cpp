#include "api/http/icalendar.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace pioneer::api::http {
namespace {

constexpr std::size_t line_bytes_max = 75;

std::string utc(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), size};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out;
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

void line(std::string& into, std::string_view name, std::string_view value) {
  const std::string whole = std::string(name) + ":" + std::string(value);
  std::string_view rest = whole;
  std::size_t room = line_bytes_max;
  while (rest.size() > room) {
    std::size_t cut = room;
    while (cut > 1 && !begins_character(rest[cut])) --cut;
    into.append(rest.substr(0, cut)).append("\r\n ");
    rest.remove_prefix(cut);
    room = line_bytes_max - 1;  // the space that begins a folded line
  }
  into.append(rest).append("\r\n");
}

}  // namespace

std::string icalendar(std::span<const Appointment> appointments, std::int64_t now_us) {
  std::string out;
  line(out, "BEGIN", "VCALENDAR");
  line(out, "VERSION", "2.0");
  line(out, "PRODID", "-//Pioneer//Pioneer//ZH");
  for (const auto& one : appointments) {
    std::size_t number = 0;
    for (const auto& session : one.sessions) {
      line(out, "BEGIN", "VEVENT");
      line(out, "UID", one.id + "-" + std::to_string(++number) + "@pioneer");
      line(out, "SEQUENCE", std::to_string(one.revision));
      line(out, "DTSTAMP", utc(now_us / 1'000'000));
      line(out, "DTSTART", utc(session.starts().seconds()));
      line(out, "DTEND", utc(session.ends().seconds()));
      line(out, "SUMMARY", escaped(one.title));
      if (!one.description.empty()) line(out, "DESCRIPTION", escaped(one.description));
      if (!one.organiser.empty()) line(out, "CONTACT", escaped(one.organiser));
      line(out, "LOCATION", escaped(session.venue()));
      line(out, "STATUS", one.cancelled ? "CANCELLED" : "CONFIRMED");
      line(out, "END", "VEVENT");
    }
  }
  line(out, "END", "VCALENDAR");
  return out;
}

}  // namespace pioneer::api::http
