// Nodes that share their keys, as far as their keyrings go: a disk each, and one table. One thread: what stands in the
// table comes to a node when it reads.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "adapters/keyring/file_keyring.hpp"
#include "adapters/sodium/sodium.hpp"
#include "eventstore/ports/log.hpp"
#include "eventstore/whole_file.hpp"
#include "tests/adapters/keyring/faulty_disk.hpp"

namespace pioneer::testing {

struct SharedTable {
  std::vector<adapters::SharedRecord> records;
  bool away = false;
  bool silent = false;  ///< what is put comes, and nobody says so

  /// As the brokers do it some time.
  void compact() {
    for (auto record = records.begin(); record != records.end(); ++record) {
      // Its place stays, empty.
      if (std::any_of(record + 1, records.end(), [&](const auto& later) { return later.key == record->key; }))
        *record = {};
    }
  }
  std::string newest(const domain::Id& id) const {
    const auto found =
        std::find_if(records.rbegin(), records.rend(), [&](const auto& record) { return record.key == id.view(); });
    return found == records.rend() ? std::string() : found->value;
  }
};

class SharedNode final : public adapters::KeySharing {
 public:
  SharedNode(SharedTable& table, std::uint32_t seed) : table_(table), random_(seed), cryptography_(random_) {
    set_master('a');
    options.shared = true;
  }

  void set_master(char digit) {
    if (disk.exists("keys/master")) static_cast<void>(disk.remove("keys/master"));
    EXPECT_TRUE(eventstore::write_whole(disk, "keys/master", std::string(64, digit) + "\n"));
  }

  /// The file alone. What a node does that opens the first time, or again.
  eventstore::Result<void> open_file(bool unused) {
    told_ = 0;
    options.unused = unused;
    const auto log = eventstore::LogId::of("a log of 16 byte");
    const auto header =
        std::ranges::find(table_.records, adapters::keyring::header_record, &adapters::SharedRecord::key);
    if (header != table_.records.end()) {
      if (auto joined = adapters::FileKeyring::join(disk, cryptography_, options, header->value); !joined)
        return joined;
    }
    auto opened = disk.exists("keys/keyring") || !unused
                      ? adapters::FileKeyring::open(disk, cryptography_, log, options)
                      : adapters::FileKeyring::make(disk, cryptography_, log, options);
    if (!opened) return std::unexpected(opened.error());
    keyring_ = std::move(*opened);
    return {};
  }
  eventstore::Result<void> open(bool unused = false) {
    if (auto opened = open_file(unused); !opened) return opened;
    return keyring_->share(*this);
  }

  adapters::FileKeyring& keyring() { return *keyring_; }
  std::string secret(const domain::Id& id) {
    const auto key = keyring_->get(id);
    return key ? std::string(key->sealing.view()) : std::string();
  }
  /// Makes a key and writes it.
  void make(const domain::Id& id) {
    EXPECT_TRUE(keyring_->create(id, api::KeyKind::person));
    EXPECT_TRUE(keyring_->sync());
  }
  /// Where this key's wrapped bytes stand in the table, they stand in the file, too.
  bool file_holds(std::string_view bytes) { return disk.bytes("keys/keyring").find(bytes) != std::string::npos; }

  eventstore::Result<void> publish(std::span<const adapters::SharedRecord> records) override {
    if (table_.away)
      return eventstore::failure(eventstore::broker_unreachable, "They are away.", eventstore::Retry::can_help);
    table_.records.insert(table_.records.end(), records.begin(), records.end());
    if (table_.silent) return eventstore::failure("outcome_unknown", "Nobody answered.", eventstore::Retry::can_help);
    return {};
  }
  eventstore::Result<void> read_to_end() override {
    if (table_.away)
      return eventstore::failure(eventstore::broker_unreachable, "They are away.", eventstore::Retry::can_help);
    for (; told_ < table_.records.size(); ++told_)
      keyring_->take(table_.records[told_].key, table_.records[told_].value);
    return keyring_->settle();
  }

  FaultyDisk disk;
  adapters::KeyringOptions options{"keys", "", 64};

 private:
  SharedTable& table_;
  std::size_t told_ = 0;
  SeededRandom random_;
  adapters::SodiumCryptography cryptography_;
  std::unique_ptr<adapters::FileKeyring> keyring_;
};

}  // namespace pioneer::testing
