#include "api/queries/log_view.hpp"

#include <algorithm>
#include <unordered_set>

#include "api/queries/board_view.hpp"
#include "api/queries/concern.hpp"
#include "api/queries/event_view.hpp"
#include "api/queries/log_scope.hpp"
#include "api/queries/names.hpp"
#include "api/queries/paging.hpp"
#include "api/text/bytes.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"
#include "domain/common/rules.hpp"
#include "domain/streams.hpp"
#include "eventstore/record.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;

void show_commit(const HistoryEntry& entry, api::StreamCommitView& view) {
  view.set_position(entry.commit.sequence.value);
  set_time(*view.mutable_recorded_at(), entry.commit.recorded_at.us);
  if (entry.commit.occurred_at != entry.commit.recorded_at) {
    set_time(*view.mutable_occurred_at(), entry.commit.occurred_at.us);
  }
  if (!entry.part->actor.is_zero()) view.set_actor(entry.part->actor.text());
  if (entry.commit.cause != 0) view.set_cause(entry.commit.cause - 1);
  if (const auto policy = entry.accepted.body.policy_sequence(); policy != 0) view.set_policy(policy);
  show_events(*entry.part, *view.mutable_events());
  for (const auto rule : entry.accepted.body.rules()) view.add_rules(domain::rule_name(rule));
}

domain::Action action_for(std::string_view kind) {
  if (kind == domain::stream_kind::organisation || kind == domain::stream_kind::policy)
    return domain::Action::get_organisation;
  // The journal of opened fields is the auditors'.
  return kind == domain::stream_kind::access ? domain::Action::get_openings : domain::Action::get_stream;
}

}  // namespace

domain::Decided<api::StreamView> stream_view(const node::Node& node, const node::Caller& caller, std::string_view kind,
                                             std::string_view id, eventstore::Revision from, std::size_t limit,
                                             Until until) {
  const auto concern = concern_of(node, caller, kind, id);
  const auto action = action_for(kind);
  const bool is_public = action == domain::Action::get_organisation;
  if (!concern) return is_public ? domain::refuse(domain::refusals::not_found) : domain::refuse_missing(caller.actor);
  const auto may = node.projector().with_community(
      [&](const node::Community& community) { return may_look(community, caller, action, *concern); });
  if (!may) return std::unexpected(may.error());
  const std::string stream = std::string(kind) + "/" + std::string(id);
  const auto revision = revision_at(node, stream, until);
  if (!revision || *revision == 0) return domain::refuse(domain::refusals::not_found);
  api::StreamView view;
  view.set_kind(std::string(kind));
  view.set_id(std::string(id));
  view.set_revision(*revision);
  limit = std::min(limit, log_page_max);
  const bool opens = kind == domain::stream_kind::request;
  Mentioned mentioned;
  const auto read = read_history(node, stream, from, until, [&](const HistoryEntry& entry) {
    if (static_cast<std::size_t>(view.items_size()) == limit) {
      view.set_next_cursor(std::to_string(entry.part->first_revision));
      return false;
    }
    auto& item = *view.add_items();
    show_commit(entry, item);
    if (opens) open_values(*entry.part, node.edge(), *item.mutable_events());
    node.projector().with_community([&](const node::Community& community) {
      if (api::RoleView post; show_post(community, entry.part->actor, post)) *item.mutable_post() = std::move(post);
      mentioned.note(*entry.part, community.directory);
    });
    return true;
  });
  node.projector().with_community(
      [&](const node::Community& community) { mentioned.name_all(community.directory, *view.mutable_names()); });
  if (!read) return domain::refuse(domain::refusals::not_found);
  return view;
}

namespace {

/// Which parts of the log a caller sees of what they ask for.
class LogFilter {
 public:
  LogFilter(const node::Node& node, const node::Community& community, const node::Caller& caller, const LogQuery& query)
      : node_(node), caller_(caller), query_(query) {
    if (!query.organisation) return;
    const auto all = organisations_of(community.directory, *query.organisation, true);
    wanted_.insert(all.begin(), all.end());
  }

  bool narrows() const { return query_.organisation || !query_.kind.empty() || !query_.types.empty(); }

  bool shows(const node::Community& community, const projections::Part& part) const {
    if (!query_.kind.empty() && domain::parts_of(part.raw->stream()).first != query_.kind) return false;
    if (!query_.types.empty() && std::ranges::none_of(part.events, [&](const auto& event) {
          return std::ranges::find(query_.types, domain::event_type(event)) != query_.types.end();
        }))
      return false;
    if (query_.organisation && !wanted_.contains(organisation_of(node_, part))) return false;
    return audits(node_, community, caller_.actor, part);
  }

 private:
  const node::Node& node_;
  const node::Caller& caller_;
  const LogQuery& query_;
  std::unordered_set<Id, domain::IdHash> wanted_;
};

/// Walks up or down the log, as far as it is projected.
class LogWalk {
 public:
  LogWalk(const node::Node& node, const LogQuery& query) : node_(node), newest_(query.newest) {
    const auto end = node.projector().projected().value;
    end_ = end;
    next_ = query.from ? query.from->value : newest_ && end > 0 ? end - 1 : 0;
    if (newest_ && end > 0) next_ = std::min(next_, end - 1);
    over_ = newest_ ? end == 0 : next_ >= end;
    if (!newest_) reader_ = node.log().reader(eventstore::Sequence{next_});
  }
  std::optional<eventstore::Leaf> next() {
    if (over_) return std::nullopt;
    std::optional<eventstore::Leaf> leaf;
    if (newest_) {
      if (auto record = node_.log().read(eventstore::Sequence{next_}); record)
        leaf = eventstore::Leaf{eventstore::Sequence{next_}, std::move(*record)};
    } else if (auto read = reader_->next(); read && *read) {
      leaf = std::move(**read);
    }
    if (!leaf) over_ = true;
    if (leaf && newest_) {
      over_ = next_ == 0;
      if (!over_) --next_;
    } else if (leaf) {
      over_ = ++next_ >= end_;
    }
    return leaf;
  }
  /// Where to go on; nothing: that was all.
  std::optional<std::uint64_t> rest() const { return over_ ? std::nullopt : std::optional(next_); }

 private:
  const node::Node& node_;
  const bool newest_;
  std::uint64_t end_ = 0;
  std::uint64_t next_ = 0;
  bool over_ = false;
  std::unique_ptr<eventstore::LogReader> reader_;
};

struct Entry {
  eventstore::AcceptedCommit accepted;
  projections::Commit commit;  ///< refers to `accepted`
};
/// Fills `item` but for its streams. Nothing: it cannot be read.
std::optional<Entry> entry_of(const eventstore::Leaf& leaf, api::LogEntryView& item) {
  const auto header = eventstore::decode_record(eventstore::bytes_of(leaf.record));
  auto accepted = eventstore::parse_commit(leaf);
  if (!header || !accepted) return std::nullopt;
  std::optional<Entry> entry(std::in_place);
  entry->accepted = std::move(*accepted);
  auto commit = projections::read_commit(entry->accepted);
  if (!commit) return std::nullopt;
  entry->commit = std::move(*commit);
  item.set_position(entry->accepted.sequence.value);
  item.set_epoch(header->epoch.value);
  item.set_takeover(header->kind == eventstore::RecordKind::opened);
  item.set_leaf_hash(api::hex(entry->accepted.leaf.view()));
  set_time(*item.mutable_recorded_at(), entry->commit.recorded_at.us);
  if (entry->commit.occurred_at != entry->commit.recorded_at)
    set_time(*item.mutable_occurred_at(), entry->commit.occurred_at.us);
  if (entry->commit.cause != 0) item.set_cause(entry->commit.cause - 1);
  if (const auto policy = entry->accepted.body.policy_sequence(); policy != 0) item.set_policy(policy);
  for (const auto rule : entry->accepted.body.rules()) item.add_rules(domain::rule_name(rule));
  return entry;
}

/// What is outside the auditor's organisations is shown as its place and hash: enough to check the whole.
void show_parts(const projections::Commit& commit, const node::Node& node, const LogFilter& filter,
                Mentioned& mentioned, api::LogEntryView& item) {
  node.projector().with_community([&](const node::Community& community) {
    for (const auto& part : commit.parts) {
      if (!filter.shows(community, part)) continue;
      auto& stream = *item.add_streams();
      stream.set_stream(part.raw->stream());
      if (!part.actor.is_zero()) stream.set_actor(part.actor.text());
      if (api::RoleView post; show_post(community, part.actor, post)) *stream.mutable_post() = std::move(post);
      if (const auto organisation = organisation_of(node, part); !organisation.is_zero())
        name_organisation(community.directory, organisation, *stream.mutable_organisation());
      show_events(part, *stream.mutable_events());
      mentioned.note(part, community.directory);
    }
  });
}

}  // namespace

domain::Decided<Id> audited_root(const node::Node& node, const node::Caller& caller, domain::Action action) {
  return node.projector().with_community([&](const node::Community& community) -> domain::Decided<Id> {
    domain::Decided<Id> found = domain::refuse(domain::refusals::forbidden);
    for (const auto& root : community.directory.roots()) {
      found = authorise(action, caller.actor, domain::Relation::none, root, community.directory);
      if (found) return root;
    }
    return found;
  });
}

domain::Decided<api::LogPage> log_page(const node::Node& node, const node::Caller& caller, const LogQuery& query) {
  const auto filter =
      node.projector().with_community([&](const node::Community& community) -> domain::Decided<LogFilter> {
        const auto may = may_of_root(community, caller.actor, domain::Action::get_log);
        if (!may) return std::unexpected(may.error());
        return LogFilter(node, community, caller, query);
      });
  if (!filter) return std::unexpected(filter.error());
  Mentioned mentioned;
  LogWalk walk(node, query);
  api::LogPage page;
  const auto limit = std::min(query.limit, log_page_max);
  const auto scanned_max = filter->narrows() ? log_scanned_max : limit;
  if (query.nothing) return page;
  for (std::size_t scanned = 0; scanned < scanned_max && static_cast<std::size_t>(page.items_size()) < limit;
       ++scanned) {
    const auto leaf = walk.next();
    if (!leaf) break;
    auto& item = *page.add_items();
    const auto entry = entry_of(*leaf, item);
    if (!entry) return domain::refuse(not_readable);
    show_parts(entry->commit, node, *filter, mentioned, item);
    if (filter->narrows() && item.streams_size() == 0) page.mutable_items()->RemoveLast();
  }
  if (const auto rest = walk.rest()) page.set_next_cursor(std::to_string(*rest));
  node.projector().with_community(
      [&](const node::Community& community) { mentioned.name_all(community.directory, *page.mutable_names()); });
  return page;
}

}  // namespace pioneer::queries
