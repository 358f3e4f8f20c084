// How the keyrings of several nodes come to hold the same keys: each puts what it makes and destroys into a table that
// all of them read. This is the table's content, and the port to it; the table itself is adapters/kafka's.
//
//   key "keyring"     value: the header of the keyring's file (slot.hpp), the same for all
//   key: a key's id   value
//                       0  format (u8)              4  epoch (u64): of the reign in which the key was made
//                       1  kind (u8)               12  salt of the keyring (16)
//                       2  state (u8): 1 active,   28  MAC (16) over id and value, this field left out
//                          3 erased                44  wrapped key (72); absent when it is erased
//                       3  zero
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/ports/keyring.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters {

struct SharedRecord {
  std::string key;
  std::string value;
};

/// The table. Any thread.
class KeySharing {
 public:
  virtual ~KeySharing() = default;
  /// On return no failure of a machine takes them back. Errors that can pass: the table cannot be reached.
  virtual eventstore::Result<void> publish(std::span<const SharedRecord> records) = 0;
  /// On return the keyring took and settled everything that stood in the table when this was called.
  virtual eventstore::Result<void> read_to_end() = 0;
};

namespace keyring {

inline constexpr std::string_view header_record = "keyring";
inline constexpr std::size_t shared_mac_at = 28;
inline constexpr std::size_t shared_mac_bytes = 16;

struct SharedKey {
  domain::Id id;
  api::KeyKind kind = api::KeyKind::person;
  bool erased = false;
  std::uint64_t epoch = 0;
  std::string salt;     ///< 16 bytes
  std::string wrapped;  ///< 72 bytes; empty: erased
};

/// With zeros for the MAC, which is the keyring's to compute.
SharedRecord encode_shared(const SharedKey& key);
/// Nothing: no record of ours. Error "newer_format".
eventstore::Result<std::optional<SharedKey>> decode_shared(std::string_view key, std::string_view value);

}  // namespace keyring
}  // namespace pioneer::adapters
