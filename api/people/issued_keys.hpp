// What the log says about keys, held against the keyring: one that was cut, or an older copy put back, is found out.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "api/ports/keyring.hpp"
#include "domain/members/state.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::api {

/// False: this record issues no key, and need not be parsed to know that.
bool may_issue_key(std::string_view record);
/// Whether the keyring knows each key that these commits issue, if need be after it caught up with other nodes';
/// destroyed ones count. Errors: "keyring_behind_log", and those of catch_up().
eventstore::Result<void> knows_issued_keys(Keyring& keyring, std::span<const eventstore::AcceptedCommit> commits);
/// The same for the keys of all members.
eventstore::Result<void> knows_members_keys(const Keyring& keyring, const domain::members::Roster& roster);
/// How many members the log calls erased whose key is active all the same: the keyring is older than their erasure.
std::size_t undone_erasures(const Keyring& keyring, const domain::members::Roster& roster);

}  // namespace pioneer::api
