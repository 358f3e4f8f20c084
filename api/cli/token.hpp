// Bearer tokens: 256 random bits as text; the log holds the SHA-256 of that text. Codes to sign in with likewise, of
// 100 bits.
#pragma once

#include <string>
#include <string_view>

#include "api/ports/cryptography.hpp"

namespace pioneer::cli {

std::string make_token(api::Cryptography& cryptography);
/// See api/http/sign_in_code.hpp.
std::string make_code(api::Cryptography& cryptography);
/// 32 bytes.
std::string token_hash(std::string_view token);

}  // namespace pioneer::cli
