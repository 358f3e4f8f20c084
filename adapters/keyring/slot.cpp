#include "adapters/keyring/slot.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>

namespace pioneer::adapters::keyring {
namespace {

using api::KeyState;

constexpr std::string_view magic("PNKEYS\0\0", 8);
constexpr std::size_t has_epoch_at = 17;
constexpr std::array<std::uint8_t, 4> word_active{0xA5, 0x5A, 0xC3, 0x3C};
constexpr std::array<std::uint8_t, 4> word_erasing{0x96, 0x69, 0xF0, 0x0F};
constexpr std::array<std::uint8_t, 4> word_erased{0x78, 0x87, 0x1E, 0xE1};
constexpr std::array<std::uint8_t, 4> word_replaced{0x4B, 0xB4, 0x2D, 0xD2};

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

void put_u32(char* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(value >> (8 * i));
}

std::uint32_t get_u32(const char* at) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(at[i])) << (8 * i);
  return value;
}

bool all_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

bool mixes(std::string_view word, const std::array<std::uint8_t, 4>& a, const std::array<std::uint8_t, 4>& b) {
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = static_cast<std::uint8_t>(word[i]);
    if (byte != a[i] && byte != b[i]) return false;
  }
  return true;
}

// A torn change counts as the state on its way: whatever began to be erased goes on being erased.
KeyState state_of(std::string_view word) {
  if (mixes(word, word_active, word_active)) return KeyState::active;
  if (mixes(word, word_erased, word_erased)) return KeyState::erased;
  if (mixes(word, word_active, word_erasing) || mixes(word, word_erasing, word_erased)) return KeyState::erasing;
  return KeyState::unknown;
}

}  // namespace

SlotBytes encode_header(const Header& header) {
  SlotBytes out{};
  std::memcpy(out.data(), magic.data(), magic.size());
  put_u32(&out[8], format);
  std::memcpy(&out[16], header.log_id.bytes.data(), 16);
  std::memcpy(&out[32], header.salt.data(), 16);
  std::memcpy(&out[48], header.check.data(), 16);
  put_u32(&out[124], crc_of({out.data(), 124}));
  return out;
}

eventstore::Result<Header> decode_header(std::string_view bytes) {
  if (bytes.size() != slot_bytes || bytes.substr(0, magic.size()) != magic) {
    return eventstore::failure("not_a_keyring", "The keyring's file does not begin as one.");
  }
  if (get_u32(&bytes[124]) != crc_of(bytes.substr(0, 124))) {
    return eventstore::failure("corrupt_keyring", "The keyring's header is damaged at offset 0.");
  }
  if (get_u32(&bytes[8]) != format) {
    return eventstore::failure("newer_format", "The keyring has format " + std::to_string(get_u32(&bytes[8])) +
                                                   "; this build reads " + std::to_string(format) + ".");
  }
  return Header{eventstore::LogId::of(bytes.substr(16, 16)), std::string(bytes.substr(32, 16)),
                std::string(bytes.substr(48, 16))};
}

std::array<char, 4> encode_state(KeyState state) {
  const auto& word = state == KeyState::active ? word_active : state == KeyState::erasing ? word_erasing : word_erased;
  std::array<char, 4> out;
  std::memcpy(out.data(), word.data(), 4);
  return out;
}

SlotBytes encode_slot(const Slot& slot, std::string_view wrapped) {
  SlotBytes out{};
  std::memcpy(out.data(), slot.id.bytes.data(), 16);
  out[16] = static_cast<char>(slot.kind);
  put_u32(&out[20], slot.durable_before);
  const auto word = encode_state(slot.state);
  std::memcpy(&out[state_at], word.data(), 4);
  if (!wrapped.empty()) std::memcpy(&out[wrapped_at], wrapped.data(), std::min(wrapped.size(), wrapped_bytes));
  put_u32(&out[wrapped_at + wrapped_bytes], crc_of({&out[wrapped_at], wrapped_bytes}));
  set_epoch(out, slot.epoch);
  return out;
}

std::array<char, erased_bytes> encode_erased() {
  const SlotBytes whole = encode_slot({{}, api::KeyKind::person, KeyState::erased, 0}, {});
  std::array<char, erased_bytes> out;
  std::memcpy(out.data(), &whole[state_at], erased_bytes);
  return out;
}

std::array<char, erased_bytes> encode_replaced() {
  auto out = encode_erased();
  std::memcpy(out.data(), word_replaced.data(), word_replaced.size());
  return out;
}

SlotRead decode_slot(std::string_view bytes) {
  SlotRead read;
  if (bytes.size() != slot_bytes) return read;
  if (all_zero(bytes)) {
    read.verdict = SlotRead::Verdict::void_;
    return read;
  }
  if (get_u32(&bytes[24]) != crc_of(bytes.substr(0, 24))) return read;
  read.slot.id = domain::Id::of(bytes.substr(0, 16));
  read.slot.kind = static_cast<api::KeyKind>(bytes[16]);
  read.slot.durable_before = get_u32(&bytes[20]);
  const auto word = bytes.substr(state_at, 4);
  read.slot.state = state_of(word);
  const auto wrapped = wrapped_in(bytes);
  const bool whole = get_u32(&bytes[wrapped_at + wrapped_bytes]) == crc_of(wrapped);
  if (read.slot.state == KeyState::unknown) {
    // A torn change again: it was begun when the other slot was durable.
    if (!mixes(word, word_active, word_replaced)) return read;
    const bool ended = mixes(word, word_replaced, word_replaced) && whole && all_zero(wrapped);
    read.slot.replaced = ended ? Slot::Replaced::ended : Slot::Replaced::begun;
  }
  if (read.slot.state == KeyState::active && !whole) return read;
  // Overwritten in part only: the erasure is taken up again.
  if (read.slot.state == KeyState::erased && !(whole && all_zero(wrapped))) read.slot.state = KeyState::erasing;
  read.slot.epoch = std::uint64_t{get_u32(&bytes[epoch_at + 4])} << 32 | get_u32(&bytes[epoch_at]);
  const bool epoch_whole = bytes[has_epoch_at] == 0
                               ? all_zero(bytes.substr(epoch_at, 12))
                               : get_u32(&bytes[epoch_at + 8]) == crc_of(bytes.substr(epoch_at, 8));
  read.verdict =
      epoch_whole && all_zero(bytes.substr(epoch_at + 12)) ? SlotRead::Verdict::good : SlotRead::Verdict::bad;
  return read;
}

void set_epoch(SlotBytes& slot, std::uint64_t epoch) {
  slot[has_epoch_at] = epoch != 0 ? 1 : 0;
  put_u32(&slot[24], crc_of({slot.data(), 24}));
  std::memset(&slot[epoch_at], 0, 12);
  if (epoch == 0) return;
  put_u32(&slot[epoch_at], static_cast<std::uint32_t>(epoch));
  put_u32(&slot[epoch_at + 4], static_cast<std::uint32_t>(epoch >> 32));
  put_u32(&slot[epoch_at + 8], crc_of({&slot[epoch_at], 8}));
}

std::string_view wrapped_in(std::string_view slot) { return slot.substr(wrapped_at, wrapped_bytes); }

}  // namespace pioneer::adapters::keyring
