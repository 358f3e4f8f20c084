#include "api/http/handlers/past.hpp"

#include "api/queries/history.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::api::http {
namespace {

constexpr std::size_t commits_at_once = 256;

class CommitsOfLog final : public projections::CommitSource {
 public:
  explicit CommitsOfLog(const eventstore::Log& log) : reader_(log.reader(eventstore::Sequence{0})) {}
  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override {
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

 private:
  std::unique_ptr<eventstore::LogReader> reader_;
};

}  // namespace

eventstore::Result<std::shared_ptr<const Past::Moment>> Past::at(std::int64_t us) {
  const auto end = queries::position_at(log_, {us});
  if (!end) return std::unexpected(end.error());
  const std::lock_guard lock(mutex_);
  for (const auto& moment : kept_)
    if (moment->end == *end) return moment;
  auto moment = std::make_shared<Moment>();
  moment->store = make_store_();
  moment->end = *end;
  CommitsOfLog commits(log_);
  projections::AsOf as_of;
  as_of.before = *end;
  auto models = projections::ReadModels::replayed(*moment->store, commits, as_of, {.bulk = true});
  if (!models) return std::unexpected(models.error());
  moment->models = std::move(*models);
  kept_.push_front(moment);
  if (kept_.size() > kept_max) kept_.pop_back();
  return std::shared_ptr<const Moment>(std::move(moment));
}

}  // namespace pioneer::api::http
