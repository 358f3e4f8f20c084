#include "api/queries/log_state.hpp"

#include <algorithm>

#include "api/proofs/checkpoints.hpp"
#include "api/proofs/signed_note.hpp"
#include "api/queries/log_scope.hpp"
#include "api/queries/names.hpp"
#include "api/queries/paging.hpp"
#include "eventstore/record.hpp"

namespace pioneer::queries {
namespace {

using eventstore::Result;
using eventstore::Sequence;

Result<std::int64_t> recorded_at_us(const eventstore::Log& log, std::uint64_t sequence) {
  const auto commit = eventstore::read_commit(log, Sequence{sequence});
  if (!commit) return std::unexpected(commit.error());
  return commit->body.recorded_at_us();
}

Result<std::uint64_t> epoch_of(const eventstore::Log& log, std::uint64_t sequence) {
  const auto record = log.read(Sequence{sequence});
  if (!record) return std::unexpected(record.error());
  const auto header = eventstore::decode_record(eventstore::bytes_of(*record));
  if (!header) return eventstore::failure("bad_record", "A record of the log has no header.");
  return header->epoch.value;
}

/// The first sequence below `end` whose epoch is `epoch` or higher. Epochs never go back.
Result<std::uint64_t> first_of(const eventstore::Log& log, std::uint64_t epoch, std::uint64_t end) {
  std::uint64_t low = 0;
  while (low < end) {
    const auto middle = low + (end - low) / 2;
    const auto there = epoch_of(log, middle);
    if (!there) return std::unexpected(there.error());
    if (*there < epoch) {
      low = middle + 1;
    } else {
      end = middle;
    }
  }
  return low;
}

Result<void> show_takeovers(const eventstore::Log& log, std::uint64_t end, api::LogIncidentsView& view) {
  while (end > 0 && static_cast<std::size_t>(view.takeovers_size()) < takeovers_max) {
    const auto epoch = epoch_of(log, end - 1);
    if (!epoch) return std::unexpected(epoch.error());
    const auto first = first_of(log, *epoch, end);
    if (!first) return std::unexpected(first.error());
    const auto at_us = recorded_at_us(log, *first);
    if (!at_us) return std::unexpected(at_us.error());
    auto& takeover = *view.add_takeovers();
    takeover.set_epoch(*epoch);
    takeover.set_position(*first);
    set_time(*takeover.mutable_at(), *at_us);
    end = *first;
  }
  return {};
}

Result<void> show_checkpoint(const eventstore::Log& log, std::string_view note, api::CheckpointView& view) {
  const auto text = api::parse_checkpoint(note);
  if (!text) return eventstore::failure("bad_checkpoint", "The newest checkpoint is none.");
  view.set_origin(text->origin);
  view.set_size(text->size);
  view.set_root(text->root);
  const auto parsed = api::parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  for (const auto& signature : parsed->signatures) view.add_signatures(signature.name);
  if (text->size == 0) return {};
  const auto until = recorded_at_us(log, text->size - 1);
  if (!until) return std::unexpected(until.error());
  set_time(*view.mutable_covers_until(), *until);
  return {};
}

Result<void> show_log(const eventstore::Log& log, std::uint64_t end, std::string_view note, api::LogStateView& view) {
  view.set_size(end);
  if (end > 0) {
    const auto first = recorded_at_us(log, 0);
    const auto last = first ? recorded_at_us(log, end - 1) : first;
    const auto epoch = epoch_of(log, end - 1);
    if (!last) return std::unexpected(last.error());
    if (!epoch) return std::unexpected(epoch.error());
    set_time(*view.mutable_first_at(), *first);
    set_time(*view.mutable_last_at(), *last);
    view.set_epoch(*epoch);
  }
  return note.empty() ? Result<void>{} : show_checkpoint(log, note, *view.mutable_checkpoint());
}

}  // namespace

domain::Decided<api::LogStateView> log_state(const node::Node& node, const node::Caller& caller,
                                             std::string_view note) {
  const auto may = node.projector().with_community([&](const node::Community& community) {
    return authorise(domain::Action::get_log_state, caller.actor, domain::Relation::none, {}, community.directory);
  });
  if (!may) return std::unexpected(may.error());
  api::LogStateView view;
  const auto shown = show_log(node.log(), node.projector().projected().value, note, view);
  if (!shown) return std::unexpected(refusal_of(shown.error()));
  return view;
}

domain::Decided<api::LogIncidentsView> log_incidents(const node::Node& node, const node::Caller& caller) {
  const auto may = node.projector().with_community([&](const node::Community& community) {
    return may_of_root(community, caller.actor, domain::Action::get_log_incidents);
  });
  if (!may) return std::unexpected(may.error());
  api::LogIncidentsView view;
  if (const auto shown = show_takeovers(node.log(), node.projector().projected().value, view); !shown)
    return std::unexpected(refusal_of(shown.error()));
  if (const auto reason = node.readiness().reason; !reason.empty()) view.set_stopped(reason);
  const auto met = node.log().incidents();
  view.set_void_records(static_cast<std::uint32_t>(std::min<std::uint64_t>(met.void_records, ~std::uint32_t{0})));
  if (met.ended && met.ended->code == eventstore::log_forked) view.set_fork(met.ended->detail);
  return view;
}

}  // namespace pioneer::queries
