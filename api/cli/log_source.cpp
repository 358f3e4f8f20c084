#include "api/cli/log_source.hpp"

namespace pioneer::cli {
namespace {

constexpr std::size_t commits_at_once = 1'024;

}  // namespace

eventstore::Result<std::vector<eventstore::AcceptedCommit>> LogSource::next() {
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

}  // namespace pioneer::cli
