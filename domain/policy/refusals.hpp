// Why a policy cannot be adopted, or the level not raised. A closed list.
#pragma once

#include "domain/common/refusals.hpp"

namespace pioneer::domain::policy::refusals {

inline constexpr RefusalText policy_unchanged{"policy_unchanged", RefusalKind::conflict,
                                              "This policy is in force already."};
inline constexpr RefusalText category_twice{"category_twice", RefusalKind::invalid,
                                            "A category's code stands in the policy twice. Give each its own code."};
inline constexpr RefusalText feedback_category_unknown{
    "feedback_category_unknown", RefusalKind::invalid,
    "The category for problems told in ratings is none of the policy's categories. Name one of them."};

inline constexpr RefusalText feature_level_reached{"feature_level_reached", RefusalKind::conflict,
                                                   "The log is at this feature level already, or above it."};

inline constexpr std::array all{policy_unchanged, category_twice, feedback_category_unknown, feature_level_reached};

}  // namespace pioneer::domain::policy::refusals
