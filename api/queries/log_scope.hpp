// Which parts of the log an auditor reads: those of streams that stand below an organisation that they audit.
#pragma once

#include "api/node/node.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::queries {

/// Public streams (organisations, policy) are everybody's; of any other, today's organisation counts. Under the
/// projector's lock.
bool audits(const node::Node& node, const node::Community& community, const domain::Actor& actor,
            const projections::Part& part);

}  // namespace pioneer::queries
