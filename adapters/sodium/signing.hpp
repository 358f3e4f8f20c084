// The Ed25519 key by which a log signs its checkpoints, in the formats of C2SP signed-note and Go's note package:
//   private key, in a file: PRIVATE+KEY+<name>+<hash>+<base64(0x01 ‖ seed)>
//     (while it is changed, the key before it in a second line: both sign)
//   verifier key:           <name>+<hash>+<base64(0x01 ‖ public key)>
// where hash is the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), in hexadecimal. A witness's key is
// written likewise, with 0x04 (C2SP tlog-cosignature).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/sodium/note_key_text.hpp"
#include "api/ports/signer.hpp"
#include "eventstore/ports/disk.hpp"
#include "eventstore/ports/random.hpp"

namespace pioneer::adapters {

/// Whose key it is, and the names of its two files.
struct KeyFiles {
  NoteKeyKind kind = NoteKeyKind::log;
  /// Holds the key.
  std::string_view signing = "log-signing";
  /// Beside it: the verifier key by which others know whose it is, so that a lost key is not replaced unnoticed.
  std::string_view verifier = "log-verifier";
};
inline constexpr KeyFiles log_key_files{};
inline constexpr KeyFiles witness_key_files{NoteKeyKind::witness, "witness-signing", "witness-verifier"};

/// Plain value; any thread. The secret part is overwritten when it ends.
class SigningKey final : public api::Signer {
 public:
  /// Reads the file in DIRECTORY; makes it, durably and for its owner only, where there never was one. `name` is the
  /// name of a new one: no white space, no '+'. Errors: "bad_signing_key" where the file is none, "no_signing_key"
  /// where it is gone, "other_signing_key" where it is not the one that others know, and the disk's.
  /// While the key is changed, the one before it signs notes too.
  static eventstore::Result<SigningKey> settle(eventstore::Disk& disk, eventstore::Random& random,
                                               const std::string& directory, const std::string& name,
                                               const KeyFiles& files = log_key_files);
  /// The log's key was made there: settle() would read it.
  static bool is_in(eventstore::Disk& disk, const std::string& directory);
  /// A log's key that settle() would make, and that is kept nowhere.
  static SigningKey to_be(eventstore::Random& random, const std::string& name) {
    return made(random, name, NoteKeyKind::log);
  }
  /// What a log is called by its key where nobody named it.
  static std::string name_of(const eventstore::LogId& log);
  /// A new log key of the same name, beside which the present one goes on signing notes. Durable when it returns well.
  /// Error: "change_under_way" where one does already.
  static eventstore::Result<SigningKey> change(eventstore::Disk& disk, eventstore::Random& random,
                                               const std::string& directory, const SigningKey& now);
  /// The key that was before is forgotten: notes are signed by the new one alone from then on.
  static eventstore::Result<SigningKey> end_change(eventstore::Disk& disk, const std::string& directory,
                                                   const SigningKey& now);
  /// The verifier key of the one that signs beside it; empty: it signs alone.
  std::string verifier_before() const { return before_ ? before_->verifier() : ""; }

  /// From the text of a private key.
  static eventstore::Result<SigningKey> parse(std::string_view text);
  ~SigningKey() override;
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;

  std::string name() const override { return name_; }
  std::string verifier() const override;
  std::string public_key() const override;
  std::string private_text() const;
  std::string key_id() const override;
  std::string note(std::string_view text) const override;
  /// 64 bytes over exactly these.
  std::string sign(std::string_view message) const override;

 private:
  SigningKey() = default;
  static eventstore::Result<void> keep(eventstore::Disk& disk, const std::string& directory, const SigningKey& key,
                                       const KeyFiles& files);
  static eventstore::Result<SigningKey> parse_file(std::string_view text);
  static SigningKey made(eventstore::Random& random, const std::string& name, NoteKeyKind kind);
  std::string note_line(std::string_view text) const;
  static SigningKey of_seed(std::string name, NoteKeyKind kind, std::string_view seed);

  std::string name_;
  NoteKeyKind kind_ = NoteKeyKind::log;
  std::array<unsigned char, 32> seed_{};
  std::array<unsigned char, 32> public_{};
  std::shared_ptr<const SigningKey> before_;  ///< null: it signs alone
};

}  // namespace pioneer::adapters
