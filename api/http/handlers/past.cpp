#include "api/http/handlers/past.hpp"

#include <algorithm>
#include <utility>

#include "api/node/commits_of_log.hpp"

namespace pioneer::api::http {
Past::Past(const eventstore::Log& log, PastStores& stores, eventstore::Executor& executor, Options options)
    : log_(log), stores_(stores), executor_(executor), options_(options) {}

Past::~Past() {
  stopping_ = true;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !working_; });
}

bool Past::at(eventstore::Sequence end, Then then) {
  std::unique_lock lock(mutex_);
  if (const auto kept = std::ranges::find(kept_, end, [](const auto& one) { return one->end; }); kept != kept_.end()) {
    auto found = *kept;
    kept_.erase(kept);
    kept_.push_front(found);
    lock.unlock();
    then(std::move(found));
    return true;
  }
  if (waiting_ >= options_.waiting_max) return false;
  ++waiting_;
  auto wanted = std::ranges::find(wanted_, end, &Wanted::end);
  if (wanted == wanted_.end()) wanted = wanted_.insert(wanted_.end(), Wanted{end, {}});
  wanted->waiting.push_back(std::move(then));
  const bool idle = !std::exchange(working_, true);
  lock.unlock();
  if (idle) executor_.run([this] { work(); });
  return true;
}

void Past::work() {
  std::unique_lock lock(mutex_);
  while (!wanted_.empty()) {
    const auto end = wanted_.front().end;
    lock.unlock();
    auto made = make(end);
    lock.lock();
    const auto waiting = std::move(wanted_.front().waiting);
    wanted_.pop_front();
    waiting_ -= waiting.size();
    lock.unlock();
    for (const auto& then : waiting) then(made);
    made = Kept{};  // what is no longer kept goes without the lock
    lock.lock();
  }
  working_ = false;
  changed_.notify_all();
}

Past::Kept Past::nearest(eventstore::Sequence end) {
  const std::lock_guard lock(mutex_);
  Kept best;
  for (const auto& moment : kept_) {
    if (moment->end <= end && (!best || moment->end > best->end)) best = moment;
  }
  return best;
}

eventstore::Result<Past::Kept> Past::make(eventstore::Sequence end) {
  auto from = nearest(end);
  if (from && from->end == end) return from;
  const auto begin = from ? from->end.value : 0;
  const auto span = end.value - begin;
  if (span >= options_.stopover_commits_min) {
    for (const auto part : {span / 2, span - span / 8}) {
      auto stop = step(from, eventstore::Sequence{begin + part});
      if (!stop) return stop;
      from = std::move(*stop);
    }
  }
  return step(from, end);
}

eventstore::Result<Past::Kept> Past::step(const Kept& from, eventstore::Sequence end) {
  auto store = stores_.make(from ? from->store.get() : nullptr);
  if (!store) return std::unexpected(store.error());
  auto moment = std::make_shared<Moment>();
  moment->store = std::move(*store);
  moment->end = end;
  const auto begin = from ? from->end : eventstore::Sequence{0};
  node::CommitsOfLog commits(log_, begin, [this] { return stopping_.load(); });
  projections::AsOf as_of;
  as_of.before = end;
  auto models = projections::ReadModels::replayed(*moment->store, commits, as_of,
                                                  {.rebuild_bytes_max = options_.rows_bytes_max, .bulk = true});
  if (!models) return std::unexpected(models.error());
  moment->models = std::move(*models);
  moment->bytes = stores_.bytes(*moment->store);
  replayed_ += end.value - begin.value;
  keep(moment);
  return Kept(std::move(moment));
}

void Past::keep(const Kept& moment) {
  std::vector<Kept> gone;  // closed without the lock
  const std::lock_guard lock(mutex_);
  kept_.push_front(moment);
  std::uint64_t bytes = 0;
  for (const auto& one : kept_) bytes += one->bytes;
  while (kept_.size() > 1 && (kept_.size() > options_.moments_max || bytes > options_.bytes_max)) {
    bytes -= kept_.back()->bytes;
    gone.push_back(std::move(kept_.back()));
    kept_.pop_back();
  }
}

}  // namespace pioneer::api::http
