// Answers made smaller for their way, where the client takes that (RFC 9110 §12.5.3, RFC 1952).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/ports/http.hpp"

namespace pioneer::adapters::beast {

/// Below, the header costs more than is saved; above, somebody waits for the loop that packs it.
inline constexpr std::size_t gzip_bytes_min = 1024;
inline constexpr std::size_t gzip_bytes_max = 2 * 1024 * 1024;

/// Does "gzip" stand in an Accept-Encoding, or "*", and not with the weight 0?
bool takes_gzip(std::string_view accept_encoding);

/// The bytes as one gzip member; nothing where memory runs out. Any thread.
std::optional<std::string> gzipped(std::string_view bytes);

/// Packs JSON of a fitting size that is not packed yet, if `taken`, and says that it depends on what the client takes.
void pack(api::HttpResponse& response, bool taken);

}  // namespace pioneer::adapters::beast
