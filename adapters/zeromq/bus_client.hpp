// A program's end of the bus: a DEALER socket with CURVE.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "api/ports/bus.hpp"

namespace pioneer::adapters::zeromq {

/// Connects in the background: `send` tells whether somebody is there. The error is a sentence: the address is none.
std::expected<std::unique_ptr<api::BusClient>, std::string> connect_bus(const std::string& address,
                                                                        const std::string& server_key,
                                                                        const api::BusKeyPair& keys);

}  // namespace pioneer::adapters::zeromq
