// The files of a mirror that its newest checkpoint does not need: partial ones of earlier sizes, what an interrupted
// run left, what is not of the layout. Any thread.
#pragma once

#include "api/audit/mirror_verify.hpp"

namespace pioneer::api {

/// Partial files of earlier sizes must be the beginning of what is full by now. Returns the fault of the first that is
/// not, by its name; counts them all in `result`. The files of the newest size are proven before.
std::optional<MirrorFault> wrong_stray(const MirrorFolder& folder, std::uint64_t size, MirrorVerification& result);

}  // namespace pioneer::api
