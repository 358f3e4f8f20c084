#include "projections/engine/engine.hpp"

#include <algorithm>
#include <future>
#include <limits>

#include "eventstore/check.hpp"
#include "projections/engine/codec.hpp"
#include "projections/engine/rebuild.hpp"

namespace pioneer::projections {

using eventstore::failure;
using eventstore::KeyValueStore;
using eventstore::Result;
using eventstore::Sequence;
using eventstore::Table;
using eventstore::WriteBatch;

namespace {

std::string table_name(std::string_view projection, std::uint64_t generation) {
  return std::string(projection) + "." + std::to_string(generation);
}
std::string live_key(std::string_view projection) { return "live/" + std::string(projection); }
std::string position_key(std::string_view table) { return "position/" + std::string(table); }
std::string digest_key(std::string_view table) { return "digest/" + std::string(table); }

}  // namespace

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

struct Engine::Running {
  std::unique_ptr<Projection> projection;
  std::uint64_t generation = 0;
  Table table;
  Batch batch;
  std::atomic<std::uint64_t> next{0};
  LtHash digest;
  std::uint64_t digest_at = 0;
  bool digest_known = false;
  bool empty = false;  ///< nothing was written to its table yet
  std::optional<eventstore::Error> stopped;
  View view;
  std::vector<std::function<void(const RowsChanged&)>> listeners;

  Running(std::unique_ptr<Projection> p, std::uint64_t g, Table t, KeyValueStore& store, Batch::Digest digest_kept)
      : projection(std::move(p)), generation(g), table(t), batch(store, t, digest_kept), view(store) {
    view.table_.store(t.number, std::memory_order_release);
  }
  std::string table_name() const { return projections::table_name(projection->name(), generation); }
  std::string position_row() const { return Encoder().number(projection->version()).number(next.load()).take(); }
};

Engine::Engine(KeyValueStore& store, EngineOptions options, Table meta)
    : store_(store), options_(options), meta_(meta) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(KeyValueStore& store, std::vector<std::unique_ptr<Projection>> projections,
                                             EngineOptions options) {
  const auto meta = store.table("projections");
  if (!meta) return std::unexpected(meta.error());
  std::unique_ptr<Engine> engine(new Engine(store, options, *meta));
  for (auto& projection : projections) {
    if (auto started = engine->start(std::move(projection)); !started) return std::unexpected(started.error());
  }
  engine->move_position();
  return engine;
}

Result<void> Engine::start(std::unique_ptr<Projection> projection) {
  const std::string name(projection->name());
  std::uint64_t generation = 1;
  std::uint64_t next = 0;
  bool usable = false;
  const auto live = store_.get(meta_, live_key(name));
  if (!live) return std::unexpected(live.error());
  if (*live) {
    generation = Decoder(**live).number();
    const auto stored = store_.get(meta_, position_key(table_name(name, generation)));
    if (!stored) return std::unexpected(stored.error());
    if (*stored) {
      Decoder row(**stored);
      usable = row.number() == projection->version();
      next = row.number();
    }
    if (!usable) ++generation;
  }

  // What another version made, and what a rebuild left half done.
  WriteBatch out;
  const std::string mine = table_name(name, generation);
  for (const auto& table : store_.tables()) {
    if (!table.starts_with(name + ".") || (usable && table == mine)) continue;
    if (auto dropped = store_.drop_table(table); !dropped) return dropped;
    out.erase(meta_, position_key(table));
    out.erase(meta_, digest_key(table));
  }
  const auto table = store_.table(mine);
  if (!table) return std::unexpected(table.error());
  if (!usable) next = 0;

  LtHash digest;
  bool known = next == 0;
  if (usable) {
    const auto stored = store_.get(meta_, digest_key(mine));
    if (!stored) return std::unexpected(stored.error());
    if (*stored) {
      Decoder row(**stored);
      const auto at = row.number();
      if (const auto sums = LtHash::decode(row.text()); sums && at == next) {
        digest = *sums;
        known = true;
      }
    }
  }
  known = known && !options_.bulk;
  auto running = std::make_unique<Running>(std::move(projection), generation, *table, store_,
                                           known ? Batch::Digest::followed : Batch::Digest::left_out);
  running->next = next;
  running->digest = digest;
  running->digest_at = next;
  running->digest_known = known;
  running->empty = !usable;
  if (!usable) {
    out.put(meta_, live_key(name), Encoder().number(generation).take());
    out.put(meta_, position_key(mine), running->position_row());
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
  while (!commits.empty()) {
    // Up to the next sequence at which digests are settled.
    std::size_t count = commits.size();
    const auto first = commits.front().sequence.value;
    if (!options_.bulk) count = std::min<std::size_t>(count, options_.digest_every - first % options_.digest_every);
    auto applied = apply_some(commits.first(count));
    if (!applied) {
      broken_ = applied.error();
      return applied;
    }
    commits = commits.subspan(count);
  }
  return {};
}

Result<void> Engine::apply_some(std::span<const Commit> commits) {
  for (const auto& running : running_) {
    if (running->stopped) continue;
    auto next = running->next.load(std::memory_order_relaxed);
    for (const auto& commit : commits) {
      if (commit.sequence.value < next) continue;
      if (commit.sequence.value > next) {
        return failure("out_of_order", "The projection " + std::string(running->projection->name()) +
                                           " expects sequence " + std::to_string(next) + " and was given " +
                                           std::to_string(commit.sequence.value) + ".");
      }
      running->projection->apply(commit, running->batch);
      if (running->batch.error()) break;
      ++next;
    }
    if (running->batch.error()) {
      // It stops where it stood before these commits; what was not written of it never was.
      running->stopped = *running->batch.error();
      running->batch.forget();
      continue;
    }
    running->next.store(next, std::memory_order_relaxed);
  }
  if (options_.bulk && rows_bytes() <= options_.rebuild_bytes_max) {
    move_position();
    return {};
  }
  if (options_.bulk) return write_bulk();
  if (auto written = write_rows(); !written) return written;
  const auto last = commits.back().sequence.value + 1;
  if (last % options_.digest_every == 0 || rows_bytes() > options_.rows_bytes_max) {
    WriteBatch digests;
    for (const auto& running : running_) {
      if (running->stopped) continue;
      if (!running->digest_known) {
        running->batch.forget();  // counted when it is asked for
      } else if (auto settled = settle(*running, digests); !settled) {
        return settled;
      }
    }
    if (auto written = store_.write(digests); !written) return written;
  }
  return {};
}

Result<void> Engine::write_rows() {
  WriteBatch out;
  std::vector<std::pair<Running*, std::pair<std::size_t, std::size_t>>> changed;
  for (const auto& running : running_) {
    if (running->stopped) continue;
    const auto from = out.changes().size();
    running->batch.drain(out);
    changed.push_back({running.get(), {from, out.changes().size()}});
  }
  for (const auto& [running, range] : changed)
    out.put(meta_, position_key(running->table_name()), running->position_row());
  if (auto written = store_.write(out); !written) return written;
  const std::span<const WriteBatch::Change> all(out.changes());
  for (const auto& [running, range] : changed) {
    if (range.first == range.second) continue;
    for (const auto& listener : running->listeners)
      listener({all.subspan(range.first, range.second - range.first), false});
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
    writing.push_back(std::async(std::launch::async, [this, r = running.get()] {
      return write_in_pieces(store_, r->table, r->batch, r->empty);
    }));
    positions.put(meta_, position_key(running->table_name()), running->position_row());
  }
  Result<void> written;
  for (auto& one : writing) {
    if (auto result = one.get(); !result) written = std::move(result);
  }
  if (!written) return written;
  if (written = store_.write(positions); !written) return written;
  move_position();
  return {};
}

Result<void> Engine::settle(Running& running, WriteBatch& out) {
  if (!running.digest_known) return settle(running, digest_of(store_, running.table), out);
  CHECK(!running.batch.unwritten());
  running.batch.settle(running.digest);
  return note_digest(running, out);
}

Result<void> Engine::settle(Running& running, const Result<LtHash>& counted, WriteBatch& out) {
  CHECK(!running.batch.unwritten());
  if (!counted) return std::unexpected(counted.error());
  running.digest = *counted;
  running.batch.forget();
  running.digest_known = !options_.bulk;
  if (running.digest_known) running.batch.follow_digest();
  return note_digest(running, out);
}

Result<void> Engine::note_digest(Running& running, WriteBatch& out) {
  running.digest_at = running.next;
  out.put(meta_, digest_key(running.table_name()),
          Encoder().number(running.digest_at).text(running.digest.encode()).take());
  return {};
}

Result<void> Engine::settle_all() {
  if (broken_) return std::unexpected(*broken_);
  if (options_.bulk) {
    if (auto written = write_bulk(); !written) return written;
  }
  // Those that must be counted are counted side by side: nobody else has work in a replay.
  std::map<Running*, std::future<Result<LtHash>>> counted;
  for (const auto& running : running_) {
    if (running->stopped || running->digest_known || !options_.bulk) continue;
    counted[running.get()] =
        std::async(std::launch::async, [this, table = running->table] { return digest_of(store_, table); });
  }
  WriteBatch out;
  for (const auto& running : running_) {
    if (running->stopped) continue;
    const auto count = counted.find(running.get());
    const auto settled = count == counted.end() ? settle(*running, out) : settle(*running, count->second.get(), out);
    if (!settled) return settled;
  }
  return store_.write(out);
}

Result<Engine::Digests> Engine::digests() {
  const std::scoped_lock lock(mutex_);
  if (auto settled = settle_all(); !settled) return std::unexpected(settled.error());
  Digests digests;
  digests.position = position();
  for (const auto& running : running_) {
    if (!running->stopped) digests.by_name.emplace(running->projection->name(), running->digest.text());
  }
  return digests;
}

Result<void> Engine::close() {
  const std::scoped_lock lock(mutex_);
  if (broken_) return {};
  // A digest that is not known stays so: counting it may take long, and nobody asked.
  if (options_.bulk) return write_bulk();
  WriteBatch out;
  for (const auto& running : running_) {
    if (running->stopped || !running->digest_known) continue;
    if (auto settled = settle(*running, out); !settled) return settled;
  }
  return store_.write(out);
}

std::vector<ProjectionStatus> Engine::status() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ProjectionStatus> all;
  for (const auto& running : running_) {
    all.push_back({std::string(running->projection->name()), running->projection->version(), running->generation,
                   Sequence(running->next.load()), running->stopped});
  }
  return all;
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

// --- Rebuild beside the live rows
// ---------------------------------------------------------------------------------------

Result<RebuildReport> Engine::rebuild(std::string_view name, const CommitSourceFrom& source) {
  auto* const running = find(name);
  if (running == nullptr)
    return failure("no_such_projection", "There is no projection called " + std::string(name) + ".");
  const auto new_name = table_name(name, running->generation + 1);
  const auto table = store_.table(new_name);
  if (!table) return std::unexpected(table.error());
  Rebuild rebuilt(store_, *table, *running->projection, options_.rebuild_bytes_max);

  const auto commits = source(Sequence(0));
  std::vector<eventstore::AcceptedCommit> read;
  std::size_t used = 0;
  // Applies everything before `until`, and nothing after it: digests are compared at one position.
  const auto catch_up = [&](std::uint64_t until) -> Result<void> {
    while (rebuilt.position().value < until) {
      if (used == read.size()) {
        auto more = commits->next();
        if (!more) return std::unexpected(more.error());
        if (more->empty())
          return failure("log_short", "The log ends at " + std::to_string(rebuilt.position().value) +
                                          ", before the rows made from it.");
        read = std::move(*more);
        used = 0;
      }
      const auto commit = read_commit(read[used++]);
      if (!commit) return std::unexpected(commit.error());
      if (auto applied = rebuilt.apply(*commit); !applied) return applied;
    }
    return {};
  };

  RebuildReport report;
  const auto build = [&]() -> Result<void> {
    if (auto near = catch_up(running->next.load()); !near) return near;
    if (auto flushed = rebuilt.flush(); !flushed) return flushed;
    const std::scoped_lock lock(mutex_);
    if (broken_) return std::unexpected(*broken_);
    if (auto level = catch_up(running->next.load()); !level) return level;
    if (auto flushed = rebuilt.flush(); !flushed) return flushed;
    const auto digest = digest_of(store_, *table);
    if (!digest) return std::unexpected(digest.error());
    WriteBatch settled;
    if (auto live = settle(*running, settled); !live) return live;
    if (auto written = store_.write(settled); !written) return written;
    report = {rebuilt.position(), digest->text(), running->digest.text(), *digest == running->digest};
    return report.live ? replace(*running, rebuilt) : Result<void>{};
  };
  const auto built = build();
  if (!report.live) {
    if (auto dropped = store_.drop_table(new_name); !dropped) return std::unexpected(dropped.error());
  }
  if (!built) return std::unexpected(built.error());
  return report;
}

Result<void> Engine::replace(Running& running, Rebuild& rebuilt) {
  const auto old_name = running.table_name();
  WriteBatch out;
  ++running.generation;
  const auto new_name = running.table_name();
  out.put(meta_, live_key(running.projection->name()), Encoder().number(running.generation).take());
  out.put(meta_, position_key(new_name), running.position_row());
  out.put(meta_, digest_key(new_name), Encoder().number(running.digest_at).text(running.digest.encode()).take());
  out.erase(meta_, position_key(old_name));
  out.erase(meta_, digest_key(old_name));
  if (auto written = store_.write(out); !written) return written;
  running.table = rebuilt.table();
  running.batch =
      Batch(store_, running.table, running.digest_known ? Batch::Digest::followed : Batch::Digest::left_out);
  running.view.table_.store(running.table.number, std::memory_order_release);
  for (const auto& listener : running.listeners) listener({{}, true});
  return store_.drop_table(old_name);
}

}  // namespace pioneer::projections
