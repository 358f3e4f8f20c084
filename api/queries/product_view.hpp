// The supermarket as a caller sees it: products, claims, the caller's own.
#pragma once

#include <functional>

#include "api/messages/views.pb.h"
#include "api/node/node.hpp"
#include "api/queries/answer.hpp"

namespace pioneer::queries {

/// Claims in one page: as many as one PersonalDataOpened can name.
inline constexpr std::size_t claims_page_max = 200;
/// Products or requests in a page of the caller's own.
inline constexpr std::size_t mine_page_usual = 50;
inline constexpr std::size_t mine_page_max = 200;

/// A claim's id over all products: its product's and its number there.
std::string claim_id(const domain::Id& product, std::uint32_t ticket);

/// The read models of one moment: the live ones, or a replay's. Names and roles are those of today.
struct MarketSource {
  const node::Node& node;
  const projections::ReadModels& models;
  bool past = false;  ///< a replay's: nothing can be done to what was
  /// The text that lets its holder in; absent: claims show none.
  std::function<std::string(const domain::Id& product, std::uint32_t claim, std::uint32_t places)> ticket = {};
};

/// Drafts are for officials of the organisation; everything else for everybody. Refusal: not_found.
domain::Decided<api::ProductView> product_view(const MarketSource& source, const node::Caller& caller,
                                               const domain::Id& id);

struct ProductsQuery {
  std::optional<domain::Id> organisation;
  bool subtree = true;  ///< with all below it
  domain::ProductState::Value state = domain::ProductState::published;
  std::string kind;
  domain::Instant from;
  std::string text;
  std::string after;  ///< a page's next_cursor
  std::size_t limit = 50;
};
domain::Decided<api::ProductList> list_products(const MarketSource& source, const node::Caller& caller,
                                                const ProductsQuery& query);

/// To its owner, and to officials of the product's organisation. Refusal: not_found.
Answered<api::ClaimView> claim_view(const MarketSource& source, const node::Caller& caller, const domain::Id& product,
                                    std::uint32_t ticket);
/// For those who check in: with names, which are journalled. `after`: the last ticket seen.
Answered<api::ClaimList> list_claims(const MarketSource& source, const node::Caller& caller, const domain::Id& product,
                                     std::uint32_t after, std::size_t limit);
/// May the caller check people in at this product? Refusals: not_found, not_signed_in, forbidden.
domain::Decided<void> may_check_in(const MarketSource& source, const node::Caller& caller, const domain::Id& product);
/// The caller's own, product by product, of at most `limit` (≤ 200) products. Refusal: not_signed_in.
domain::Decided<api::ClaimList> my_claims(const MarketSource& source, const node::Caller& caller,
                                          const std::string& after, std::size_t limit = mine_page_usual);
/// The requests that the caller asked. Refusal: not_signed_in.
domain::Decided<api::RequestList> my_requests(const MarketSource& source, const node::Caller& caller,
                                              const std::string& after, std::size_t limit = mine_page_usual);

}  // namespace pioneer::queries
