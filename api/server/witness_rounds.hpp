// Asks the witnesses that the settings name to sign our checkpoints, each on a thread of its own: one that is down,
// slow or lying keeps neither the server nor the others. Of the nodes of one log the one that writes asks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/proofs/checkpoints.hpp"
#include "api/proofs/contradictions.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/witness_client.hpp"
#include "eventstore/ports/clock.hpp"

namespace pioneer::server {

class WitnessRounds {
 public:
  struct Parts {
    const api::Checkpoints& checkpoints;
    api::Cosignatures& cosignatures;
    const eventstore::Clock& clock;
    std::string origin;                   ///< of our log
    api::Contradictions& contradictions;  ///< takes what a witness holds that our log does not lead to
    std::function<bool()> asks;           ///< whether this of the log's nodes asks just now; absent: it is the only one
    /// What an operator should know, a sentence each; from any thread.
    std::function<void(const std::string&)> tell;
  };
  /// Begins. All outlive this.
  WitnessRounds(Parts parts, std::vector<api::WitnessClient> witnesses);
  ~WitnessRounds() { stop(); }
  WitnessRounds(const WitnessRounds&) = delete;
  WitnessRounds& operator=(const WitnessRounds&) = delete;

  /// Ends open calls.
  void stop();

 private:
  struct Target {
    std::string note;
    api::SignedCheckpoint checkpoint;
  };
  void loop(api::WitnessClient& witness, std::size_t number, const std::stop_token& stop);
  std::shared_ptr<const Target> next_target(std::size_t number);
  void done_with(std::size_t number, const std::shared_ptr<const Target>& target);
  bool over() const;
  std::uint64_t now_s() const;
  eventstore::Result<void> ask(api::WitnessClient& witness, const Target& target, const std::stop_token& stop);
  bool look_at_what_it_knows(const api::WitnessClient& witness, const std::stop_token& stop);

  const Parts parts_;
  std::vector<api::WitnessClient> witnesses_;
  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::shared_ptr<const Target> target_;             ///< what is being signed
  std::chrono::steady_clock::time_point began_;      ///< with it
  std::vector<std::shared_ptr<const Target>> done_;  ///< by each witness: what it was last asked
  std::vector<std::jthread> threads_;
};

/// For an operator.
std::string sentence_of(const api::Contradictions::Found& found);

}  // namespace pioneer::server
