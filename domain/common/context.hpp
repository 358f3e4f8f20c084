// What a decision may look at beside the state of its stream.
#pragma once

#include "domain/common/actor.hpp"
#include "domain/common/instant.hpp"

namespace pioneer::domain {

namespace organisations {
class Directory;
}
namespace members {
class Roster;
}
namespace policy {
struct State;
}

struct Context {
  Instant now;  ///< the Writer's stamp: the only time there is
  Actor actor;
  const organisations::Directory& directory;
  const policy::State& policy;
  const members::Roster& roster;
};

/// What evolve knows of an event beside its content.
struct Happened {
  Id actor;  ///< pseudonym or grant; zero: the system
  Instant at;
};

}  // namespace pioneer::domain
