#include "adapters/sodium/verifier_key.hpp"

#include <sodium.h>

#include <cstring>

#include "adapters/sodium/note_key_text.hpp"

namespace pioneer::adapters {

eventstore::Result<VerifierKey> VerifierKey::parse(std::string_view text) {
  const auto parts = parse_note_key(text);
  if (!parts) {
    return eventstore::failure("bad_verifier_key",
                               "This is no verifier key. It is written NAME+HASH+KEY, in one line, as `pioneer keys "
                               "show --verifier` prints it");
  }
  if (note_key_id(parts->name, parts->bytes) != parts->key_id) {
    return eventstore::failure("bad_verifier_key",
                               "The verifier key's hash is not that of its name and key: a character was changed. "
                               "Take it again from where it was published");
  }
  VerifierKey key;
  key.name_ = parts->name;
  key.key_id_ = parts->key_id;
  std::memcpy(key.public_.data(), parts->bytes.data(), key.public_.size());
  return key;
}

bool VerifierKey::signed_this(std::string_view text, std::string_view signature) const {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                     public_.data()) == 0;
}

}  // namespace pioneer::adapters
