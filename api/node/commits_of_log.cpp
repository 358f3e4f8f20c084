#include "api/node/commits_of_log.hpp"

#include "eventstore/commit.hpp"

namespace pioneer::node {
namespace {

constexpr std::size_t commits_at_once = 256;

}  // namespace

CommitsOfLog::CommitsOfLog(const eventstore::Log& log, eventstore::Sequence from, std::function<bool()> stopping)
    : reader_(log.reader(from)), stopping_(std::move(stopping)) {}

eventstore::Result<std::vector<eventstore::AcceptedCommit>> CommitsOfLog::next() {
  if (stopping_ && stopping_()) return eventstore::failure("stopping", "The node is stopping.");
  std::vector<eventstore::AcceptedCommit> commits;
  while (commits.size() < commits_at_once) {
    auto leaf = reader_->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) break;
    auto commit = eventstore::parse_commit(**leaf);
    if (!commit) return std::unexpected(commit.error());
    commits.push_back(std::move(*commit));
  }
  return commits;
}

}  // namespace pioneer::node
