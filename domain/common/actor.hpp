// Who acts. Roles are read by the Writer in log order, so a revoked role is revoked.
#pragma once

#include <vector>

#include "domain/common/common.pb.h"
#include "domain/common/id.hpp"

namespace pioneer::domain {

/// One active role of the actor. Officials act under the grant's id, members under a pseudonym.
struct Grant {
  Id grant;
  Role::Value role = Role::unspecified;
  Id organisation;  ///< the role holds here and in all below
};

struct Actor {
  enum class Kind { anonymous, person, system };
  Kind kind = Kind::anonymous;
  Pseudonym pseudonym;        ///< in the stream that the command is about; zero unless a person
  std::vector<Grant> grants;  ///< active ones only
  /// The stream that the command is about is the actor's own member stream.
  bool is_self = false;
  /// The person's member id; zero unless a person. Compared with the roster ("nobody rates own work"), never written.
  Id member;
};

}  // namespace pioneer::domain
