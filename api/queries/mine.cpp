#include "api/queries/mine.hpp"

#include <algorithm>
#include <charconv>

#include "api/queries/paging.hpp"

namespace pioneer::queries {
namespace {

constexpr std::size_t streams_at_once = 200;

bool is_before(const Mine& a, const Mine& b) { return a.at_us != b.at_us ? a.at_us > b.at_us : a.id < b.id; }

std::string cursor_of(const Mine& mine) { return std::to_string(mine.at_us) + "-" + mine.id.text(); }

std::optional<Mine> parse_cursor(std::string_view text) {
  Mine mine;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mine.at_us);
  if (error != std::errc{} || end == text.data() + text.size() || *end != '-') return std::nullopt;
  const auto id = domain::Id::parse(text.substr(static_cast<std::size_t>(end - text.data()) + 1));
  if (!id) return std::nullopt;
  mine.id = *id;
  return mine;
}

std::vector<Mine> all_of(const node::Node& node, const domain::Id& member, std::string_view kind,
                         const TimeOf& time_of) {
  std::vector<Mine> all;
  std::string cursor;
  do {
    const auto some = node.people().streams_of(member, kind, cursor, streams_at_once);
    for (const auto& each : some.items) {
      const auto id = domain::Id::parse(std::string_view(each.stream).substr(kind.size()));
      const std::int64_t at_us = id ? time_of(*id, each.pseudonym) : 0;
      if (at_us > 0) all.push_back({*id, each.pseudonym, at_us});
    }
    cursor = some.next;
  } while (!cursor.empty() && all.size() < mine_streams_max);
  return all;
}

}  // namespace

domain::Decided<MinePage> mine_page(const node::Node& node, const domain::Id& member, std::string_view kind,
                                    std::string_view after, std::size_t limit, const TimeOf& time_of) {
  std::optional<Mine> last;
  if (!after.empty()) {
    last = parse_cursor(after);
    if (!last) return domain::refuse(bad_cursor);
  }
  auto all = all_of(node, member, kind, time_of);
  std::ranges::sort(all, is_before);
  auto from = all.begin();
  if (last) from = std::ranges::upper_bound(all, *last, is_before);
  MinePage page;
  const auto count = std::min<std::size_t>(limit, static_cast<std::size_t>(all.end() - from));
  page.items.assign(from, from + static_cast<std::ptrdiff_t>(count));
  if (from + static_cast<std::ptrdiff_t>(count) != all.end()) page.next = cursor_of(page.items.back());
  return page;
}

}  // namespace pioneer::queries
