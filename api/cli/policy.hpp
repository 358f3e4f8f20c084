// The rules of the deployment, from services.yaml into the log.
#pragma once

#include <expected>
#include <string>

#include "api/cli/imports.hpp"
#include "api/cli/local.hpp"

namespace pioneer::cli {

/// The policy that the log has after this: it is adopted if the log has none yet, or if `services` names a file that
/// says something else. The error is every finding of the file, a line each.
std::expected<domain::Policy, std::string> settle_policy(server::Deployment& local, Imports& imports,
                                                         const std::string& services, Tally& tally);

}  // namespace pioneer::cli
