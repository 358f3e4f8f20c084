// All that the log of a stopped server holds, signed as the server signs it and kept where it keeps it, so that no two
// histories are ever signed. One thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/segments/segment_log.hpp"
#include "adapters/sodium/signing.hpp"
#include "api/proofs/checkpoints.hpp"

namespace pioneer::cli {

/// Whether the key of a log on Kafka is yet to be made, as all its nodes make it: server::settle_log_key().
bool lacks_shared_key(eventstore::Disk& disk, const std::string& directory, const adapters::segments::SegmentLog& log);
/// The key in the directory; where there is none, one is made by chance. Errors: "no_signing_key" where other nodes
/// would make another one, and those of SigningKey::settle().
eventstore::Result<adapters::SigningKey> settle_key(eventstore::Disk& disk, const std::string& directory,
                                                    const adapters::segments::SegmentLog& log, const std::string& name);

class SignedToEnd {
 public:
  /// Only with the directory's lock: no server signs meanwhile. The disk and the log, which is the directory's, outlive
  /// this. Errors: the key's, and those of Checkpoints.
  static eventstore::Result<std::unique_ptr<SignedToEnd>> sign(eventstore::Disk& disk, const std::string& data,
                                                               const adapters::segments::SegmentLog& log);
  const api::Checkpoints& checkpoints() const { return *checkpoints_; }

 private:
  explicit SignedToEnd(const adapters::SigningKey& key) : key_(key) {}
  const adapters::SigningKey key_;
  std::unique_ptr<api::Checkpoints> checkpoints_;
};

}  // namespace pioneer::cli
