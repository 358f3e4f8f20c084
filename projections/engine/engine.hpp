// Runs all projections from one feed of accepted commits, in order: rows, position and digest in one write batch.
//
// Tables: "<projection>.<generation>" for the rows, and "projections", where
//   live/<projection>      → varint generation
//   position/<table>       → varint version, varint next sequence
//   sums/<table>           → 2,048 bytes: the digest of all rows, written with each batch that changes one
// Only a table that a rebuild wrote, or an older build, has no sums; they are then counted when somebody asks.
//
// Versions. A projection may be given several times, with different versions: the highest is wanted. Where the live
// table is of another one that was given, that one goes on with it, and `rebuild` builds the wanted version's table
// beside it and swaps. Where nobody given can go on with it, the wanted version starts an empty table at once, and the
// old one stays until `caught_up()`: a step back to the older build finds it as it was.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eventstore/commit.hpp"
#include "eventstore/ports/key_value_store.hpp"
#include "projections/engine/projection.hpp"

namespace pioneer::projections {

struct EngineOptions {
  /// Bytes of memory for rows of all projections that were read or written lately. Default 8 MiB.
  std::size_t rows_bytes_max = 8u << 20;
  /// Bytes of memory for the rows of a rebuild, or of all projections in bulk. Default 48 MiB.
  std::size_t rebuild_bytes_max = 48u << 20;
  /// Nobody reads meanwhile (a replay into a scratch store): write only when the rows take more than
  /// `rebuild_bytes_max`, and follow no digest; `digests()` counts it from the rows. Nobody is told of changed rows.
  /// Uses short-lived threads for writing and counting.
  bool bulk = false;
};

/// Where commits come from when they are read again; each call gives the following ones, in order.
class CommitSource {
 public:
  virtual ~CommitSource() = default;
  /// At least one commit, unless the log ends here: then none.
  virtual eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() = 0;
};
/// Makes a source that starts with the given sequence.
using CommitSourceFrom = std::function<std::unique_ptr<CommitSource>(eventstore::Sequence)>;

/// A projection's live rows, for queries. Any thread; follows a swap of tables.
class View {
 public:
  eventstore::Result<std::optional<std::string>> get(std::string_view key) const;
  std::unique_ptr<eventstore::Cursor> cursor() const;

 private:
  friend class Engine;
  explicit View(eventstore::KeyValueStore& store) : store_(&store) {}
  eventstore::KeyValueStore* store_;
  std::atomic<std::uint32_t> table_{0};
};

/// What a batch changed in a projection's rows: for caches in memory that queries keep. `rebuilt`: all may have
/// changed.
struct RowsChanged {
  std::span<const eventstore::WriteBatch::Change> changes;
  bool rebuilt = false;
};

struct ProjectionStatus {
  std::string name;
  std::uint32_t version = 0;
  std::uint64_t generation = 0;
  eventstore::Sequence position;             ///< next sequence to apply
  std::optional<eventstore::Error> stopped;  ///< why it applies no more
  std::uint32_t wanted = 0;                  ///< the version that is to take over; `version` where it has
};

struct RebuildReport {
  eventstore::Sequence position;
  std::string digest;       ///< of the rebuilt rows
  std::string live_digest;  ///< of the rows they replace, at the same position; of another version it differs
  bool live = false;        ///< the rebuilt rows are now the live ones; false: the digests differ, and nothing changed
};

/// `apply`, `caught_up` and `close` belong to one thread, the follower's; `rebuild` may run on another; the rest: any
/// thread.
class Engine {
 public:
  static eventstore::Result<std::unique_ptr<Engine>> open(eventstore::KeyValueStore& store,
                                                          std::vector<std::unique_ptr<Projection>> projections,
                                                          EngineOptions options = {});
  ~Engine();

  /// The next sequence that some running projection needs: the feed starts here.
  eventstore::Sequence position() const { return eventstore::Sequence(position_.load(std::memory_order_acquire)); }

  /// Applies commits that follow one another; those that a projection has are skipped for it. An error of the store or
  /// an unknown event: nothing of the rest was applied. A projection that fails by itself is stopped, and the others
  /// go on (see `status`).
  eventstore::Result<void> apply(std::span<const eventstore::AcceptedCommit> commits);

  /// The same for commits that were read already, by another thread perhaps.
  eventstore::Result<void> apply(std::span<const Commit> commits);

  /// In bulk only: the same for one projection, by its place in `status()`. One thread for each.
  eventstore::Result<void> apply_to(std::size_t place, std::span<const Commit> commits);

  /// The feed has given all that there was: tables of versions that nobody can go on with may go.
  eventstore::Result<void> caught_up();

  std::vector<ProjectionStatus> status() const;
  /// Projections whose live rows are of an older version: for `rebuild`.
  std::vector<std::string> outdated() const;
  /// The digests of all projections that run, by name, with the position they stand for.
  struct Digests {
    eventstore::Sequence position;
    std::map<std::string, std::string> by_name;
  };
  eventstore::Result<Digests> digests();

  /// The rows of a projection. Precondition: there is one of this name. Lives as long as the engine.
  const View& view(std::string_view name) const;
  /// Called after each write, on the applying thread, before `position` moves. To be set before the first `apply`.
  void on_rows_changed(std::string_view name, std::function<void(const RowsChanged&)> listener);

  /// Builds the projection anew from the log's beginning, in the version that is wanted, beside the live one, which
  /// goes on meanwhile. When it is level and has its digest, the new rows go live and the old are dropped; if the
  /// version claims no change, only where the digests are equal: else the new are dropped. What a crash leaves half
  /// built is dropped by the next open. One rebuild at a time; an error of the source ends it.
  eventstore::Result<RebuildReport> rebuild(std::string_view name, const CommitSourceFrom& source);

  /// In bulk: writes what is in memory.
  eventstore::Result<void> close();

 private:
  struct Running;
  Engine(eventstore::KeyValueStore& store, EngineOptions options, eventstore::Table meta);
  eventstore::Result<void> start(std::vector<std::unique_ptr<Projection>> versions);
  struct Found;
  eventstore::Result<Found> find_table(std::string_view name, std::span<const std::unique_ptr<Projection>> versions);
  eventstore::Result<void> apply_locked(std::span<const Commit> commits);
  eventstore::Result<void> apply_one(Running& running, std::span<const Commit> commits);
  eventstore::Result<void> write_rows();
  eventstore::Result<void> write_bulk();
  eventstore::Result<void> count_digests();
  eventstore::Result<void> replace(Running& running, class Rebuild& rebuilt, const LtHash& digest);
  void move_position();
  std::size_t rows_bytes() const;
  Running* find(std::string_view name) const;

  eventstore::KeyValueStore& store_;
  EngineOptions options_;
  eventstore::Table meta_;
  mutable std::mutex mutex_;  ///< held by apply, digests, close and the end of a rebuild
  std::mutex rebuilding_;     ///< held by a rebuild
  std::vector<std::unique_ptr<Running>> running_;
  std::atomic<std::uint64_t> position_{0};
  std::atomic<std::size_t> bulk_bytes_{0};   ///< of all batches, in bulk
  std::optional<eventstore::Error> broken_;  ///< the store failed a write: open anew
};

}  // namespace pioneer::projections
