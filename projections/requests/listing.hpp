// Cards of several organisations in one state, as one list: a merge of their listings by `sort`.
#pragma once

#include <deque>
#include <vector>

#include "projections/requests/requests.hpp"

namespace pioneer::projections {

/// One thread; sees the rows as the cursor does. Reads a few cards of each organisation at a time.
class ListingMerge {
 public:
  /// Starts with the first card whose sort is greater than `after` (empty: the first of all).
  ListingMerge(eventstore::Cursor& rows, std::span<const domain::Id> organisations, domain::RequestState::Value state,
               std::string_view after);
  /// The next card, or nothing at the end (see the cursor's status for errors).
  std::optional<RequestCard> next();

 private:
  struct Source {
    domain::Id organisation;
    std::deque<RequestCard> cards;
    bool exhausted = false;
  };
  void refill(Source& source, std::string_view after);
  bool later(std::size_t a, std::size_t b) const {
    return sources_[a].cards.front().sort > sources_[b].cards.front().sort;
  }

  eventstore::Cursor& rows_;
  domain::RequestState::Value state_;
  std::size_t read_ahead_;
  std::vector<Source> sources_;
  std::vector<std::size_t> heap_;  ///< sources that have cards, the earliest on top
};

}  // namespace pioneer::projections
