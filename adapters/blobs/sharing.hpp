// How the uploads of one node come to all others: in parts, through a table that all of them read. This is the table's
// content, and the port to it; the table itself is adapters/kafka's.
//
//   key     name of the blob (32) ‖ part (u8): 0, 1, …; 255: the key that waits for its use
//   value     0  format (u8)                          8  put at (i64, µs)
//             1  parts of the blob (u8); 0: it has    16  MAC (16) over key and value, this field left out
//                gone; of a waiting key: 1            32  what stands in the blob's file from part × 900,000 on,
//             2  zero (2)                                 900,000 bytes or the rest; the waiting key's file
//             4  bytes of the whole (u32)
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/blobs/blob_files.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters::blobs {

struct SharedPart {
  std::string key;
  std::string value;
};

/// The table. Any thread.
class BlobSharing {
 public:
  virtual ~BlobSharing() = default;
  /// On return no failure of a machine takes them back. Errors that can pass: the table cannot be reached.
  virtual eventstore::Result<void> publish(std::span<const SharedPart> parts) = 0;
  /// On return everything that stood in the table when this was called is taken and settled. Error: it is not, after
  /// so long.
  virtual eventstore::Result<void> read_to_end(std::chrono::milliseconds at_most) = 0;
};

/// Each part but a blob's last: with its key and the record around it less than what a topic takes as one message.
inline constexpr std::size_t part_bytes = 900'000;
/// Twice what the largest upload takes.
inline constexpr std::size_t parts_max = 12;
inline constexpr std::size_t shared_header_bytes = 32;
inline constexpr unsigned waiting_key_part = 255;

/// What a part says, once it is known to be of one of our nodes.
struct ReadPart {
  std::string_view name;
  unsigned part = 0;
  unsigned parts = 0;  ///< 0: it has gone
  std::size_t whole_bytes = 0;
  std::string_view content;

  bool gone() const { return parts == 0; }
  bool of_waiting_key() const { return part == waiting_key_part; }
};

/// Of a value as it stands in the table; 0 where it is too short to say so.
std::int64_t put_at_us_of(std::string_view value);

/// Makes and reads parts: any thread.
class PartWriter {
 public:
  /// `secret`: of all nodes and nobody else. `cryptography` outlives it.
  PartWriter(api::Cryptography& cryptography, const api::Secret& secret)
      : cryptography_(cryptography), secret_(secret) {}
  /// The waiting key first, then the blob. Error "blob_too_large".
  eventstore::Result<std::vector<SharedPart>> parts_of(const SealedBlob& sealed, std::int64_t now_us) const;
  /// That the blob has gone, and its key with it.
  std::vector<SharedPart> gone(std::string_view name, std::size_t parts, std::int64_t now_us) const;
  /// That its key has, alone.
  SharedPart key_gone(std::string_view name, std::int64_t now_us) const;
  /// Views into both; nothing: none of ours, or damaged. Error "newer_format".
  eventstore::Result<std::optional<ReadPart>> read(std::string_view key, std::string_view value) const;

  static std::size_t parts_for(std::size_t bytes) { return bytes == 0 ? 1 : (bytes + part_bytes - 1) / part_bytes; }

 private:
  SharedPart make(std::string_view name, unsigned part, std::size_t parts, std::size_t whole_bytes, std::int64_t now_us,
                  std::string_view content) const;
  api::Mac mac_of(std::string_view key, std::string_view value) const;

  api::Cryptography& cryptography_;
  const api::Secret secret_;
};

}  // namespace pioneer::adapters::blobs
