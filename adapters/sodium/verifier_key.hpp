// The Ed25519 key by which others know a log: <name>+<hash>+<base64(0x01 ‖ public key)>, as in Go's note package
// (https://c2sp.org/signed-note); the hash is told in signing.hpp. A witness's has 0x04 in place of 0x01.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "adapters/sodium/note_key_text.hpp"
#include "api/ports/verifier.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters {

/// Plain value; any thread.
class VerifierKey final : public api::Verifier {
 public:
  /// A log's. Error: "bad_verifier_key", with what is wrong with it.
  static eventstore::Result<VerifierKey> parse(std::string_view text);
  /// A witness's. Errors: the same.
  static eventstore::Result<VerifierKey> parse_witness(std::string_view text);

  std::string name() const override { return name_; }
  std::string key_id() const override { return key_id_; }
  bool signed_this(std::string_view text, std::string_view signature) const override;

 private:
  VerifierKey() = default;
  static eventstore::Result<VerifierKey> of(const NoteKeyText& parts);

  bool is_over(std::string_view text, std::string_view signature) const;

  NoteKeyKind kind_ = NoteKeyKind::log;
  std::string name_;
  std::string key_id_;
  std::array<unsigned char, 32> public_{};
};

}  // namespace pioneer::adapters
