#include "api/proofs/cosignature.hpp"

#include <algorithm>

#include "api/text/bytes.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

std::string big_endian(std::uint64_t number) {
  std::string bytes(cosignature_time_bytes, '\0');
  for (std::size_t i = cosignature_time_bytes; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

}  // namespace

std::string cosignature_line(const Signer& witness, std::string_view text, std::uint64_t time_s) {
  return signature_line(witness.name(), witness.key_id(),
                        big_endian(time_s) + witness.sign(cosigned_message(text, time_s)));
}

Result<Cosignature> check_cosignature(const SignedNote& note, const Verifier& witness) {
  std::optional<Cosignature> latest;
  for (const auto& signature : note.signatures) {
    if (!is_key_of(&witness, signature)) continue;
    if (!witness.signed_this(note.text, signature.bytes)) {
      return failure("bad_cosignature", "The signature in the name of the witness \"" + witness.name() +
                                            "\" is not over this checkpoint: one of the two was changed.");
    }
    const auto time_s = cosignature_time(signature.bytes);
    if (latest && latest->time_s >= time_s) continue;
    latest = Cosignature{witness.name(), time_s, signature_line(signature.name, signature.key_id, signature.bytes)};
  }
  if (latest) return *latest;
  return failure("not_cosigned", "The witness \"" + witness.name() + "\" did not sign this checkpoint.");
}

Result<void> add_cosigners(std::vector<Cosigner>& all, const SignedNote& note, std::uint64_t size,
                           std::span<const Verifier* const> witnesses) {
  for (const auto* witness : witnesses) {
    const auto checked = check_cosignature(note, *witness);
    if (!checked && checked.error().code == "not_cosigned") continue;
    if (!checked) return std::unexpected(checked.error());
    const auto before = std::ranges::find(all, checked->witness, &Cosigner::witness);
    if (before == all.end()) {
      all.push_back({checked->witness, size, checked->time_s});
    } else if (size > before->size || (size == before->size && checked->time_s < before->time_s)) {
      *before = {checked->witness, size, checked->time_s};
    }
  }
  return {};
}

std::optional<std::string> wrong_time(const Cosignature& cosignature, std::uint64_t now_s, const Cosignature* earlier) {
  const std::string who = "The witness \"" + cosignature.witness + "\" ";
  if (cosignature.time_s > now_s && cosignature.time_s - now_s > clocks_differ_s_max) {
    return who + "signed at a time that lies " + std::to_string(cosignature.time_s - now_s) +
           " seconds ahead of this machine's clock: one of the two clocks is wrong.";
  }
  if (earlier != nullptr && earlier->time_s > cosignature.time_s &&
      earlier->time_s - cosignature.time_s > clocks_differ_s_max) {
    return who + "signed this " + std::to_string(earlier->time_s - cosignature.time_s) +
           " seconds before what it signed earlier: its clock went back.";
  }
  return std::nullopt;
}

std::optional<std::string> wrong_fresh_time(const Cosignature& cosignature, std::uint64_t now_s,
                                            const Cosignature* earlier) {
  if (auto wrong = wrong_time(cosignature, now_s, earlier)) return wrong;
  if (cosignature.time_s >= now_s || now_s - cosignature.time_s <= clocks_differ_s_max) return std::nullopt;
  return "The witness \"" + cosignature.witness + "\" signed just now at a time that lies " +
         std::to_string(now_s - cosignature.time_s) +
         " seconds behind this machine's clock: one of the two clocks is wrong.";
}

std::optional<std::string> signed_before_recorded(std::string_view who, std::int64_t time_s,
                                                  std::int64_t recorded_at_us) {
  const auto recorded_s = recorded_at_us / 1'000'000;
  if (time_s >= recorded_s || recorded_s - time_s <= static_cast<std::int64_t>(2 * clocks_differ_s_max))
    return std::nullopt;
  return std::string(who) + " says that this was signed " + std::to_string(recorded_s - time_s) +
         " seconds before the log says that it was recorded: one of the two clocks was wrong.";
}

}  // namespace pioneer::api
