// Opens what is sealed, and derives what needs a key. The only place that does; used by the edge and by `people`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/edge/call.hpp"
#include "api/ports/cryptography.hpp"
#include "api/ports/keyring.hpp"
#include "api/ports/opened.hpp"
#include "domain/common/common.pb.h"
#include "domain/requests/requests.pb.h"
#include "eventstore/types.hpp"

namespace pioneer::api {

/// A value to open, and where it stands.
struct SealedPlace {
  const domain::Sealed* sealed = nullptr;
  std::string_view stream;
  std::uint32_t field = 0;
};

/// Any thread. Nothing is opened where the key is not active, or where the value stands somewhere else than it was
/// sealed for.
class Opener {
 public:
  /// A query opens at most this many values' subjects at once: what one PersonalDataOpened can name.
  static constexpr std::size_t batch_max = 200;

  Opener(Cryptography& cryptography, Keyring& keyring, const eventstore::LogId& log_id);

  std::optional<OpenedText> open(const domain::Sealed& sealed, std::string_view stream, std::uint32_t field) const;
  /// In the order asked; what is beyond `batch_max` stays closed.
  std::vector<std::optional<OpenedText>> open_all(std::span<const SealedPlace> places) const;
  std::optional<domain::Location> open_location(const domain::Sealed& sealed, std::string_view stream) const;
  /// The key of an upload that a command of this stream carries, as a photo (`field::blob_key`) or a picture.
  std::optional<Secret> open_upload_key(const domain::Sealed& sealed, std::string_view stream,
                                        std::uint32_t field) const;
  /// The member that an introduction in this stream stands for, and the key it was sealed under.
  std::optional<Sender> open_introduction(std::string_view sealed_member, std::string_view stream) const;
  /// A subject of PersonalDataOpened.
  std::optional<domain::Id> open_subject(const domain::Sealed& sealed, std::string_view stream) const;

  /// The member's pseudonym in this stream; nothing if the key is not active.
  std::optional<domain::Pseudonym> pseudonym(const domain::Id& person_key, std::string_view stream) const;
  static domain::Pseudonym pseudonym(const Cryptography& cryptography, const KeyMaterial& key, std::string_view log_id,
                                     std::string_view stream);
  /// Token of a phone number as a person writes it, for uniqueness; "" if it is none.
  std::string phone_token(std::string_view phone) const;
  /// The same for a sealed one; "" if it cannot be opened.
  std::string phone_token(const domain::Sealed& phone, std::string_view stream, std::uint32_t field) const;

  /// Eight characters of Crockford's base32 that only those who may see the claim learn: the ticket, at the door. 40
  /// bits of a MAC under the deployment's key: too many to be guessed over a network. "" if that key is not here.
  std::string ticket_code(const domain::Id& product, std::uint32_t ticket) const;
  /// The same for a product: shown at its door, so that those who stand there can check in themselves.
  std::string venue_code(const domain::Id& product) const;

 private:
  std::string door_code(Cryptography::Parts parts) const;
  std::optional<OpenedText> open_box(const domain::Id& key, std::string_view box, std::string_view stream,
                                     std::uint32_t field) const;

  Cryptography& cryptography_;
  Keyring& keyring_;
  std::string log_id_;
};

}  // namespace pioneer::api
