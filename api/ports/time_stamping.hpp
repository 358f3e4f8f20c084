// Time stamps of others' authorities (RFC 3161). Real: adapters/openssl/time_stamping.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::api {

inline constexpr std::string_view time_stamp_query_type = "application/timestamp-query";

/// Any thread.
class TimeStamping {
 public:
  virtual ~TimeStamping() = default;
  /// A query (DER) for a stamp over this SHA-256, with a random nonce; the authority's certificate is asked for.
  virtual eventstore::Result<std::string> query(const eventstore::Hash& digest) = 0;
  /// When the authority says that it stamped what was asked; seconds since 1970. Errors: "time_stamp_refused" where it
  /// did not, "bad_time_stamp" where what it answered is none, is of something else, or is not signed by whom we trust.
  virtual eventstore::Result<std::int64_t> granted(std::string_view query, std::string_view reply) const = 0;
  /// When the authority says that it stamped this SHA-256, in a reply that was kept; its certificate is judged as of
  /// then. Errors: "time_stamp_refused", "bad_time_stamp" where it is none, was changed, or is of something else;
  /// "unknown_authority" where it is whole, and signed by whom we do not trust.
  virtual eventstore::Result<std::int64_t> stamped(std::string_view reply, const eventstore::Hash& digest) const = 0;
  /// The time in a reply that was kept. Error: "bad_time_stamp".
  virtual eventstore::Result<std::int64_t> time_of(std::string_view reply) const = 0;
};

}  // namespace pioneer::api
