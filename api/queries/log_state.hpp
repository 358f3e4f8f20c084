// The log as a whole: how long it is, who took it over when, what its newest checkpoint says.
#pragma once

#include <string_view>

#include "api/messages/audit_views.pb.h"
#include "api/node/node.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

/// Takeovers that are told, the newest.
inline constexpr std::size_t takeovers_max = 50;

/// Everybody who is signed in. `note`: the newest checkpoint; empty: none yet. When it was signed, the signer knows.
/// Refusals: not_signed_in, not_readable.
domain::Decided<api::LogStateView> log_state(const node::Node& node, const node::Caller& caller, std::string_view note);

/// Auditors of a root. Fills `takeovers` and `stopped`; how signing goes, the signer knows.
/// Refusals: not_signed_in, forbidden, not_readable.
domain::Decided<api::LogIncidentsView> log_incidents(const node::Node& node, const node::Caller& caller);

}  // namespace pioneer::queries
