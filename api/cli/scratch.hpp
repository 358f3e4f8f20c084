// A store for a replay: below the data directory's db, whose disk has room for it; gone when this ends.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "eventstore/error.hpp"
#include "eventstore/ports/key_value_store.hpp"

namespace pioneer::adapters {
class RocksDbStore;
}

namespace pioneer::cli {

/// One thread. What a killed process left there is removed by the next one.
class Scratch {
 public:
  static eventstore::Result<std::unique_ptr<Scratch>> open(const std::string& data);
  /// Another one with the same rows, whose files are linked where they can be. Both may go on.
  eventstore::Result<std::unique_ptr<Scratch>> copied() const;
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  eventstore::KeyValueStore& store();

 private:
  explicit Scratch(std::string base);
  eventstore::Result<void> open_rows();
  std::string directory() const { return base_ + "/" + std::to_string(number_); }

  const std::string base_;  ///< holds those that are copies of one another
  std::shared_ptr<std::uint64_t> made_;
  std::uint64_t number_;
  std::unique_ptr<adapters::RocksDbStore> store_;
};

}  // namespace pioneer::cli
