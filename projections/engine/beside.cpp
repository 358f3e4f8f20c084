// Rebuilding a projection beside its live rows, and the swap.
#include "projections/engine/rebuild.hpp"
#include "projections/engine/running.hpp"

namespace pioneer::projections {
namespace {

using eventstore::failure;
using eventstore::Result;
using eventstore::Sequence;

/// Feeds a rebuild from the log, up to a position and never beyond: digests are compared at one position.
class Feed {
 public:
  Feed(CommitSource& source, Rebuild& rebuilt) : source_(source), rebuilt_(rebuilt) {}

  Result<void> catch_up(std::uint64_t until) {
    while (rebuilt_.position().value < until) {
      if (used_ == read_.size()) {
        auto more = source_.next();
        if (!more) return std::unexpected(more.error());
        if (more->empty())
          return failure("log_short", "The log ends at " + std::to_string(rebuilt_.position().value) +
                                          ", before the rows made from it.");
        read_ = std::move(*more);
        used_ = 0;
      }
      const auto commit = read_commit(read_[used_++]);
      if (!commit) return std::unexpected(commit.error());
      if (auto applied = rebuilt_.apply(*commit); !applied) return applied;
    }
    return {};
  }

 private:
  CommitSource& source_;
  Rebuild& rebuilt_;
  std::vector<eventstore::AcceptedCommit> read_;
  std::size_t used_ = 0;
};

}  // namespace

Result<RebuildReport> Engine::rebuild(std::string_view name, const CommitSourceFrom& source) {
  const std::scoped_lock one(rebuilding_);
  auto* const running = find(name);
  if (running == nullptr)
    return failure("no_such_projection", "There is no projection called " + std::string(name) + ".");
  // Only a rebuild changes these two.
  const Projection& projection = running->wanted ? *running->wanted : *running->projection;
  const auto new_name = table_name(name, running->generation + 1);
  const auto table = store_.table(new_name);
  if (!table) return std::unexpected(table.error());
  Rebuild rebuilt(store_, *table, projection, options_.rebuild_bytes_max);
  const auto commits = source(Sequence(0));
  Feed feed(*commits, rebuilt);

  RebuildReport report;
  const auto build = [&]() -> Result<void> {
    // The long way, and counting its digest, without holding up the live rows.
    if (auto near = feed.catch_up(running->next.load()); !near) return near;
    if (auto counted = rebuilt.count_digest(); !counted) return counted;
    if (auto nearer = feed.catch_up(running->next.load()); !nearer) return nearer;
    const std::scoped_lock lock(mutex_);
    if (broken_) return std::unexpected(*broken_);
    if (running->stopped && !running->wanted) return std::unexpected(*running->stopped);
    // What stopped the old version need not stop the new one: then it goes where the others are.
    const auto end = running->stopped ? position_.load() : running->next.load();
    if (auto level = feed.catch_up(end); !level) return level;
    if (auto flushed = rebuilt.flush(); !flushed) return flushed;
    if (!running->wanted) {
      if (auto counted = count_digests(); !counted) return counted;
    }
    report = {rebuilt.position(), rebuilt.digest().text(), running->digest.text(),
              running->wanted || rebuilt.digest() == running->digest};
    return report.live ? replace(*running, rebuilt, rebuilt.digest()) : Result<void>{};
  };
  const auto built = build();
  if (!report.live) {
    if (auto dropped = store_.drop_table(new_name); !dropped) return std::unexpected(dropped.error());
  }
  if (!built) return std::unexpected(built.error());
  return report;
}

Result<void> Engine::replace(Running& running, Rebuild& rebuilt, const LtHash& digest) {
  const auto old_name = running.table_name();
  if (running.wanted) running.projection = std::move(running.wanted);
  running.digest = digest;
  running.digest_known = true;
  running.stopped.reset();
  running.next = rebuilt.position().value;
  ++running.generation;
  eventstore::WriteBatch out;
  out.put(meta_, live_key(running.projection->name()), Encoder().number(running.generation).take());
  running.note_position(out, meta_);
  running.note_digest(out, meta_);
  out.erase(meta_, position_key(old_name));
  out.erase(meta_, sums_key(old_name));
  if (auto written = store_.write(out); !written) {
    broken_ = written.error();  // which of the two the store holds, the next open finds
    return written;
  }
  running.table = rebuilt.table();
  running.batch = Batch(store_, running.table, Batch::Digest::followed);
  running.view.table_.store(running.table.number, std::memory_order_release);
  for (const auto& listener : running.listeners) listener({{}, true});
  move_position();
  // A table goes at once; that another is the live one must be on the disk by then.
  if (auto flushed = store_.flush(); !flushed) return flushed;
  return store_.drop_table(old_name);
}

}  // namespace pioneer::projections
