#include <algorithm>

#include "projections/products/listing_keys.hpp"

namespace pioneer::projections {
namespace {

using eventstore::failure;
using eventstore::Result;

/// Rows looked at for one page: bounds a query whose filter lets nothing pass.
constexpr std::size_t examined_max = 2'000;

bool passes(const ProductFilter& filter, const ProductTermsRow& terms) {
  if (!filter.kind.empty() && terms.kind != filter.kind) return false;
  if (filter.q.empty()) return true;
  return contains_text(terms.title, filter.q) || contains_text(terms.description, filter.q) ||
         contains_text(terms.kind, filter.q) || std::ranges::any_of(terms.sessions, [&](const auto& session) {
           return contains_text(session.venue, filter.q);
         });
}

/// The listings that a filter asks for, as one list by sort. Small pages of each listing are read ahead.
class Merge {
 public:
  Merge(eventstore::Cursor& rows, std::vector<std::string> prefixes, const std::string& from) : rows_(rows) {
    for (auto& prefix : prefixes) {
      heads_.push_back({std::move(prefix), {}});
      advance(heads_.back(), from);
    }
  }
  /// The next sort, or nothing at the end.
  std::optional<std::string> next() {
    const auto least = std::ranges::min_element(heads_, [](const Head& a, const Head& b) {
      return b.sort.empty() ? !a.sort.empty() : !a.sort.empty() && a.sort < b.sort;
    });
    if (least == heads_.end() || least->sort.empty()) return std::nullopt;
    auto sort = least->sort;
    advance(*least, sort + '\0');
    return sort;
  }

 private:
  struct Head {
    std::string prefix;
    std::string sort;  ///< empty: at its end
  };
  void advance(Head& head, const std::string& from) {
    rows_.seek(head.prefix + from);
    head.sort.clear();
    if (rows_.valid() && rows_.key().starts_with(head.prefix)) head.sort = rows_.key().substr(head.prefix.size());
  }
  eventstore::Cursor& rows_;
  std::vector<Head> heads_;
};

}  // namespace

Result<std::optional<ProductRow>> Products::get(const domain::Id& id) const {
  const auto counts = rows_.get(product_keys::counts(id));
  if (!counts) return std::unexpected(counts.error());
  if (!*counts) return std::optional<ProductRow>{};
  const auto terms = rows_.get(product_keys::terms(id));
  if (!terms) return std::unexpected(terms.error());
  auto read_counts = ProductCounts::decode(**counts);
  auto read_terms = *terms ? ProductTermsRow::decode(**terms) : std::nullopt;
  if (!read_counts || !read_terms)
    return failure("corrupt_row", "A row of product " + id.text() + " does not parse; rebuild the projection.");
  return ProductRow{id, std::move(*read_counts), std::move(*read_terms)};
}

Result<std::vector<UploadUse>> Products::picture_uses(std::string_view name, std::size_t limit) const {
  return upload_uses(rows_, product_keys::picture(name), limit);
}

// A page's `next` is the sort of the last product looked at.
Result<ProductPage> Products::page(const ProductFilter& filter, std::string_view after, std::size_t limit) const {
  std::string from = product_keys::sort(filter.from, {});
  if (!after.empty()) {
    if (after.size() != product_keys::sort_bytes) return failure("bad_cursor", "The cursor is not one of this list.");
    from = std::max(from, std::string(after) + '\0');
  }
  std::vector<std::string> prefixes;
  if (filter.organisations) {
    for (const auto& organisation : *filter.organisations)
      prefixes.push_back(product_keys::listing(organisation, filter.state));
  } else {
    prefixes.push_back(product_keys::listing_of_all(filter.state));
  }
  const auto rows = rows_.cursor();
  Merge merge(*rows, std::move(prefixes), from);
  ProductPage page;
  for (std::size_t examined = 0;; ++examined) {
    const auto sort = merge.next();
    if (!sort) break;
    if (page.products.size() == limit || examined == examined_max) return page;
    auto product = get(domain::Id::of(std::string_view(*sort).substr(8)));
    if (!product) return std::unexpected(product.error());
    page.next = *sort;
    // It may have gone elsewhere since the cursor was made.
    if (*product && (*product)->counts.state == filter.state && passes(filter, (*product)->terms)) {
      page.products.push_back(std::move(**product));
    }
  }
  if (auto status = rows->status(); !status) return std::unexpected(status.error());
  page.next.clear();
  return page;
}

}  // namespace pioneer::projections
