#include "projections/boards/boards.hpp"

#include <algorithm>
#include <mutex>
#include <queue>

#include "eventstore/check.hpp"

namespace pioneer::projections {
namespace {

using domain::RequestState;
using eventstore::Result;

/// Cards kept of a column: a page, and some to spare for those that leave before it is read again.
constexpr std::size_t head_max = Boards::page_max + 12;
/// Organisations kept: beyond it the cache starts anew.
constexpr std::size_t organisations_max = 20'000;

constexpr std::size_t listing_key_bytes = 18 + request_keys::sort_bytes;

}  // namespace

Boards::Boards(Engine& engine) : rows_(engine.view("requests")), requests_(engine) {
  engine.on_rows_changed("requests", [this](const RowsChanged& change) { changed(change); });
}

void Boards::changed(const RowsChanged& change) {
  const std::unique_lock lock(mutex_);
  if (change.rebuilt) {
    all_.clear();
    return;
  }
  if (all_.empty()) return;
  for (const auto& row : change.changes) {
    if (row.key.front() == 'l') card_changed(row.key, row.value);
    if (row.key.front() == 'c') {
      const auto found = all_.find(domain::Id::of(std::string_view(row.key).substr(1)));
      if (found == all_.end()) continue;
      // Read anew where it does not parse, so that the query says so.
      const auto counts = row.value ? RequestCounts::decode(*row.value) : std::nullopt;
      found->second.counts = counts.value_or(RequestCounts{});
      found->second.counts_loaded = counts.has_value();
    }
  }
}

// A load may have seen this change already: adding what is there and removing what is not change nothing.
void Boards::card_changed(std::string_view key, const std::optional<std::string>& row) {
  CHECK(key.size() == listing_key_bytes);
  const auto found = all_.find(domain::Id::of(key.substr(1, 16)));
  if (found == all_.end()) return;
  const auto state = static_cast<std::size_t>(static_cast<unsigned char>(key[17]));
  CHECK(state < request_states);
  auto& head = found->second.columns[state];
  if (!head.loaded) return;
  const auto sort = key.substr(18);
  auto at = std::ranges::lower_bound(head.cards, sort, {}, &RequestCard::sort);
  const bool is_there = at != head.cards.end() && at->sort == sort;
  if (!row) {
    if (is_there) head.cards.erase(at);
    // Too few to make a page of: read again when somebody asks.
    if (!head.complete && head.cards.size() < page_max) head = Head{};
    return;
  }
  if (is_there) {
    at->row = std::make_shared<const std::string>(*row);
    return;
  }
  if (at == head.cards.end() && !head.complete) return;  // behind what is kept
  head.cards.insert(at, {domain::Id::of(sort.substr(sort.size() - 16)), std::string(sort),
                         std::make_shared<const std::string>(*row)});
  if (head.cards.size() > head_max) {
    head.cards.pop_back();
    head.complete = false;
  }
}

Result<void> Boards::load_one(const domain::Id& organisation, eventstore::Cursor& rows) const {
  auto& heads = all_[organisation];
  if (!heads.counts_loaded) {
    const auto counts = requests_.counts(organisation);
    if (!counts) return std::unexpected(counts.error());
    heads.counts = *counts;
    heads.counts_loaded = true;
  }
  for (std::size_t state = 1; state < request_states; ++state) {
    auto& head = heads.columns[state];
    if (head.loaded) continue;
    head = Head{};
    head.complete = true;
    const auto prefix = request_keys::listing(organisation, static_cast<RequestState::Value>(state));
    for (rows.seek(prefix); rows.valid() && rows.key().starts_with(prefix); rows.next()) {
      if (head.cards.size() == head_max) {
        head.complete = false;
        break;
      }
      const auto sort = rows.key().substr(prefix.size());
      head.cards.push_back({domain::Id::of(sort.substr(sort.size() - 16)), std::string(sort),
                            std::make_shared<const std::string>(rows.value())});
    }
    if (auto status = rows.status(); !status) return std::unexpected(status.error());
    head.loaded = true;
  }
  return {};
}

// Under the exclusive lock, so no batch is told of between the rows' snapshot and its being kept: what the cursor does
// not see comes as a change afterwards.
Result<void> Boards::load(std::span<const domain::Id> organisations) const {
  const std::unique_lock lock(mutex_);
  if (all_.size() > organisations_max) all_.clear();
  const auto rows = rows_.cursor();
  for (const auto& organisation : organisations) {
    if (auto one = load_one(organisation, *rows); !one) {
      all_.erase(organisation);
      return one;
    }
  }
  return {};
}

bool Boards::loaded(std::span<const domain::Id> organisations, std::vector<const Heads*>& heads) const {
  heads.clear();
  for (const auto& organisation : organisations) {
    const auto found = all_.find(organisation);
    if (found == all_.end() || !found->second.counts_loaded) return false;
    for (std::size_t state = 1; state < request_states; ++state) {
      if (!found->second.columns[state].loaded) return false;
    }
    heads.push_back(&found->second);
  }
  return true;
}

Result<std::vector<BoardColumn>> Boards::board(std::span<const domain::Id> organisations, std::size_t page) const {
  CHECK(page > 0 && page <= page_max);
  std::vector<const Heads*> heads;
  heads.reserve(organisations.size());
  std::shared_lock lock(mutex_);
  // Heads may grow short between a load and its use only by a batch in between; then load again.
  while (!loaded(organisations, heads)) {
    lock.unlock();
    if (auto now = load(organisations); !now) return std::unexpected(now.error());
    lock.lock();
  }
  struct Front {
    const RequestCard* card;
    const RequestCard* end;
    bool operator<(const Front& other) const { return card->sort > other.card->sort; }
  };
  std::vector<BoardColumn> columns;
  std::vector<Front> fronts;
  fronts.reserve(heads.size());
  for (std::size_t state = 1; state < request_states; ++state) {
    auto& column = columns.emplace_back();
    column.state = static_cast<RequestState::Value>(state);
    fronts.clear();
    for (const auto* const one : heads) {
      column.count += one->counts.columns[state].count;
      column.overdue += one->counts.columns[state].overdue;
      const auto& cards = one->columns[state].cards;
      if (!cards.empty()) fronts.push_back({cards.data(), cards.data() + cards.size()});
    }
    std::ranges::make_heap(fronts, std::less<>{});
    while (!fronts.empty() && column.cards.size() < page) {
      std::ranges::pop_heap(fronts, std::less<>{});
      auto& front = fronts.back();
      column.cards.push_back(*front.card);
      if (++front.card == front.end) {
        fronts.pop_back();
      } else {
        std::ranges::push_heap(fronts, std::less<>{});
      }
    }
    if (column.count > column.cards.size() && !column.cards.empty()) {
      column.next.assign(1, static_cast<char>(state)).append(column.cards.back().sort);
    }
  }
  return columns;
}

Result<std::vector<BoardColumn>> Boards::cards(std::span<const domain::Id> organisations,
                                               std::span<const domain::Id> requests) const {
  auto columns = board(organisations, 1);
  if (!columns) return columns;
  for (auto& column : *columns) {
    column.cards.clear();
    column.next.clear();
  }
  for (const auto& id : requests) {
    auto request = requests_.card(id);
    if (!request) return std::unexpected(request.error());
    if (!*request || std::ranges::find(organisations, (*request)->organisation) == organisations.end()) continue;
    auto& cards = (*columns)[static_cast<std::size_t>((*request)->state) - 1].cards;
    const auto at = std::ranges::lower_bound(cards, (*request)->card.sort, {}, &RequestCard::sort);
    if (at == cards.end() || at->id != id) cards.insert(at, std::move((*request)->card));
  }
  return columns;
}

Result<BoardColumn> Boards::column(std::span<const domain::Id> organisations, RequestState::Value state,
                                   std::string_view after, std::size_t limit) const {
  BoardColumn column;
  column.state = state;
  for (const auto& organisation : organisations) {
    const auto counts = requests_.counts(organisation);
    if (!counts) return std::unexpected(counts.error());
    column.count += counts->columns[static_cast<std::size_t>(state)].count;
    column.overdue += counts->columns[static_cast<std::size_t>(state)].overdue;
  }
  RequestFilter filter{organisations, {&state, 1}, {}};
  auto page = requests_.page(filter, after, limit);
  if (!page) return std::unexpected(page.error());
  column.cards = std::move(page->cards);
  column.next = std::move(page->next);
  return column;
}

}  // namespace pioneer::projections
