// Uploaded photos, voice messages and documents that no commit uses yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/ports/cryptography.hpp"

namespace pioneer::api {

struct StagedBlob {
  Secret key;  ///< of the blob alone; the command that uses it carries it sealed
  std::string media_type;
};

/// Any thread.
class StagedBlobs {
 public:
  virtual ~StagedBlobs() = default;
  /// `name` is the SHA-256 of the stored ciphertext, 32 bytes. Nothing if it was never uploaded here or has gone.
  virtual std::optional<StagedBlob> staged(std::string_view name) const = 0;
};

}  // namespace pioneer::api
