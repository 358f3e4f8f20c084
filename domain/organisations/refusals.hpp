// Why something cannot be done with an organisation. A closed list.
#pragma once

#include "domain/common/refusals.hpp"

namespace pioneer::domain::organisations::refusals {

inline constexpr RefusalText level_not_below_parent{
    "level_not_below_parent", RefusalKind::conflict,
    "An organisation must stand at a lower level than its parent. Choose another parent or level."};
inline constexpr RefusalText too_deep{
    "too_deep", RefusalKind::conflict,
    "The tree of organisations would become too deep. Choose a parent nearer to the root."};
inline constexpr RefusalText code_malformed{
    "code_malformed", RefusalKind::invalid,
    "A city's code has 4 digits, a district's 6, a street's 9, a community's 12; another register's code begins with a "
    "capital. Correct the code or leave it out."};
inline constexpr RefusalText code_taken{"code_taken", RefusalKind::conflict,
                                        "Another active organisation has this code. Check the code."};
inline constexpr RefusalText own_descendant{
    "own_descendant", RefusalKind::conflict,
    "An organisation cannot go below itself or into one below it. Choose another one."};
inline constexpr RefusalText same_parent{"same_parent", RefusalKind::conflict,
                                         "The organisation stands there already."};
inline constexpr RefusalText same_name{"same_name", RefusalKind::conflict, "The organisation has this name already."};
inline constexpr RefusalText merge_levels{"merge_levels", RefusalKind::conflict,
                                          "The one that takes over must be able to hold all that stands below the "
                                          "other. Choose one of the same or a higher level."};
inline constexpr RefusalText has_children{"has_children", RefusalKind::conflict,
                                          "Organisations still stand below this one. Move, merge or close them first."};

inline constexpr std::array all{
    level_not_below_parent, too_deep,    code_malformed, code_taken, own_descendant, same_parent, same_name,
    merge_levels,           has_children};

}  // namespace pioneer::domain::organisations::refusals
