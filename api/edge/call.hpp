// Who sends a command, and under which id: what the node resolved from a bearer token and the headers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/common/id.hpp"

namespace pioneer::api {

/// A member, as the roster resolved the bearer token.
struct Sender {
  domain::Id member;
  domain::Id key;  ///< the member's person key
};

struct Call {
  std::optional<Sender> sender;  ///< absent: nobody yet (a registration), or the system
  bool system = false;           ///< the console, an import, a timer, a reaction
  /// Idempotency-Key: a UUID or ULID, made by the server where the client sent none. Ids of new streams and keys are
  /// derived from it, so that a repeat names the same ones. Empty (the system only): not repeatable by id.
  std::string command_id;
  std::int64_t expected_revision = -1;  ///< If-Match; −1: any
  bool record_refusal = false;          ///< what a rule refuses shall stand in the log
};

}  // namespace pioneer::api
