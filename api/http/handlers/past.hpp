// Read models as they stood: replayed into a scratch store, the last few kept. `?asOf=` of products, lists and boards.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "eventstore/error.hpp"
#include "eventstore/ports/key_value_store.hpp"
#include "eventstore/ports/log.hpp"
#include "projections/read_models.hpp"

namespace pioneer::api::http {

/// One replay at a time; those who ask for the same wait for it. Any thread that may wait: not a loop.
class Past {
 public:
  using MakeStore = std::function<std::unique_ptr<eventstore::KeyValueStore>()>;
  struct Moment {
    std::unique_ptr<eventstore::KeyValueStore> store;
    std::unique_ptr<projections::ReadModels> models;
    eventstore::Sequence end;  ///< the first commit that does not count
  };

  /// `make_store` gives an empty scratch store. The log outlives this.
  Past(const eventstore::Log& log, MakeStore make_store) : log_(log), make_store_(std::move(make_store)) {}

  /// Everything recorded until `us`.
  eventstore::Result<std::shared_ptr<const Moment>> at(std::int64_t us);

 private:
  static constexpr std::size_t kept_max = 4;

  const eventstore::Log& log_;
  const MakeStore make_store_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<const Moment>> kept_;  ///< newest first
};

}  // namespace pioneer::api::http
