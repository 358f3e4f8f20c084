// Products of the supermarket and their claims, as they stand.
//
// Keys of the table, by their first byte:
//   s id                             → ProductCounts, and the claims after the last full block (32 bytes each)
//   b id                             → ProductTerms: what a claim does not change
//   l organisation state starts id   → nothing: the listing of an organisation, by the first session
//   g state starts id                → nothing: the listing of all; a draft that was cancelled stands in none
//   t id block                       → 32 claims of 32 bytes: tickets 32·block+1 to 32·block+32
//   f id span                        → ClaimSpan: what is to be known of 32 such blocks without reading them
//   r id ticket                      → the claim's rating
//   p picture id                     → UploadUse: the product that shows an upload, or did
// A claim writes one row, s, and every 32nd two more: a hot product costs a row a batch. What a claim's state is
// follows from its 32 bytes and the product's row together, so promoting and cancelling many writes only s.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/supermarket/supermarket.pb.h"
#include "projections/engine/engine.hpp"
#include "projections/engine/upload_use.hpp"

namespace pioneer::projections {

struct ProductSession {
  domain::Instant starts;
  domain::Instant ends;
  std::string venue;
};

struct ProductPicture {
  std::string name;  ///< SHA-256 of the stored ciphertext, 32 bytes
  std::string media_type;
};

struct ProductTermsRow {
  std::string title;
  std::string description;
  std::string kind;
  domain::Id organisation;
  std::vector<ProductSession> sessions;
  std::uint32_t max_per_member = 0;
  bool waitlist = false;
  domain::Instant opens;   ///< zero: with publication
  domain::Instant closes;  ///< zero: when the first session starts
  bool published = false;  ///< now or once: what never was is the organisers' own, also after it is cancelled
  std::string cancel_reason;
  std::vector<ProductPicture> pictures;  ///< the first stands for the product

  /// Of the first session; zero: there is none.
  domain::Instant starts() const;
  /// Of the last session.
  domain::Instant ends() const;
  std::string encode() const;
  static std::optional<ProductTermsRow> decode(std::string_view row);
};

/// A claim as it was last written: 32 bytes.
struct TicketRow {
  static constexpr std::size_t bytes = 32;
  domain::Id owner;  ///< pseudonym in the product's stream
  domain::Instant placed;
  std::uint32_t places = 0;
  domain::ClaimState::Value state = domain::ClaimState::unspecified;
  std::uint8_t stars = 0;  ///< 0: not rated

  void write(char* to) const;
  static TicketRow read(const char* from);
};

/// The first two bytes of each owner in up to 32 full blocks, and how many of their claims were written as waiting.
/// Pseudonyms are random, so a person's claims among 100,000 are found by reading some 200 KB of these and two blocks.
struct ClaimSpan {
  static constexpr std::uint32_t blocks = 32;
  static constexpr std::uint32_t claims = blocks * 32;
  static constexpr std::size_t mark_bytes = 2;

  std::uint32_t waiting = 0;
  std::string marks;  ///< in the order of tickets

  static std::string_view mark_of(const domain::Id& owner) { return owner.view().substr(0, mark_bytes); }
  std::string encode() const;
  static std::optional<ClaimSpan> decode(std::string_view row);
};

struct ProductCounts {
  static constexpr std::uint32_t block = 32;

  domain::ProductState::Value state = domain::ProductState::unspecified;
  std::uint64_t revision = 0;
  std::uint32_t capacity = 0;
  std::uint64_t taken = 0;           ///< places of claims neither waiting nor cancelled
  std::uint32_t waiting = 0;         ///< claims that wait
  std::uint64_t waiting_places = 0;  ///< places that they want
  std::uint32_t tickets = 0;
  std::uint32_t promoted_to = 0;  ///< waiting claims up to this ticket are confirmed, save those passed over
  /// Tickets that promotions passed over and that still wait, ascending: they want more places than the product had.
  /// Seldom any, for no claim is larger than its product until the capacity is lowered.
  std::vector<std::uint32_t> passed_over;
  std::uint32_t ratings = 0;
  std::uint64_t stars = 0;  ///< sum
  std::string tail;         ///< claims after the last full block

  std::uint32_t places_left() const { return taken >= capacity ? 0 : static_cast<std::uint32_t>(capacity - taken); }
  /// Nobody waits for what is over.
  bool lapsed() const { return state == domain::ProductState::cancelled || state == domain::ProductState::completed; }
  bool waits(std::uint32_t ticket, const TicketRow& row) const;
  /// The claim's state as it counts today.
  domain::ClaimState::Value state_of(std::uint32_t ticket, const TicketRow& row) const;
  std::string encode() const;
  static std::optional<ProductCounts> decode(std::string_view row);
};

struct ProductRow {
  domain::Id id;
  ProductCounts counts;
  ProductTermsRow terms;
};

class ProductsProjection final : public Projection {
 public:
  std::string_view name() const override { return "products"; }
  std::uint32_t version() const override { return 5; }
  void apply(const Commit& commit, Batch& batch) const override;
};

namespace product_keys {
std::string counts(const domain::Id& product);
std::string terms(const domain::Id& product);
std::string block(const domain::Id& product, std::uint32_t block);
/// Of all spans of a product.
std::string span(const domain::Id& product);
std::string span(const domain::Id& product, std::uint32_t span);
std::string rating(const domain::Id& product, std::uint32_t ticket);
/// Of all products that show an upload, or did.
std::string picture(std::string_view name);
std::string picture(std::string_view name, const domain::Id& product);
}  // namespace product_keys

struct ProductFilter {
  /// All whose products are wanted; nothing: everybody's.
  std::optional<std::span<const domain::Id>> organisations;
  domain::ProductState::Value state = domain::ProductState::published;
  std::string kind;      ///< empty: any
  domain::Instant from;  ///< first session at this instant or later
  std::string q;  ///< part of title, description, kind or a venue, without regard to case in Latin letters; empty: any
};

struct ProductPage {
  std::vector<ProductRow> products;  ///< by first session
  std::string next;                  ///< where to go on; empty: that was all
};

/// Queries. Any thread.
class Products {
 public:
  explicit Products(const Engine& engine) : rows_(engine.view("products")) {}
  eventstore::Result<std::optional<ProductRow>> get(const domain::Id& id) const;
  /// Products that show this upload (its name, 32 bytes) or did, at most `limit`.
  eventstore::Result<std::vector<UploadUse>> picture_uses(std::string_view name, std::size_t limit) const;
  /// A page may be short, or empty, with a `next`, when the filter lets few pass. Error "bad_cursor".
  eventstore::Result<ProductPage> page(const ProductFilter& filter, std::string_view after, std::size_t limit) const;

 private:
  const View& rows_;
};

/// True if `text` contains `part`, without regard to case in Latin letters.
bool contains_text(std::string_view text, std::string_view part);

}  // namespace pioneer::projections
