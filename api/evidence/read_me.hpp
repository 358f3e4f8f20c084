// What stands in evidence for people to read: what it is, and how to check it with others' tools. Pure; any thread.
#pragma once

#include "api/evidence/evidence.hpp"

namespace pioneer::api::evidence {

/// The lines above the events.
std::vector<std::string> what_it_is(const Evidence& evidence);
/// README.txt, in Chinese and English.
std::string read_me(const Evidence& evidence);

}  // namespace pioneer::api::evidence
