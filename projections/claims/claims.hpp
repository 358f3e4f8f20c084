// Claims of a product: rows of the table of `products`; a claim's state joins with its product's row when it is asked
// for.
#pragma once

#include <vector>

#include "projections/products/products.hpp"

namespace pioneer::projections {

struct ClaimRating {
  std::uint32_t stars = 0;
  domain::Instant at;
  SealedValue comment;  ///< under the author's key
  SealedValue problem;
  std::string problem_category;
};

struct Claim {
  std::uint32_t ticket = 0;
  domain::Id owner;  ///< pseudonym in the product's stream
  std::uint32_t places = 0;
  domain::ClaimState::Value state = domain::ClaimState::unspecified;  ///< as it counts today
  domain::Instant placed;
  std::uint32_t waitlist_position = 0;  ///< 1: next; 0: does not wait
  std::uint8_t stars = 0;               ///< 0: not rated; see `rating`
};

/// Queries. Any thread. An unknown product has no claims.
class Claims {
 public:
  explicit Claims(const Engine& engine) : rows_(engine.view("products")) {}
  eventstore::Result<std::optional<Claim>> get(const domain::Id& product, std::uint32_t ticket) const;
  /// A person's claims in one product, oldest first. Looks through two bytes of each of the product's claims.
  eventstore::Result<std::vector<Claim>> of(const domain::Id& product, const domain::Pseudonym& owner) const;
  /// Claims after ticket `after`, at most `limit`, for those who check in.
  eventstore::Result<std::vector<Claim>> page(const domain::Id& product, std::uint32_t after, std::size_t limit) const;
  eventstore::Result<std::optional<ClaimRating>> rating(const domain::Id& product, std::uint32_t ticket) const;

 private:
  const View& rows_;
};

}  // namespace pioneer::projections
