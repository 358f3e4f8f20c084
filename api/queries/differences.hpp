// What became different between two moments: on an organisation's board, and in numbers of events.
#pragma once

#include <cstdint>

#include "api/messages/audit_views.pb.h"
#include "api/node/node.hpp"
#include "domain/common/refusal.hpp"
#include "projections/read_models.hpp"

namespace pioneer::queries {

/// Requests in one page.
inline constexpr std::size_t differences_page_max = 200;
/// Commits that one page looks at: some hundred milliseconds.
inline constexpr std::size_t differences_scanned_max = 20'000;

/// The read models as they stood at both moments; commits from `from` to before `to` lie between.
struct TwoMoments {
  const projections::ReadModels& before;
  const projections::ReadModels& after;
  eventstore::Sequence from, to;
};

struct DifferencesQuery {
  domain::Id organisation;
  std::optional<eventstore::Sequence> cursor;  ///< of the page before
  std::size_t limit = differences_page_max;
};

/// Auditors of the organisation. A request stands in the page of the first commit that touched it, if it stood on the
/// board at either moment; of today's tree, as boards of the past are. Counts are of events of streams that concern the
/// organisation or one below: requests by where they stood, others by today.
/// Refusals: unknown_organisation, not_signed_in, forbidden, not_readable.
domain::Decided<api::DifferencesView> differences(const node::Node& node, const node::Caller& caller,
                                                  const TwoMoments& moments, const DifferencesQuery& query);

}  // namespace pioneer::queries
