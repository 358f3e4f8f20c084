// Once in a while, as the settings say, has an authority stamp a checkpoint with its time (RFC 3161).
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "api/ports/settings.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/stamps.hpp"
#include "eventstore/ports/clock.hpp"

namespace pioneer::server {

class StampRounds {
 public:
  struct Parts {
    const api::Checkpoints& checkpoints;
    const api::Cosignatures& cosignatures;
    api::Stamps& stamps;
    api::TimeStamping& stamping;
    api::HttpClient& http;
    const eventstore::Clock& clock;
    api::TimeStampSetting setting;
    /// What an operator should know, a sentence each.
    std::function<void(const std::string&)> tell;
  };
  /// Begins, on a thread of its own. All outlive this.
  explicit StampRounds(Parts parts);
  /// Ends an open call.
  void stop() { thread_ = {}; }

 private:
  void loop(const std::stop_token& stop);
  bool due() const;
  eventstore::Result<void> stamp(const std::stop_token& stop);

  const Parts parts_;
  std::jthread thread_;
};

}  // namespace pioneer::server
