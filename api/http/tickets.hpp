// A claim's ticket as text for a QR code: checked at the door without a connection, with the log's public key alone.
//
//   "P1" ‖ base64url(body) ‖ "." ‖ base64url(signature)
//   body      = log id (16) ‖ product (16) ‖ claim (u32 BE) ‖ places (u32 BE)
//   signature = Ed25519 over "pioneer ticket 1\n" ‖ body, by the key of GET /tickets/key
//
// It names no person. That the claim still counts is not in it: the check-in decides that, when it is uploaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/signer.hpp"
#include "api/ports/verifier.hpp"
#include "domain/common/id.hpp"

namespace pioneer::api::http {

struct Ticket {
  domain::Id product;
  std::uint32_t claim = 0;
  std::uint32_t places = 0;
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

/// Any thread.
class Tickets {
 public:
  /// `log_id`: 16 bytes. `known`: the keys that signed before it, whose tickets are still shown. All outlive it.
  Tickets(const Signer& signer, std::string log_id, std::vector<const Verifier*> known = {});
  std::string text_of(const Ticket& ticket) const;
  /// Nothing if it is none of this log's, or was changed.
  std::optional<Ticket> read(std::string_view text) const;
  const Signer& signer() const { return signer_; }

 private:
  const Signer& signer_;
  std::string log_id_;
  std::vector<const Verifier*> known_;
};

}  // namespace pioneer::api::http
