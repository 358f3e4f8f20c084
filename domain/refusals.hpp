// All refusals of the business, for problem documents and for the web's message catalogue.
#pragma once

#include <span>
#include <string_view>

#include "domain/common/refusals.hpp"

namespace pioneer::domain {

/// Each code once, in order of parts. Lives as long as the program.
std::span<const RefusalText> all_refusals();
/// Null: no refusal of the business has this code.
const RefusalText* refusal_of(std::string_view code);

}  // namespace pioneer::domain
