// A request as those concerned see it: folded from its stream, so that "as of" is the same code with an earlier end.
#pragma once

#include "api/messages/views.pb.h"
#include "api/queries/answer.hpp"
#include "api/queries/history.hpp"
#include "domain/requests/state.hpp"

namespace pioneer::queries {

/// The request's state and view after its commits up to `until`. Refusals: not_found, also for those who may not know.
Answered<api::RequestView> request_view(const node::Node& node, const node::Caller& caller, const domain::Id& id,
                                        Until until);

}  // namespace pioneer::queries
