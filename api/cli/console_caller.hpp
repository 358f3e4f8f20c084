// What the console may see.
#pragma once

#include "api/node/node.hpp"

namespace pioneer::cli {

/// What an auditor of every root sees. Whoever uses it hides personal fields, or journals them.
node::Caller console_caller(const node::Node& node);

}  // namespace pioneer::cli
