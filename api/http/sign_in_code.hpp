// One-time codes to sign in with: 20 characters of Crockford's base32 (100 random bits), which a person can read out
// and type. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/members/members.pb.h"

namespace pioneer::api::http {

inline constexpr std::size_t code_chars = 20;
/// How long a code is good when nobody says otherwise: a printed slip reaches its reader within a week.
inline constexpr std::int64_t sign_in_valid_us = 7LL * 24 * 3600 * 1'000'000;

/// From 16 or more random bytes: "0123abcd…", the form whose SHA-256 the log holds.
std::string code_of(std::string_view random);
/// "abcd-efgh-…": for paper.
std::string spaced(std::string_view code);
/// As typed or scanned: case, spaces and hyphens do not matter, o is 0, i and l are 1. Empty if it can be no code.
std::string normal_code(std::string_view typed);
/// `origin` + "/in#" + code: what stands behind '#' is sent to no server.
std::string sign_in_link(std::string_view origin, std::string_view code);

/// By User-Agent, as far as a list of sessions needs to say.
domain::Device::Value device_of(std::string_view user_agent);

}  // namespace pioneer::api::http
