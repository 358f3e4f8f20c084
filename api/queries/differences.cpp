#include "api/queries/differences.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "api/edge/fields.hpp"
#include "api/queries/board_view.hpp"
#include "api/queries/log_scope.hpp"
#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "api/queries/paging.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
using eventstore::Sequence;
using projections::RequestRow;
using projections::StreamKind;
using Organisations = std::unordered_set<Id, domain::IdHash>;

/// One page, as it is put together.
class DifferencesPage {
 public:
  DifferencesPage(const node::Node& node, const TwoMoments& moments, Organisations wanted, api::DifferencesView& view)
      : node_(node), moments_(moments), wanted_(std::move(wanted)), view_(view) {}

  eventstore::Result<void> take(const projections::Commit& commit) {
    view_.set_commits(view_.commits() + 1);
    for (const auto& part : commit.parts) {
      const auto concerned = concerns(part);
      if (!concerned) return std::unexpected(concerned.error());
      if (!*concerned) continue;
      for (const auto& event : part.events) ++counts_[domain::event_type(event)];
    }
    return {};
  }
  std::size_t requests() const { return found_.size(); }

  void finish() {
    for (const auto& [type, count] : counts_) {
      auto& view = *view_.add_counts();
      view.set_type(std::string(type));
      view.set_count(count);
    }
    for (const auto& one : found_) show_texts(one, *view_.add_items());
    node_.projector().with_community([&](const node::Community& community) {
      for (std::size_t i = 0; i < found_.size(); ++i) {
        auto& view = *view_.mutable_items(static_cast<int>(i));
        if (found_[i].before) stand(*found_[i].before, community, *view.mutable_before());
        if (found_[i].after) stand(*found_[i].after, community, *view.mutable_after());
      }
    });
  }

 private:
  struct Found {
    Id id;
    std::uint64_t events = 0;
    std::optional<RequestRow> before, after;  ///< where it stood on this board
  };

  eventstore::Result<bool> concerns(const projections::Part& part) {
    if (part.kind == StreamKind::request) return request(part);
    return part.kind == StreamKind::policy || wanted_.contains(organisation_of(node_, part));
  }

  eventstore::Result<bool> request(const projections::Part& part) {
    if (const auto known = known_.find(part.id); known != known_.end()) return known->second;
    auto before = moments_.before.requests().get(part.id);
    if (!before) return std::unexpected(before.error());
    auto after = moments_.after.requests().get(part.id);
    if (!after) return std::unexpected(after.error());
    const std::uint64_t was = *before ? (*before)->revision : 0;
    const std::uint64_t is = *after ? (*after)->revision : was;
    const bool came_here = *before && wanted_.contains((*before)->organisation);
    const bool is_here = *after && wanted_.contains((*after)->organisation);
    known_.emplace(part.id, came_here || is_here);
    if (!came_here && !is_here) return false;
    if (part.first_revision != was) return true;  // an earlier page has it
    Found found{part.id, is - was, {}, {}};
    if (came_here) found.before = std::move(**before);
    if (is_here) found.after = std::move(**after);
    found_.push_back(std::move(found));
    return true;
  }

  void show_texts(const Found& found, api::RequestDifferenceView& view) const {
    const auto& row = found.after ? *found.after : *found.before;
    view.set_id(found.id.text());
    view.set_category(row.category);
    view.set_events(static_cast<std::uint32_t>(found.events));
    open_into(node_.edge(), row.title.message(), domain::stream_of(domain::stream_kind::request, found.id),
              api::field::request_title, [&](std::string text) { view.set_title(std::move(text)); });
  }

  static void stand(const RequestRow& row, const node::Community& community, api::StandingView& view) {
    view.set_state(row.state);
    view.set_overdue(row.overdue());
    name_organisation(community.directory, row.organisation, *view.mutable_organisation());
  }

  const node::Node& node_;
  const TwoMoments& moments_;
  const Organisations wanted_;
  api::DifferencesView& view_;
  std::map<std::string_view, std::uint32_t> counts_;
  std::unordered_map<Id, bool, domain::IdHash> known_;
  std::vector<Found> found_;
};

}  // namespace

domain::Decided<api::DifferencesView> differences(const node::Node& node, const node::Caller& caller,
                                                  const TwoMoments& moments, const DifferencesQuery& query) {
  api::DifferencesView view;
  auto wanted =
      node.projector().with_community([&](const node::Community& community) -> domain::Decided<Organisations> {
        const auto may = may_list(community, caller.actor, domain::Action::get_differences, query.organisation);
        if (!may) return std::unexpected(may.error());
        name_organisation(community.directory, query.organisation, *view.mutable_organisation());
        const auto all = organisations_of(community.directory, query.organisation, true);
        return Organisations(all.begin(), all.end());
      });
  if (!wanted) return std::unexpected(wanted.error());
  view.set_from_position(moments.from.value);
  view.set_to_position(moments.to.value);
  DifferencesPage page(node, moments, std::move(*wanted), view);
  auto next = std::max(query.cursor.value_or(moments.from), moments.from);
  const auto reader = node.log().reader(next);
  const auto limit = std::min(query.limit, differences_page_max);
  for (std::size_t scanned = 0; next < moments.to; ++scanned) {
    if (scanned == differences_scanned_max || page.requests() >= limit) {
      view.set_next_cursor(std::to_string(next.value));
      break;
    }
    const auto leaf = reader->next();
    const auto accepted = leaf && *leaf ? eventstore::parse_commit(**leaf)
                                        : eventstore::failure("not_readable", "The log ends before its end.");
    const auto commit = accepted ? projections::read_commit(*accepted) : std::unexpected(accepted.error());
    const auto taken = commit ? page.take(*commit) : std::unexpected(commit.error());
    if (!taken) return std::unexpected(refusal_of(taken.error()));
    next = Sequence{next.value + 1};
  }
  page.finish();
  return view;
}

}  // namespace pioneer::queries
