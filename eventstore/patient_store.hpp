// A store whose writes wait for better times: for what follows the log and must neither skip nor repeat a batch.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "eventstore/ports/key_value_store.hpp"

namespace pioneer::eventstore {

/// Tries again, with back-off (100 ms to 5 s), while an error says that this can help. Shared by stores that fail
/// together: those on one disk. Any thread.
class Patience {
 public:
  /// Told the code of the trouble when the first attempt fails, and nothing ("") when one succeeds again.
  using Told = std::function<void(const std::string& code)>;

  /// Before begin(), and after end(), the first failure is returned.
  void begin(Told told);
  void end();
  /// Empty: none.
  std::string trouble() const;
  Result<void> until_done(const std::function<Result<void>()>& attempt);

 private:
  void note(const std::string& code);

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool patient_ = false;
  std::string trouble_;
  Told told_;
};

/// Everything else goes straight to the store below, which outlives this.
class PatientStore final : public KeyValueStore {
 public:
  PatientStore(KeyValueStore& store, Patience& patience) : store_(store), patience_(patience) {}

  Result<Table> table(std::string_view name) override { return store_.table(name); }
  Result<void> drop_table(std::string_view name) override { return store_.drop_table(name); }
  std::vector<std::string> tables() const override { return store_.tables(); }
  Result<std::optional<std::string>> get(Table table, std::string_view key) const override {
    return store_.get(table, key);
  }
  Result<void> write(const WriteBatch& batch) override {
    return patience_.until_done([&] { return store_.write(batch); });
  }
  std::unique_ptr<Cursor> cursor(Table table) const override { return store_.cursor(table); }
  Result<void> ingest_sorted(Table table, const SortedChanges& changes) override {
    return store_.ingest_sorted(table, changes);
  }
  Result<void> flush() override {
    return patience_.until_done([&] { return store_.flush(); });
  }
  Result<void> purge(Table table) override {
    return patience_.until_done([&] { return store_.purge(table); });
  }

 private:
  KeyValueStore& store_;
  Patience& patience_;
};

}  // namespace pioneer::eventstore
