// Bearer tokens: 256 random bits as text; the log holds the SHA-256 of that text. Codes to sign in with likewise, of
// 100 bits.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "api/cli/commands.hpp"
#include "api/ports/cryptography.hpp"

namespace pioneer::cli {

std::string make_token(api::Cryptography& cryptography);
/// See api/http/sign_in_code.hpp.
std::string make_code(api::Cryptography& cryptography);
/// 32 bytes.
std::string token_hash(std::string_view token);

/// A token just made, as `token create` tells it, whether from a directory or by a server.
struct MadeToken {
  std::string member;       ///< its id
  bool registered = false;  ///< just now
  std::string role;
  std::string organisation;  ///< its id
  std::string where;         ///< its name
  std::string token;
  std::string expires;  ///< RFC 3339; empty: never
};
void tell(const Place& place, const MadeToken& made);

/// When a token shall end, in microseconds since 1970, if that is a time and has not passed at `now_us`; 0: never. Else
/// the exit, complained about already: this is asked before anything is written.
std::expected<std::int64_t, Exit> expires_us(const TokenOptions& options, std::int64_t now_us);

}  // namespace pioneer::cli
