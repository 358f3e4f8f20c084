// Where what was decided again parts from what was recorded. Pure; any thread.
#pragma once

#include <string>

#include "api/audit/rerun/decide_again.hpp"

namespace pioneer::api::rerun {

/// A sentence that names the event and the field; empty: equal byte for byte. `policy`: the sequence of the one in
/// force. Rules are compared where the commit names any: older ones name none.
std::string difference(const Decision& again, const projections::Commit& recorded, std::uint64_t policy);

}  // namespace pioneer::api::rerun
