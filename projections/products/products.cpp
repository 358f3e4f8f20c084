// How products' rows follow from events.
#include "projections/products/products.hpp"

#include <algorithm>
#include <variant>

#include "projections/products/listing_keys.hpp"

namespace pioneer::projections {
namespace {

using domain::ClaimState;
using domain::ProductState;

constexpr std::uint32_t block = ProductCounts::block;

/// Folds one commit's events of one product.
class Fold {
 public:
  Fold(const Commit& commit, const Part& part, ProductCounts& counts, Batch& batch)
      : commit_(commit), part_(part), counts_(counts), batch_(batch) {}

  void operator()(const domain::ProductCreated& e) {
    const auto& from = e.terms();
    ProductTermsRow terms;
    terms.title = from.title();
    terms.description = from.description();
    terms.kind = from.kind();
    terms.organisation = domain::Id::of(from.organisation());
    for (const auto& session : from.sessions())
      terms.sessions.push_back({{session.starts_us()}, {session.ends_us()}, session.venue()});
    terms.max_per_member = from.max_per_member();
    terms.waitlist = from.waitlist();
    terms.opens = {from.opens_us()};
    terms.closes = {from.closes_us()};
    counts_.state = ProductState::draft;
    counts_.capacity = from.capacity();
    show(from.pictures(), terms);
    batch_.insert(product_keys::terms(part_.id), terms.encode());
    list(terms, ProductState::draft);
  }
  void operator()(const domain::ProductPublished&) { become(ProductState::published); }
  void operator()(const domain::CapacityChanged& e) { counts_.capacity = e.capacity(); }
  void operator()(const domain::PicturesChanged& e) {
    auto terms = read_terms();
    if (!terms) return;
    for (const auto& picture : terms->pictures)
      batch_.put(product_keys::picture(picture.name, part_.id), UploadUse{part_.id, true, {}, {}}.encode());
    terms->pictures.clear();
    show(e.pictures(), *terms);
    batch_.put(product_keys::terms(part_.id), terms->encode());
  }
  void operator()(const domain::ProductCancelled& e) { become(ProductState::cancelled, e.reason()); }
  void operator()(const domain::ProductCompleted&) { become(ProductState::completed); }

  void operator()(const domain::ClaimPlaced& e) {
    if (e.ticket() != counts_.tickets + 1) return batch_.fail("Product " + part_.id.text() + " has claims with a gap.");
    ++counts_.tickets;
    char row[TicketRow::bytes];
    TicketRow{part_.actor, commit_.recorded_at, e.places(), e.state(), 0}.write(row);
    counts_.tail.append(row, sizeof row);
    if (counts_.tickets % block == 0) {
      add_to_span(counts_.tail);
      batch_.insert(product_keys::block(part_.id, counts_.tickets / block - 1), std::move(counts_.tail));
      counts_.tail.clear();
    }
    if (e.state() == ClaimState::waitlisted) {
      ++counts_.waiting;
      counts_.waiting_places += e.places();
    } else {
      counts_.taken += e.places();
    }
  }
  void operator()(const domain::ClaimCancelled& e) {
    change(e.ticket(), [&](TicketRow& ticket) {
      if (ticket.state == ClaimState::cancelled) return;
      if (counts_.waits(e.ticket(), ticket)) {
        std::erase(counts_.passed_over, e.ticket());
        --counts_.waiting;
        counts_.waiting_places -= ticket.places;
      } else {
        counts_.taken -= ticket.places;
      }
      ticket.state = ClaimState::cancelled;
    });
  }
  void operator()(const domain::PlacesPromoted& e) {
    // Whoever waits in the range is confirmed; of those skipped, who still waits was passed over.
    std::vector<std::uint32_t> passed;
    for (auto number = e.first(); number <= std::min(e.last(), counts_.tickets); ++number) {
      const auto ticket = read(number);
      if (!ticket || !counts_.waits(number, *ticket)) continue;
      if (std::ranges::binary_search(e.skipped(), number)) {
        passed.push_back(number);
        continue;
      }
      --counts_.waiting;
      counts_.waiting_places -= ticket->places;
      counts_.taken += ticket->places;
    }
    std::erase_if(counts_.passed_over, [&](auto number) { return e.first() <= number && number <= e.last(); });
    const auto behind = std::ranges::upper_bound(counts_.passed_over, e.last());
    counts_.passed_over.insert(behind, passed.begin(), passed.end());
    counts_.promoted_to = std::max(counts_.promoted_to, e.last());
  }
  void operator()(const domain::CheckedIn& e) { set_state(e.ticket(), ClaimState::checked_in); }
  void operator()(const domain::ClaimCompleted& e) { set_state(e.ticket(), ClaimState::completed); }
  void operator()(const domain::NoShowMarked& e) { set_state(e.ticket(), ClaimState::no_show); }
  void operator()(const domain::ClaimRated& e) {
    change(e.ticket(), [&](TicketRow& ticket) { ticket.stars = static_cast<std::uint8_t>(e.stars()); });
    ++counts_.ratings;
    counts_.stars += e.stars();
    Encoder row;
    row.number(e.stars()).signed_number(commit_.recorded_at.us);
    SealedValue(e.comment()).write(row);
    SealedValue(e.problem()).write(row);
    batch_.insert(product_keys::rating(part_.id, e.ticket()), row.text(e.problem_category()).take());
  }
  template <class Other>
  void operator()(const Other&) {}  // of other streams

 private:
  std::optional<ProductTermsRow> read_terms() {
    const auto* const stored = batch_.get(product_keys::terms(part_.id));
    auto terms = stored ? ProductTermsRow::decode(*stored) : std::nullopt;
    if (!terms) batch_.fail("The terms of product " + part_.id.text() + " are missing or do not parse.");
    return terms;
  }

  void show(const google::protobuf::RepeatedPtrField<domain::Picture>& pictures, ProductTermsRow& terms) {
    for (const auto& picture : pictures) {
      terms.pictures.push_back({picture.name(), picture.media_type()});
      batch_.put(product_keys::picture(picture.name(), part_.id),
                 UploadUse{part_.id, false, SealedValue(picture.key()), picture.media_type()}.encode());
    }
  }

  void become(ProductState::Value state, const std::string& reason = {}) {
    auto terms = read_terms();
    if (!terms) return;
    const auto sort = product_keys::sort(terms->starts(), part_.id);
    batch_.erase(product_keys::listing(terms->organisation, counts_.state) + sort);
    batch_.erase(product_keys::listing_of_all(counts_.state) + sort);
    counts_.state = state;
    if (state == ProductState::published) terms->published = true;
    if (terms->published) list(*terms, state);
    terms->cancel_reason = reason;
    batch_.put(product_keys::terms(part_.id), terms->encode());
  }

  void list(const ProductTermsRow& terms, ProductState::Value state) {
    const auto sort = product_keys::sort(terms.starts(), part_.id);
    batch_.insert(product_keys::listing(terms.organisation, state) + sort, {});
    batch_.insert(product_keys::listing_of_all(state) + sort, {});
  }

  bool in_tail(std::uint32_t number) const { return (number - 1) / block == counts_.tickets / block; }
  static std::size_t offset(std::uint32_t number) { return (number - 1) % block * TicketRow::bytes; }

  std::optional<TicketRow> read(std::uint32_t number) {
    if (number == 0 || number > counts_.tickets) {
      batch_.fail("Product " + part_.id.text() + " has no claim " + std::to_string(number) + ".");
      return std::nullopt;
    }
    if (in_tail(number)) return TicketRow::read(counts_.tail.data() + offset(number));
    const auto* const stored = batch_.get(product_keys::block(part_.id, (number - 1) / block));
    if (stored == nullptr || stored->size() != block * TicketRow::bytes) {
      batch_.fail("Claims of product " + part_.id.text() + " are missing.");
      return std::nullopt;
    }
    return TicketRow::read(stored->data() + offset(number));
  }

  /// The block that has just become full joins its span.
  void add_to_span(const std::string& full) {
    const auto of_block = counts_.tickets / block - 1;
    const auto key = product_keys::span(part_.id, of_block / ClaimSpan::blocks);
    const bool is_new = of_block % ClaimSpan::blocks == 0;
    auto span = is_new ? ClaimSpan{} : read_span(key);
    if (!span) return;
    for (std::size_t at = 0; at < full.size(); at += TicketRow::bytes) {
      const auto ticket = TicketRow::read(full.data() + at);
      span->marks.append(ClaimSpan::mark_of(ticket.owner));
      if (ticket.state == ClaimState::waitlisted) ++span->waiting;
    }
    is_new ? batch_.insert(key, span->encode()) : batch_.put(key, span->encode());
  }

  std::optional<ClaimSpan> read_span(const std::string& key) {
    const auto* const stored = batch_.get(key);
    auto span = stored ? ClaimSpan::decode(*stored) : std::nullopt;
    if (!span) batch_.fail("Claims of product " + part_.id.text() + " are missing.");
    return span;
  }

  void no_longer_waits(std::uint32_t number) {
    const auto key = product_keys::span(part_.id, (number - 1) / ClaimSpan::claims);
    auto span = read_span(key);
    if (!span) return;
    --span->waiting;
    batch_.put(key, span->encode());
  }

  template <class Change>
  void change(std::uint32_t number, Change how) {
    auto ticket = read(number);
    if (!ticket) return;
    const bool waited = ticket->state == ClaimState::waitlisted;
    how(*ticket);
    if (waited && ticket->state != ClaimState::waitlisted && !in_tail(number)) no_longer_waits(number);
    if (in_tail(number)) return ticket->write(counts_.tail.data() + offset(number));
    const auto key = product_keys::block(part_.id, (number - 1) / block);
    auto claims = *batch_.get(key);
    ticket->write(claims.data() + offset(number));
    batch_.put(key, std::move(claims));
  }

  void set_state(std::uint32_t number, ClaimState::Value state) {
    change(number, [&](TicketRow& ticket) { ticket.state = state; });
  }

  const Commit& commit_;
  const Part& part_;
  ProductCounts& counts_;
  Batch& batch_;
};

void apply_part(const Commit& commit, const Part& part, Batch& batch) {
  const auto key = product_keys::counts(part.id);
  const auto* const stored = batch.get(key);
  auto counts = stored ? ProductCounts::decode(*stored) : ProductCounts{};
  if (!counts) return batch.fail("The row of product " + part.id.text() + " does not parse.");
  Fold fold(commit, part, *counts, batch);
  for (const auto& event : part.events) std::visit(fold, event);
  if (counts->state == ProductState::unspecified)
    return batch.fail("Product " + part.id.text() + " has events before it was created.");
  counts->revision = part.revision();
  batch.put(key, counts->encode());
}

}  // namespace

void ProductsProjection::apply(const Commit& commit, Batch& batch) const {
  for (const auto& part : commit.parts) {
    if (part.kind == StreamKind::product && !part.events.empty()) apply_part(commit, part, batch);
  }
}

}  // namespace pioneer::projections
