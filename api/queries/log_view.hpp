// The log as people read it: a stream's commits, and pages of all. Events stand as they are recorded: what is sealed
// there is sealed here, and a person is a pseudonym.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/messages/views.pb.h"
#include "api/queries/history.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

/// Commits in one page.
inline constexpr std::size_t log_page_max = 200;
/// Commits that a page with a filter looks at: some tens of milliseconds.
inline constexpr std::size_t log_scanned_max = 5'000;

/// `kind` and `id` as in the stream's name. Refusals: not_found, also for those who may not know of it.
/// `from`: the first revision wanted. A request's texts are opened beside the events, for whoever may see the stream
/// may see them.
domain::Decided<api::StreamView> stream_view(const node::Node& node, const node::Caller& caller, std::string_view kind,
                                             std::string_view id, eventstore::Revision from, std::size_t limit,
                                             Until until);

/// The first root in whose name the caller may do this with the whole log.
domain::Decided<domain::Id> audited_root(const node::Node& node, const node::Caller& caller, domain::Action action);

struct LogQuery {
  std::optional<eventstore::Sequence> from;  ///< absent: the first commit, or the last with `newest`
  std::size_t limit = 100;
  bool newest = false;                     ///< downwards
  bool nothing = false;                    ///< it begins before the first: only to ask whether one may
  std::optional<domain::Id> organisation;  ///< only what concerns it, or one below, today
  std::string kind;                        ///< only streams of this kind; empty: all
  std::vector<std::string> types;          ///< only parts with such an event; empty: all
};

/// Auditors of a root only. With a filter, commits that have nothing of what is wanted are left out, and a page may be
/// short, or empty, and go on.
domain::Decided<api::LogPage> log_page(const node::Node& node, const node::Caller& caller, const LogQuery& query);

}  // namespace pioneer::queries
