#include "api/server/shared_keys.hpp"

#include <vector>

namespace pioneer::server {

using adapters::FileKeyring;
using adapters::KeyringOptions;
using adapters::kafka::TableEntry;
using adapters::kafka::TableTopic;
using eventstore::Result;

Result<std::unique_ptr<SharedKeys>> SharedKeys::open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                     const eventstore::LogId& log, KeyringOptions keys,
                                                     adapters::kafka::TableOptions table) {
  keys.shared = true;
  std::unique_ptr<SharedKeys> shared(new SharedKeys(std::move(table)));
  if (auto opened = shared->open_keyring(disk, cryptography, log, keys); !opened)
    return std::unexpected(opened.error());
  auto& keyring = *shared->keyring_;
  auto& options = shared->options_;
  options.told = [&keyring](std::string_view key, std::optional<std::string_view> value) {
    keyring.take(key, value.value_or(""));  // nobody removes a key's record: whoever did so changes nothing
  };
  options.settle = [&keyring](std::int64_t) { return keyring.settle(); };
  options.idle = [&keyring] { static_cast<void>(keyring.publish_owed()); };
  auto opened = TableTopic::open(options);
  if (!opened) return std::unexpected(opened.error());
  shared->table_ = std::move(*opened);
  if (auto joined = keyring.share(*shared); !joined) return std::unexpected(joined.error());
  return shared;
}

SharedKeys::~SharedKeys() { stop(); }

void SharedKeys::stop() {
  if (table_ != nullptr) table_->stop();
}

Result<void> SharedKeys::open_keyring(eventstore::Disk& disk, api::Cryptography& cryptography,
                                      const eventstore::LogId& log, const KeyringOptions& keys) {
  auto opened = FileKeyring::open(disk, cryptography, log, keys);
  if (!opened && opened.error().code == "no_keyring") {
    const auto header = header_in_table();
    if (!header) return std::unexpected(header.error());
    if (!header->empty()) {
      if (auto joined = FileKeyring::join(disk, cryptography, keys, *header); !joined) return joined;
      opened = FileKeyring::open(disk, cryptography, log, keys);
    } else if (keys.unused) {
      opened = FileKeyring::make(disk, cryptography, log, keys);
    }
  }
  if (!opened) return std::unexpected(opened.error());
  keyring_ = std::move(*opened);
  return {};
}

// Read for it alone: what else stands there can be taken only by a keyring that has it.
Result<std::string> SharedKeys::header_in_table() const {
  std::string header;
  auto options = options_;
  options.told = [&header](std::string_view key, std::optional<std::string_view> value) {
    if (key == adapters::keyring::header_record && value && header.empty()) header = *value;
  };
  auto table = TableTopic::open(options);
  if (!table) return std::unexpected(table.error());
  if (auto read = (*table)->read_to_end(options.kafka.ask_within); !read) return std::unexpected(read.error());
  (*table)->stop();
  return header;
}

Result<void> SharedKeys::publish(std::span<const adapters::SharedRecord> records) {
  std::vector<TableEntry> entries;
  entries.reserve(records.size());
  for (const auto& record : records) entries.push_back({record.key, record.value});
  return table_->put(entries);
}

Result<void> SharedKeys::read_to_end() { return table_->read_to_end(options_.kafka.ask_within); }

}  // namespace pioneer::server
