// The bus as the API sees it: messages from programs that have a key, and ways back to them. What a message says is
// api/bus's; how it travels is an adapter's (adapters/zeromq).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pioneer::api {

/// The way back to who sent one message. While it lives the message counts as open. Any thread.
class BusReturn {
 public:
  virtual ~BusReturn() = default;
  /// Queues a message to them. False: they are gone.
  virtual bool send(std::string message) = 0;
  virtual bool closed() const = 0;
  /// Queued for them and not yet taken by the network, of all their messages.
  virtual std::size_t queued_bytes() const = 0;
};

enum class BusFlaw : std::uint8_t {
  none,
  frames,   ///< more than one frame, or none; `message` is empty
  busy,     ///< as many of theirs, or of all, are open as may be; or they read too little of what they got
  refused,  ///< their key is not admitted any more
  skipped,  ///< no message: some were not even told that, as they read nothing; said when they read again
};

struct BusArrival {
  std::string message;
  std::string key;   ///< whose program it is: its public key, as text (Z85)
  std::string peer;  ///< by which of their connections it came
  BusFlaw flaw = BusFlaw::none;
};

/// Called on the server's thread: must return soon, must not block. Whatever the flaw, it is answered.
using BusHandler = std::function<void(BusArrival arrival, std::shared_ptr<BusReturn> back)>;

/// Two keys as text (Z85, 40 characters each). The secret part stands in no log.
struct BusKeyPair {
  std::string public_key;
  std::string secret_key;
};

/// A server. start and stop from one thread, port from any.
class BusServer {
 public:
  /// Whether the program with this public key may come in. Asked on the server's thread, for each that knocks and
  /// again once a second: who is no longer admitted is gone.
  using Admission = std::function<bool(std::string_view public_key)>;

  virtual ~BusServer() = default;
  /// `address` is tcp://HOST:PORT; port 0: any free one. The error is a sentence.
  virtual std::expected<void, std::string> start(const std::string& address, const BusKeyPair& keys,
                                                 Admission admission, BusHandler handler) = 0;
  /// The port that is listened on; 0 before start.
  virtual std::uint16_t port() const = 0;
  /// Messages open now. Any thread.
  virtual std::size_t open() const = 0;
  /// Takes no more, sends what is queued (for a limited time), joins its thread.
  virtual void stop() = 0;
};

/// A program's connection to a server. One thread.
class BusClient {
 public:
  virtual ~BusClient() = default;
  /// False: there is nobody to take it, in the time given.
  virtual bool send(std::string_view message, std::uint32_t wait_ms) = 0;
  /// The next message. The error is a sentence: none came in the time given, or the connection ended; a new one is made
  /// by itself, of which the server does not know what was asked over the old one.
  virtual std::expected<std::string, std::string> receive(std::uint32_t wait_ms) = 0;
};

}  // namespace pioneer::api
