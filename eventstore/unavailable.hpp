// Why the Writer takes no commands just now, in words for a person. Of this folder only.
#pragma once

#include <string>

#include "eventstore/error.hpp"

namespace pioneer::eventstore {

/// `code`: of a hold, of the clock's trouble, or of a log that nobody writes yet. Trying again can help.
inline Error unavailable(const std::string& code) {
  if (code == "clock_jumped") {
    return {code, "The clock of this machine jumped; an operator must run `pioneer log confirm-clock`.",
            Retry::can_help};
  }
  if (code == "clock_behind_log") {
    return {
        code,
        "The clock of this machine is behind the log's last entry. Set it right; or, if it is right, run `pioneer log "
        "confirm-clock`.",
        Retry::can_help};
  }
  if (code == "taking_over") return {code, "The log is being taken over; writing begins in a moment.", Retry::can_help};
  if (code == "elsewhere") return {code, "Another node writes the log now; send it there.", Retry::can_help};
  if (code == "disk_full") return {code, "The disk is full; writing begins again when there is room.", Retry::can_help};
  return {code, "Nothing can be written now; reading goes on.", Retry::can_help};
}

}  // namespace pioneer::eventstore
