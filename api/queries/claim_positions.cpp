#include "api/queries/claim_positions.hpp"

#include "api/queries/history.hpp"
#include "domain/streams.hpp"
#include "domain/supermarket/supermarket.pb.h"

namespace pioneer::queries {
namespace {

using eventstore::Result;
using eventstore::Sequence;

domain::Instant instant_of(const google::protobuf::Timestamp& time) {
  return {time.seconds() * 1'000'000 + time.nanos() / 1'000};
}

/// The product's commit of this instant that holds such an event of this ticket. Others may have the same stamp.
template <class Event>
Result<std::optional<Sequence>> found_at(const node::Node& node, const std::string& stream, domain::Instant at,
                                         std::string_view type, std::uint32_t ticket) {
  const auto from = position_at(node.log(), {at.us - 1});
  if (!from) return std::unexpected(from.error());
  const auto revision = revision_at(node, stream, {*from});
  if (!revision) return std::unexpected(revision.error());
  std::optional<Sequence> found;
  const auto read = read_history(node, stream, eventstore::Revision{*revision}, {}, [&](const HistoryEntry& entry) {
    if (entry.accepted.body.recorded_at_us() > at.us) return false;
    for (const auto& event : entry.part->raw->events()) {
      Event said;
      if (event.type() == type && said.ParseFromString(event.payload()) && said.ticket() == ticket)
        found = entry.accepted.sequence;
    }
    return !found;
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

}  // namespace

Result<void> show_positions(const node::Node& node, const domain::Id& product, std::uint32_t ticket,
                            api::ClaimView& view) {
  const auto stream = domain::stream_of(domain::stream_kind::product, product);
  const auto placed = found_at<domain::ClaimPlaced>(node, stream, instant_of(view.placed_at()), "ClaimPlaced", ticket);
  if (!placed) return std::unexpected(placed.error());
  if (*placed) view.set_position((*placed)->value);
  if (!view.has_rating()) return {};
  const auto rated = found_at<domain::ClaimRated>(node, stream, instant_of(view.rating().at()), "ClaimRated", ticket);
  if (!rated) return std::unexpected(rated.error());
  if (*rated) view.mutable_rating()->set_position((*rated)->value);
  return {};
}

}  // namespace pioneer::queries
