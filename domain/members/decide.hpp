// What may be done with members, roles and tokens. Roles are read from the context's roster.
// Pure; refusals in members/refusals.hpp.
#pragma once

#include "domain/common/decision.hpp"
#include "domain/members/state.hpp"

namespace pioneer::domain::members {

using Outcome = Decided<Decision<Event>>;

/// A cadre or administrator over the organisation, or the system. `phone_taken`: the Writer's answer from `people`
/// whether another member has this number.
Outcome decide(const State& state, const RegisterMember& command, const Context& context, bool phone_taken = false);
/// An administrator over the organisation in which the role is held, or the system.
Outcome decide(const State& state, const GrantRole& command, const Context& context);
/// The same; and the last administrator of a root stays, unless the system revokes.
Outcome decide(const State& state, const RevokeRole& command, const Context& context);
/// The member, the system, or an administrator over the member's organisation and over every role the member holds
/// (else a token for somebody mightier would be a way up).
Outcome decide(const State& state, const IssueToken& command, const Context& context);
Outcome decide(const State& state, const RevokeToken& command, const Context& context);
/// The member, the system, or a cadre or administrator over the member who holds (or administers) every role that the
/// member holds: whoever has the code can become the member.
Outcome decide(const State& state, const IssueSignIn& command, const Context& context);
/// Whoever holds the code, or the session that is given up for a new one: the caller has looked the member up by it.
Outcome decide(const State& state, const OpenSession& command, const Context& context);
/// The member or the system. Open claims are cancelled by the caller before.
Outcome decide(const State& state, const EraseMember& command, const Context& context);

/// For the stream access/<organisation>-<yyyymm>: it has no state.
Decided<Decision<AccessEvent>> decide(const RecordPersonalDataOpened& command, const Context& context);
/// Likewise; an auditor of a root.
Decided<Decision<AccessEvent>> decide(const RecordEntriesFetched& command, const Context& context);

}  // namespace pioneer::domain::members
