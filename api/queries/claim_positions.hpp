// Where in the log a claim and its rating stand: what their receipts are asked by, on any device. Any thread.
#pragma once

#include "api/messages/views.pb.h"
#include "api/node/node.hpp"

namespace pioneer::queries {

/// Adds the positions to a view that holds when the claim was placed and rated; what is not found stays absent.
/// O(log n) reads of the log, so of one claim and not of a list. Errors: the log's.
eventstore::Result<void> show_positions(const node::Node& node, const domain::Id& product, std::uint32_t ticket,
                                        api::ClaimView& view);

}  // namespace pioneer::queries
