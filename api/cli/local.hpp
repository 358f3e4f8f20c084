// The directory of a stopped server, as commands use it: opened, started, and asked by names that people use.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/cli/commands.hpp"
#include "api/server/deployment.hpp"

namespace pioneer::cli {

/// Opened for writing and started; stopped when it ends.
eventstore::Result<std::unique_ptr<server::Deployment>> open_local(const Place& place, bool make = false);
/// Nothing is written to the log: no fence, no epoch.
eventstore::Result<std::unique_ptr<server::Deployment>> open_to_read(const Place& place);

/// An active organisation by id or code; zero: there is none.
domain::Id find_organisation(server::Deployment& local, std::string_view id_or_code);
/// Members, not erased, whose id or whole name this is.
std::vector<domain::Id> find_members(server::Deployment& local, std::string_view id_or_name);
/// The name of an organisation as it is now; "" if unknown.
std::string name_of(server::Deployment& local, const domain::Id& organisation);

/// What the console does is the system's; `command_id` empty: not repeatable.
api::Call system_call(std::string command_id = {});

/// Sends a command and waits. The error is a sentence: why it was not accepted (a repeat counts as accepted).
struct NotDone {
  Exit exit;
  std::string sentence;
};
std::expected<node::Outcome, NotDone> accepted(node::Outcome outcome);
std::expected<node::Outcome, NotDone> carry_out(server::Deployment& local, api::Commanded command);

/// A file that comes with pioneer ("config/services.yaml", "demo"): beside the program, or below ./ops; "" if nowhere.
std::string shipped(std::string_view path);

}  // namespace pioneer::cli
