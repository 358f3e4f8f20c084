#include <cmath>

#include "api/edge/draft.hpp"
#include "api/edge/edge.hpp"
#include "api/edge/fields.hpp"
#include "domain/common/limits.hpp"
#include "domain/streams.hpp"

namespace pioneer::api {
namespace {

namespace limits = domain::limits;

std::string request_stream(std::string_view id) {
  return domain::stream_of(domain::stream_kind::request, domain::Id::of(id));
}

domain::Location checked_place(Draft& draft, const Place& place) {
  const auto degrees = [&](bool given, double value, std::string_view field, double most) {
    if (!given) {
      draft.refuse(checks::invalid("missing", field, "This field is needed."));
    } else if (!std::isfinite(value) || std::abs(value) > most) {
      draft.refuse(checks::invalid("out_of_bounds", field, "These are not degrees of a place on Earth."));
    }
    return value;
  };
  domain::Location location;
  location.set_lat(degrees(place.has_lat(), place.lat(), "location.lat", 90));
  location.set_lon(degrees(place.has_lon(), place.lon(), "location.lon", 180));
  location.set_address(
      draft.take(checks::optional_text(place.address(), "location.address", limits::reason_chars_max)));
  return location;
}

domain::Decided<domain::Channel::Value> channel_named(std::string_view text) {
  if (text.empty()) return domain::Channel::web;
  auto channel = checks::named<domain::Channel::Value>(text, "channel", domain::Channel::Value_Parse);
  // What only an import or a reaction may say.
  if (channel && (*channel == domain::Channel::imported || *channel == domain::Channel::feedback)) {
    return std::unexpected(checks::invalid("unknown_word", "channel", "This channel is not a person's."));
  }
  return channel;
}

/// A command of one required text with photos, in a request.
template <class Command, class Body>
void fill_text_and_photos(Draft& draft, Command& command, const Body& body, std::uint32_t field) {
  const auto text = draft.take(checks::text(body.text(), "text", limits::text_chars_max));
  const SealKey key = draft.case_key(command.request());
  const std::string stream = request_stream(command.request());
  draft.seal(*command.mutable_text(), key, stream, field, text);
  draft.attach_photos(*command.mutable_photos(), body.photos(), key, stream);
}

}  // namespace

Commanded Edge::submit_request(const Call& call, const SubmitRequestBody& body) {
  Draft draft(*sealing_, call);
  draft.author_key();
  domain::SubmitRequest command;
  const auto title = draft.take(checks::line(body.title(), "title", limits::title_chars_max));
  const auto description = draft.take(checks::text(body.description(), "description", limits::text_chars_max));
  command.set_category(draft.take(checks::word(body.category(), "category")));
  command.set_organisation(draft.id(body.organisation(), "organisation"));
  command.set_channel(draft.take(channel_named(body.channel())));
  domain::Location location;
  if (body.has_location()) location = checked_place(draft, body.location());
  std::string name, phone;
  if (body.has_on_behalf_of()) {
    name = draft.take(checks::line(body.on_behalf_of().name(), "onBehalfOf.name", limits::name_chars_max));
    if (!body.on_behalf_of().phone().empty())
      phone = draft.take(checks::phone(body.on_behalf_of().phone(), "onBehalfOf.phone"));
  }
  const domain::Id id = draft.new_id("request");
  const SealKey key = draft.new_case_key(id);
  const std::string stream = request_stream(id.view());
  command.set_id(std::string(id.view()));
  command.set_case_key(std::string(key.id.view()));
  draft.seal(*command.mutable_title(), key, stream, field::request_title, title);
  draft.seal(*command.mutable_description(), key, stream, field::request_description, description);
  if (body.has_location()) {
    draft.seal(*command.mutable_location(), key, stream, field::request_location, location.SerializeAsString());
  }
  draft.attach_photos(*command.mutable_photos(), body.photos(), key, stream);
  if (!name.empty()) draft.seal(*command.mutable_beneficiary_name(), key, stream, field::beneficiary_name, name);
  if (!phone.empty()) draft.seal(*command.mutable_beneficiary_phone(), key, stream, field::beneficiary_phone, phone);
  return draft.finish(std::move(command), &body);
}

Commanded Edge::accept_request(const Call& call, std::string_view request) {
  Draft draft(*sealing_, call);
  domain::AcceptRequest command;
  command.set_request(draft.path_id(request));
  return draft.finish(std::move(command), nullptr);
}

Commanded Edge::assign_request(const Call& call, std::string_view request, const AssignRequestBody& body,
                               const FindGrant& find_grant) {
  Draft draft(*sealing_, call);
  domain::AssignRequest command;
  command.set_request(draft.path_id(request));
  const auto organisation = draft.take(checks::id(body.organisation(), "organisation"));
  command.set_organisation(std::string(organisation.view()));
  if (body.has_member()) {
    const auto member = draft.take(checks::id(body.member(), "member"));
    const auto grant = draft.refused() || !find_grant ? std::nullopt : find_grant(member, organisation);
    if (!grant)
      draft.refuse(checks::invalid("not_an_official", "member", "This member has no role in that organisation."));
    if (grant) command.set_grant(std::string(grant->view()));
  }
  return draft.finish(std::move(command), &body);
}

Commanded Edge::report_progress(const Call& call, std::string_view request, const ReportProgressBody& body) {
  Draft draft(*sealing_, call);
  domain::ReportProgress command;
  command.set_request(draft.path_id(request));
  fill_text_and_photos(draft, command, body, field::progress_text);
  return draft.finish(std::move(command), &body);
}

Commanded Edge::resolve_request(const Call& call, std::string_view request, const ResolveRequestBody& body) {
  Draft draft(*sealing_, call);
  domain::ResolveRequest command;
  command.set_request(draft.path_id(request));
  fill_text_and_photos(draft, command, body, field::resolution_text);
  return draft.finish(std::move(command), &body);
}

Commanded Edge::confirm_request(const Call& call, std::string_view request) {
  Draft draft(*sealing_, call);
  domain::ConfirmRequest command;
  command.set_request(draft.path_id(request));
  return draft.finish(std::move(command), nullptr);
}

Commanded Edge::dispute_request(const Call& call, std::string_view request, const DisputeRequestBody& body) {
  Draft draft(*sealing_, call);
  domain::DisputeRequest command;
  command.set_request(draft.path_id(request));
  const auto reason = draft.take(checks::text(body.reason(), "reason", limits::reason_chars_max));
  const SealKey key = draft.case_key(command.request());
  draft.seal(*command.mutable_reason(), key, request_stream(command.request()), field::dispute_reason, reason);
  return draft.finish(std::move(command), &body);
}

Commanded Edge::rate_request(const Call& call, std::string_view request, const RateRequestBody& body) {
  Draft draft(*sealing_, call);
  domain::RateRequest command;
  command.set_request(draft.path_id(request));
  command.set_stars(draft.take(checks::between(body.stars(), "stars", 1, 5)));
  const auto comment = draft.take(checks::optional_text(body.comment(), "comment", limits::text_chars_max));
  if (!comment.empty()) {
    const SealKey key = draft.case_key(command.request());
    draft.seal(*command.mutable_comment(), key, request_stream(command.request()), field::request_comment, comment);
  }
  return draft.finish(std::move(command), &body);
}

Commanded Edge::withdraw_request(const Call& call, std::string_view request, const WithdrawRequestBody& body) {
  Draft draft(*sealing_, call);
  domain::WithdrawRequest command;
  command.set_request(draft.path_id(request));
  const auto reason = draft.take(checks::optional_text(body.reason(), "reason", limits::reason_chars_max));
  if (!reason.empty()) {
    const SealKey key = draft.case_key(command.request());
    draft.seal(*command.mutable_reason(), key, request_stream(command.request()), field::withdrawal_reason, reason);
  }
  return draft.finish(std::move(command), &body);
}

}  // namespace pioneer::api
