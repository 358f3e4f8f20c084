#include "api/cli/open_log.hpp"

namespace pioneer::cli {

eventstore::Result<std::unique_ptr<OpenLog>> OpenLog::open(const std::string& data) {
  std::unique_ptr<OpenLog> open(new OpenLog);
  adapters::segments::Options options;
  options.directory = data + "/log";
  options.read_only = true;
  if (!open->disk_.exists(options.directory)) {
    return eventstore::failure("no_log", "There is no log in " + data + ".");
  }
  auto log = adapters::segments::SegmentLog::open(open->disk_, open->background_, options);
  if (!log) return std::unexpected(log.error());
  open->log_ = std::move(*log);
  return open;
}

}  // namespace pioneer::cli
