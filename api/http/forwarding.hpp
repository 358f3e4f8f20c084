// A request that only the node that writes the log can carry out goes to that node, whoever that is by then, and its
// answer comes back. So any node takes any command.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <variant>

#include "api/http/incoming.hpp"
#include "api/ports/http_client.hpp"
#include "eventstore/ports/executor.hpp"

namespace pioneer::api::http {

/// The header by which a node says that it has passed a request on. It goes one step: who gets it answers.
inline constexpr std::string_view forwarded_header = "Pioneer-Forwarded";

/// Any thread. A request waits for `within` at most while no node writes; it is sent again after a broken connection,
/// under the same Idempotency-Key, so it takes effect once.
class Forwarding {
 public:
  struct Nobody {};  ///< just now
  struct Here {};    ///< this node
  /// Where the node is that writes: "http://HOST:PORT".
  using Owner = std::variant<Nobody, Here, std::string>;

  struct Options {
    std::function<Owner()> owner;
    std::function<void(const IncomingPointer&)> here;      ///< carries it out on this node
    std::function<void(std::chrono::milliseconds)> pause;  ///< the executor's thread waits
    std::chrono::milliseconds within{20'000};
    /// A node that does not answer for so long is asked no more: another may write by then. More than a command waits
    /// there for a reign.
    std::chrono::milliseconds answers_within{8'000};
    std::size_t reply_bytes_max = 32u << 20;
  };
  /// Client and executor outlive it; each request takes one of the executor's threads until it is answered.
  Forwarding(HttpClient& client, eventstore::Executor& executor, Options options)
      : client_(client), executor_(executor), options_(std::move(options)) {}

  /// Answers it: what the owner says, or 503 `elsewhere`; 429 `queue_full` where too many wait.
  void take(const IncomingPointer& incoming);
  /// What waits and what comes is answered 503 `stopping`.
  void stop() { stopping_ = true; }

 private:
  void carry(const IncomingPointer& incoming, std::chrono::steady_clock::time_point until) const;
  HttpCall call_of(const Incoming& incoming, const std::string& owner) const;
  static bool may_pass(const HttpReply& reply);
  static void answer(const Incoming& incoming, HttpReply reply);

  HttpClient& client_;
  eventstore::Executor& executor_;
  Options options_;
  std::atomic<bool> stopping_{false};
};

}  // namespace pioneer::api::http
