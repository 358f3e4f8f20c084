// All read models over one engine: what a node opens, and what a replay opens over its scratch store.
#pragma once

#include "projections/boards/boards.hpp"
#include "projections/claims/claims.hpp"
#include "projections/deadlines/deadlines.hpp"
#include "projections/engine/replay.hpp"
#include "projections/members/members.hpp"
#include "projections/organisations/organisations.hpp"
#include "projections/products/products.hpp"
#include "projections/requests/requests.hpp"

namespace pioneer::projections {

/// Every projection that there is.
std::vector<std::unique_ptr<Projection>> all_projections();

/// Queries: any thread. The engine's `apply` belongs to the thread that follows the log.
class ReadModels {
 public:
  static eventstore::Result<std::unique_ptr<ReadModels>> open(eventstore::KeyValueStore& store,
                                                              EngineOptions options = {});
  /// As things stood: everything up to `as_of`, into `scratch`, which is empty and outlives this.
  static eventstore::Result<std::unique_ptr<ReadModels>> replayed(eventstore::KeyValueStore& scratch,
                                                                  CommitSource& source, AsOf as_of = {},
                                                                  EngineOptions options = {});

  Engine& engine() { return *engine_; }
  const Engine& engine() const { return *engine_; }
  const Organisations& organisations() const { return *organisations_; }
  const Members& members() const { return members_; }
  const Requests& requests() const { return requests_; }
  const Boards& boards() const { return boards_; }
  const Deadlines& deadlines() const { return deadlines_; }
  const Products& products() const { return products_; }
  const Claims& claims() const { return claims_; }

 private:
  static eventstore::Result<std::unique_ptr<ReadModels>> over(std::unique_ptr<Engine> engine);
  ReadModels(std::unique_ptr<Engine> engine, std::unique_ptr<Organisations> organisations);

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Organisations> organisations_;
  Members members_;
  Requests requests_;
  Boards boards_;
  Deadlines deadlines_;
  Products products_;
  Claims claims_;
};

}  // namespace pioneer::projections
