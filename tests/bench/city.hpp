// A deployment in a folder of its own, as pioneerd opens it, with a community, its cadre, members and products: where
// the benchmarks happen.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/server/deployment.hpp"
#include "tests/bench/closed_loop.hpp"

namespace pioneer::bench {

/// The id behind the slash of "product/…".
domain::Id id_in(const std::string& stream);

class City {
 public:
  /// Makes or opens the deployment; it runs, and writes. Ends the program where it cannot.
  explicit City(server::DeploymentOptions options);
  explicit City(const std::string& directory);

  /// Made once, at the first use of a new folder.
  void found();
  void add_members(std::size_t count);
  /// Published, for any number of claims of a member up to 100 places.
  void add_products(std::size_t count, std::uint32_t capacity);

  api::Commanded claim(std::uint64_t number, const domain::Id& product);
  api::Commanded request(std::uint64_t number);
  /// For the number's member; `hash` is the token's SHA-256.
  api::Commanded token(std::uint64_t number, std::string_view hash);
  /// What a cadre does next with a request: it is taken on.
  api::Commanded accept(const domain::Id& request);

  node::Node& node() { return deployment_->node(); }
  server::Deployment& deployment() { return *deployment_; }
  const std::vector<domain::Id>& products() const { return products_; }
  const domain::Id& organisation() const { return organisation_; }
  const domain::Id& cadre() const { return cadre_->member; }

 private:
  node::Outcome execute(api::Commanded command);
  api::Call call(const std::optional<api::Sender>& sender);

  std::unique_ptr<server::Deployment> deployment_;
  std::uint64_t commands_ = 0;
  domain::Id organisation_;
  std::optional<api::Sender> cadre_;
  std::vector<api::Sender> members_;
  std::vector<domain::Id> products_;
};

}  // namespace pioneer::bench
