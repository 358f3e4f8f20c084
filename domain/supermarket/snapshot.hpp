// A product's state as bytes, so that a long stream need not be folded from its beginning. Derived: never in the log.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/supermarket/state.hpp"

namespace pioneer::domain::supermarket {

std::string encode(const State& state);
/// Nothing: not of this build's snapshot format; fold the stream instead.
std::optional<State> decode(std::string_view bytes);

}  // namespace pioneer::domain::supermarket
