#include "adapters/sodium/verifier_key.hpp"

#include <sodium.h>

#include <cstring>

namespace pioneer::adapters {

/// As the format has it.
constexpr std::uint64_t cosignature_time_max = ~std::uint64_t{0} >> 1;

using eventstore::failure;
using eventstore::Result;

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
  const auto parts = parse_note_key(text);
  if (parts && parts->kind == NoteKeyKind::log) return of(*parts);
  return failure("bad_verifier_key",
                 parts ? "This is the key of a witness, where that of a log is wanted"
                       : "This is no verifier key. It is written NAME+HASH+KEY, in one line, as `pioneer keys show "
                         "--verifier` prints it");
}

Result<VerifierKey> VerifierKey::parse_witness(std::string_view text) {
  const auto parts = parse_note_key(text);
  if (parts && parts->kind == NoteKeyKind::witness) return of(*parts);
  return failure("bad_verifier_key",
                 parts ? "This is the key of a log, where that of a witness is wanted"
                       : "This is no verifier key of a witness. It is written NAME+HASH+KEY, in one line, as `pioneer "
                         "witness key` prints it; of keys we know Ed25519's");
}

Result<VerifierKey> VerifierKey::of(const NoteKeyText& parts) {
  if (note_key_id(parts.name, parts.kind, parts.bytes) != parts.key_id) {
    return failure("bad_verifier_key",
                   "The verifier key's hash is not that of its name and key: a character was changed. "
                   "Take it again from where it was published");
  }
  VerifierKey key;
  key.kind_ = parts.kind;
  key.name_ = parts.name;
  key.key_id_ = parts.key_id;
  std::memcpy(key.public_.data(), parts.bytes.data(), key.public_.size());
  return key;
}

bool VerifierKey::signed_this(std::string_view text, std::string_view signature) const {
  if (kind_ == NoteKeyKind::log) return is_over(text, signature);
  if (signature.size() != api::cosignature_time_bytes + crypto_sign_BYTES) return false;
  const auto time_s = api::cosignature_time(signature);
  if (time_s > cosignature_time_max) return false;
  return is_over(api::cosigned_message(text, time_s), signature.substr(api::cosignature_time_bytes));
}

bool VerifierKey::is_over(std::string_view text, std::string_view signature) const {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                     public_.data()) == 0;
}

}  // namespace pioneer::adapters
