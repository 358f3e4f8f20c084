// A key by which a signed note is checked (https://c2sp.org/signed-note): a log's, or a witness's. Real:
// adapters/sodium/verifier_key.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pioneer::api {

/// A witness's signature begins with its time, eight bytes, most significant first: seconds since 1970.
inline constexpr std::size_t cosignature_time_bytes = 8;
/// What a witness signs of a note's text (https://c2sp.org/tlog-cosignature).
inline std::string cosigned_message(std::string_view text, std::uint64_t time_s) {
  return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(text);
}
inline std::uint64_t cosignature_time(std::string_view signature) {
  std::uint64_t time_s = 0;
  for (const char c : signature.substr(0, cosignature_time_bytes)) time_s = time_s << 8 | static_cast<unsigned char>(c);
  return time_s;
}

/// Any thread.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual std::string name() const = 0;
  /// The four bytes that stand before its signatures.
  virtual std::string key_id() const = 0;
  /// Whether it signed exactly this text, a witness with the time that its signature names. The signature's bytes may
  /// be anything.
  virtual bool signed_this(std::string_view text, std::string_view signature) const = 0;
};

}  // namespace pioneer::api
