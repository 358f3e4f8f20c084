// What may be done with products and claims. Never oversold, fair in order of claiming. O(1) but for promotions
// (at most 1,000 tickets a decision). Pure; refusals in supermarket/refusals.hpp.
#pragma once

#include "domain/common/decision.hpp"
#include "domain/supermarket/state.hpp"

namespace pioneer::domain::supermarket {

using Outcome = Decided<Decision<Event>>;

Outcome decide(const State& state, const CreateProduct& command, const Context& context);
Outcome decide(const State& state, const PublishProduct& command, const Context& context);
/// Raising it promotes those who wait; lowering it stops at the places taken.
Outcome decide(const State& state, const ChangeCapacity& command, const Context& context);
/// Of a draft or a published product. All can be taken away at any time: whom one shows may object to it later.
Outcome decide(const State& state, const ChangePictures& command, const Context& context);
Outcome decide(const State& state, const CancelProduct& command, const Context& context);
Outcome decide(const State& state, const CompleteProduct& command, const Context& context);
/// Confirmed when nobody waits and it fits; else it waits, if the product has a waiting list.
Outcome decide(const State& state, const PlaceClaim& command, const Context& context);
/// By its owner until the first session starts, by the system (erasure) at any time. Promotes those who wait.
Outcome decide(const State& state, const CancelClaim& command, const Context& context);
/// By a cadre, or by the owner (the edge checks the product's code before).
Outcome decide(const State& state, const CheckIn& command, const Context& context);
Outcome decide(const State& state, const CompleteClaim& command, const Context& context);
Outcome decide(const State& state, const MarkNoShow& command, const Context& context);
/// By the owner, once, after check-in.
Outcome decide(const State& state, const RateClaim& command, const Context& context);
/// By the system, while promotion_pending().
Outcome decide(const State& state, const ContinuePromotion& command, const Context& context);

}  // namespace pioneer::domain::supermarket
