// The keyring's file: the one place that knows its bytes. Numbers are little-endian; a CRC is zlib's CRC-32.
//
//   header, 128 bytes                          slot, 128 bytes, the first at offset 128
//     0  magic "PNKEYS\0\0"                      0  key id (16)
//     8  format (u32)                           16  kind (u8), 1 if there is an epoch (u8), 2 zero bytes
//    12  zero (u32)                             20  durable_before (u32): slots known durable when this one was made
//    16  log_id (16)                            24  CRC of bytes 0…23
//    32  salt (16)                              28  state (4 bytes, below)
//    48  check (16): MAC of the log_id          32  wrapped key (72): nonce (24) ‖ key (32) ‖ tag (16)
//    64  zero                                  104  CRC of bytes 32…103
//   124  CRC of bytes 0…123                    108  epoch (u64), CRC of it; zero: there is none, it is 0
//                                              120  zero
//
// The epoch is that of the reign in which the key was made, where nodes share a log: of two keys of one id that of the
// higher epoch counts. The other slot becomes void, in the two steps of an erasure, when the one that counts is
// durable; an id stands in two only after a crash in between.
//
// A state changes in place, alone and before anything else of its slot. The four words differ in every byte, so a torn
// change is a mixture of the two words it lies between, and a flipped bit is neither. A slot of zeros is void;
// zeros behind the last slot are room for new ones.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/ports/keyring.hpp"
#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::adapters::keyring {

inline constexpr std::uint32_t format = 1;
inline constexpr std::size_t slot_bytes = 128;
inline constexpr std::size_t state_at = 28;
inline constexpr std::size_t wrapped_at = 32;
inline constexpr std::size_t wrapped_bytes = 72;
inline constexpr std::size_t epoch_at = 108;
/// State, wrapped key and its CRC: what an erasure overwrites.
inline constexpr std::size_t erased_bytes = 80;

using SlotBytes = std::array<char, slot_bytes>;
inline std::string_view view(const SlotBytes& slot) { return {slot.data(), slot.size()}; }
inline std::uint64_t offset_of(std::uint32_t slot) { return (std::uint64_t{slot} + 1) * slot_bytes; }

inline std::string text_of(const api::Mac& mac) { return {reinterpret_cast<const char*>(mac.data()), mac.size()}; }

struct Header {
  eventstore::LogId log_id;
  std::string salt;   ///< 16 bytes
  std::string check;  ///< 16 bytes
};

SlotBytes encode_header(const Header& header);
/// Errors: "not_a_keyring", "newer_format", "corrupt_keyring".
eventstore::Result<Header> decode_header(std::string_view bytes);

struct Slot {
  domain::Id id;
  api::KeyKind kind = api::KeyKind::person;
  api::KeyState state = api::KeyState::unknown;
  std::uint32_t durable_before = 0;
  std::uint64_t epoch = 0;
  /// Another slot counts for this id (then the state is unknown): it waits to be overwritten, or was.
  enum class Replaced : std::uint8_t { no, begun, ended } replaced = Replaced::no;
};

SlotBytes encode_slot(const Slot& slot, std::string_view wrapped);
/// What stands from `state_at` on when a slot is erased.
std::array<char, erased_bytes> encode_erased();
std::array<char, 4> encode_state(api::KeyState state);
/// The same for a slot in whose place another counts: its first four bytes alone, then all.
std::array<char, erased_bytes> encode_replaced();

struct SlotRead {
  enum class Verdict { good, void_, bad } verdict = Verdict::bad;
  Slot slot;  ///< good: all of it; bad: `durable_before` alone, where its CRC holds
};
SlotRead decode_slot(std::string_view bytes);
std::string_view wrapped_in(std::string_view slot);
/// Of a slot that is not written yet.
void set_epoch(SlotBytes& slot, std::uint64_t epoch);

}  // namespace pioneer::adapters::keyring
