// Where a command works, as its help says it, and what is wrong with a command line. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

/// In the help of a command whose own arguments say where it works.
inline constexpr std::string_view alone = "(reads its files only)";

/// Likewise, of what goes to a server over its bus.
inline constexpr std::string_view over_bus = "(over the bus)";

/// Below the help of every command: where it works. What says of itself that it is for a directory only is believed.
void add_footers(CLI::App& app);
/// Whether what was chosen is for a directory only.
bool is_of_directory_only(const CLI::App& app);
/// What a server's settings say of the place, where the command line does not; no file: nothing. The error is a
/// sentence.
std::optional<std::string> use_settings(const std::string& file, Place& place);
/// Tells what is wrong with the command line; a word that is no command is named. The exit code.
int misread(const CLI::App& app, const CLI::ParseError& error);

}  // namespace pioneer::cli
