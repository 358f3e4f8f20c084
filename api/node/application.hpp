// Joins the Writer to the business: finds the state a command is about, lets the domain decide, and says what to write.
// All calls come from the Writer's deciding thread.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <unordered_map>

#include "api/node/community.hpp"
#include "api/node/pending_command.hpp"
#include "api/node/recorded_refusals.hpp"
#include "api/node/stream_cache.hpp"
#include "api/ports/keyring.hpp"
#include "api/ports/people.hpp"
#include "domain/common/rules.hpp"
#include "domain/requests/state.hpp"
#include "domain/supermarket/state.hpp"
#include "eventstore/log_index.hpp"
#include "eventstore/ports/log.hpp"
#include "eventstore/writer.hpp"

namespace pioneer::node {

class Application final : public eventstore::Decider {
 public:
  struct Parts {
    const eventstore::Log& log;
    const eventstore::LogIndex& index;
    eventstore::KeyValueStore& store;  ///< table `snapshots`
    const api::People& people;
    api::Keyring& keyring;  ///< is told which keys an accepted command needs
    /// Every commit below it is in the index, the people store and the projections.
    const std::atomic<std::uint64_t>& projected;
  };

  static eventstore::Result<std::unique_ptr<Application>> open(const Parts& parts);

  /// What is folded from all organisations, members and policies of the log. Call before the first decision, when
  /// everything durable is projected.
  void begin_with(Community community) { community_ = std::move(community); }

  eventstore::Result<Verdict> decide(eventstore::Pending& pending, eventstore::Instant now,
                                     eventstore::Sequence sequence) override;
  eventstore::Result<void> discard() override;

 private:
  eventstore::Result<void> load();
  /// A stream without a state of its own: organisations, policy, access.
  struct Plain {};

  /// What one decision changes in one stream.
  struct Change {
    std::string stream;
    std::uint64_t revision = 0;
    std::vector<domain::AnyEvent> events;
  };

  Application(const Parts& parts, eventstore::Table snapshots);

  eventstore::Result<std::optional<Verdict>> repeat_of(const domain::Command& command, Outcome& outcome);
  domain::Actor actor_of(const domain::Command& command, const std::string& stream) const;
  domain::Context context_of(const domain::Command& command, const std::string& stream, eventstore::Instant now) const;

  template <class State>
  eventstore::Result<CachedStream<State>*> stream(StreamCache<State>& cache, const std::string& name);
  template <class State>
  eventstore::Result<void> replay(const std::string& name, CachedStream<State>& into, std::uint64_t& tail);

  template <class State, class Event, class Decide>
  eventstore::Result<Verdict> decide_in(StreamCache<State>& cache, const std::string& name, PendingCommand& pending,
                                        const domain::Context& context, eventstore::Sequence sequence, Decide decide);
  eventstore::Result<Verdict> judge(PendingCommand& pending, const std::string& name, const domain::Context& context,
                                    eventstore::Sequence sequence);
  template <class Command>
  eventstore::Result<Verdict> decide_organisation(const Command& command, PendingCommand& pending,
                                                  const domain::Context& context, eventstore::Sequence sequence);
  /// As whom, and by which rules.
  struct Acting {
    domain::Id as;
    domain::Rules rules;
  };
  /// Builds the commit; nothing if it would be too large (then `outcome` says so).
  std::optional<eventstore::CommitBody> commit_of(const domain::Command& command, const Acting& acting,
                                                  const std::vector<Change>& changes, domain::Instant now,
                                                  Outcome& outcome) const;
  template <class State>
  void introduce(CachedStream<State>& in, const eventstore::StreamPart& part);
  bool token_holds(const domain::Command& command, eventstore::Instant now) const;
  bool phone_taken(const std::string& token) const;
  /// The business's no as a commit, where its sender wants that; else the no as it is.
  Verdict refusal_of(PendingCommand& pending, const std::string& about, eventstore::Instant now,
                     eventstore::Sequence sequence);
  void remember(const domain::Command& command, eventstore::Sequence sequence);
  void forget_projected();

  Parts parts_;
  eventstore::Table snapshots_;
  Community community_;
  StreamCache<domain::requests::State> requests_;
  StreamCache<domain::supermarket::State> products_;
  StreamCache<Plain> plain_;

  /// Commands chained but not yet projected: what the index and the people store cannot answer yet.
  struct Recent {
    eventstore::Sequence sequence;
    std::string same;
  };
  std::unordered_map<std::string, Recent> recent_once_;
  std::unordered_map<std::string, domain::Id> recent_phones_;
  struct RecentKeys {
    eventstore::Sequence sequence;
    std::string once;
    std::string phone;
  };
  std::deque<RecentKeys> recent_;
  RecordedRefusals recorded_refusals_;
};

}  // namespace pioneer::node
