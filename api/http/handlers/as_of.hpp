// `?asOf=`: an instant as a place in the log.
#pragma once

#include <functional>
#include <optional>

#include "api/http/handlers/service.hpp"
#include "api/queries/history.hpp"
#include "projections/read_models.hpp"

namespace pioneer::api::http {

/// The end of the log where no `asOf` is given; nothing (answered) where it is no time that has passed, or the log
/// cannot be read.
std::optional<queries::Until> until_of(const Service& service, const Incoming& incoming);
/// The instant itself, in microseconds; zero: none was given. Nothing where it is no time (answered 400) or has not
/// come yet (422 `as_of_in_future`).
std::optional<std::int64_t> as_of_us(const Service& service, const Incoming& incoming);

/// The same of another parameter.
std::optional<std::int64_t> instant_in(const Service& service, const Incoming& incoming, std::string_view parameter);

/// 429 `past_busy`: too many wait for the past already.
void refuse_past_busy(const Incoming& incoming);

/// Read models of a moment, kept as long as this is.
struct PastModels {
  const Service* service;
  Past::Kept kept;           ///< null: the live ones
  eventstore::Sequence end;  ///< the first commit that does not count
  const projections::ReadModels& models() const;
};
/// Calls `use` with the read models of an instant (zero: the live ones, here), or has answered, as with_models().
void with_models_at(const Service& service, const IncomingPointer& incoming, std::int64_t us,
                    std::function<void(const PastModels&)> use);

/// Calls `use(models, position, as_of_us)` with the live read models, here, or with those of `asOf`, later and perhaps
/// on another thread; else has answered: 429 `past_busy` where too many wait for the past already. Whoever may not see
/// the answer is to be refused before this is called.
void with_models(const Service& service, const IncomingPointer& incoming,
                 std::function<void(const projections::ReadModels&, std::uint64_t, std::int64_t)> use);

}  // namespace pioneer::api::http
