// Before a log is written to: whether it leads to what was signed of it, here and as far as others know.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "eventstore/error.hpp"
#include "eventstore/ports/disk.hpp"
#include "eventstore/ports/log.hpp"
#include "eventstore/types.hpp"

namespace pioneer::adapters::kafka {
class KafkaLog;
}

namespace pioneer::server {

/// A checkpoint that this log's key signed, as an outsider shows it.
struct KnownElsewhere {
  std::uint64_t size = 0;
  eventstore::Hash root;
  std::string note;  ///< with the signatures of the log's keys alone
};
/// Nothing: nobody knows of one that is newer than what stands here.
using AskElsewhere = std::function<eventstore::Result<std::optional<KnownElsewhere>>()>;

struct SignedBefore {
  eventstore::Disk& disk;
  const std::string& directory;      ///< of the deployment
  const eventstore::Log& log;        ///< read to its end, by then
  adapters::kafka::KafkaLog* topic;  ///< null: nobody else writes it
  const std::string& topic_name;
};

/// Asks others, if `ask` is there. What they know and the log does not lead to is put in the directory, as the newest
/// checkpoint: so the next start is refused too, when nobody may answer. Errors: "log_behind_checkpoint",
/// "history_differs", "bad_checkpoint", those of `ask`, the topic's and the disk's.
eventstore::Result<void> check_signed_before(const SignedBefore& before, const AskElsewhere& ask);

}  // namespace pioneer::server
