// Sessions as an iCalendar file (RFC 5545), for the calendar of a phone. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "api/messages/views.pb.h"

namespace pioneer::api::http {

/// What stands in a calendar: one product, or a claim of it.
struct Appointment {
  std::string id;  ///< the same each time, so that a second import replaces the first
  std::uint64_t revision = 0;
  std::string title;
  std::string description;
  std::string organiser;  ///< the organisation's name
  bool cancelled = false;
  google::protobuf::RepeatedPtrField<SessionView> sessions;
};

/// One VEVENT a session; lines folded at 75 bytes, never inside a character. `now_us` is its DTSTAMP.
std::string icalendar(std::span<const Appointment> appointments, std::int64_t now_us);

}  // namespace pioneer::api::http
