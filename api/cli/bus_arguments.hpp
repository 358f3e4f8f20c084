// The arguments of `pioneer bus` and `pioneer keys bus`. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

#include "api/cli/bus.hpp"

namespace pioneer::cli {

/// `pioneer bus`: sets `elsewhere`, for its own arguments say where.
void add_bus(CLI::App& app, bool& elsewhere, std::function<Exit(const Place&)>& chosen);
/// Below `pioneer keys`.
void add_bus_keys(CLI::App& keys, std::function<Exit(const Place&)>& chosen);

}  // namespace pioneer::cli
