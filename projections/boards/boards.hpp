// Boards: the requests of one organisation, or of all in its subtree, in a column for each state, overdue first.
// First pages come from memory: the first cards of each organisation that somebody looked at, kept up with each batch;
// so a city's board costs the same over ten thousand requests and over a million.
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

#include "projections/requests/requests.hpp"

namespace pioneer::projections {

struct BoardColumn {
  domain::RequestState::Value state = domain::RequestState::unspecified;
  std::uint32_t count = 0;
  std::uint32_t overdue = 0;
  std::vector<RequestCard> cards;
  std::string next;  ///< for Boards::column; empty: that was all
};

/// Queries: any thread. Must be made before the engine's first `apply`, and outlive its last.
class Boards {
 public:
  /// Cards of a column's first page, at most.
  static constexpr std::size_t page_max = 20;

  explicit Boards(Engine& engine);
  Boards(const Boards&) = delete;
  Boards& operator=(const Boards&) = delete;

  /// All columns, with first pages of at most `page` (≤ page_max) cards. `organisations`: all whose requests stand on
  /// the board, those merged into them too; each once.
  eventstore::Result<std::vector<BoardColumn>> board(std::span<const domain::Id> organisations,
                                                     std::size_t page = page_max) const;
  /// Of all columns only the cards of these requests, where they stand now; the counts are those of the whole board.
  eventstore::Result<std::vector<BoardColumn>> cards(std::span<const domain::Id> organisations,
                                                     std::span<const domain::Id> requests) const;
  /// One column from a `next` (empty: from its top).
  eventstore::Result<BoardColumn> column(std::span<const domain::Id> organisations, domain::RequestState::Value state,
                                         std::string_view after, std::size_t limit) const;

 private:
  /// The first cards of one organisation in one state, in order. Unless complete, it holds at least page_max.
  struct Head {
    std::vector<RequestCard> cards;
    bool loaded = false;
    bool complete = false;  ///< these are all
  };
  struct Heads {
    std::array<Head, request_states> columns;
    RequestCounts counts;
    bool counts_loaded = false;
  };
  using All = std::unordered_map<domain::Id, Heads, domain::IdHash>;

  void changed(const RowsChanged& change);
  void card_changed(std::string_view key, const std::optional<std::string>& row);
  eventstore::Result<void> load(std::span<const domain::Id> organisations) const;
  eventstore::Result<void> load_one(const domain::Id& organisation, eventstore::Cursor& rows) const;
  bool loaded(std::span<const domain::Id> organisations, std::vector<const Heads*>& heads) const;

  const View& rows_;
  Requests requests_;
  mutable std::shared_mutex mutex_;
  mutable All all_;  ///< a cache
};

}  // namespace pioneer::projections
