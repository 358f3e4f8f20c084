// The keyring of a node that shares its log: its keys go through a table on Kafka, beside the log's topic, to the
// keyrings of all other nodes.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/kafka/table_topic.hpp"
#include "adapters/keyring/file_keyring.hpp"

namespace pioneer::server {

/// Any thread. From open() to stop() a thread of its own keeps the keyring as the table is.
class SharedKeys final : private adapters::KeySharing {
 public:
  /// Opens the keyring, or makes it from what stands in the table; one that the table lacks goes into it. `table` is
  /// where that is; what it tells and settles is set here. `log`: the log's name; `keys.unused`: it holds no commit.
  /// Errors: those of FileKeyring and TableTopic, and "no_keyring": there is none here and none in the table, though
  /// the log holds commits.
  static eventstore::Result<std::unique_ptr<SharedKeys>> open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                              const eventstore::LogId& log,
                                                              adapters::KeyringOptions keys,
                                                              adapters::kafka::TableOptions table);
  ~SharedKeys() override;
  SharedKeys(const SharedKeys&) = delete;
  SharedKeys& operator=(const SharedKeys&) = delete;

  adapters::FileKeyring& keyring() { return *keyring_; }
  /// Takes nothing more from the table; the keyring stays, and writes no more keys.
  void stop();

 private:
  explicit SharedKeys(adapters::kafka::TableOptions table) : options_(std::move(table)) {}
  eventstore::Result<void> open_keyring(eventstore::Disk& disk, api::Cryptography& cryptography,
                                        const eventstore::LogId& log, const adapters::KeyringOptions& keys);
  eventstore::Result<std::string> header_in_table() const;
  eventstore::Result<void> publish(std::span<const adapters::SharedRecord> records) override;
  eventstore::Result<void> read_to_end() override;

  adapters::kafka::TableOptions options_;
  std::unique_ptr<adapters::FileKeyring> keyring_;
  std::unique_ptr<adapters::kafka::TableTopic> table_;
};

}  // namespace pioneer::server
