// What every node folds from the log, in log order: organisations, roles and tokens, policy.
// The Writer decides by one of these at its chained head; queries ask another at the projected position.
#pragma once

#include <string_view>

#include "domain/common/context.hpp"
#include "domain/events.hpp"
#include "domain/members/state.hpp"
#include "domain/organisations/state.hpp"
#include "domain/policy/state.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/log_index.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::node {

struct Community {
  domain::organisations::Directory directory;
  domain::members::Roster roster;
  domain::policy::State policy;
  /// Of the commit that adopted the policy; 0, where an epoch opens, while there is none.
  eventstore::Sequence policy_sequence;

  /// True for streams whose events change it.
  static bool concerns(std::string_view stream);
  /// An event of the commit `at`. Events of other streams change nothing.
  void evolve(std::string_view stream, const domain::AnyEvent& event, const domain::Happened& happened,
              eventstore::Sequence at);
  /// All of a commit. Error "unknown_event": this build is too old.
  eventstore::Result<void> fold(const eventstore::AcceptedCommit& commit);
  /// A person with their active roles; anonymous for a zero member. Without pseudonym.
  domain::Actor actor(const domain::Id& member) const;
};

/// Folds what all its streams hold up to the index's position: a read for each commit of theirs, none for the rest.
eventstore::Result<Community> load_community(const eventstore::Log& log, const eventstore::LogIndex& index);

}  // namespace pioneer::node
