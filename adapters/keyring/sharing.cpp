#include "adapters/keyring/sharing.hpp"

#include "adapters/keyring/slot.hpp"
#include "eventstore/little_endian.hpp"

namespace pioneer::adapters::keyring {
namespace {

constexpr char shared_format = 1;
constexpr char state_active = 1;
constexpr char state_erased = 3;
constexpr std::size_t shared_epoch_at = 4;
constexpr std::size_t salt_at = 12;
constexpr std::size_t wrapped_part_at = shared_mac_at + shared_mac_bytes;

}  // namespace

SharedRecord encode_shared(const SharedKey& key) {
  std::string value{shared_format, static_cast<char>(key.kind), key.erased ? state_erased : state_active, '\0'};
  value.resize(salt_at);
  eventstore::store(reinterpret_cast<std::byte*>(&value[shared_epoch_at]), key.epoch);
  value += key.salt;
  value.resize(wrapped_part_at);
  if (!key.erased) value += key.wrapped;
  return {std::string(key.id.view()), std::move(value)};
}

eventstore::Result<std::optional<SharedKey>> decode_shared(std::string_view key, std::string_view value) {
  if (key.size() != 16 || value.empty()) return std::optional<SharedKey>{};
  if (value[0] > shared_format) {
    return eventstore::failure("newer_format", "The shared keys have format " + std::to_string(value[0]) +
                                                   "; this build reads " + std::to_string(shared_format) + ".");
  }
  const bool erased = value.size() == wrapped_part_at && value[2] == state_erased;
  const bool active = value.size() == wrapped_part_at + wrapped_bytes && value[2] == state_active;
  const auto kind = static_cast<unsigned char>(value[1]);
  if (value[0] != shared_format || (!erased && !active) || kind < 1 || kind > 3) return std::optional<SharedKey>{};
  SharedKey read;
  read.id = domain::Id::of(key);
  read.kind = static_cast<api::KeyKind>(kind);
  read.erased = erased;
  read.epoch = eventstore::load<std::uint64_t>(eventstore::bytes_of(value.substr(shared_epoch_at, 8)).data());
  read.salt = std::string(value.substr(salt_at, 16));
  read.wrapped = std::string(value.substr(wrapped_part_at));
  return std::optional(std::move(read));
}

}  // namespace pioneer::adapters::keyring
