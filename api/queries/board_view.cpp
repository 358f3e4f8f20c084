#include "api/queries/board_view.hpp"
#include "api/text/bytes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_set>

#include "api/edge/fields.hpp"
#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "api/queries/paging.hpp"
#include "api/queries/slots.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;

class Page {
 public:
  explicit Page(const BoardSource& source) : slots_(source.community.directory, &source.opener) {}

  void cards(const std::vector<projections::RequestCard>& cards, std::string& to) {
    to += '[';
    bool first = true;
    for (const auto& card : cards) {
      const std::size_t before = to.size();
      if (!first) to += ',';
      const bool rendered =
          projections::render_row(*card.row, domain::stream_of(domain::stream_kind::request, card.id), slots_, to);
      if (rendered) {
        first = false;
      } else {
        to.resize(before);
      }
    }
    to += ']';
  }

  void column(const projections::BoardColumn& column, std::string& to) {
    to += "{\"state\":\"" + domain::RequestState::Value_Name(column.state) +
          "\",\"count\":" + std::to_string(column.count) + ",\"overdue\":" + std::to_string(column.overdue) +
          ",\"cards\":";
    cards(column.cards, to);
    cursor(column.next, to);
    to += '}';
  }

  void cursor(const std::string& next, std::string& to) const {
    if (next.empty()) return;
    to += ",\"nextCursor\":";
    projections::append_json_text(to, api::hex(next));
  }

 private:
  Slots slots_;
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Metres between two places on a sphere of the Earth's mean radius (haversine formula).
double metres_between(double lat_a, double lon_a, double lat_b, double lon_b) {
  constexpr double radians = std::numbers::pi / 180;
  constexpr double earth_m = 6'371'008.8;
  const double across = std::sin((lat_b - lat_a) * radians / 2);
  const double along = std::sin((lon_b - lon_a) * radians / 2);
  const double h = across * across + std::cos(lat_a * radians) * std::cos(lat_b * radians) * along * along;
  return 2 * earth_m * std::asin(std::min(1.0, std::sqrt(h)));
}

/// Opens what is sealed in a card to see whether it is one that is looked for. Shows nothing.
class Search final : public projections::SlotFiller {
 public:
  Search(const api::Opener& opener, const RequestsQuery& query)
      : opener_(opener), text_(lower(query.text)), near_(query.near) {}

  bool finds(const projections::RequestCard& card) {
    title_ = text_.empty();
    place_ = !near_;
    scratch_.clear();
    projections::render_row(*card.row, domain::stream_of(domain::stream_kind::request, card.id), *this, scratch_);
    return title_ && place_;
  }

  bool sealed(std::string_view stream, const projections::SealedSlot& slot, std::string& to) override {
    to += "null";
    const bool is_title = slot.field == api::field::request_title && !title_;
    const bool is_place = slot.field == api::field::request_location && !place_;
    if (!is_title && !is_place) return true;
    domain::Sealed value;
    value.set_key(std::string(slot.key.view()));
    value.set_box(std::string(slot.box));
    if (is_place) {
      const auto place = opener_.open_location(value, stream);
      place_ = place && metres_between(near_->lat, near_->lon, place->lat(), place->lon()) <= near_->metres;
    } else if (const auto opened = opener_.open(value, stream, slot.field)) {
      OpenedField reader([&](const std::string& title) { title_ = lower(title).find(text_) != std::string::npos; });
      opened->reveal_to(reader);
    }
    return true;
  }
  void organisation(const Id&, std::string& to) override { to += "null"; }

 private:
  const api::Opener& opener_;
  std::string text_;
  std::optional<Nearby> near_;
  bool title_ = false, place_ = false;
  std::string scratch_;
};

domain::Decided<std::vector<projections::BoardColumn>> columns_of(const BoardSource& source, const BoardQuery& query) {
  const auto organisations = organisations_of(source.community.directory, query.organisation, query.subtree);
  if (query.column == domain::RequestState::unspecified) {
    auto all = !query.cards.empty()
                   ? source.models.boards().cards(organisations, query.cards)
                   : source.models.boards().board(organisations, std::min(query.limit, projections::Boards::page_max));
    if (!all) return std::unexpected(refusal_of(all.error()));
    return std::move(*all);
  }
  const auto after = bytes_of_cursor(query.after);
  if (!after) return domain::refuse(bad_cursor);
  auto one = source.models.boards().column(organisations, query.column, *after, std::min(query.limit, board_page_max));
  if (!one) return std::unexpected(refusal_of(one.error()));
  std::vector<projections::BoardColumn> columns;
  columns.push_back(std::move(*one));
  return columns;
}

}  // namespace

std::vector<Id> organisations_of(const domain::organisations::Directory& directory, const Id& id, bool subtree) {
  std::vector<Id> today = subtree ? directory.subtree(id) : std::vector<Id>{directory.resolve(id)};
  for (const auto& closed : directory.closed()) {
    if (subtree && closed != today.front() && directory.covers(id, closed)) today.push_back(closed);
  }
  const std::unordered_set<Id, domain::IdHash> wanted(today.begin(), today.end());
  // What was merged keeps its rows under its own id.
  for (const auto& merged : directory.merged()) {
    if (wanted.contains(directory.resolve(merged))) today.push_back(merged);
  }
  return today;
}

domain::Decided<Id> may_list(const node::Community& community, const domain::Actor& actor, domain::Action action,
                             const Id& organisation) {
  // What a closed one holds is still to be seen and finished.
  if (community.directory.resolve(organisation).is_zero())
    return domain::refuse(domain::refusals::unknown_organisation);
  return authorise(action, actor, domain::Relation::none, organisation, community.directory);
}

domain::Decided<std::string> board_json(const BoardSource& source, const domain::Actor& actor,
                                        const BoardQuery& query) {
  const auto may = may_list(source.community, actor, domain::Action::get_board, query.organisation);
  if (!may) return std::unexpected(may.error());
  Page page(source);
  auto columns = columns_of(source, query);
  if (!columns) return std::unexpected(columns.error());
  std::string json = "{\"organisation\":";
  append_organisation(source.community.directory, query.organisation, json);
  json += query.subtree ? ",\"subtree\":true" : ",\"subtree\":false";
  json += ",\"position\":\"" + std::to_string(source.position) + "\"";
  if (source.as_of_us != 0) {
    json += ",\"asOf\":";
    projections::append_json_time(json, {source.as_of_us});
  }
  json += ",\"columns\":[";
  for (std::size_t i = 0; i < columns->size(); ++i) {
    if (i != 0) json += ',';
    page.column((*columns)[i], json);
  }
  json += "]}";
  return json;
}

domain::Decided<std::string> requests_json(const BoardSource& source, const domain::Actor& actor,
                                           const RequestsQuery& query) {
  const auto may = may_list(source.community, actor, domain::Action::list_requests, query.organisation);
  if (!may) return std::unexpected(may.error());
  Page page(source);
  const auto after = bytes_of_cursor(query.after);
  if (!after) return domain::refuse(bad_cursor);
  const auto organisations = organisations_of(source.community.directory, query.organisation, query.subtree);
  projections::RequestFilter filter{organisations, query.states, query.category};
  if (!query.text.empty() || query.near) {
    filter.examined_max = searched_max;
    filter.accept = [search = Search(source.opener, query)](const projections::RequestCard& card) mutable {
      return search.finds(card);
    };
  }
  auto found = source.models.requests().page(filter, *after, std::min<std::size_t>(query.limit, 100));
  if (!found) return std::unexpected(refusal_of(found.error()));
  std::string json = "{\"items\":";
  page.cards(found->cards, json);
  page.cursor(found->next, json);
  json += '}';
  return json;
}

}  // namespace pioneer::queries
