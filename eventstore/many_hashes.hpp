// Many hashes of the log's tree at once: where the processor has instructions for SHA-256, two are worked on side by
// side, for one alone waits for itself half of the time. The same hashes as leaf_hash() and node_hash(). Pure; any
// thread.
#pragma once

#include <span>
#include <string_view>

#include "eventstore/record.hpp"

namespace pioneer::eventstore {

/// Of each record its leaf hash; `into` is as long.
void leaf_hashes(std::span<const std::string_view> records, std::span<Hash> into);

/// The root of the tree over hashes that stand one after another, as in a tile; of none, SHA-256("").
Hash root_over(std::string_view hashes);

}  // namespace pioneer::eventstore
