// The deciders of the business themselves, asked again. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "api/audit/rerun/rebuilt_command.hpp"
#include "domain/common/refusal.hpp"
#include "domain/common/rules.hpp"

namespace pioneer::api::rerun {

/// What the decision writes, stream by stream.
struct Change {
  std::string stream;
  std::vector<domain::AnyEvent> events;
};
struct Decision {
  domain::Id acting_as;
  std::vector<Change> changes;
  domain::Rules rules;
};

/// `phone_taken`: what a registration was told of its phone number.
domain::Decided<Decision> decide_again(const domain::AnyCommand& command, const domain::Context& context,
                                       const Before& before, bool phone_taken);

}  // namespace pioneer::api::rerun
