// What both ends of the bus agree on, and the limits of each. Constants with their reasons.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace pioneer::adapters::zeromq {

/// The ZAP domain of all our sockets (RFC 27).
inline constexpr std::string_view zap_domain = "pioneer";
/// Who does not finish the handshake by then is let go: without a key nobody holds a connection for long.
inline constexpr std::chrono::milliseconds handshake_ivl{4'000};
/// A dead connection is found within 15 s, from either end.
inline constexpr std::chrono::milliseconds heartbeat_ivl{5'000};
inline constexpr std::chrono::milliseconds heartbeat_timeout{15'000};
inline constexpr std::chrono::milliseconds heartbeat_ttl{15'000};
/// Messages that the library keeps for a connection, each way: the queue that is ours counts bytes, this one does not.
inline constexpr int high_water_mark = 16;
/// Bytes that the system keeps for a connection: else it takes megabytes from us for somebody who reads nothing.
inline constexpr int send_buffer_bytes = 256 * 1024;
/// What was sent last may still leave at the end.
inline constexpr std::chrono::milliseconds linger{1'000};
/// The largest answers are bundles of 256 entries of the log.
inline constexpr std::size_t answer_bytes_max = 32u << 20;

struct BusServerOptions {
  std::size_t message_bytes_max = 1u << 20;     ///< of one frame; as an HTTP body
  std::size_t frames_max = 8;                   ///< read of one message; a message has one
  std::size_t open_per_peer_max = 64;           ///< calls and subscriptions of one connection; beyond: busy
  std::size_t open_max = 4'096;                 ///< of all; beyond: busy
  std::size_t queued_messages_max = 1'024;      ///< for one connection; beyond: nothing more is taken from it
  std::size_t queued_bytes_max = 8u << 20;      ///< for one connection; beyond: busy
  std::chrono::milliseconds retry_every{20};    ///< where a connection takes no more just now
  std::chrono::milliseconds look_every{1'000};  ///< at who is still admitted
};

}  // namespace pioneer::adapters::zeromq
