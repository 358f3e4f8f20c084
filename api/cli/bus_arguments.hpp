// The arguments of `pioneer bus`. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

#include "api/cli/bus.hpp"

namespace pioneer::cli {

/// `pioneer bus`: sets `elsewhere`, for its own arguments say where.
void add_bus(CLI::App& app, bool& elsewhere, std::function<Exit(const Place&)>& chosen);

}  // namespace pioneer::cli
