// The verifier keys by which an auditor checks a log. One thread.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sodium/verifier_key.hpp"

namespace pioneer::cli {

/// Whose word the log's key is, as `keyFrom` says it: the mirror's own, or somebody's who gave it.
inline std::string_view key_from(bool own_key) { return own_key ? "mirror" : "given"; }

class AuditKeys {
 public:
  /// Each a key, several in a line each, or a file with such lines. Errors: "bad_verifier_key", "no_verifier_key" where
  /// something is neither, and those of MirrorFolder::read().
  static eventstore::Result<AuditKeys> read(const std::vector<std::string>& keys_or_files);

  /// The same, and witnesses' keys among them. Error: "bad_verifier_key" also where none of them is a log's.
  static eventstore::Result<AuditKeys> read_with_witnesses(const std::vector<std::string>& keys_or_files);

  /// The same; where none is given, the keys by which the directory of a server is known, those before the present one
  /// too. Error: "bad_verifier_key" also where that is not given either.
  static eventstore::Result<AuditKeys> read_for_receipts(const std::vector<std::string>& keys_or_files,
                                                         const std::string& data);

  /// Each a key. Error: "bad_verifier_key".
  static eventstore::Result<AuditKeys> of(const std::vector<std::string>& keys);

  /// Good while this lives; not empty.
  std::vector<const api::Verifier*> all() const;
  /// Those of witnesses.
  std::vector<const api::Verifier*> witnesses() const;
  /// Both. Their names are not the log's.
  std::vector<const api::Verifier*> with_witnesses() const;
  std::string origin() const { return keys_.front().name(); }
  /// As they were given, or stood in the files.
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  eventstore::Result<void> add(const std::string& text, const std::string& from);
  eventstore::Result<void> add_lines(std::string_view lines, const std::string& from);
  eventstore::Result<void> add_file(const std::string& path);
  eventstore::Result<void> add_each(const std::vector<std::string>& keys_or_files);

  std::deque<adapters::VerifierKey> keys_;
  std::vector<std::string> texts_;
  bool takes_witnesses_ = false;
  std::deque<adapters::VerifierKey> witnesses_;
};

}  // namespace pioneer::cli
