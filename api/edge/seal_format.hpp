// What is sealed, byte by byte: the padded value, and what is bound to it.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/common/id.hpp"

namespace pioneer::api {

/// A length says little: 0x80 and zeros (ISO/IEC 7816-4) up to a multiple of 16, at least 32, and of 64 from 64 on. A
/// name of two characters and one of nine look alike.
std::size_t padded_size(std::size_t value_bytes);
std::string padded(std::string_view value);

/// What a value is bound to beside its key: the stream's name, for access/<organisation>-<yyyymm> without the month
/// (which the Writer chooses after the sealing).
std::string_view context_of(std::string_view stream);

/// log_id (16) ‖ context ‖ field number (u32, little-endian) ‖ key id (16).
std::string associated_bytes(std::string_view log_id, std::string_view stream, std::uint32_t field,
                             const domain::Id& key);

}  // namespace pioneer::api
