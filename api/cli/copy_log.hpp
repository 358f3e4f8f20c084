// A log's records, put into a topic as they are: for `log copy` and `log restore`.
#pragma once

#include <cstdint>
#include <string>

#include "api/ports/settings.hpp"
#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::cli {

/// What was copied, as both sides have it.
struct Copied {
  std::uint64_t commits = 0;
  std::uint64_t records = 0;
  eventstore::Hash root;
};

/// From DATA/log, of a directory that the caller holds. The topic is made where it is missing; what it holds already is
/// compared. Errors: "history_differs", what is wrong with the files, and those of the topic.
eventstore::Result<Copied> copy_into_topic(const std::string& data, const api::KafkaSetting& setting);

}  // namespace pioneer::cli
