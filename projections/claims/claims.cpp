#include "projections/claims/claims.hpp"

#include <limits>

namespace pioneer::projections {
namespace {

using domain::ClaimState;
using eventstore::failure;
using eventstore::Result;

constexpr std::uint32_t block = ProductCounts::block;

std::unexpected<eventstore::Error> corrupt(const domain::Id& product) {
  return failure("corrupt_row", "Claims of product " + product.text() + " do not parse; rebuild the projection.");
}

/// A product's counts and its claims, as of one instant.
class Tickets {
 public:
  static Result<std::optional<Tickets>> open(const View& rows, const domain::Id& product) {
    auto cursor = rows.cursor();
    const auto key = product_keys::counts(product);
    cursor->seek(key);
    if (!cursor->valid() || cursor->key() != key) {
      if (auto status = cursor->status(); !status) return std::unexpected(status.error());
      return std::optional<Tickets>{};
    }
    auto counts = ProductCounts::decode(cursor->value());
    if (!counts) return corrupt(product);
    return Tickets(std::move(cursor), product, std::move(*counts));
  }

  const ProductCounts& counts() const { return counts_; }

  /// Calls each(ticket, row) from `first` on, until it returns false. Rows of a block come one after the other.
  template <class Each>
  Result<void> walk(std::uint32_t first, Each each) const {
    for (std::uint32_t number = first; number <= counts_.tickets;) {
      const auto index = (number - 1) / block;
      std::string_view claims = counts_.tail;
      if (index < counts_.tickets / block) {
        const auto key = product_keys::block(product_, index);
        // Blocks follow one another in the table: the next one is one step away.
        if (rows_->valid() && rows_->key() < key) rows_->next();
        if (!rows_->valid() || rows_->key() != key) rows_->seek(key);
        if (!rows_->valid() || rows_->key() != key || rows_->value().size() != block * TicketRow::bytes)
          return corrupt(product_);
        claims = rows_->value();
      }
      const auto end = std::min(counts_.tickets, (index + 1) * block);
      for (; number <= end; ++number) {
        if (!each(number, claims.data() + (number - 1) % block * TicketRow::bytes)) return {};
      }
    }
    return {};
  }

  Claim claim(std::uint32_t number, const char* bytes) const {
    const auto row = TicketRow::read(bytes);
    return {number, row.owner, row.places, counts_.state_of(number, row), row.placed, 0, row.stars};
  }

  /// Fills in the positions of those among `claims` (by ticket, ascending) that wait.
  Result<void> find_positions(std::vector<Claim>& claims) const {
    std::uint32_t last = 0;
    for (const auto& claim : claims) {
      if (claim.state == ClaimState::waitlisted) last = claim.ticket;
    }
    if (last == 0) return {};
    std::uint32_t position = 0;
    std::size_t next = 0;
    return walk(counts_.promoted_to + 1, [&](std::uint32_t number, const char* bytes) {
      if (TicketRow::read(bytes).state == ClaimState::waitlisted) ++position;
      while (next < claims.size() && claims[next].ticket < number) ++next;
      if (next < claims.size() && claims[next].ticket == number && claims[next].state == ClaimState::waitlisted) {
        claims[next].waitlist_position = position;
      }
      return number < last;
    });
  }

 private:
  Tickets(std::unique_ptr<eventstore::Cursor> rows, const domain::Id& product, ProductCounts counts)
      : rows_(std::move(rows)), product_(product), counts_(std::move(counts)) {}
  std::unique_ptr<eventstore::Cursor> rows_;
  domain::Id product_;
  ProductCounts counts_;
};

}  // namespace

Result<std::optional<Claim>> Claims::get(const domain::Id& product, std::uint32_t ticket) const {
  const auto tickets = Tickets::open(rows_, product);
  if (!tickets) return std::unexpected(tickets.error());
  if (!*tickets || ticket == 0 || ticket > (*tickets)->counts().tickets) return std::optional<Claim>{};
  std::vector<Claim> found;
  auto walked = (*tickets)->walk(ticket, [&](std::uint32_t number, const char* bytes) {
    found.push_back((*tickets)->claim(number, bytes));
    return false;
  });
  if (walked) walked = (*tickets)->find_positions(found);
  if (!walked) return std::unexpected(walked.error());
  return found.front();
}

Result<std::vector<Claim>> Claims::of(const domain::Id& product, const domain::Pseudonym& owner) const {
  const auto tickets = Tickets::open(rows_, product);
  if (!tickets) return std::unexpected(tickets.error());
  std::vector<Claim> found;
  if (!*tickets) return found;
  auto walked = (*tickets)->walk(1, [&](std::uint32_t number, const char* bytes) {
    if (std::string_view(bytes, 16) == owner.view()) found.push_back((*tickets)->claim(number, bytes));
    return true;
  });
  if (walked) walked = (*tickets)->find_positions(found);
  if (!walked) return std::unexpected(walked.error());
  return found;
}

Result<std::vector<Claim>> Claims::page(const domain::Id& product, std::uint32_t after, std::size_t limit) const {
  const auto tickets = Tickets::open(rows_, product);
  if (!tickets) return std::unexpected(tickets.error());
  std::vector<Claim> found;
  if (!*tickets || limit == 0 || after == std::numeric_limits<std::uint32_t>::max()) return found;
  const auto walked = (*tickets)->walk(after + 1, [&](std::uint32_t number, const char* bytes) {
    found.push_back((*tickets)->claim(number, bytes));
    return found.size() < limit;
  });
  if (!walked) return std::unexpected(walked.error());
  return found;
}

Result<std::optional<ClaimRating>> Claims::rating(const domain::Id& product, std::uint32_t ticket) const {
  const auto stored = rows_.get(product_keys::rating(product, ticket));
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) return std::optional<ClaimRating>{};
  Decoder from(**stored);
  ClaimRating rating;
  rating.stars = from.number_as<std::uint32_t>();
  rating.at.us = from.signed_number();
  rating.comment = SealedValue::read(from);
  rating.problem = SealedValue::read(from);
  rating.problem_category = from.text();
  if (!from.complete()) return corrupt(product);
  return rating;
}

}  // namespace pioneer::projections
