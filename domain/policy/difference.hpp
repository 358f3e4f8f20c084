// What one policy says otherwise than another: for the history of policies, and for who tries another one. Pure.
#pragma once

#include <string>
#include <vector>

#include "domain/policy/policy.pb.h"

namespace pioneer::domain::policy {

struct Difference {
  /// The field, as in policy.proto ("accept_within_minutes"); "category" where one came or went; "permission".
  std::string what;
  std::string of;      ///< the category's code or the action; empty: of the policy itself
  std::string before;  ///< empty: it was not there, or not recorded
  std::string after;   ///< empty: it is not there any more
};

/// The policy's own fields first, then categories in the order of `after`, those that went, then permissions likewise.
/// Permissions are compared only where both have the table.
std::vector<Difference> differences(const PolicyAdopted& before, const PolicyAdopted& after);

}  // namespace pioneer::domain::policy
