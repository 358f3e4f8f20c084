// The verifier keys by which an auditor checks a log. One thread.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "adapters/sodium/verifier_key.hpp"

namespace pioneer::cli {

class AuditKeys {
 public:
  /// Each a key, or a file with a key in each line. Errors: "bad_verifier_key", and "read_failed" where such a file
  /// cannot be read.
  static eventstore::Result<AuditKeys> read(const std::vector<std::string>& keys_or_files);

  /// The same; where none is given, the key that the directory of a server knows itself by. Error: "bad_verifier_key"
  /// where that is not given either.
  static eventstore::Result<AuditKeys> read_or_own(const std::vector<std::string>& keys_or_files,
                                                   const std::string& data);

  /// Good while this lives; not empty.
  std::vector<const api::Verifier*> all() const;
  std::string origin() const { return keys_.front().name(); }

 private:
  std::deque<adapters::VerifierKey> keys_;
};

}  // namespace pioneer::cli
