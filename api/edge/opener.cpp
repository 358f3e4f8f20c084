#include "api/edge/opener.hpp"

#include <algorithm>
#include <cstring>

#include "api/edge/checks.hpp"
#include "api/edge/fields.hpp"
#include "api/edge/seal_format.hpp"

namespace pioneer::api {
namespace {

using domain::Id;

/// Copies an opened value of a fixed size out.
template <std::size_t Size, class Byte>
class FixedReader final : public OpenedReader {
 public:
  explicit FixedReader(std::array<Byte, Size>& into) : into_(into) {}
  void read_opened(std::string_view value) override {
    whole = value.size() == Size;
    if (whole) std::memcpy(into_.data(), value.data(), Size);
  }
  bool whole = false;

 private:
  std::array<Byte, Size>& into_;
};

class LocationReader final : public OpenedReader {
 public:
  void read_opened(std::string_view value) override {
    parsed = location.ParseFromArray(value.data(), static_cast<int>(value.size()));
  }
  domain::Location location;
  bool parsed = false;
};

class PhoneReader final : public OpenedReader {
 public:
  explicit PhoneReader(const Opener& opener) : opener_(opener) {}
  void read_opened(std::string_view value) override { token = opener_.phone_token(value); }
  std::string token;

 private:
  const Opener& opener_;
};

std::optional<Id> id_from(const std::optional<OpenedText>& opened) {
  Id id;
  FixedReader reader(id.bytes);
  if (opened) opened->reveal_to(reader);
  return reader.whole ? std::optional(id) : std::nullopt;
}

}  // namespace

Opener::Opener(Cryptography& cryptography, Keyring& keyring, const eventstore::LogId& log_id)
    : cryptography_(cryptography), keyring_(keyring), log_id_(log_id.view()) {}

std::optional<OpenedText> Opener::open_box(const Id& key, std::string_view box, std::string_view stream,
                                           std::uint32_t field) const {
  const auto material = keyring_.get(key);
  if (!material) return std::nullopt;
  return cryptography_.open(material->sealing, associated_bytes(log_id_, stream, field, key), box);
}

std::optional<OpenedText> Opener::open(const domain::Sealed& sealed, std::string_view stream,
                                       std::uint32_t field) const {
  auto opened = open_box(Id::of(sealed.key()), sealed.box(), stream, field);
  if (opened && !opened->cut_padding()) return std::nullopt;
  return opened;
}

std::vector<std::optional<OpenedText>> Opener::open_all(std::span<const SealedPlace> places) const {
  std::vector<std::optional<OpenedText>> out;
  out.reserve(places.size());
  for (const auto& place : places) {
    out.push_back(out.size() < batch_max ? open(*place.sealed, place.stream, place.field) : std::nullopt);
  }
  return out;
}

std::optional<domain::Location> Opener::open_location(const domain::Sealed& sealed, std::string_view stream) const {
  const auto opened = open(sealed, stream, field::request_location);
  LocationReader reader;
  if (opened) opened->reveal_to(reader);
  return reader.parsed ? std::optional(reader.location) : std::nullopt;
}

std::optional<Secret> Opener::open_upload_key(const domain::Sealed& sealed, std::string_view stream,
                                              std::uint32_t field) const {
  const auto opened = open_box(Id::of(sealed.key()), sealed.box(), stream, field);
  Secret secret;
  FixedReader reader(secret.bytes);
  if (opened) opened->reveal_to(reader);
  return reader.whole ? std::optional(secret) : std::nullopt;
}

std::optional<Sender> Opener::open_introduction(std::string_view sealed_member, std::string_view stream) const {
  if (sealed_member.size() < 16) return std::nullopt;
  const Id key = Id::of(sealed_member.substr(0, 16));
  const auto member = id_from(open_box(key, sealed_member.substr(16), stream, field::introduction));
  return member ? std::optional(Sender{*member, key}) : std::nullopt;
}

std::optional<Id> Opener::open_subject(const domain::Sealed& sealed, std::string_view stream) const {
  return id_from(open_box(Id::of(sealed.key()), sealed.box(), stream, field::opened_subject));
}

domain::Pseudonym Opener::pseudonym(const Cryptography& cryptography, const KeyMaterial& key, std::string_view log_id,
                                    std::string_view stream) {
  return {cryptography.mac(key.hashing, {"pseudonym", log_id, context_of(stream)})};
}

std::optional<domain::Pseudonym> Opener::pseudonym(const Id& person_key, std::string_view stream) const {
  const auto key = keyring_.get(person_key);
  if (!key) return std::nullopt;
  return pseudonym(cryptography_, *key, log_id_, stream);
}

std::string Opener::phone_token(std::string_view phone) const {
  const auto number = checks::normal_phone(phone);
  const auto key = keyring_.get(reserved_key::tokens);
  if (!number || !key) return {};
  return std::string(Id{cryptography_.mac(key->hashing, {"phone", *number})}.view());
}

std::string Opener::ticket_code(const Id& product, std::uint32_t ticket) const {
  std::string number;
  for (unsigned shift = 0; shift < 32; shift += 8) number.push_back(static_cast<char>(ticket >> shift));
  return door_code({"ticket code", log_id_, product.view(), number});
}

std::string Opener::venue_code(const Id& product) const { return door_code({"venue code", log_id_, product.view()}); }

std::string Opener::door_code(Cryptography::Parts parts) const {
  const auto key = keyring_.get(reserved_key::tokens);
  if (!key) return {};
  const Mac mac = cryptography_.mac(key->hashing, parts);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < checks::door_code_chars * 5 / 8; ++i) bits = bits << 8 | mac[i];
  std::string code(checks::door_code_chars, '0');
  for (auto c = code.rbegin(); c != code.rend(); ++c, bits >>= 5) *c = checks::crockford[bits & 31];
  return code;
}

std::string Opener::phone_token(const domain::Sealed& phone, std::string_view stream, std::uint32_t field) const {
  PhoneReader reader(*this);
  if (const auto opened = open(phone, stream, field)) opened->reveal_to(reader);
  return reader.token;
}

}  // namespace pioneer::api
