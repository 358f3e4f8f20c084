// A key by which a signed note is checked (https://c2sp.org/signed-note). Real: adapters/sodium/verifier_key.hpp.
#pragma once

#include <string>
#include <string_view>

namespace pioneer::api {

/// Any thread.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual std::string name() const = 0;
  /// The four bytes that stand before its signatures.
  virtual std::string key_id() const = 0;
  /// Whether it signed exactly this text. The signature's bytes may be anything.
  virtual bool signed_this(std::string_view text, std::string_view signature) const = 0;
};

}  // namespace pioneer::api
