// What stands in a mirror beside entries, hashes and checkpoints: the log's keys, their history, digests. Any thread.
#pragma once

#include <set>
#include <span>
#include <string>

#include "api/audit/mirror_verify.hpp"

namespace pioneer::api {

/// Adds "name+hash" of each key that signed this note by its own word and is none of these: nobody checked that.
void add_strangers(std::set<std::string>& all, const SignedNote& note, const MirrorVerifyOptions& options);

/// The first of those files that is not what it has to be: keys whole, the rest signed by the log.
std::optional<MirrorFault> wrong_beside(const MirrorFolder& folder, const MirrorVerifyOptions& options,
                                        std::set<std::string>& strangers);

}  // namespace pioneer::api
