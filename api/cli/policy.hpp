// The rules of the deployment, from services.yaml into the log.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "api/cli/imports.hpp"
#include "api/cli/local.hpp"

namespace pioneer::cli {

/// The rules in `services`, or in the file that comes with pioneer, read and checked before a directory is touched;
/// nothing where there is a log and no file is named: its own rules stay. The error is every finding, a line each.
std::expected<std::optional<domain::Policy>, std::string> read_rules(const Place& place, const std::string& services);

/// The policy that the log has after this: `rules` are adopted where it has others, or the shipped ones where it has
/// none.
std::expected<domain::Policy, std::string> settle_policy(server::Deployment& local, Imports& imports,
                                                         std::optional<domain::Policy> rules, Tally& tally);

}  // namespace pioneer::cli
