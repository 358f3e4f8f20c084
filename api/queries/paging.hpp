// Cursors of lists, and what a list refuses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/common/refusals.hpp"
#include "eventstore/error.hpp"

namespace pioneer::queries {

inline constexpr domain::RefusalText bad_cursor{
    "bad_cursor", domain::RefusalKind::invalid,
    "This place in the list is not known any more. Start again from its top."};
inline constexpr domain::RefusalText not_readable{"not_readable", domain::RefusalKind::conflict,
                                                  "This cannot be read just now. Try again in a moment."};

/// What a store's error means to the one who asked.
domain::Refusal refusal_of(const eventstore::Error& error);

/// A cursor's bytes are a place in a table; in an address they stand as hexadecimal digits (see `hex` in names.hpp).
/// Nothing if the text is no cursor; the empty text is the list's top.
std::optional<std::string> bytes_of_cursor(std::string_view text);

}  // namespace pioneer::queries
