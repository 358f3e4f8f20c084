// The keys of products' listings, for the fold that writes them and the queries that walk them.
#pragma once

#include <string>

#include "projections/products/products.hpp"

namespace pioneer::projections::product_keys {

inline constexpr std::size_t sort_bytes = 24;  ///< starts (8), id (16)

inline std::string listing(const domain::Id& organisation, domain::ProductState::Value state) {
  std::string key = "l";
  key.append(organisation.view()).push_back(static_cast<char>(state));
  return key;
}

inline std::string listing_of_all(domain::ProductState::Value state) { return {'g', static_cast<char>(state)}; }

inline std::string sort(domain::Instant starts, const domain::Id& product) {
  std::string key;
  eventstore::put_big_endian(key, static_cast<std::uint64_t>(starts.us) ^ std::uint64_t{1} << 63);
  key.append(product.view());
  return key;
}

}  // namespace pioneer::projections::product_keys
