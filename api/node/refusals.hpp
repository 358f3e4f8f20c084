// What a node refuses before or after the business was asked.
#pragma once

#include <array>

#include "domain/common/refusals.hpp"

namespace pioneer::node::refusals {

inline constexpr domain::RefusalText command_too_large{
    "command_too_large", domain::RefusalKind::invalid,
    "This is too large to be recorded at once. Shorten the text or send fewer photos."};
inline constexpr domain::RefusalText idempotency_key_reused{
    "idempotency_key_reused", domain::RefusalKind::invalid,
    "This idempotency key was used for something else. Make a new one."};
/// 412 over HTTP.
inline constexpr domain::RefusalText revision_mismatch{"revision_mismatch", domain::RefusalKind::conflict,
                                                       "Somebody changed this meanwhile. Read it again, then decide."};

/// 401 over HTTP.
inline constexpr domain::RefusalText token_invalid{"token_invalid", domain::RefusalKind::forbidden,
                                                   "This token is unknown, has expired or was revoked."};

inline constexpr domain::RefusalText feature_level_unknown{
    "feature_level_unknown", domain::RefusalKind::invalid,
    "This program does not know so high a feature level. Install the newer program first."};

inline constexpr std::array all{command_too_large, idempotency_key_reused, revision_mismatch, token_invalid,
                                feature_level_unknown};

}  // namespace pioneer::node::refusals
