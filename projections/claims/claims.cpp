#include "projections/claims/claims.hpp"

#include <algorithm>
#include <cstring>
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

  /// Calls each(ticket, row) for the claims whose owner this may be: all of theirs, and a few of others.
  template <class Each>
  Result<void> walk_of(const domain::Pseudonym& owner, Each each) const {
    const auto mark = ClaimSpan::mark_of(owner);
    std::vector<std::uint32_t> found;
    auto spans = walk_spans(0, [&](std::uint32_t first, const ClaimSpan& span) {
      for (std::size_t at = 0; at < span.marks.size(); at += mark.size()) {
        if (std::memcmp(span.marks.data() + at, mark.data(), mark.size()) == 0)
          found.push_back(first + static_cast<std::uint32_t>(at / mark.size()));
      }
      return true;
    });
    const auto one = [&](std::uint32_t number, const char* bytes) {
      each(number, bytes);
      return false;
    };
    for (auto number = found.begin(); spans && number != found.end(); ++number) spans = walk(*number, one);
    if (!spans) return spans;
    return walk(counts_.tickets / block * block + 1, [&](std::uint32_t number, const char* bytes) {
      each(number, bytes);
      return true;
    });
  }

  /// Fills in the positions of those among `claims` (by ticket, ascending) that wait.
  Result<void> find_positions(std::vector<Claim>& claims) const {
    // Those passed over come first: they are all before promoted_to.
    const auto& passed_over = counts_.passed_over;
    auto position = static_cast<std::uint32_t>(passed_over.size());
    std::uint32_t from = counts_.promoted_to + 1;
    for (auto& claim : claims) {
      if (claim.state != ClaimState::waitlisted) continue;
      if (claim.ticket <= counts_.promoted_to) {
        const auto place = std::ranges::upper_bound(passed_over, claim.ticket);
        claim.waitlist_position = static_cast<std::uint32_t>(place - passed_over.begin());
        continue;
      }
      const auto counted = waiting_in(from, claim.ticket + 1);
      if (!counted) return std::unexpected(counted.error());
      claim.waitlist_position = position += *counted;
      from = claim.ticket + 1;
    }
    return {};
  }

 private:
  /// Calls each(first ticket, span) from a span on, until it returns false.
  template <class Each>
  Result<void> walk_spans(std::uint32_t first, Each each) const {
    const auto full = counts_.tickets / block;  // blocks
    const auto end = (full + ClaimSpan::blocks - 1) / ClaimSpan::blocks;
    for (auto index = first; index < end; ++index) {
      const auto key = product_keys::span(product_, index);
      if (rows_->valid() && rows_->key() < key) rows_->next();
      if (!rows_->valid() || rows_->key() != key) rows_->seek(key);
      const auto span =
          rows_->valid() && rows_->key() == key ? ClaimSpan::decode(rows_->value()) : std::optional<ClaimSpan>{};
      if (!span) return corrupt(product_);
      if (!each(index * ClaimSpan::claims + 1, *span)) break;
    }
    return {};
  }

  /// Claims written as waiting, from one ticket to before another: whole spans are known without their claims.
  Result<std::uint32_t> waiting_in(std::uint32_t from, std::uint32_t end) const {
    std::uint32_t waiting = 0;
    const auto count_up_to = [&](std::uint32_t stop) {
      return walk(from, [&](std::uint32_t number, const char* bytes) {
        if (number >= stop) return false;
        if (TicketRow::read(bytes).state == ClaimState::waitlisted) ++waiting;
        return true;
      });
    };
    const auto first_span = (from - 1 + ClaimSpan::claims - 1) / ClaimSpan::claims;
    const auto last_span = (end - 1) / ClaimSpan::claims;
    if (first_span < last_span) {
      auto counted = count_up_to(first_span * ClaimSpan::claims + 1);
      if (counted) {
        counted = walk_spans(first_span, [&](std::uint32_t first, const ClaimSpan& span) {
          if ((first - 1) / ClaimSpan::claims == last_span) return false;
          waiting += span.waiting;
          return true;
        });
      }
      if (!counted) return std::unexpected(counted.error());
      from = last_span * ClaimSpan::claims + 1;
    }
    if (auto counted = count_up_to(end); !counted) return std::unexpected(counted.error());
    return waiting;
  }

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
  auto walked = (*tickets)->walk_of(owner, [&](std::uint32_t number, const char* bytes) {
    if (std::string_view(bytes, 16) == owner.view()) found.push_back((*tickets)->claim(number, bytes));
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
  auto walked = (*tickets)->walk(after + 1, [&](std::uint32_t number, const char* bytes) {
    found.push_back((*tickets)->claim(number, bytes));
    return found.size() < limit;
  });
  if (walked) walked = (*tickets)->find_positions(found);
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
