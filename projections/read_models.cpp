#include "projections/read_models.hpp"

namespace pioneer::projections {

using eventstore::Result;

std::vector<std::unique_ptr<Projection>> all_projections() {
  std::vector<std::unique_ptr<Projection>> all;
  all.push_back(std::make_unique<OrganisationsProjection>());
  all.push_back(std::make_unique<MembersProjection>());
  all.push_back(std::make_unique<RequestsProjection>());
  all.push_back(std::make_unique<ProductsProjection>());
  return all;
}

ReadModels::ReadModels(std::unique_ptr<Engine> engine, std::unique_ptr<Organisations> organisations)
    : engine_(std::move(engine)),
      organisations_(std::move(organisations)),
      members_(*engine_),
      requests_(*engine_),
      boards_(*engine_),
      deadlines_(*engine_),
      products_(*engine_),
      claims_(*engine_) {}

Result<std::unique_ptr<ReadModels>> ReadModels::over(std::unique_ptr<Engine> engine) {
  auto organisations = Organisations::open(*engine);
  if (!organisations) return std::unexpected(organisations.error());
  return std::unique_ptr<ReadModels>(new ReadModels(std::move(engine), std::move(*organisations)));
}

Result<std::unique_ptr<ReadModels>> ReadModels::open(eventstore::KeyValueStore& store, EngineOptions options) {
  auto engine = Engine::open(store, all_projections(), options);
  if (!engine) return std::unexpected(engine.error());
  return over(std::move(*engine));
}

Result<std::unique_ptr<ReadModels>> ReadModels::replayed(eventstore::KeyValueStore& scratch, CommitSource& source,
                                                         AsOf as_of, EngineOptions options) {
  auto engine = replay(scratch, all_projections(), source, as_of, options);
  if (!engine) return std::unexpected(engine.error());
  return over(std::move(*engine));
}

}  // namespace pioneer::projections
