#include "adapters/csv/local_time.hpp"

// g++ 12 takes a value that date's parser sets on every path for one that may be unset, once it is inlined.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <date/tz.h>
#pragma GCC diagnostic pop

#include <chrono>
#include <sstream>
#include <stdexcept>

namespace pioneer::adapters::csv {

eventstore::Result<LocalTimes> LocalTimes::in(const std::string& zone, const std::string& format) {
  LocalTimes times;
  times.format_ = format;
  try {
    times.zone_ = date::locate_zone(zone);
  } catch (const std::exception&) {
    return eventstore::failure("unknown_zone", "expected an IANA time zone such as America/Los_Angeles, found " + zone);
  }
  return times;
}

std::optional<std::int64_t> LocalTimes::instant_us(const std::string& text) const {
  std::istringstream in(text);
  date::local_time<std::chrono::microseconds> local;
  in >> date::parse(format_, local);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  const auto* zone = static_cast<const date::time_zone*>(zone_);
  return zone->to_sys(local, date::choose::earliest).time_since_epoch().count();
}

}  // namespace pioneer::adapters::csv
