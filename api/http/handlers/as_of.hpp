// `?asOf=`: an instant as a place in the log.
#pragma once

#include <optional>

#include "api/http/handlers/service.hpp"
#include "api/queries/history.hpp"

namespace pioneer::api::http {

/// The end of the log where no `asOf` is given; nothing (answered) where it cannot be read.
std::optional<queries::Until> until_of(const Service& service, const Incoming& incoming);
/// The instant itself, in microseconds; zero: none was given. Nothing (answered 400) where it is no time.
std::optional<std::int64_t> as_of_us(const Incoming& incoming);

}  // namespace pioneer::api::http
