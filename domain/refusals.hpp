// All refusals of the business, for problem documents and for the web's message catalogue.
#pragma once

#include <span>

#include "domain/common/refusals.hpp"

namespace pioneer::domain {

/// Each code once, in order of parts. Lives as long as the program.
std::span<const RefusalText> all_refusals();

}  // namespace pioneer::domain
