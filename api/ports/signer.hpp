// Signs as the log does, or a witness. Real: adapters/sodium/signing.hpp.
#pragma once

#include <string>
#include <string_view>

namespace pioneer::api {

/// Any thread.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual std::string name() const = 0;
  /// <name>+<hash>+<base64(kind ‖ public key)>, as of a signed note; the kind is 1, a witness's 4.
  virtual std::string verifier() const = 0;
  /// The hash's four bytes, which stand before a signature in a note.
  virtual std::string key_id() const = 0;
  /// 32 bytes.
  virtual std::string public_key() const = 0;
  /// Ed25519 (RFC 8032): 64 bytes, the same for the same message.
  virtual std::string sign(std::string_view message) const = 0;
  /// A signed note (https://c2sp.org/signed-note): the text, which ends with a line break, an empty line, and the line
  /// of our signature.
  virtual std::string note(std::string_view text) const = 0;
};

}  // namespace pioneer::api
