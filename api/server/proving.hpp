// What a running server does so that others can check its log: signs checkpoints, has witnesses sign
// them and authorities stamp them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/posix/disk.hpp"
#include "adapters/sodium/key_history.hpp"
#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/http/forwarding.hpp"
#include "api/ports/http_client.hpp"
#include "api/ports/metrics.hpp"
#include "api/ports/settings.hpp"
#include "api/proofs/checkpoint_watch.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/contradictions.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/stamps.hpp"
#include "api/server/deployment.hpp"
#include "api/server/stamp_rounds.hpp"
#include "api/server/witness_rounds.hpp"
#include "api/server/witnessed_elsewhere.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::server {

class Proving {
 public:
  /// A sentence for an operator; from any thread.
  using Tell = std::function<void(const std::string&)>;

  /// The deployment outlives it. Errors: "bad_witness" and "bad_certificates" where a setting is none, and those of the
  /// key and the checkpoints.
  static eventstore::Result<std::unique_ptr<Proving>> open(Deployment& deployment, const api::Settings& settings,
                                                           Tell tell);
  ~Proving() { stop(); }
  Proving(const Proving&) = delete;
  Proving& operator=(const Proving&) = delete;

  const api::Signer& signer() const { return *signer_; }
  /// The keys that ever signed for this log, the present one first.
  std::span<const api::Verifier* const> log_keys() const { return log_keys_; }
  /// The same, written.
  std::vector<std::string> verifiers() const;
  /// The log that this one goes on from, if it does.
  const std::optional<eventstore::ContinuedLog>& continues() const { return continues_; }
  /// When each of them signed (api/proofs/key_history.hpp): a note that the present one signed.
  const std::string& key_history() const { return key_history_; }
  const api::Checkpoints& checkpoints() const { return *checkpoints_; }
  /// How signing goes.
  const api::CheckpointWatch& watch() const { return *watch_; }
  const api::Cosignatures& cosignatures() const { return *cosignatures_; }
  const api::Stamps& stamps() const { return *stamps_; }
  /// What proves that this log is not the one that was signed.
  const api::Contradictions& contradictions() const { return *contradictions_; }

  /// Where the node is that writes the log. Any thread.
  using Owner = std::function<api::http::Forwarding::Owner()>;
  /// The metrics outlive it, and what `owner` asks. `each_second`: called from the thread that signs. `owner` absent:
  /// this node writes, and there are no others.
  void start(api::Metrics& metrics, std::function<void()> each_second = {}, Owner owner = {});
  void stop();

 private:
  Proving(Deployment& deployment, Tell tell) : deployment_(deployment), tell_(std::move(tell)) {}
  eventstore::Result<void> open_signing();
  void watch_signing();
  api::CheckpointGaps gaps_until_now(std::uint64_t covered);
  eventstore::Result<void> open_witnesses(const api::Settings& settings);
  eventstore::Result<void> open_stamps(const api::Settings& settings);
  void sign(api::Metrics& metrics, std::function<void()> each_second);
  void ask_witnesses(const Owner& owner);
  void take_from_the_writer(Owner owner);
  void ask_for_stamps();
  std::string directory() const;

  Deployment& deployment_;
  const Tell tell_;
  adapters::posix::PosixDisk disk_;
  std::unique_ptr<adapters::SigningKey> signer_;
  std::vector<adapters::KeyPeriod> keys_;       ///< of the log, ever
  std::vector<const api::Verifier*> log_keys_;  ///< the same, the present one first
  std::optional<eventstore::ContinuedLog> continues_;
  std::string key_history_;
  std::vector<api::WitnessSetting> witnesses_;
  std::vector<std::unique_ptr<adapters::VerifierKey>> witness_keys_;
  std::unique_ptr<api::HttpClient> http_;
  std::unique_ptr<api::Checkpoints> checkpoints_;
  std::unique_ptr<api::CheckpointWatch> watch_;
  std::unique_ptr<api::Contradictions> contradictions_;
  std::unique_ptr<api::Cosignatures> cosignatures_;
  api::TimeStampSetting time_stamps_;
  std::unique_ptr<api::TimeStamping> stamping_;  ///< null: none is asked for
  std::unique_ptr<api::Stamps> stamps_;
  std::jthread signing_;
  std::unique_ptr<WitnessRounds> rounds_;
  std::unique_ptr<WitnessedElsewhere> elsewhere_;  ///< null: there are no other nodes
  std::unique_ptr<StampRounds> stamp_rounds_;
};

}  // namespace pioneer::server
