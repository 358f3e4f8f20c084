// A store for a replay: below the data directory's db, whose disk has room for it; gone when this ends.
#pragma once

#include <memory>
#include <string>

#include "eventstore/error.hpp"
#include "eventstore/ports/key_value_store.hpp"

namespace pioneer::cli {

/// One thread. What a killed process left there is removed by the next one.
class Scratch {
 public:
  static eventstore::Result<std::unique_ptr<Scratch>> open(const std::string& data);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  eventstore::KeyValueStore& store() { return *store_; }

 private:
  explicit Scratch(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
  std::unique_ptr<eventstore::KeyValueStore> store_;
};

}  // namespace pioneer::cli
