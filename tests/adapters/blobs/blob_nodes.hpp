// Nodes that share their uploads, as far as these go, and a table that is in memory.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/blobs/shared_blobs.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/sodium.hpp"
#include "tests/contract/blob_content.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::tests {

inline api::Secret secret_of(char c) {
  api::Secret secret;
  secret.bytes.fill(c);
  return secret;
}

/// A directory of uploads, alone.
class BlobDirectory {
 public:
  BlobDirectory() : anchor_("x"), path_(std::filesystem::path(anchor_.path()).parent_path() / "blobs") { again(); }

  void again() {
    files_.reset();
    files_ = adapters::blobs::BlobFiles::open(disk, cryptography, clock, path(), secret_of('s')).value();
  }
  adapters::blobs::BlobFiles& blobs() { return *files_; }
  std::string path() const { return path_.string(); }
  std::unique_ptr<adapters::blobs::BlobFiles> take_files() { return std::move(files_); }

  SetClock clock;
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  adapters::SodiumCryptography cryptography{random};

 private:
  TemporaryFile anchor_;
  std::filesystem::path path_;
  std::unique_ptr<adapters::blobs::BlobFiles> files_;
};

/// Everything that was ever put into the table, in order.
struct MemoryTable {
  using Entry = std::pair<std::string, std::optional<std::string>>;
  std::vector<Entry> entries;
  bool away = false;                         ///< takes nothing, shows nothing
  std::size_t takes_only = ~std::size_t{0};  ///< so many entries, and then it is away

  /// What compaction leaves.
  std::map<std::string, std::string> newest() const {
    std::map<std::string, std::string> newest;
    for (const auto& [key, value] : entries) {
      newest.erase(key);
      if (value) newest.emplace(key, *value);
    }
    return newest;
  }
};

class BlobNode : private adapters::blobs::BlobSharing {
 public:
  explicit BlobNode(std::shared_ptr<MemoryTable> table = std::make_shared<MemoryTable>()) : table_(std::move(table)) {
    again();
  }

  /// As after a crash.
  void again() {
    shared_.reset();
    directory.again();
    shared_ =
        adapters::blobs::SharedBlobs::open(directory.disk, directory.cryptography, directory.clock, directory.blobs(),
                                           *this, {directory.path() + "/shared", "town.blobs", secret_of('n'), tell})
            .value();
    next_ = static_cast<std::size_t>(shared_->from().value_or(0));
    expect_settles();
  }
  /// As when the topic was deleted and made anew.
  void hears_all_anew() {
    next_ = 0;
    shared_->told_anew();
    expect_settles();
  }
  bool read_all() { return read_to_end({}).has_value(); }
  adapters::blobs::SharedBlobs& blobs() { return *shared_; }
  MemoryTable& table() { return *table_; }
  std::size_t next() const { return next_; }

  BlobDirectory directory;
  SetClock& clock = directory.clock;
  std::vector<std::string> said;

 private:
  /// Where the table is there.
  void expect_settles() {
    if (!read_all()) return;
    EXPECT_TRUE(shared_->settled_to_end());
  }
  eventstore::Result<void> publish(std::span<const adapters::blobs::SharedPart> parts) override {
    for (const auto& part : parts) {
      if (table_->away || table_->takes_only == 0)
        return eventstore::failure("outcome_unknown", "They are away.", eventstore::Retry::can_help);
      --table_->takes_only;
      table_->entries.emplace_back(part.key, part.value);
    }
    return {};
  }
  eventstore::Result<void> read_to_end(std::chrono::milliseconds) override {
    if (table_->away) return eventstore::failure("broker_unreachable", "They are away.", eventstore::Retry::can_help);
    for (; next_ < table_->entries.size(); ++next_) {
      const auto& [key, value] = table_->entries[next_];
      shared_->take(key, value ? std::optional<std::string_view>(*value) : std::nullopt);
      if (auto settled = shared_->settle(static_cast<std::int64_t>(next_ + 1)); !settled) return settled;
    }
    return {};
  }

  std::shared_ptr<MemoryTable> table_;
  std::size_t next_ = 0;
  std::function<void(const std::string&)> tell = [this](const std::string& sentence) { said.push_back(sentence); };
  std::unique_ptr<adapters::blobs::SharedBlobs> shared_;
};

}  // namespace pioneer::tests
