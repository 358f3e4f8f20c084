// The arguments of `pioneer keys`. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

void add_keys(CLI::App& app, std::function<Exit(const Place&)>& chosen);

}  // namespace pioneer::cli
