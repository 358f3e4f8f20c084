// Which parts of the log an auditor reads: those of streams that stand below an organisation that they audit.
#pragma once

#include "api/node/node.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::queries {

/// Whom a part concerns today; zero: nobody in particular, or the read models know no such stream.
domain::Id organisation_of(const node::Node& node, const projections::Part& part);

/// Whether the table lets the caller do what concerns the whole log: for that a role must cover a root.
domain::Decided<domain::Id> may_of_root(const node::Community& community, const domain::Actor& actor,
                                        domain::Action action);

/// Public streams (organisations, policy) are everybody's; a refusal on record is for auditors of a root; of any other,
/// today's organisation counts. Under the projector's lock.
bool audits(const node::Node& node, const node::Community& community, const domain::Actor& actor,
            const projections::Part& part);

}  // namespace pioneer::queries
