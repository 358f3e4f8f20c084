// Refusals as constants, and those that every part shares. Each part keeps its own closed list in <part>/refusals.hpp;
// domain/refusals.hpp collects all of them. Pure values; any thread.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>

#include "domain/common/refusal.hpp"

namespace pioneer::domain {

/// One entry of a closed list: what a Refusal is made of.
struct RefusalText {
  std::string_view code;
  RefusalKind kind;
  std::string_view sentence;
};

/// The refusal, ready to be returned from a function of Decided<…>. `field`: of the command, lowerCamelCase.
inline std::unexpected<Refusal> refuse(const RefusalText& text, std::string_view field = {}) {
  return std::unexpected(Refusal{text.kind, std::string(text.code), std::string(text.sentence), std::string(field)});
}

namespace refusals {

inline constexpr RefusalText not_signed_in{"not_signed_in", RefusalKind::forbidden, "Please sign in first."};
inline constexpr RefusalText forbidden{"forbidden", RefusalKind::forbidden,
                                       "Your role does not allow this here. Ask an administrator of the organisation."};
inline constexpr RefusalText not_found{"not_found", RefusalKind::not_found, "There is nothing here that you may see."};
inline constexpr RefusalText out_of_bounds{
    "out_of_bounds", RefusalKind::invalid,
    "A value is missing, too long, too small or too large. Correct it and send it again."};
inline constexpr RefusalText unknown_organisation{"unknown_organisation", RefusalKind::invalid,
                                                  "There is no such organisation. Choose one from the list."};
inline constexpr RefusalText organisation_closed{
    "organisation_closed", RefusalKind::conflict,
    "This organisation is closed. Choose the one that took over its work."};
inline constexpr RefusalText unknown_category{"unknown_category", RefusalKind::invalid,
                                              "There is no such category. Choose one from the list of categories."};
/// The edge sends ids that it has just drawn; a second use is a repeated command.
inline constexpr RefusalText already_exists{"already_exists", RefusalKind::conflict, "This has been made already."};

inline constexpr std::array shared{not_signed_in,        forbidden,           not_found,        out_of_bounds,
                                   unknown_organisation, organisation_closed, unknown_category, already_exists};

}  // namespace refusals
}  // namespace pioneer::domain
