// Asks one witness to sign our checkpoints (https://c2sp.org/tlog-witness), and believes nothing that it answers: it
// may be down, slow, endless, wrong or lying.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "api/ports/http_client.hpp"
#include "api/proofs/cosignature.hpp"

namespace pioneer::api {

/// The proof that our log of `second` leaves goes on from its `first` ones.
using ConsistencyProof =
    std::function<eventstore::Result<std::vector<eventstore::Hash>>(std::uint64_t first, std::uint64_t second)>;

/// One thread.
class WitnessClient {
 public:
  struct Parts {
    HttpClient& http;
    std::string url;      ///< its submission prefix
    const Verifier& key;  ///< its own
    /// Of our log: the present one first, and those before it.
    std::vector<const Verifier*> log;
    ConsistencyProof proof;
  };
  explicit WitnessClient(Parts parts) : parts_(std::move(parts)) {}

  std::string name() const { return parts_.key.name(); }

  /// Its signature on this checkpoint, checked. Errors: "witness_unreachable"; "witness_refused" with what it said;
  /// "bad_cosignature" where what it gave is none; "witness_clock" where the time it gave cannot be; "witness_ahead"
  /// where it knows more of our log than we do (see newest_known()); those of the proof.
  eventstore::Result<Cosignature> cosign(const std::string& note, const SignedCheckpoint& checkpoint,
                                         std::uint64_t now_s, const std::stop_token& stop);

  /// The newest checkpoint of our log that it knows, if our key signed it; nothing where it knows none, or does not
  /// say.
  std::optional<std::string> newest_known(const std::stop_token& stop) const;

 private:
  eventstore::Result<HttpReply> post(const std::string& note, std::uint64_t size, const std::stop_token& stop) const;
  eventstore::Result<Cosignature> checked(const std::string& note, const std::string& lines, std::uint64_t now_s);

  const Parts parts_;
  std::uint64_t known_ = 0;  ///< the size of ours that it signed last, as far as we know
  std::optional<Cosignature> last_;
};

}  // namespace pioneer::api
