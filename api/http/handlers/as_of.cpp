#include "api/http/handlers/as_of.hpp"

#include "api/http/rfc3339.hpp"

namespace pioneer::api::http {

std::optional<std::int64_t> instant_in(const Service& service, const Incoming& incoming, std::string_view parameter) {
  const auto text = incoming.request.parameter(parameter);
  if (text.empty()) return 0;
  const auto time = parse_rfc3339(text);
  if (!time || time->seconds <= 0) {
    malformed(incoming, parameter, "A time like 2026-03-01T08:00:00Z stands here.");
    return std::nullopt;
  }
  const auto us = time->seconds * 1'000'000 + time->nanos / 1'000;
  if (us <= service.node.clock().now().value) return us;
  incoming.problem({.code = "as_of_in_future", .detail = "This moment has not come yet.", .field = parameter});
  return std::nullopt;
}

std::optional<std::int64_t> as_of_us(const Service& service, const Incoming& incoming) {
  return instant_in(service, incoming, "asOf");
}

std::optional<queries::Until> until_of(const Service& service, const Incoming& incoming) {
  const auto us = as_of_us(service, incoming);
  if (!us) return std::nullopt;
  if (*us == 0) return queries::Until{};
  const auto position = queries::position_at(service.node.log(), {*us});
  if (position) return queries::Until{*position};
  incoming.fail(position.error());
  return std::nullopt;
}

void refuse_past_busy(const Incoming& incoming) {
  incoming.problem({.code = "past_busy", .detail = "Too many look into the past just now.", .retry_after_s = 10});
}

const projections::ReadModels& PastModels::models() const { return kept ? *kept->models : service->node.models(); }

void with_models_at(const Service& service, const IncomingPointer& incoming, std::int64_t us,
                    std::function<void(const PastModels&)> use) {
  if (us == 0) return use({&service, nullptr, service.node.projector().projected()});
  if (service.past == nullptr) return incoming->problem({.code = "not_implemented"});
  const auto end = queries::position_at(service.node.log(), {us});
  if (!end) return incoming->fail(end.error());
  const bool taken =
      service.past->at(*end, [&service, incoming, show = std::move(use)](eventstore::Result<Past::Kept> moment) {
        if (!moment) return incoming->fail(moment.error());
        const auto until = (*moment)->end;
        show({&service, std::move(*moment), until});
      });
  if (!taken) refuse_past_busy(*incoming);
}

void with_models(const Service& service, const IncomingPointer& incoming,
                 std::function<void(const projections::ReadModels&, std::uint64_t, std::int64_t)> use) {
  const auto us = as_of_us(service, *incoming);
  if (!us) return;
  with_models_at(service, incoming, *us, [show = std::move(use), at_us = *us](const PastModels& past) {
    show(past.models(), past.end.value, at_us);
  });
}

}  // namespace pioneer::api::http
