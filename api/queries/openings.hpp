// Who opened personal fields: the journals of organisations for auditors, and to each person what concerns them.
#pragma once

#include <string>
#include <string_view>

#include "api/messages/audit_views.pb.h"
#include "api/node/node.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

/// Entries in one page of a person's own list.
inline constexpr std::size_t openings_page_max = 100;

/// A month as it stands in a journal's name: "2026-03" → 202603; 0: it is none.
std::uint32_t month_of(std::string_view text);
/// The month of an instant, by UTC.
std::uint32_t month_at(std::int64_t us);

/// Which organisations, of this one and those below, opened personal fields in that month: in whose name how often.
/// Auditors of it. Refusals: unknown_organisation, not_signed_in, forbidden, not_readable.
domain::Decided<api::OpeningsView> openings(const node::Node& node, const node::Caller& caller,
                                            const domain::Id& organisation, std::uint32_t month);

/// The caller's own, the newest first. Refusals: not_signed_in, bad_cursor, not_readable.
domain::Decided<api::OpeningList> my_openings(const node::Node& node, const node::Caller& caller,
                                              std::string_view cursor, std::size_t limit);

}  // namespace pioneer::queries
