#include "adapters/zeromq/sockets.hpp"

#include <string>

#include "adapters/zeromq/options.hpp"

namespace pioneer::adapters::zeromq {
namespace {

namespace option = zmq::sockopt;

/// What CURVE adds to a frame: the command's name, a nonce, a tag, flags (RFC 26). The library's limit counts it.
constexpr std::size_t curve_bytes = 8 + 8 + 16 + 1;

/// ZMQ_ZAP_ENFORCE_DOMAIN: without it a server that nobody answers for admits everybody. 4.3's headers call it a draft,
/// its library knows it.
constexpr int zap_enforce_domain = 93;

int of(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

void common(zmq::socket_t& socket, std::size_t message_bytes_max) {
  socket.set(option::maxmsgsize, static_cast<std::int64_t>(message_bytes_max + curve_bytes));
  socket.set(option::handshake_ivl, of(handshake_ivl));
  socket.set(option::heartbeat_ivl, of(heartbeat_ivl));
  socket.set(option::heartbeat_timeout, of(heartbeat_timeout));
  socket.set(option::heartbeat_ttl, of(heartbeat_ttl));
  socket.set(option::sndhwm, high_water_mark);
  socket.set(option::rcvhwm, high_water_mark);
  socket.set(option::linger, of(linger));
  socket.set(option::ipv6, 1);
}

}  // namespace

void make_server(zmq::socket_t& router, const api::BusKeyPair& keys, std::size_t message_bytes_max) {
  common(router, message_bytes_max);
  router.set(option::curve_server, true);
  router.set(option::curve_publickey, keys.public_key);
  router.set(option::curve_secretkey, keys.secret_key);
  router.set(option::zap_domain, std::string(zap_domain));
  const int yes = 1;
  if (zmq_setsockopt(router.handle(), zap_enforce_domain, &yes, sizeof yes) != 0) throw zmq::error_t();
  router.set(option::sndbuf, send_buffer_bytes);
  // Without it an answer to who has left, or reads too little, is dropped in silence.
  router.set(option::router_mandatory, true);
  // Nobody takes another's place by calling themselves the same.
  router.set(option::router_handover, false);
}

void make_client(zmq::socket_t& dealer, const api::BusKeyPair& keys, const std::string& server_key) {
  common(dealer, answer_bytes_max);
  dealer.set(option::curve_serverkey, server_key);
  dealer.set(option::curve_publickey, keys.public_key);
  dealer.set(option::curve_secretkey, keys.secret_key);
  // Nothing is queued for a connection that does not stand yet: so the caller learns that nobody is there.
  dealer.set(option::immediate, true);
}

}  // namespace pioneer::adapters::zeromq
