// A local time as a source writes it, in a zone, as an instant.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "eventstore/error.hpp"

namespace pioneer::adapters::csv {

/// Any thread.
class LocalTimes {
 public:
  /// `zone`: an IANA name; `format`: as strptime has it. Fails on a zone that this machine does not know.
  static eventstore::Result<LocalTimes> in(const std::string& zone, const std::string& format);

  /// Microseconds since 1970-01-01T00:00:00Z; nothing where the text is not wholly such a time.
  /// A time that a change of clocks repeats is the first of both; one that it skips is the moment of the change.
  std::optional<std::int64_t> instant_us(const std::string& text) const;

 private:
  const void* zone_ = nullptr;  ///< lives as long as the program
  std::string format_;
};

}  // namespace pioneer::adapters::csv
