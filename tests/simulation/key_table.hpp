// The table through which the nodes of a simulated cluster share their keys. It never fails: what its own failures do
// is tested in tests/adapters/keyring.
#pragma once

#include <vector>

#include "adapters/keyring/file_keyring.hpp"

namespace pioneer::tests {

using KeyTable = std::vector<adapters::SharedRecord>;

/// One process's way to it.
class KeyTableReader final : public adapters::KeySharing {
 public:
  explicit KeyTableReader(KeyTable& table) : table_(table) {}
  /// Before anything is read.
  void tell(adapters::FileKeyring& keyring) { keyring_ = &keyring; }

  eventstore::Result<void> publish(std::span<const adapters::SharedRecord> records) override {
    table_.insert(table_.end(), records.begin(), records.end());
    return {};
  }
  eventstore::Result<void> read_to_end() override {
    for (; told_ < table_.size(); ++told_) keyring_->take(table_[told_].key, table_[told_].value);
    return keyring_->settle();
  }

 private:
  KeyTable& table_;
  adapters::FileKeyring* keyring_ = nullptr;
  std::size_t told_ = 0;
};

}  // namespace pioneer::tests
