// Erasing a person, for the console and the API alike, in an order that a crash may interrupt anywhere: what is open in
// their name ends (claims cancelled, requests withdrawn), then comes EraseMember; with it the projector destroys the
// keys and the people store forgets (api/people/erasure.hpp). Run again, it goes on where it was.
#pragma once

#include <functional>

#include "api/node/node.hpp"

namespace pioneer::node {

struct Erased {
  /// Of the command that came last: EraseMember, or the first that could not be carried out.
  Outcome outcome;
  std::uint64_t claims_cancelled = 0;
  std::uint64_t requests_withdrawn = 0;
};

/// Sends one command and waits for what became of it.
using CarryOut = std::function<Outcome(domain::Command)>;

/// `erase` is an EraseMember, as the edge made it. Nothing is written where it would be refused today, or where it is
/// the repeat of an earlier command. Blocks until the end: call from a thread that may wait, none of the node's. A
/// claim that the person places in the very moment of the erasure may outlive it: it names nobody any more.
Erased erase_member(Node& node, domain::Command erase, const CarryOut& carry_out);

}  // namespace pioneer::node
