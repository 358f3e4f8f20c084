// Acceptance where a record's hash is known: for whoever stores what was judged a moment ago, in the same process.
#pragma once

#include "eventstore/acceptance.hpp"

namespace pioneer::eventstore {

/// As accept(); `leaf` is the leaf hash that accept() computed from the same bytes.
Judgement accept_known(LogState& state, ByteView record, const Hash& leaf);

}  // namespace pioneer::eventstore
