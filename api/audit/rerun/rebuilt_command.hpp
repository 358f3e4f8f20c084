// The command that a decision's events tell of, and who sent it, put together again without guessing. Pure; any thread.
#pragma once

#include <expected>
#include <string>

#include "api/node/community.hpp"
#include "domain/commands.hpp"
#include "domain/requests/state.hpp"
#include "domain/supermarket/state.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::api::rerun {

/// What a decision looked at, as it was before it.
struct Before {
  const node::Community& community;
  const domain::requests::State& request;     ///< of the stream that the command was about, where it is a request's
  const domain::supermarket::State& product;  ///< likewise
};

/// Values that are sealed are reused as they stand. Error: a sentence that says why no command can have led to these
/// events.
std::expected<domain::AnyCommand, std::string> rebuilt_command(const projections::Commit& commit,
                                                               const projections::Part& part, const Before& before);

/// An official with every role that they held then; a person by their pseudonym, whose roles only their key would
/// tell; the system. In their own member's stream a person is known.
domain::Actor rebuilt_actor(const projections::Part& part, const node::Community& community);

}  // namespace pioneer::api::rerun
