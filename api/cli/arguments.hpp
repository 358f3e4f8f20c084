// How the command line's arguments become a command to run. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

/// What was asked for, once the arguments are read.
using Chosen = std::function<Exit(const Place&)>;

/// What was asked for says where by itself.
using Elsewhere = bool;

// Groups that are a file of their own.
void add_log(CLI::App& app, Elsewhere& elsewhere, Chosen& chosen);
void add_cluster(CLI::App& app, Elsewhere& elsewhere, Chosen& chosen);

}  // namespace pioneer::cli
