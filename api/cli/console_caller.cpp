#include "api/cli/console_caller.hpp"

namespace pioneer::cli {

node::Caller console_caller(const node::Node& node) {
  node::Caller caller;
  caller.actor.kind = domain::Actor::Kind::person;
  node.projector().with_community([&](const node::Community& community) {
    for (const auto& root : community.directory.roots()) {
      caller.actor.grants.push_back({root, domain::Role::auditor, root});
    }
  });
  return caller;
}

}  // namespace pioneer::cli
