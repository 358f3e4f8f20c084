// What is a member's own, newest first, page by page.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/node/node.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

/// Streams of one kind that one member's list is sorted over; who has more sees the ones that were found first.
inline constexpr std::size_t mine_streams_max = 4'000;

struct Mine {
  domain::Id id;
  domain::Pseudonym pseudonym;  ///< the member's in that stream
  std::int64_t at_us = 0;
};

struct MinePage {
  std::vector<Mine> items;
  std::string next;  ///< cursor; empty: that was all
};

/// Microseconds since 1970 of what the list is sorted by; 0: it does not belong to the list.
using TimeOf = std::function<std::int64_t(const domain::Id&, const domain::Pseudonym&)>;

/// `kind`: "product/" or "request/". What comes while pages are turned stands on the first one, and moves no other.
/// Refusals: bad_cursor. Any thread.
domain::Decided<MinePage> mine_page(const node::Node& node, const domain::Id& member, std::string_view kind,
                                    std::string_view after, std::size_t limit, const TimeOf& time_of);

}  // namespace pioneer::queries
