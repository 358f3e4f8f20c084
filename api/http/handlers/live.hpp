// The node's commits as live events: who is concerned by each, and who may see it.
#pragma once

#include "api/http/event_hub.hpp"
#include "api/node/node.hpp"

namespace pioneer::api::http {

/// For an EventHub that a thread of the server steps: it reads the log and the read models. The node outlives the hub;
/// its projector tells the hub how far to go (`listen`, `advance`).
EventHub::Parts live_events(const node::Node& node);

}  // namespace pioneer::api::http
