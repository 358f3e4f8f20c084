#include <algorithm>

#include "projections/requests/listing.hpp"
#include "projections/requests/requests.hpp"

namespace pioneer::projections {
namespace {

using domain::RequestState;
using eventstore::failure;
using eventstore::Result;

std::unexpected<eventstore::Error> corrupt_row() {
  return failure("corrupt_row", "A row of a request does not parse; rebuild the projection.");
}

template <class Row>
Result<std::optional<Row>> decoded(const Result<std::optional<std::string>>& stored, auto decode) {
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) return std::optional<Row>{};
  auto row = decode(**stored);
  if (!row) return corrupt_row();
  return row;
}

}  // namespace

ListingMerge::ListingMerge(eventstore::Cursor& rows, std::span<const domain::Id> organisations,
                           RequestState::Value state, std::string_view after)
    : rows_(rows), state_(state), read_ahead_(organisations.size() > 8 ? 4 : 24) {
  sources_.reserve(organisations.size());
  for (const auto& organisation : organisations) {
    Source source{organisation, {}, false};
    refill(source, after);
    if (!source.cards.empty()) sources_.push_back(std::move(source));
  }
  for (std::size_t i = 0; i < sources_.size(); ++i) heap_.push_back(i);
  std::ranges::make_heap(heap_, [this](auto a, auto b) { return later(a, b); });
}

void ListingMerge::refill(Source& source, std::string_view after) {
  const auto prefix = request_keys::listing(source.organisation, state_);
  auto from = prefix;
  from.append(after);
  if (!after.empty()) from.push_back('\0');  // the first key greater than the last one seen
  rows_.seek(from);
  for (; source.cards.size() < read_ahead_; rows_.next()) {
    if (!rows_.valid() || !rows_.key().starts_with(prefix)) {
      source.exhausted = true;
      return;
    }
    const auto sort = rows_.key().substr(prefix.size());
    source.cards.push_back({domain::Id::of(sort.substr(sort.size() - 16)), std::string(sort),
                            std::make_shared<const std::string>(rows_.value())});
  }
}

std::optional<RequestCard> ListingMerge::next() {
  if (heap_.empty()) return std::nullopt;
  const auto order = [this](auto a, auto b) { return later(a, b); };
  std::ranges::pop_heap(heap_, order);
  auto& source = sources_[heap_.back()];
  auto card = std::move(source.cards.front());
  source.cards.pop_front();
  if (source.cards.empty() && !source.exhausted) refill(source, card.sort);
  if (source.cards.empty()) {
    heap_.pop_back();
  } else {
    std::ranges::push_heap(heap_, order);
  }
  return card;
}

Result<std::optional<RequestRow>> Requests::get(const domain::Id& id) const {
  return decoded<RequestRow>(rows_.get(request_keys::row(id)),
                             [&](const auto& row) { return RequestRow::decode(id, row); });
}

// By one cursor: between two reads the card might move.
Result<std::optional<StandingCard>> Requests::card(const domain::Id& id) const {
  const auto rows = rows_.cursor();
  const auto found = [&](const std::string& key) {
    rows->seek(key);
    return rows->valid() && rows->key() == key;
  };
  std::optional<StandingCard> standing;
  if (found(request_keys::row(id))) {
    const auto row = RequestRow::decode(id, rows->value());
    if (!row) return corrupt_row();
    const auto key = request_keys::listing(*row);
    if (found(key)) {
      const auto sort = key.substr(key.size() - request_keys::sort_bytes);
      standing = {row->organisation, row->state, {id, sort, std::make_shared<const std::string>(rows->value())}};
    }
  }
  if (auto status = rows->status(); !status) return std::unexpected(status.error());
  return standing;
}

Result<std::optional<RequestBody>> Requests::body(const domain::Id& id) const {
  return decoded<RequestBody>(rows_.get(request_keys::body(id)), RequestBody::decode);
}

Result<RequestCounts> Requests::counts(const domain::Id& organisation) const {
  const auto counts = decoded<RequestCounts>(rows_.get(request_keys::counts(organisation)), RequestCounts::decode);
  if (!counts) return std::unexpected(counts.error());
  return counts->value_or(RequestCounts{});
}

Result<std::vector<UploadUse>> Requests::blob_uses(std::string_view name, std::size_t limit) const {
  return upload_uses(rows_, request_keys::blob(name), limit);
}

// A page's `next`: the state's byte and the sort of the last card looked at.
Result<RequestPage> Requests::page(const RequestFilter& filter, std::string_view after, std::size_t limit) const {
  static constexpr RequestState::Value all[] = {RequestState::submitted,        RequestState::accepted,
                                                RequestState::in_progress,      RequestState::awaiting_confirmation,
                                                RequestState::closed_confirmed, RequestState::closed_unconfirmed,
                                                RequestState::withdrawn};
  auto states = filter.states.empty() ? std::span<const RequestState::Value>(all) : filter.states;
  std::string_view sort;
  if (!after.empty()) {
    const auto at = std::ranges::find(states, static_cast<RequestState::Value>(after.front()));
    if (after.size() != 1 + request_keys::sort_bytes || at == states.end()) {
      return failure("bad_cursor", "The cursor is not one of this list.");
    }
    states = states.subspan(static_cast<std::size_t>(at - states.begin()));
    sort = after.substr(1);
  }
  RequestPage page;
  const auto rows = rows_.cursor();
  std::size_t examined = 0;
  for (const auto state : states) {
    ListingMerge merge(*rows, filter.organisations, state, sort);
    sort = {};
    while (auto card = merge.next()) {
      if (page.cards.size() == limit || examined == filter.examined_max) return page;
      ++examined;
      page.next.assign(1, static_cast<char>(state)).append(card->sort);
      if (!filter.category.empty() && row_attribute(*card->row) != filter.category) continue;
      if (!filter.accept || filter.accept(*card)) page.cards.push_back(std::move(*card));
    }
    if (auto status = rows->status(); !status) return std::unexpected(status.error());
  }
  page.next.clear();
  return page;
}

}  // namespace pioneer::projections
