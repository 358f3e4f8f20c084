// What the system does by itself: problems told in ratings become requests, long promotions go on, deadlines pass.
// A reaction may be sent twice; ids derived from its cause and the state of its stream let it take effect once.
//
// Nothing is forgotten in a crash: table `reactions` keeps the position up to which every reaction was answered, and
// after a start the log is read from there again.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <span>

#include "api/edge/edge.hpp"
#include "api/node/pending_command.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/ports/key_value_store.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::node {

class Reactions {
 public:
  using Submit = std::function<void(domain::Command, PendingCommand::Done)>;
  /// The organisation of a product; zero: unknown.
  using OrganisationOf = std::function<domain::Id(const domain::Id& product)>;

  /// Whether another node writes the log, and so reacts.
  using Elsewhere = std::function<bool()>;

  Reactions(api::Edge& edge, eventstore::KeyValueStore& store, Submit submit, OrganisationOf organisation_of,
            Elsewhere elsewhere);

  /// Reacts again to what a crash may have interrupted. Call when everything durable is projected and commands are
  /// taken.
  eventstore::Result<void> resume(const eventstore::Log& log);
  /// The projecting thread, after a commit is projected. A commit that causes several reactions sends them all again if
  /// one fails.
  void react(std::span<const eventstore::AcceptedCommit> commits);
  /// Sends again what the Writer could not take, and moves the kept position on.
  eventstore::Result<void> tick(const eventstore::Log& log);
  /// Every reaction to what stands below it was answered. Any thread.
  std::uint64_t answered() const { return kept_.load(std::memory_order_relaxed); }
  /// The node that reacts says so of everything below. The tick's thread.
  eventstore::Result<void> answered_elsewhere(std::uint64_t below);

 private:
  /// The reactions that a commit causes, as commands.
  void react_to(const eventstore::AcceptedCommit& commit);
  bool left_to_others(eventstore::Sequence cause);
  eventstore::Result<void> keep(std::uint64_t answered);
  void send(eventstore::Sequence cause, domain::Decided<domain::Command> command);

  api::Edge& edge_;
  eventstore::KeyValueStore& store_;
  Submit submit_;
  OrganisationOf organisation_of_;
  Elsewhere elsewhere_;
  eventstore::Table table_;

  std::mutex mutex_;
  std::uint64_t seen_ = 0;              ///< every commit below it was looked at
  std::atomic<std::uint64_t> kept_{0};  ///< as the table has it
  std::multiset<std::uint64_t> open_;   ///< causes whose reactions are not answered
  std::set<std::uint64_t> again_;       ///< causes to react to once more
};

}  // namespace pioneer::node
