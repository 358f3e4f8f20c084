// Erasing a person: which keys go, and their destruction, which a crash may interrupt anywhere.
//
// Order: 1 open claims are cancelled and EraseMember is accepted (the node's part); 2 the people store applies
// MemberErased and notes an unfinished erasure; 3 resume() destroys all keys and lets the people store forget. After a
// crash resume() goes on where it was: the note stands until everything is done, and a key that is ERASING is refused
// meanwhile.
#pragma once

#include <span>
#include <vector>

#include "api/ports/keyring.hpp"
#include "api/ports/people.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::api {

struct ErasurePlan {
  domain::Id member;
  domain::Id person_key;
  /// Cases in which the person asked, or is the one it is for: the cadres' notes in them go too.
  std::vector<domain::Id> case_keys;
  /// Products in which the person may hold claims: to be cancelled before.
  std::vector<Participation> products;
};

/// Whether it holds a MemberErased.
bool erases_somebody(const eventstore::AcceptedCommit& commit);

/// The thread that applies commits to the people store.
class Erasure {
 public:
  Erasure(Keyring& keyring, People& people) : keyring_(keyring), people_(people) {}

  /// Nothing if there is no such member.
  std::optional<ErasurePlan> plan(const domain::Id& member) const;
  /// ACTIVE → ERASING for all keys, then → ERASED, the person's key last; then the people store forgets.
  eventstore::Result<void> destroy(const ErasurePlan& plan);
  /// Ends every erasure that the log has accepted. Call at start, when the people store is caught up, and whenever it
  /// has applied a MemberErased. Returns how many members were erased.
  eventstore::Result<std::size_t> resume();
  /// Destroys the keys of cases that were made in an erased person's name while the erasure was on its way: a reaction
  /// may have been sealed just before. Call before the people store applies these commits.
  eventstore::Result<void> end_late_cases(std::span<const eventstore::AcceptedCommit> commits);

 private:
  Keyring& keyring_;
  People& people_;
};

}  // namespace pioneer::api
