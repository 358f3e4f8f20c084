// The calendar's small format.
#include "api/http/icalendar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;

std::string calendar_of(const std::string& title) {
  Appointment one{
      .id = "abc", .revision = 7, .title = title, .description = "a, b; c\nd", .organiser = {}, .sessions = {}};
  auto& session = *one.sessions.Add();
  session.mutable_starts()->set_seconds(1'800'000'000);
  session.mutable_ends()->set_seconds(1'800'003'600);
  session.set_venue("社区中心");
  one.cancelled = true;
  return icalendar({&one, 1}, 1'700'000'000'000'000);
}

TEST(ICalendar, SaysWhenWhatAndWhere) {
  const auto text = calendar_of("陶艺课");
  for (const auto* line :
       {"BEGIN:VCALENDAR", "VERSION:2.0", "UID:abc-1@pioneer", "SEQUENCE:7", "DTSTAMP:20231114T221320Z",
        "DTSTART:20270115T080000Z", "DTEND:20270115T090000Z", "SUMMARY:陶艺课", "DESCRIPTION:a\\, b\\; c\\nd",
        "LOCATION:社区中心", "STATUS:CANCELLED", "END:VCALENDAR"})
    EXPECT_THAT(text, HasSubstr(std::string(line) + "\r\n"));
}

TEST(ICalendar, FoldsLongLinesBetweenCharacters) {
  std::string title;
  for (int i = 0; i < 120; ++i) title += "邻";
  const auto text = calendar_of(title);
  std::string unfolded = text;
  for (auto at = unfolded.find("\r\n "); at != std::string::npos; at = unfolded.find("\r\n ")) unfolded.erase(at, 3);
  EXPECT_THAT(unfolded, HasSubstr("SUMMARY:" + title + "\r\n"));
  for (std::size_t from = 0; from < text.size();) {
    const auto end = text.find("\r\n", from);
    EXPECT_LE(end - from, 75U);
    const auto first = text[from] == ' ' ? text[from + 1] : text[from];
    EXPECT_NE(static_cast<unsigned char>(first) & 0xC0U, 0x80U) << "a character is cut";
    from = end + 2;
  }
}

}  // namespace
}  // namespace pioneer::api::http
