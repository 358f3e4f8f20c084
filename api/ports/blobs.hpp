// Uploads as they are kept: each sealed under a key of its own, named by the SHA-256 of its ciphertext.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/cryptography.hpp"
#include "api/ports/staged_blobs.hpp"
#include "eventstore/error.hpp"

namespace pioneer::api {

/// An upload that no commit uses goes after this long.
inline constexpr std::int64_t blob_unused_us_max = 24LL * 3600 * 1'000'000;

/// A minute of speech as phones record it is a quarter of this.
inline constexpr std::size_t voice_bytes_max = 1024 * 1024;
inline constexpr std::uint32_t voice_seconds_max = 60;
/// Some scanned pages.
inline constexpr std::size_t document_bytes_max = 5 * 1024 * 1024;

/// Any thread.
class Blobs : public StagedBlobs {
 public:
  /// Seals and keeps; durable when it returns. The name, 32 bytes. `now_us`: when its day begins.
  virtual eventstore::Result<std::string> put(std::string_view bytes, std::string_view media_type,
                                              std::int64_t now_us) = 0;
  /// Opens the blob with its key. Nothing where there is no such blob, or its key or content is not this one's.
  virtual eventstore::Result<std::optional<OpenedText>> read(std::string_view name, const Secret& key) const = 0;
  /// Removes uploads older than blob_unused_us_max that `used` does not know, and forgets the keys of those it knows.
  /// How many were removed.
  virtual eventstore::Result<std::size_t> expire(std::int64_t now_us,
                                                 const std::function<bool(std::string_view name)>& used) = 0;
  /// Names of all that are kept, in no order.
  virtual eventstore::Result<std::vector<std::string>> names() const = 0;
  /// Removes the blob, and its key if that is still here. Nothing to do where there is none.
  virtual eventstore::Result<void> remove(std::string_view name) = 0;
};

}  // namespace pioneer::api
