// A node: the Writer, the business, the projections and those who follow, wired together over ports. It has no thread
// of its own: a server gives it five (decide_loop, write_loop, project_loop, build_new_versions, and tick every 100
// ms), a simulator calls the steps.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/edge/edge.hpp"
#include "api/node/application.hpp"
#include "api/node/projector.hpp"
#include "api/node/reactions.hpp"
#include "api/node/watch.hpp"
#include "eventstore/patient_store.hpp"
#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/random.hpp"
#include "projections/read_models.hpp"

namespace pioneer::node {

/// Who asks, as the bearer token says; roles as of the projected position.
struct Caller {
  domain::Actor actor;
  std::optional<api::Sender> sender;  ///< absent: anonymous
  domain::Instant expires = {};       ///< of the token; zero: never
  std::string token_hash = {};        ///< of the token that was shown; empty: none
};

struct Readiness {
  bool ready = false;
  eventstore::Sequence position;  ///< of the last commit that is projected; 0 also where none is
  /// A code where not ready: "disk_full", "sync_failed", "clock_jumped", "clock_behind_log", "projection_stopped",
  /// "newer_feature_level"; of a shared log also "taking_over", "log_forked" and what the engine says of its brokers.
  std::string reason;
};

class Node {
 public:
  struct Parts {
    eventstore::Log& log;
    eventstore::KeyValueStore& store;
    eventstore::Clock& clock;
    eventstore::Random& random;
    api::Keyring& keyring;
    api::People& people;
    api::Edge& edge;
    /// The store for what follows the log, whose writes wait while the disk is full, and what it waits by. Absent: the
    /// first failure stops the projections until the next start.
    eventstore::KeyValueStore* patient_store = nullptr;
    eventstore::Patience* patience = nullptr;
    /// Bytes free for log and stores. Below `headroom_bytes` commands are refused with "disk_full": so much is left for
    /// what was accepted to be projected. Absent: nobody looks.
    std::function<std::uint64_t()> free_bytes = {};
    std::uint64_t headroom_bytes = 0;
    std::size_t command_queue_max = eventstore::limits::command_queue_max;
    /// Stamps of the log up to here may be ahead of the clock: an operator said that the clock is right.
    std::int64_t clock_confirmed_us = 0;
    std::function<eventstore::Result<void>(eventstore::Instant)> keep_clock_confirmed = {};  ///< for the next start
    /// What the brokers of a shared log said last; empty: all is well. Absent: nobody is asked.
    std::function<std::string()> log_trouble = {};
    /// Other nodes write the log too: it is followed, and taken over again and again.
    bool shared = false;
  };

  /// Catches up with the log, then, unless `read_only` or shared, takes it over. Takes time proportional to what was
  /// not projected.
  static eventstore::Result<std::unique_ptr<Node>> open(Parts parts, bool read_only = false);

  // Commands. Any thread; `done` is called once, on a thread of the node: it must not block.
  void submit(domain::Command command, PendingCommand::Done done);
  /// Waits for what became of it. While the loops run, on none of their threads.
  Outcome execute(domain::Command command);

  /// In a shared log: whether this node should write it (Writer::want), and its reign, if it does. Any thread.
  void want(bool wanted) {
    if (writer_ != nullptr) writer_->want(wanted);
  }
  std::optional<eventstore::Writer::Reigning> reign() const {
    return writer_ != nullptr ? writer_->reign() : std::nullopt;
  }
  /// Reactions to all below it were answered (Reactions::answered), by this node or, as it says, by the one that
  /// writes.
  std::uint64_t reacted() const { return reactions_.answered(); }
  void reacted_elsewhere(std::uint64_t below) { reacted_elsewhere_ = below; }

  // Queries. Any thread.
  Caller caller(std::string_view token_hash) const;
  Caller caller_of(const domain::Id& member) const;
  Projector& projector() { return projector_; }
  const Projector& projector() const { return projector_; }
  projections::ReadModels& models() { return *models_; }
  const projections::ReadModels& models() const { return *models_; }
  api::Edge& edge() { return parts_.edge; }
  const api::People& people() const { return parts_.people; }
  const api::Edge& edge() const { return parts_.edge; }
  const eventstore::Log& log() const { return parts_.log; }
  const eventstore::LogIndex& index() const { return index_; }
  const eventstore::Clock& clock() const { return parts_.clock; }
  /// Batches written, and how long it took. Nothing where nothing is written.
  eventstore::Writer::Written written() const { return writer_ ? writer_->written() : eventstore::Writer::Written{}; }
  Readiness readiness() const;
  /// The thread that has not moved for `stuck_after_us` though there is work for it: "writer", "projection", "timer";
  /// empty: all move. Any thread; asks no disk and waits for nobody.
  std::string stuck() const;
  /// Commands that wait for the Writer. Any thread.
  std::size_t commands_queued() const { return writer_ == nullptr ? 0 : writer_->queued(); }
  /// Why commands are refused just now; empty: they are not. Cheap.
  std::string unwritable() const;
  /// The operator says that the clock is right. It is kept for the next start too.
  eventstore::Result<void> confirm_clock();

  // Threads, or the simulator.
  /// The first two end at once where nothing is written.
  void decide_loop() {
    if (writer_ != nullptr) writer_->decide_loop();
  }
  void write_loop() {
    if (writer_ != nullptr) writer_->write_loop();
  }
  void project_loop() { projector_.loop(); }
  /// For a fifth thread, which ends early where there is nothing to build.
  void build_new_versions(const std::stop_token& stop) { projector_.build_new_versions(stop); }
  /// Deadlines that are due, waits that are over, reactions to try again.
  void tick();
  /// One round of everything on the calling thread; false: nothing was left to do.
  bool step();
  /// One round of one thread's work: of decide_loop() and write_loop(). Projector::step() is project_loop()'s.
  bool decide_step() { return writer_->decide_step(); }
  bool write_step() { return writer_->write_step(); }
  /// Every queued command is answered and projected before the loops return. Call from any other thread.
  void stop();
  /// After write_loop() has returned.
  void stop_projecting() { projector_.stop(); }
  /// After project_loop() has returned: settles what the next start would else count anew.
  eventstore::Result<void> close();

 private:
  Node(Parts parts, eventstore::LogIndex index, std::unique_ptr<projections::ReadModels> models);
  eventstore::Result<void> open_writer();
  eventstore::KeyValueStore& following_store() const;
  bool low_on_room() const;
  void watch_room();
  void watch_threads();
  void watch_log();
  eventstore::Result<void> take_over();
  void record_permissions();
  void recall(Outcome& outcome) const;
  domain::Id organisation_of(const domain::Id& product) const;

  Parts parts_;
  eventstore::LogIndex index_;
  std::unique_ptr<projections::ReadModels> models_;
  Projector projector_;
  std::unique_ptr<Application> application_;
  std::unique_ptr<eventstore::Writer> writer_;
  Reactions reactions_;
  bool read_only_ = false;
  Watch watch_;
  bool taken_over_ = false;
  std::atomic<std::uint64_t> reacted_elsewhere_{0};
  std::atomic<std::int64_t> cut_off_since_us_{0};  ///< by the boot clock: its log does not move, as far as is known
  std::uint64_t reigns_seen_ = 0;                  ///< of a shared log: the tick's
  bool newer_ = false;                             ///< the log goes on in a way that this program does not know
  std::int64_t full_since_us_ = 0;                 ///< by the boot clock, of the tick that first saw it; 0: it is not
};

}  // namespace pioneer::node
