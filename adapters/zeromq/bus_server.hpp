// The bus's server: a ROUTER socket with CURVE on a thread of its own, which also answers the library's question
// whether a key is admitted (ZAP, RFC 27). One message is one frame. It never drops a message without telling: what
// does not fit is handed up with a flaw, so that its sender gets an answer.
#pragma once

#include <memory>

#include "adapters/zeromq/options.hpp"
#include "api/ports/bus.hpp"

namespace pioneer::adapters::zeromq {

std::unique_ptr<api::BusServer> make_bus_server(const BusServerOptions& options = {});

}  // namespace pioneer::adapters::zeromq
