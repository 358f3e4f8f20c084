#include "projections/engine/engine.hpp"

#include <algorithm>
#include <future>
#include <limits>

#include "eventstore/check.hpp"
#include "projections/engine/rebuild.hpp"
#include "projections/engine/running.hpp"

namespace pioneer::projections {

using eventstore::failure;
using eventstore::KeyValueStore;
using eventstore::Result;
using eventstore::Sequence;
using eventstore::Table;
using eventstore::WriteBatch;

// --- View
// -------------------------------------------------------------------------------------------------------------

Result<std::optional<std::string>> View::get(std::string_view key) const {
  for (;;) {
    const auto table = table_.load(std::memory_order_acquire);
    auto row = store_->get(Table{table}, key);
    // Swapped and dropped in between: read the new one.
    if (row || table == table_.load(std::memory_order_acquire)) return row;
  }
}

std::unique_ptr<eventstore::Cursor> View::cursor() const {
  for (;;) {
    const auto table = table_.load(std::memory_order_acquire);
    auto cursor = store_->cursor(Table{table});
    if (table == table_.load(std::memory_order_acquire)) return cursor;
  }
}

// --- Engine
// -----------------------------------------------------------------------------------------------------------

Engine::Engine(KeyValueStore& store, EngineOptions options, Table meta)
    : store_(store), options_(options), meta_(meta) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(KeyValueStore& store, std::vector<std::unique_ptr<Projection>> projections,
                                             EngineOptions options) {
  const auto meta = store.table("projections");
  if (!meta) return std::unexpected(meta.error());
  std::unique_ptr<Engine> engine(new Engine(store, options, *meta));
  while (!projections.empty()) {
    // All versions of the first one, the wanted version first.
    const std::string name(projections.front()->name());
    const auto others = std::stable_partition(projections.begin(), projections.end(),
                                              [&](const auto& one) { return one->name() == name; });
    std::vector<std::unique_ptr<Projection>> versions(std::make_move_iterator(projections.begin()),
                                                      std::make_move_iterator(others));
    projections.erase(projections.begin(), others);
    std::ranges::sort(versions, std::greater<>{}, [](const auto& one) { return one->version(); });
    if (auto started = engine->start(std::move(versions)); !started) return std::unexpected(started.error());
  }
  engine->move_position();
  return engine;
}

/// Where a projection's rows stand, and who goes on with them.
struct Engine::Found {
  std::uint64_t generation = 1;
  std::uint64_t next = 0;
  std::size_t version = 0;  ///< place among those given
  bool usable = false;      ///< false: the table is to be made
  std::string replaces;     ///< a table of a version that nobody can go on with
};

Result<Engine::Found> Engine::find_table(std::string_view name, std::span<const std::unique_ptr<Projection>> versions) {
  Found found;
  const auto live = store_.get(meta_, live_key(name));
  if (!live) return std::unexpected(live.error());
  if (!*live) return found;
  found.generation = Decoder(**live).number();
  // True: there is a table of this generation, and one of `among` made it.
  const auto tables = store_.tables();
  const auto look = [&](std::span<const std::unique_ptr<Projection>> among) -> Result<bool> {
    const auto table = table_name(name, found.generation);
    if (std::ranges::find(tables, table) == tables.end()) return false;
    const auto stored = store_.get(meta_, position_key(table));
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return false;
    Decoder row(**stored);
    const auto version = row.number();
    const auto who = std::ranges::find_if(among, [&](const auto& one) { return one->version() == version; });
    if (who == among.end()) return false;
    found.version = static_cast<std::size_t>(who - among.begin());
    found.next = row.number();
    return found.usable = true;
  };
  auto usable = look(versions);
  if (usable && !*usable) {
    found.replaces = table_name(name, found.generation++);
    usable = look(versions.first(1));  // it may have been begun before
  }
  if (!usable) return std::unexpected(usable.error());
  return found;
}

Result<void> Engine::start(std::vector<std::unique_ptr<Projection>> versions) {
  const std::string name(versions.front()->name());
  const auto found = find_table(name, versions);
  if (!found) return std::unexpected(found.error());
  // What other versions made, and what a rebuild left half done.
  WriteBatch out;
  const std::string mine = table_name(name, found->generation);
  for (const auto& table : store_.tables()) {
    if (!table.starts_with(name + ".") || table == found->replaces || (found->usable && table == mine)) continue;
    if (auto dropped = store_.drop_table(table); !dropped) return dropped;
    out.erase(meta_, position_key(table));
    out.erase(meta_, sums_key(table));
  }
  const auto table = store_.table(mine);
  if (!table) return std::unexpected(table.error());
  std::optional<LtHash> digest;
  if (!found->usable) {
    digest.emplace();
  } else if (!options_.bulk) {
    const auto stored = store_.get(meta_, sums_key(mine));
    if (!stored) return std::unexpected(stored.error());
    if (*stored) digest = LtHash::decode(**stored);
  }
  if (options_.bulk) digest.reset();
  auto running = std::make_unique<Running>(std::move(versions[found->version]), found->generation, *table, store_,
                                           digest ? Batch::Digest::followed : Batch::Digest::left_out);
  if (found->version != 0) running->wanted = std::move(versions.front());
  running->next = found->next;
  running->digest = digest.value_or(LtHash{});
  running->replaces = found->replaces;
  if (!found->usable) {
    if (found->replaces.empty()) out.put(meta_, live_key(name), Encoder().number(found->generation).take());
    running->note_position(out, meta_);
    if (running->digest_known) running->note_digest(out, meta_);
  }
  running_.push_back(std::move(running));
  return out.empty() ? Result<void>{} : store_.write(out);
}

void Engine::move_position() {
  auto least = std::numeric_limits<std::uint64_t>::max();
  for (const auto& running : running_) {
    if (!running->stopped) least = std::min(least, running->next.load());
  }
  if (least == std::numeric_limits<std::uint64_t>::max()) return;  // all stopped: the position stays
  position_.store(least, std::memory_order_release);
}

std::size_t Engine::rows_bytes() const {
  std::size_t bytes = 0;
  for (const auto& running : running_) bytes += running->batch.bytes();
  return bytes;
}

Result<void> Engine::apply(std::span<const eventstore::AcceptedCommit> accepted) {
  std::vector<Commit> commits;
  commits.reserve(accepted.size());
  Result<void> read;
  for (const auto& one : accepted) {
    auto commit = read_commit(one);
    if (!commit) {
      read = std::unexpected(commit.error());
      break;
    }
    commits.push_back(std::move(*commit));
  }
  const std::scoped_lock lock(mutex_);
  auto applied = apply_locked(commits);
  if (!applied || read) return applied;
  for (const auto& running : running_) {
    if (!running->stopped) running->stopped = read.error();
  }
  return read;
}

Result<void> Engine::apply(std::span<const Commit> commits) {
  const std::scoped_lock lock(mutex_);
  return apply_locked(commits);
}

Result<void> Engine::apply_locked(std::span<const Commit> commits) {
  if (broken_) return std::unexpected(*broken_);
  if (commits.empty()) return {};
  Result<void> applied;
  if (options_.bulk) {
    for (std::size_t place = 0; place < running_.size() && applied; ++place) applied = apply_to(place, commits);
    move_position();
  } else {
    for (const auto& running : running_) {
      if (applied = apply_one(*running, commits); !applied) break;
    }
    if (applied) applied = write_rows();
  }
  if (!applied) broken_ = applied.error();
  return applied;
}

Result<void> Engine::apply_one(Running& running, std::span<const Commit> commits) {
  if (running.stopped) return {};
  auto next = running.next.load(std::memory_order_relaxed);
  for (const auto& commit : commits) {
    if (commit.sequence.value < next) continue;
    if (commit.sequence.value > next) {
      return failure("out_of_order", "The projection " + std::string(running.projection->name()) +
                                         " expects sequence " + std::to_string(next) + " and was given " +
                                         std::to_string(commit.sequence.value) + ".");
    }
    running.projection->apply(commit, running.batch);
    if (running.batch.error()) {
      // It stops where it stood before these commits; what was not written of it never was.
      running.stopped = *running.batch.error();
      running.batch.forget();
      return {};
    }
    ++next;
  }
  running.next.store(next, std::memory_order_relaxed);
  return {};
}

Result<void> Engine::apply_to(std::size_t place, std::span<const Commit> commits) {
  CHECK(options_.bulk && place < running_.size());
  auto& running = *running_[place];
  const auto before = running.batch.bytes();
  if (auto applied = apply_one(running, commits); !applied) return applied;
  const auto mine = running.batch.bytes();
  const auto all = bulk_bytes_.fetch_add(mine - before) + (mine - before);  // may be fewer: unsigned numbers wrap
  // Whoever holds its share or more writes: the largest always does.
  if (all <= options_.rebuild_bytes_max || mine * running_.size() < all) return {};
  if (auto written = write_run(store_, running.table, running.batch); !written) return written;
  bulk_bytes_.fetch_sub(mine);
  return {};
}

// Rows, positions and digests in one batch: after a crash they belong together.
Result<void> Engine::write_rows() {
  WriteBatch out;
  std::vector<std::pair<Running*, std::pair<std::size_t, std::size_t>>> changed;
  for (const auto& running : running_) {
    if (running->stopped) continue;
    const auto from = out.changes().size();
    running->batch.drain(out);
    changed.push_back({running.get(), {from, out.changes().size()}});
  }
  for (const auto& [running, range] : changed) {
    running->note_position(out, meta_);
    if (running->digest_known && running->batch.settle(running->digest)) running->note_digest(out, meta_);
  }
  if (auto written = store_.write(out); !written) return written;
  const std::span<const WriteBatch::Change> all(out.changes());
  for (const auto& [running, range] : changed) {
    if (range.first == range.second) continue;
    for (const auto& listener : running->listeners)
      listener({all.subspan(range.first, range.second - range.first), false});
  }
  if (rows_bytes() > options_.rows_bytes_max) {
    for (const auto& [running, range] : changed) running->batch.forget();
  }
  move_position();
  return {};
}

// Tables side by side. Whoever finds the store half written after a crash starts anew: it is a scratch store.
Result<void> Engine::write_bulk() {
  std::vector<std::future<Result<void>>> writing;
  WriteBatch positions;
  for (const auto& running : running_) {
    if (running->stopped) continue;
    writing.push_back(
        std::async(std::launch::async, [this, r = running.get()] { return write_run(store_, r->table, r->batch); }));
    running->note_position(positions, meta_);
  }
  Result<void> written;
  for (auto& one : writing) {
    if (auto result = one.get(); !result) written = std::move(result);
  }
  bulk_bytes_ = 0;
  if (!written) return written;
  if (written = store_.write(positions); !written) return written;
  move_position();
  return {};
}

Result<void> Engine::caught_up() {
  const std::scoped_lock lock(mutex_);
  if (broken_) return std::unexpected(*broken_);
  for (const auto& running : running_) {
    if (running->stopped || running->replaces.empty() || !running->digest_known) continue;
    WriteBatch out;
    out.put(meta_, live_key(running->projection->name()), Encoder().number(running->generation).take());
    out.erase(meta_, position_key(running->replaces));
    out.erase(meta_, sums_key(running->replaces));
    if (auto written = store_.write(out); !written) return written;
    // A table goes at once; that another is the live one must be on the disk by then.
    if (auto flushed = store_.flush(); !flushed) return flushed;
    if (auto dropped = store_.drop_table(std::exchange(running->replaces, {})); !dropped) return dropped;
  }
  return {};
}

// Side by side in bulk: nobody else has work in a replay.
Result<void> Engine::count_digests() {
  std::vector<std::pair<Running*, std::future<Result<LtHash>>>> counting;
  for (const auto& running : running_) {
    if (running->stopped || running->digest_known) continue;
    const auto how = options_.bulk ? std::launch::async : std::launch::deferred;
    counting.emplace_back(running.get(),
                          std::async(how, [this, table = running->table] { return digest_of(store_, table); }));
  }
  WriteBatch out;
  for (auto& [running, counted] : counting) {
    const auto digest = counted.get();
    if (!digest) return std::unexpected(digest.error());
    running->digest = *digest;
    if (options_.bulk) continue;
    running->batch.forget();
    running->batch.follow_digest();
    running->digest_known = true;
    running->note_digest(out, meta_);
  }
  return out.empty() ? Result<void>{} : store_.write(out);
}

Result<Engine::Digests> Engine::digests() {
  const std::scoped_lock lock(mutex_);
  if (broken_) return std::unexpected(*broken_);
  if (options_.bulk) {
    if (auto written = write_bulk(); !written) return std::unexpected(written.error());
  }
  if (auto counted = count_digests(); !counted) return std::unexpected(counted.error());
  Digests digests;
  digests.position = position();
  for (const auto& running : running_) {
    if (!running->stopped) digests.by_name.emplace(running->projection->name(), running->digest.text());
  }
  return digests;
}

Result<void> Engine::close() {
  const std::scoped_lock lock(mutex_);
  return broken_ || !options_.bulk ? Result<void>{} : write_bulk();
}

std::vector<ProjectionStatus> Engine::status() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ProjectionStatus> all;
  for (const auto& running : running_) {
    all.push_back({std::string(running->projection->name()), running->projection->version(), running->generation,
                   Sequence(running->next.load()), running->stopped,
                   (running->wanted ? running->wanted : running->projection)->version()});
  }
  return all;
}

std::vector<std::string> Engine::outdated() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& running : running_) {
    if (running->wanted) names.emplace_back(running->projection->name());
  }
  return names;
}

Engine::Running* Engine::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(running_, [&](const auto& running) { return running->projection->name() == name; });
  return found == running_.end() ? nullptr : found->get();
}

const View& Engine::view(std::string_view name) const {
  const auto* const running = find(name);
  CHECK(running != nullptr);
  return running->view;
}

void Engine::on_rows_changed(std::string_view name, std::function<void(const RowsChanged&)> listener) {
  auto* const running = find(name);
  CHECK(running != nullptr);
  running->listeners.push_back(std::move(listener));
}

}  // namespace pioneer::projections
