#include "api/http/handlers/past.hpp"

#include <algorithm>
#include <utility>

#include "api/node/commits_of_log.hpp"

namespace pioneer::api::http {

using eventstore::Result;
using eventstore::Sequence;

Result<void> PastStores::keep(const eventstore::KeyValueStore&, Sequence) {
  return eventstore::failure("not_kept", "These stores keep nothing for good.");
}

Result<std::unique_ptr<eventstore::KeyValueStore>> PastStores::go_on_from(Sequence) {
  return eventstore::failure("not_kept", "These stores keep nothing for good.");
}

Past::Past(const eventstore::Log& log, PastStores& stores, eventstore::Executor& executor, Options options)
    : log_(log),
      stores_(stores),
      executor_(executor),
      options_(options),
      milestones_(options.milestones, stores.durable()) {}

Past::~Past() {
  stopping_ = true;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !working_; });
}

bool Past::at(Sequence end, Then then) {
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

void Past::grown(Sequence log_end) {
  const std::lock_guard lock(mutex_);
  log_end_ = std::max(log_end_, log_end);
  if (milestones_failed_ || working_ || !milestones_.due(log_end_)) return;
  // Where the queue is full, the next growth asks again.
  working_ = executor_.run([this] { work(); });
}

void Past::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!wanted_.empty()) {
      answer_first(lock);
      continue;
    }
    const auto due = stopping_ || milestones_failed_ ? std::nullopt : milestones_.due(log_end_);
    if (!due) break;
    make_milestone(lock, *due);
  }
  working_ = false;
  changed_.notify_all();
}

void Past::answer_first(std::unique_lock<std::mutex>& lock) {
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

void Past::make_milestone(std::unique_lock<std::mutex>& lock, Sequence end) {
  lock.unlock();
  // From the one before, so that they share files; not kept in memory, where it would push out what is looked at.
  auto made = step(nearest(end, false), end);
  auto kept = made ? stores_.keep(*(*made)->store, end) : Result<void>(std::unexpected(made.error()));
  made = Kept{};
  lock.lock();
  if (!kept) {
    milestones_failed_ = true;
    return;
  }
  milestones_.add(end);
  for (bool more = true; more;) {
    lock.unlock();
    const auto bytes = stores_.durable_bytes();
    lock.lock();
    const auto surplus = milestones_.surplus(bytes);
    more = !surplus.empty();
    lock.unlock();
    for (const auto gone : surplus) stores_.drop(gone);
    lock.lock();
  }
}

Past::Start Past::nearest(Sequence end, bool moments) {
  const std::lock_guard lock(mutex_);
  Start best{nullptr, milestones_.before(end)};
  if (!moments) return best;
  for (const auto& moment : kept_) {
    if (moment->end <= end && moment->end.value >= best.end()) best = {moment, std::nullopt};
  }
  return best;
}

Result<Past::Kept> Past::make(Sequence end) {
  auto from = nearest(end, true);
  if (from.moment && from.moment->end == end) return from.moment;
  const auto begin = from.end();
  const auto span = end.value - begin;
  if (span >= options_.stopover_commits_min) {
    for (const auto part : {span / 2, span - span / 8}) {
      auto stop = step(from, Sequence{begin + part});
      if (!stop) return stop;
      keep(*stop);
      from = {std::move(*stop), std::nullopt};
    }
  }
  auto made = step(from, end);
  if (made) keep(*made);
  return made;
}

/// The store to go on from; where a milestone turns out damaged, the one before it, or an empty one.
Result<std::unique_ptr<eventstore::KeyValueStore>> Past::begin(Start& from) {
  while (from.milestone) {
    auto store = stores_.go_on_from(*from.milestone);
    if (store) return store;
    stores_.drop(*from.milestone);
    const std::lock_guard lock(mutex_);
    milestones_.remove(*from.milestone);
    from.milestone = milestones_.before(*from.milestone);
  }
  return stores_.make(from.moment ? from.moment->store.get() : nullptr);
}

Result<Past::Kept> Past::step(const Start& start, Sequence end) {
  auto from = start;
  auto store = begin(from);
  if (!store) return std::unexpected(store.error());
  auto moment = std::make_shared<Moment>();
  moment->store = std::move(*store);
  moment->end = end;
  const Sequence first{from.end()};
  node::CommitsOfLog commits(log_, first, [this] { return stopping_.load(); });
  projections::AsOf as_of;
  as_of.before = end;
  auto models = projections::ReadModels::replayed(*moment->store, commits, as_of,
                                                  {.rebuild_bytes_max = options_.rows_bytes_max, .bulk = true});
  if (!models) return std::unexpected(models.error());
  moment->models = std::move(*models);
  moment->bytes = stores_.bytes(*moment->store);
  replayed_ += end.value - first.value;
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
