// Which key a command brings into being.
#pragma once

#include "domain/commands.hpp"

namespace pioneer::api {

/// The key that the edge proposed for this command and that its commit issues; zero: none.
domain::Id made_key(const domain::Command& command);

}  // namespace pioneer::api
