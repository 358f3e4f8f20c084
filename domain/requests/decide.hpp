// What may be done with requests: asked, taken on, worked, resolved, and closed by the one who asked.
// Pure; refusals in requests/refusals.hpp.
#pragma once

#include "domain/common/decision.hpp"
#include "domain/requests/state.hpp"

namespace pioneer::domain::requests {

using Outcome = Decided<Decision<Event>>;

/// Any member; or the system for a reaction to a problem told in a rating: its command names the rating, and the asker
/// or nobody.
Outcome decide(const State& state, const SubmitRequest& command, const Context& context);
/// The system only. Sets no deadline. The id is derived from (source, source_number), so a second import is refused.
Outcome decide(const State& state, const ImportRequest& command, const Context& context);
/// A cadre over the holder.
Outcome decide(const State& state, const AcceptRequest& command, const Context& context);
/// A cadre over the holder gives it to an organisation below that cadre's own, to that itself, or to the holder's
/// parent.
Outcome decide(const State& state, const AssignRequest& command, const Context& context);
Outcome decide(const State& state, const ReportProgress& command, const Context& context);
/// Starts the time in which the asker can confirm or dispute.
Outcome decide(const State& state, const ResolveRequest& command, const Context& context);
Outcome decide(const State& state, const ConfirmRequest& command, const Context& context);
Outcome decide(const State& state, const DisputeRequest& command, const Context& context);
/// The asker, once, after closing; nobody rates own work.
Outcome decide(const State& state, const RateRequest& command, const Context& context);
/// The asker before closing; or the system, when the asker is erased.
Outcome decide(const State& state, const WithdrawRequest& command, const Context& context);
/// The system's timer. Refused when not due, passed, met or replaced; so repeats are harmless.
Outcome decide(const State& state, const PassDeadline& command, const Context& context);

}  // namespace pioneer::domain::requests
