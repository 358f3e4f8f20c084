// A disk in memory that behaves as badly as a real one may: what was not synced is lost when the power goes, a write
// may reach it in part, any call may fail, bytes may change. One thread. Deterministic: equal calls and seeds, equal
// disks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "eventstore/ports/disk.hpp"
#include "eventstore/ports/executor.hpp"

namespace pioneer::tests {

class SimulatedDisk : public eventstore::Disk {
 public:
  /// What a crash keeps of the 512-byte sectors that were written and not synced.
  enum class Unsynced { lost, kept, torn };
  /// The calls that change something: they are counted, and any of them can be made to fail.
  enum class Call { write, sync, create, rename, remove, sync_directory };
  /// What a sync is worth. `skipped`: it answers and does nothing, as if the program had forgotten it. `late`: it
  /// answers first and is made with the next call, as if the program had not waited for it.
  enum class Syncs { honest, skipped, late };

  SimulatedDisk();

  eventstore::Result<std::unique_ptr<eventstore::File>> open(const std::string& path,
                                                             eventstore::OpenMode mode) override;
  eventstore::Result<std::vector<std::string>> list(const std::string& directory) const override;
  eventstore::Result<void> make_directory(const std::string& path) override;
  eventstore::Result<void> rename(const std::string& from, const std::string& to) override;
  eventstore::Result<void> remove(const std::string& path) override;
  eventstore::Result<void> sync_directory(const std::string& path) override;
  bool exists(const std::string& path) const override { return files_.contains(path); }
  eventstore::Result<std::unique_ptr<eventstore::File>> lock(const std::string& path) override;

  /// The power goes: names and bytes that were not synced are lost, or kept, or kept in part by `seed`. Open files are
  /// dead from now on; the disk works again.
  void crash(Unsynced unsynced, std::uint64_t seed = 0);

  /// A deliberate break of all syncs of this directory and of the files in it.
  void break_syncs(std::string directory, Syncs how) {
    broken_directory_ = std::move(directory);
    syncs_ = how;
  }

  /// The calls that change something, since the disk was made.
  std::uint64_t calls() const { return calls_; }
  /// The call that makes calls() equal to `number` fails, once: a write or sync then has an effect in part or none.
  /// Nobody hears of it, and no later call works, until crash(): set `power_off`.
  void fail_call(std::uint64_t number, bool power_off = false);
  /// False from a call that took the power until crash().
  bool powered() const { return powered_; }
  /// That call was reached.
  bool failed() const { return failed_; }
  /// Of the call that failed.
  Call failed_call() const { return failed_call_; }
  const std::string& failed_path() const { return failed_path_; }
  /// Bytes that all files together may have; a write beyond fails with "disk_full".
  void limit_bytes(std::uint64_t bytes_max) { bytes_max_ = bytes_max; }
  std::uint64_t bytes_in_all() const;

  /// For tests that look at or change what stands on the disk.
  std::string& bytes(const std::string& path);
  std::set<std::string> paths() const;

 private:
  struct Content {
    std::string bytes;                 ///< as processes see it
    std::string durable;               ///< as it is after a crash
    std::set<std::uint64_t> unsynced;  ///< sectors in which they differ, perhaps
  };
  class SimulatedFile;

  /// Counts a call; an error if it must fail.
  eventstore::Result<void> count(Call call, const std::string& path);
  Syncs syncs_of(const std::string& path) const;

  std::map<std::string, std::shared_ptr<Content>> files_;
  std::map<std::string, std::shared_ptr<Content>> durable_files_;
  std::set<std::string> directories_;
  std::set<std::string> locked_;
  std::uint64_t life_ = 0;  ///< crashes so far: files of an earlier life are dead
  std::uint64_t calls_ = 0;
  std::uint64_t fail_at_ = 0;
  bool power_off_on_failure_ = false;
  bool powered_ = true;
  bool failed_ = false;
  Call failed_call_ = Call::write;
  std::string failed_path_;
  std::uint64_t bytes_max_ = ~std::uint64_t{0};
  std::string broken_directory_;
  Syncs syncs_ = Syncs::honest;
  std::vector<std::function<void()>> late_;  ///< syncs that were answered and not made yet
};

/// Runs work when it is told to, on the caller's thread; what was not run when it goes never runs.
class SimulatedExecutor : public eventstore::Executor {
 public:
  bool run(std::function<void()> work) override {
    waiting_.push_back(std::move(work));
    return true;
  }
  void run_promised(std::function<void()> work) override { waiting_.push_back(std::move(work)); }
  void run_waiting();

 private:
  std::vector<std::function<void()>> waiting_;
};

}  // namespace pioneer::tests
