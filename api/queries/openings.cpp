#include "api/queries/openings.hpp"

#include <charconv>
#include <chrono>
#include <optional>

#include "api/queries/board_view.hpp"
#include "api/queries/event_view.hpp"
#include "api/queries/names.hpp"
#include "api/queries/paging.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;

constexpr std::size_t month_chars = 7;  // "2026-03"

std::optional<std::uint32_t> digits(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string month_text(std::uint32_t month) {
  const auto text = std::to_string(month);
  return text.substr(0, 4) + "-" + text.substr(4);
}

/// A commit that opened the caller's fields; nothing: it cannot be read.
std::optional<api::OpeningView> opening(const node::Node& node, std::uint64_t sequence) {
  const auto accepted = eventstore::read_commit(node.log(), eventstore::Sequence{sequence});
  if (!accepted) return std::nullopt;
  const auto commit = projections::read_commit(*accepted);
  if (!commit) return std::nullopt;
  api::OpeningView view;
  view.set_position(sequence);
  set_time(*view.mutable_at(), commit->recorded_at.us);
  for (const auto& part : commit->parts) {
    if (part.kind != projections::StreamKind::access) continue;
    for (const auto& event : part.events)
      if (const auto* opened = std::get_if<domain::PersonalDataOpened>(&event)) view.set_purpose(opened->purpose());
    const auto rest = domain::parts_of(part.raw->stream()).second;
    const auto organisation = Id::parse(rest.substr(0, rest.find('-'))).value_or(Id{});
    node.projector().with_community([&](const node::Community& community) {
      name_organisation(community.directory, organisation, *view.mutable_organisation());
      if (api::RoleView post; show_post(community, part.actor, post)) *view.mutable_post() = std::move(post);
    });
  }
  return view;
}

}  // namespace

std::uint32_t month_of(std::string_view text) {
  if (text.size() != month_chars || text[4] != '-') return 0;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5));
  if (!year || !month || *year < 1970 || *month < 1 || *month > 12) return 0;
  return *year * 100 + *month;
}

std::uint32_t month_at(std::int64_t us) {
  const std::chrono::sys_time<std::chrono::microseconds> at{std::chrono::microseconds{us}};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
  return static_cast<std::uint32_t>(static_cast<int>(day.year())) * 100 + static_cast<unsigned>(day.month());
}

domain::Decided<api::OpeningsView> openings(const node::Node& node, const node::Caller& caller, const Id& organisation,
                                            std::uint32_t month) {
  const auto organisations =
      node.projector().with_community([&](const node::Community& community) -> domain::Decided<std::vector<Id>> {
        const auto may = may_list(community, caller.actor, domain::Action::get_openings, organisation);
        if (!may) return std::unexpected(may.error());
        return organisations_of(community.directory, organisation, true);
      });
  if (!organisations) return std::unexpected(organisations.error());
  api::OpeningsView view;
  view.set_month(month_text(month));
  for (const auto& each : *organisations) {
    const auto id = each.text() + "-" + std::to_string(month);
    const auto records = node.index().revision(std::string(domain::stream_kind::access) + "/" + id);
    if (!records) return std::unexpected(refusal_of(records.error()));
    if (*records == 0) continue;
    auto& journal = *view.add_items();
    journal.set_id(id);
    journal.set_records(static_cast<std::uint32_t>(*records));
    node.projector().with_community([&](const node::Community& community) {
      name_organisation(community.directory, each, *journal.mutable_organisation());
    });
  }
  return view;
}

domain::Decided<api::OpeningList> my_openings(const node::Node& node, const node::Caller& caller,
                                              std::string_view cursor, std::size_t limit) {
  if (!caller.sender) return domain::refuse(domain::refusals::not_signed_in);
  std::optional<std::uint64_t> before;
  if (!cursor.empty()) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
    if (error != std::errc{} || end != cursor.data() + cursor.size()) return domain::refuse(bad_cursor);
    before = number;
  }
  limit = std::min(limit, openings_page_max);
  const auto found = node.people().openings_of(caller.sender->member, before, limit + 1);
  api::OpeningList list;
  for (const auto& sequence : found) {
    if (static_cast<std::size_t>(list.items_size()) == limit) {
      list.set_next_cursor(std::to_string(list.items(list.items_size() - 1).position()));
      break;
    }
    auto view = opening(node, sequence.value);
    if (!view) return domain::refuse(not_readable);
    *list.add_items() = std::move(*view);
  }
  return list;
}

}  // namespace pioneer::queries
