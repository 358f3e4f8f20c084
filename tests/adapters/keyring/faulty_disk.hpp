// A disk in memory that can stop at any write or sync, and then forgets, or keeps in part, what was not synced.
// One thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "eventstore/ports/disk.hpp"
#include "eventstore/ports/random.hpp"

namespace pioneer::testing {

using eventstore::failure;
using eventstore::Result;

class FaultyDisk final : public eventstore::Disk {
 public:
  struct Inode {
    struct Write {
      std::uint64_t offset;
      std::string bytes;
    };
    std::string durable;
    std::string now;
    std::vector<Write> unsynced;
  };

  /// The n-th write or sync from now on fails, and every one after it. Negative: none.
  void stop_after(int operations) { left_ = operations; }
  /// While it is full, a write puts its first half down and fails.
  void fill(bool full) { full_ = full; }
  bool stopped() const { return left_ == 0; }
  int operations() const { return operations_; }

  /// The power goes: of each write since the last sync nothing, all, or some bytes at its beginning or end are kept.
  void lose_power(std::mt19937& random) {
    for (auto& [path, inode] : files_) {
      for (const auto& write : inode->unsynced) apply_torn(inode->durable, write, random);
      inode->unsynced.clear();
      inode->now = inode->durable;
    }
    left_ = -1;
  }

  /// Another disk with the same files.
  FaultyDisk copy() const {
    FaultyDisk other;
    for (const auto& [path, inode] : files_) other.files_[path] = std::make_shared<Inode>(*inode);
    return other;
  }

  std::string& bytes(const std::string& path) { return files_.at(path)->now; }
  void make_all_durable() {
    for (auto& [path, inode] : files_) {
      inode->durable = inode->now;
      inode->unsynced.clear();
    }
  }

  Result<std::unique_ptr<eventstore::File>> open(const std::string& path, eventstore::OpenMode mode) override {
    const bool create = mode != eventstore::OpenMode::read_only && mode != eventstore::OpenMode::read_write;
    if (create == exists(path)) return failure("open_failed", path + " is there, or is not.");
    if (create) files_[path] = std::make_shared<Inode>();
    return std::make_unique<OpenFile>(*this, files_.at(path));
  }
  Result<std::vector<std::string>> list(const std::string&) const override { return std::vector<std::string>{}; }
  Result<void> make_directory(const std::string&) override { return {}; }
  Result<void> rename(const std::string& from, const std::string& to) override {
    auto node = files_.extract(from);
    files_[to] = node.mapped();
    return {};
  }
  Result<void> remove(const std::string& path) override {
    files_.erase(path);
    return {};
  }
  Result<void> sync_directory(const std::string&) override { return {}; }
  bool exists(const std::string& path) const override { return files_.contains(path); }
  Result<std::unique_ptr<eventstore::File>> lock(const std::string&) override { return failure("unused", ""); }

 private:
  class OpenFile final : public eventstore::File {
   public:
    OpenFile(FaultyDisk& disk, std::shared_ptr<Inode> inode) : disk_(disk), inode_(std::move(inode)) {}
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override {
      if (offset >= inode_->now.size()) return 0;
      const auto count = std::min<std::size_t>(into.size(), inode_->now.size() - offset);
      std::memcpy(into.data(), inode_->now.data() + offset, count);
      return count;
    }
    Result<void> write(std::uint64_t offset, eventstore::ByteView bytes) override {
      if (disk_.full_) {
        apply(inode_->now, offset, eventstore::text_of(bytes.first(bytes.size() / 2)));
        return failure("disk_full", "", eventstore::Retry::can_help);
      }
      const bool dies = disk_.step();
      if (dies && !disk_.just_stopped_) return failure("stopped", "");
      inode_->unsynced.push_back({offset, std::string(eventstore::text_of(bytes))});
      disk_.just_stopped_ = false;
      if (dies) return failure("stopped", "");
      apply(inode_->now, offset, eventstore::text_of(bytes));
      return {};
    }
    Result<void> sync() override {
      if (disk_.step()) return failure("stopped", "");
      inode_->durable = inode_->now;
      inode_->unsynced.clear();
      return {};
    }
    Result<std::uint64_t> size() const override { return inode_->now.size(); }

   private:
    FaultyDisk& disk_;
    std::shared_ptr<Inode> inode_;
  };

  /// True: this operation fails.
  bool step() {
    ++operations_;
    just_stopped_ = left_ == 1;
    if (left_ > 0) --left_;
    return left_ == 0;
  }
  static void apply(std::string& content, std::uint64_t offset, std::string_view bytes) {
    if (bytes.empty()) return;
    content.resize(std::max<std::size_t>(content.size(), offset + bytes.size()), '\0');
    content.replace(offset, bytes.size(), bytes);
  }
  static void apply_torn(std::string& content, const Inode::Write& write, std::mt19937& random) {
    const std::size_t kept = random() % (write.bytes.size() + 1);
    switch (random() % 4) {
      case 0:
        return;
      case 1:
        return apply(content, write.offset, write.bytes);
      case 2:
        return apply(content, write.offset, std::string_view(write.bytes).substr(0, kept));
      default:
        return apply(content, write.offset + kept, std::string_view(write.bytes).substr(kept));
    }
  }

  std::map<std::string, std::shared_ptr<Inode>> files_;
  int left_ = -1;
  bool full_ = false;
  int operations_ = 0;
  bool just_stopped_ = false;
};

/// The same bytes for the same seed.
class SeededRandom final : public eventstore::Random {
 public:
  explicit SeededRandom(std::uint32_t seed = 1) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = static_cast<std::byte>(engine_() & 255);
  }

 private:
  std::mt19937 engine_;
};

}  // namespace pioneer::testing
