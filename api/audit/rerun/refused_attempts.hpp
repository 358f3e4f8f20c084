// A refusal on record says which command was refused, of which stream, and why; not what it said, nor who sent it. So
// every sender and content that the deciders tell apart is tried. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "api/audit/rerun/rebuilt_command.hpp"
#include "domain/refused/refused.pb.h"

namespace pioneer::api::rerun {

struct Attempt {
  domain::AnyCommand what;
  domain::Actor who;
};

/// Nothing for a command whose content decides and stands nowhere: what a new request or product said, whom a role was
/// for, where a request or an organisation was to go.
std::optional<std::vector<Attempt>> refused_attempts(const domain::CommandRefused& refused, const Before& before);

}  // namespace pioneer::api::rerun
