// What auditors ask: the log as a whole, what went wrong, who opened what, what became different; and what each person
// may ask of it.
#include <optional>
#include <string>

#include "api/http/handlers/as_of.hpp"
#include "api/http/handlers/service.hpp"
#include "api/http/rfc3339.hpp"
#include "api/proofs/checkpoint_watch.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/contradictions.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/queries/board_view.hpp"
#include "api/queries/differences.hpp"
#include "api/queries/log_state.hpp"
#include "api/queries/names.hpp"
#include "api/queries/openings.hpp"

namespace pioneer::api::http {
namespace {

void state(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  auto note = service.checkpoints == nullptr ? nullptr : service.checkpoints->newest();
  if (service.cosignatures != nullptr) note = service.cosignatures->with_cosignatures(note);
  auto view = queries::log_state(service.node, caller, note == nullptr ? std::string_view{} : *note);
  if (view && view->has_checkpoint() && service.checkpoint_watch != nullptr) {
    if (const auto at = service.checkpoint_watch->seen().signed_at)
      queries::set_time(*view->mutable_checkpoint()->mutable_signed_at(), at->value);
  }
  if (view && service.cosignatures != nullptr) show_witnessed(service, *view->mutable_witnessed());
  give(incoming, view);
}

void show_signing(const CheckpointWatch::Seen& seen, LogIncidentsView& view) {
  queries::set_time(*view.mutable_since(), seen.since.value);
  view.set_checkpoints_signed(seen.signed_count);
  view.set_checkpoints_failed(seen.failed_count);
  view.set_late(seen.gaps.late_count);
  for (const auto& gap : seen.gaps.newest_first) {
    auto& shown = *view.add_gaps();
    queries::set_time(*shown.mutable_began(), gap.began.value);
    if (gap.ended) queries::set_time(*shown.mutable_ended(), gap.ended->value);
    shown.set_from_size(gap.from_size);
    shown.set_to_size(gap.to_size);
    if (!gap.reason.empty()) shown.set_reason(gap.reason);
  }
}

void show_contradictions(const Contradictions& contradictions, LogIncidentsView& view) {
  for (const auto& kept : contradictions.all()) {
    auto& shown = *view.add_contradictions();
    shown.set_file(kept.file);
    if (kept.seen) queries::set_time(*shown.mutable_seen_at(), kept.seen->value);
    if (!kept.witness.empty()) shown.set_witness(kept.witness);
    if (const auto theirs = parse_checkpoint(kept.theirs)) {
      shown.set_size(theirs->size);
      shown.set_root(theirs->root);
    }
    shown.set_note(kept.theirs);
    if (const auto ours = parse_checkpoint(kept.ours)) {
      shown.set_our_size(ours->size);
      shown.set_our_root(ours->root);
      shown.set_our_note(kept.ours);
    }
    shown.set_stands(kept.stands);
  }
}

void incidents(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  auto view = queries::log_incidents(service.node, caller);
  if (view) {
    view->set_engine(service.engine);
    show_continued(service, *view);
    if (service.checkpoint_watch != nullptr) show_signing(service.checkpoint_watch->seen(), *view);
    if (service.checkpoints != nullptr) view->set_tree_rebuilt(service.checkpoints->rebuilt());
    if (service.contradictions != nullptr) show_contradictions(*service.contradictions, *view);
  }
  give(incoming, view);
}

/// `organisation=`, which must be there and be one.
std::optional<domain::Id> organisation_asked(const Service& service, const Incoming& incoming) {
  const auto found = organisation_named(service, incoming.request.parameter("organisation"));
  if (!found) malformed(incoming, "organisation", "There is no such organisation.");
  return found;
}

void openings(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto organisation = organisation_asked(service, *incoming);
  if (!organisation) return;
  const auto text = incoming->request.parameter("month");
  const auto month = text.empty() ? queries::month_at(service.node.clock().now().value) : queries::month_of(text);
  if (month == 0) return malformed(*incoming, "month", "A month like 2026-03 stands here.");
  give(incoming, queries::openings(service.node, caller, *organisation, month));
}

void my_openings(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto limit = limit_of(*incoming, queries::openings_page_max, queries::openings_page_max);
  if (limit) give(incoming, queries::my_openings(service.node, caller, incoming->request.parameter("cursor"), *limit));
}

/// Both moments, one after the other; then the answer. The past is made on a thread of its own.
void show_differences(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                      std::int64_t from_us, std::int64_t to_us, const queries::DifferencesQuery& query) {
  with_models_at(service, incoming, from_us, [&service, incoming, caller, to_us, query](const PastModels& before) {
    with_models_at(service, incoming, to_us, [&service, incoming, caller, query, before](const PastModels& after) {
      give(incoming,
           queries::differences(service.node, caller, {before.models(), after.models(), before.end, after.end}, query));
    });
  });
}

void differences(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto organisation = organisation_asked(service, *incoming);
  if (!organisation) return;
  const auto may = service.node.projector().with_community([&](const node::Community& community) {
    return queries::may_list(community, caller.actor, domain::Action::get_differences, *organisation);
  });
  if (!may) return incoming->refuse(may.error());
  const auto from = instant_in(service, *incoming, "from");
  const auto to = from ? instant_in(service, *incoming, "to") : std::nullopt;
  if (!to) return;
  if (*from == 0) return malformed(*incoming, "from", "The earlier moment stands here: 2026-03-01T08:00:00Z.");
  if (*to != 0 && *to < *from) return malformed(*incoming, "to", "It is before the earlier moment.");
  queries::DifferencesQuery query;
  query.organisation = *organisation;
  const auto limit = limit_of(*incoming, query.limit, queries::differences_page_max);
  if (!limit) return;
  query.limit = *limit;
  if (const auto cursor = incoming->request.parameter("cursor"); !cursor.empty()) {
    const auto position = whole_number(cursor);
    if (!position) return malformed(*incoming, "cursor", "A whole number stands here.");
    query.cursor = eventstore::Sequence{*position};
  }
  show_differences(service, incoming, caller, *from, *to, query);
}

template <class Answer>
Handler queried(const Service& service, Answer answer) {
  return [&service, answer](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, incoming, answer](const node::Caller& caller) { answer(service, incoming, caller); });
  };
}

}  // namespace

void register_audit(Router& router, const Service& service) {
  router.on(Operation::get_log_state, queried(service, state));
  router.on(Operation::get_log_incidents, queried(service, incidents));
  router.on(Operation::get_openings, queried(service, openings));
  router.on(Operation::list_my_openings, queried(service, my_openings));
  router.on(Operation::get_differences, queried(service, differences));
}

}  // namespace pioneer::api::http
