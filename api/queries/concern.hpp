// Who may look into a stream: decided before anything of it is read, and by today, also where the past is asked for.
#pragma once

#include <optional>
#include <string_view>

#include "api/node/node.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

/// Whom a stream concerns now. A holder of then has no business with it any more.
struct Concern {
  domain::Id organisation;              ///< today's holder; of a product or member: where it belongs
  bool mine = false;                    ///< the caller asked for it, or it is the caller's own record
  std::optional<domain::Pseudonym> me;  ///< the caller in this stream; nothing: signed in by nobody, or without a key
};

/// Nothing: the read models know no such stream.
std::optional<Concern> concern_of(const node::Node& node, const node::Caller& caller, std::string_view kind,
                                  std::string_view id);

/// Asks the table for `action`. Gives the grant that the caller acts under (zero: as a person), or the table's refusal.
domain::Decided<domain::Id> may_look(const node::Community& community, const node::Caller& caller,
                                     domain::Action action, const Concern& concern);

}  // namespace pioneer::queries
