// What witnesses signed of a log, on a node that does not write it: taken each second from the node that does, and
// believed as far as the log's key and the witnesses' signed it, and as this node's own copy leads there.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "api/ports/http_client.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/contradictions.hpp"
#include "api/proofs/cosignatures.hpp"
#include "eventstore/ports/clock.hpp"

namespace pioneer::server {

class WitnessedElsewhere {
 public:
  struct Parts {
    const api::Checkpoints& checkpoints;
    api::Cosignatures& cosignatures;
    api::Contradictions& contradictions;
    api::HttpClient& http;
    const eventstore::Clock& clock;
    std::span<const api::Verifier* const> log;     ///< the log's keys, the present one first
    std::vector<const api::Verifier*> witnesses;   ///< those who count
    std::function<std::string()> writer;           ///< "http://HOST:PORT"; empty: this node, or nobody knows
    std::function<void(const std::string&)> tell;  ///< what an operator should know; from any thread
  };
  /// Begins. All outlive this.
  explicit WitnessedElsewhere(Parts parts);
  ~WitnessedElsewhere() { stop(); }
  WitnessedElsewhere(const WitnessedElsewhere&) = delete;
  WitnessedElsewhere& operator=(const WitnessedElsewhere&) = delete;

  /// Ends an open call.
  void stop() { thread_ = {}; }

 private:
  struct Shown {
    std::string note;  ///< with the cosignatures
    api::SignedNote parsed;
    api::SignedCheckpoint checkpoint;
    std::string writer;
  };
  void loop(const std::stop_token& stop);
  std::optional<Shown> fetch(const std::string& writer, const std::stop_token& stop) const;
  bool take(const Shown& shown);

  const Parts parts_;
  std::jthread thread_;
};

}  // namespace pioneer::server
