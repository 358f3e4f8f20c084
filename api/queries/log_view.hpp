// The log as people read it: a stream's commits, and pages of all. Events stand as they are recorded: what is sealed
// there is sealed here, and a person is a pseudonym.
#pragma once

#include "api/messages/views.pb.h"
#include "api/queries/history.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

/// Commits in one page.
inline constexpr std::size_t log_page_max = 200;

/// `kind` and `id` as in the stream's name. Refusals: not_found, also for those who may not know of it.
/// `from`: the first revision wanted.
domain::Decided<api::StreamView> stream_view(const node::Node& node, const node::Caller& caller, std::string_view kind,
                                             std::string_view id, eventstore::Revision from, std::size_t limit,
                                             Until until);

/// The first root in whose name the caller may do this with the whole log.
domain::Decided<domain::Id> audited_root(const node::Node& node, const node::Caller& caller, domain::Action action);

/// Auditors of a root only.
domain::Decided<api::LogPage> log_page(const node::Node& node, const node::Caller& caller, eventstore::Sequence from,
                                       std::size_t limit);

/// One commit's events of one stream, as frames of GET /events show them.
void show_events(const projections::Part& part, google::protobuf::RepeatedPtrField<api::EventView>& into);

}  // namespace pioneer::queries
