// History: a stream's events, the log itself.
#include "api/http/handlers/as_of.hpp"
#include "api/http/handlers/service.hpp"
#include "api/queries/log_view.hpp"

namespace pioneer::api::http {
namespace {

/// A whole number in a parameter; `usual` where there is none; nothing (answered 400) where it is something else.
std::optional<std::uint64_t> number_in(const Incoming& incoming, std::string_view parameter, std::uint64_t usual) {
  const auto text = incoming.request.parameter(parameter);
  if (text.empty()) return usual;
  const auto number = whole_number(text);
  if (!number)
    incoming.problem({.code = "malformed_parameter", .detail = "A whole number stands here.", .field = parameter});
  return number;
}

void stream(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto from = number_in(*incoming, "cursor", 0);
  if (!from) return;
  const auto limit = limit_of(*incoming, queries::log_page_max, queries::log_page_max);
  const auto until = limit ? until_of(service, *incoming) : std::nullopt;
  if (!until) return;
  give(incoming, queries::stream_view(service.node, caller, incoming->path[0], incoming->path[1],
                                      eventstore::Revision{*from}, *limit, *until));
}

void log(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto from = number_in(*incoming, incoming->request.parameter("cursor").empty() ? "from" : "cursor", 0);
  if (!from) return;
  const auto limit = limit_of(*incoming, 100, queries::log_page_max);
  if (limit) give(incoming, queries::log_page(service.node, caller, eventstore::Sequence{*from}, *limit));
}

}  // namespace

void register_history(Router& router, const Service& service) {
  router.on(Operation::get_stream, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { stream(service, incoming, caller); });
  });
  router.on(Operation::get_log, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { log(service, incoming, caller); });
  });
}

}  // namespace pioneer::api::http
