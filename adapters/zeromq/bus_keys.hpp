// Keys of the bus (Curve25519, as Z85 text of 40 characters), their files, and the list of those that are admitted.
//
// A pair stands in two files, NAME.key (public) and NAME.key_secret, in the form of CZMQ's and pyzmq's certificates, so
// that programs of others read them as they are. The list has a line for each client: its public key, a blank, a name.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/bus.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters::zeromq {

/// 40 characters that are 32 bytes.
bool is_bus_key(std::string_view text);
/// Its pair is printed in the library's documentation: everybody has its secret part.
bool is_published(std::string_view key);

/// A new pair.
api::BusKeyPair make_bus_keys();
/// Both files, the secret one for its owner only. Errors: "file_exists" where one of them is there, and the disk's.
eventstore::Result<void> write_bus_keys(eventstore::Disk& disk, const std::string& name, const api::BusKeyPair& keys);
/// From NAME.key_secret. Errors: "bad_bus_key" where it holds no pair, or a published one; and the disk's.
eventstore::Result<api::BusKeyPair> read_bus_keys(eventstore::Disk& disk, const std::string& name);
/// Reads DIRECTORY/bus, or makes it where there is none.
eventstore::Result<api::BusKeyPair> settle_bus_keys(eventstore::Disk& disk, const std::string& directory);
/// A public key as it is, or from a certificate's file. Errors: "bad_bus_key", and the disk's.
eventstore::Result<std::string> public_key_of(eventstore::Disk& disk, const std::string& key_or_file);

struct AdmittedKey {
  std::string key;
  std::string name;  ///< one line; may be empty
};
inline constexpr std::size_t admitted_max = 1'024;

/// Nobody, where there is no such file. Errors: "bad_bus_clients" with the line, and the disk's.
eventstore::Result<std::vector<AdmittedKey>> read_admitted(eventstore::Disk& disk, const std::string& path);
eventstore::Result<void> write_admitted(eventstore::Disk& disk, const std::string& path,
                                        const std::vector<AdmittedKey>& keys);

/// The list as a server sees it: read again once a second at most, so that a change needs no restart. A list that
/// cannot be read admits nobody. One thread.
class AdmittedKeys {
 public:
  AdmittedKeys(eventstore::Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  bool has(std::string_view key);

 private:
  eventstore::Disk& disk_;
  const std::string path_;
  std::vector<AdmittedKey> keys_;
  std::chrono::steady_clock::time_point read_at_{};
};

}  // namespace pioneer::adapters::zeromq
