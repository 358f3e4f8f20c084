// The settings of our sockets, in one place: the defaults of the library are for a friendly network.
#pragma once

#include <zmq.hpp>

#include <cstddef>

#include "api/ports/bus.hpp"

namespace pioneer::adapters::zeromq {

/// Before bind. Whoever has no admitted key does not come in.
void make_server(zmq::socket_t& router, const api::BusKeyPair& keys, std::size_t message_bytes_max);
/// Before connect.
void make_client(zmq::socket_t& dealer, const api::BusKeyPair& keys, const std::string& server_key);

}  // namespace pioneer::adapters::zeromq
