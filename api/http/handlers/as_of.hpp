// `?asOf=`: an instant as a place in the log.
#pragma once

#include <functional>
#include <optional>

#include "api/http/handlers/service.hpp"
#include "api/queries/history.hpp"
#include "projections/read_models.hpp"

namespace pioneer::api::http {

/// The end of the log where no `asOf` is given; nothing (answered) where it cannot be read.
std::optional<queries::Until> until_of(const Service& service, const Incoming& incoming);
/// The instant itself, in microseconds; zero: none was given. Nothing (answered 400) where it is no time.
std::optional<std::int64_t> as_of_us(const Incoming& incoming);

/// Calls `use(models, position, as_of_us)` with the live read models, or with those of `asOf`; else has answered.
void with_models(const Service& service, const Incoming& incoming,
                 const std::function<void(const projections::ReadModels&, std::uint64_t, std::int64_t)>& use);

}  // namespace pioneer::api::http
