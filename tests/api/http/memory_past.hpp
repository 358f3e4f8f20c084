// Scratch stores for the past, in memory.
#pragma once

#include <functional>

#include "adapters/memory/memory_store.hpp"
#include "api/http/handlers/past.hpp"

namespace pioneer::api::http {

class MemoryPastStores final : public PastStores {
 public:
  eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> make(const eventstore::KeyValueStore* of) override {
    if (before_make) before_make();
    if (of != nullptr) return static_cast<const adapters::MemoryStore*>(of)->copy();
    return std::make_unique<adapters::MemoryStore>();
  }
  std::uint64_t bytes(const eventstore::KeyValueStore& store) const override {
    return static_cast<const adapters::MemoryStore&>(store).bytes();
  }
  std::function<void()> before_make;
};

}  // namespace pioneer::api::http
