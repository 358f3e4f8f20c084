// The Ed25519 key by which a log signs its checkpoints, in the formats of C2SP signed-note and Go's note package:
//   private key, in a file: PRIVATE+KEY+<name>+<hash>+<base64(0x01 ‖ seed)>
//   verifier key:           <name>+<hash>+<base64(0x01 ‖ public key)>
// where hash is the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), in hexadecimal.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "api/ports/signer.hpp"
#include "eventstore/ports/disk.hpp"
#include "eventstore/ports/random.hpp"

namespace pioneer::adapters {

/// Plain value; any thread. The secret part is overwritten when it ends.
class SigningKey final : public api::Signer {
 public:
  /// The file that holds it, in the directory of the keys.
  static constexpr std::string_view file_name = "log-signing";
  /// Beside it: the verifier key by which others know the log, so that a lost key is not replaced unnoticed.
  static constexpr std::string_view verifier_file_name = "log-verifier";

  /// Reads DIRECTORY/log-signing; makes it, durably and for its owner only, where there never was one. `name` is the
  /// name of a new one: no white space, no '+'. Errors: "bad_signing_key" where the file is none, "no_signing_key"
  /// where it is gone, "other_signing_key" where it is not the one that others know, and the disk's.
  static eventstore::Result<SigningKey> settle(eventstore::Disk& disk, eventstore::Random& random,
                                               const std::string& directory, const std::string& name);
  /// What a log is called by its key where nobody named it.
  static std::string name_of(const eventstore::LogId& log);
  /// From the text of a private key.
  static eventstore::Result<SigningKey> parse(std::string_view text);
  ~SigningKey() override;
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;

  std::string name() const override { return name_; }
  std::string verifier() const override;
  std::string public_key() const override;
  std::string private_text() const;
  /// The four bytes that stand before a signature in a note.
  std::string key_id() const;
  std::string note(std::string_view text) const override;
  /// 64 bytes over exactly these.
  std::string sign(std::string_view message) const override;

 private:
  SigningKey() = default;
  static SigningKey of_seed(std::string name, std::string_view seed);

  std::string name_;
  std::array<unsigned char, 32> seed_{};
  std::array<unsigned char, 32> public_{};
};

}  // namespace pioneer::adapters
