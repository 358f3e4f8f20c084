// Boards and lists of requests, as JSON: rows stand ready, so a page is concatenation (BoardView and RequestList in
// api/messages/views.proto say what it is).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/node/node.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

struct BoardQuery {
  domain::Id organisation;
  bool subtree = true;
  domain::RequestState::Value column = domain::RequestState::unspecified;  ///< only this one, from `after`
  std::string after;
  std::size_t limit = projections::Boards::page_max;
  std::vector<domain::Id> cards;  ///< not empty: only these requests' cards, where they stand now
};
/// Cards that are asked for by their requests at once.
inline constexpr std::size_t board_cards_max = 50;

inline constexpr double near_metres_max = 100'000;
inline constexpr std::size_t search_bytes_max = 400;

struct Nearby {
  double lat = 0, lon = 0;  ///< degrees, WGS 84
  double metres = 0;
};

struct RequestsQuery {
  domain::Id organisation;
  bool subtree = true;  ///< with all below it
  /// Words in the title, without regard to the case of Latin letters; empty: any. Titles and places are sealed, so each
  /// request of the selection is opened and looked at, `searched_max` for one page: a page may be short, or empty, and
  /// have a next.
  std::string text;
  std::optional<Nearby> near;  ///< requests with a place at most so far away; likewise
  std::vector<domain::RequestState::Value> states;
  std::string category;
  std::string after;
  std::size_t limit = 50;
};

/// Reads one state of the community and of the rows: the live ones, or a replay's.
struct BoardSource {
  const node::Community& community;
  const projections::ReadModels& models;
  const api::Opener& opener;
  std::uint64_t position = 0;
  std::int64_t as_of_us = 0;  ///< 0: the live rows
};

/// Cards of one column that one answer shows.
inline constexpr std::size_t board_page_max = 200;
/// Requests that one page of a search looks at: some milliseconds.
inline constexpr std::size_t searched_max = 1'000;

/// Whether the caller may see boards or lists of this organisation today: the two below ask it too.
/// Refusals: unknown_organisation, forbidden.
domain::Decided<domain::Id> may_list(const node::Community& community, const domain::Actor& actor,
                                     domain::Action action, const domain::Id& organisation);

/// Refusals: unknown_organisation, forbidden, bad_cursor.
domain::Decided<std::string> board_json(const BoardSource& source, const domain::Actor& actor, const BoardQuery& query);
domain::Decided<std::string> requests_json(const BoardSource& source, const domain::Actor& actor,
                                           const RequestsQuery& query);

/// The organisation and, with `subtree`, all below it; and all that were merged into any of them.
std::vector<domain::Id> organisations_of(const domain::organisations::Directory& directory, const domain::Id& id,
                                         bool subtree);

}  // namespace pioneer::queries
