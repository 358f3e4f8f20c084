// Where each key's slot is, in memory: 17 bytes a key and a table of 4-byte numbers at most three quarters full.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "api/ports/keyring.hpp"
#include "domain/common/id.hpp"

namespace pioneer::adapters::keyring {

/// One thread. Slots are numbered from 0 in the order they are added; a void slot takes a number and is never found.
class Index {
 public:
  std::optional<std::uint32_t> find(const domain::Id& id) const {
    if (table_.empty()) return std::nullopt;
    for (std::size_t at = place(id);; at = (at + 1) & (table_.size() - 1)) {
      if (table_[at] == 0) return std::nullopt;
      if (ids_[table_[at] - 1] == id) return table_[at] - 1;
    }
  }

  /// Precondition: `id` is not there, unless the slot is void.
  std::uint32_t add(const domain::Id& id, api::KeyKind kind, api::KeyState state) {
    ids_.push_back(id);
    marks_.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(kind) << 4 | static_cast<unsigned>(state)));
    if (state != api::KeyState::unknown) {
      ++keys_;
      if (keys_ * 4 > table_.size() * 3) {
        grow();
      } else {
        link(static_cast<std::uint32_t>(ids_.size()));
      }
    }
    return static_cast<std::uint32_t>(ids_.size() - 1);
  }
  /// Room for so many keys without looking for places twice.
  void reserve(std::size_t keys) {
    std::size_t places = 1'024;
    while (places * 3 < keys * 4) places *= 2;
    if (places > table_.size()) resize(places);
  }
  std::uint32_t add_void() { return add({}, api::KeyKind::person, api::KeyState::unknown); }

  api::KeyState state(std::uint32_t slot) const { return static_cast<api::KeyState>(marks_[slot] & 7); }
  api::KeyKind kind(std::uint32_t slot) const { return static_cast<api::KeyKind>(marks_[slot] >> 4); }
  /// The other nodes can have it as it is.
  bool shared(std::uint32_t slot) const { return (marks_[slot] & 8) != 0; }
  void set_shared(std::uint32_t slot, bool shared) {
    marks_[slot] = static_cast<std::uint8_t>((marks_[slot] & 0xF7) | (shared ? 8 : 0));
  }
  const domain::Id& id(std::uint32_t slot) const { return ids_[slot]; }
  void set_state(std::uint32_t slot, api::KeyState state) {
    marks_[slot] = static_cast<std::uint8_t>((marks_[slot] & 0xF8) | static_cast<unsigned>(state));
  }
  /// The key is found in that void slot from here on; its old one is void.
  void move(std::uint32_t from, std::uint32_t to) {
    std::size_t at = place(ids_[from]);
    while (table_[at] != from + 1) at = (at + 1) & (table_.size() - 1);
    table_[at] = to + 1;
    ids_[to] = std::exchange(ids_[from], {});
    marks_[to] =
        std::exchange(marks_[from], static_cast<std::uint8_t>(static_cast<unsigned>(api::KeyKind::person) << 4));
  }

  std::uint32_t slots() const { return static_cast<std::uint32_t>(ids_.size()); }
  std::size_t keys() const { return keys_; }

 private:
  // Ids are as good as random, but for the reserved ones: their last bytes differ.
  std::size_t place(const domain::Id& id) const {
    std::uint64_t low, high;
    std::memcpy(&low, id.bytes.data(), 8);
    std::memcpy(&high, id.bytes.data() + 8, 8);
    return static_cast<std::size_t>((low ^ high >> 7 ^ high << 9)) & (table_.size() - 1);
  }
  void link(std::uint32_t number) {
    std::size_t at = place(ids_[number - 1]);
    while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
    table_[at] = number;
  }
  void grow() { resize(table_.empty() ? 1'024 : table_.size() * 2); }
  void resize(std::size_t places) {
    table_.assign(places, 0);
    for (std::uint32_t slot = 0; slot < ids_.size(); ++slot) {
      if (state(slot) != api::KeyState::unknown) link(slot + 1);
    }
  }

  std::deque<domain::Id> ids_;
  std::deque<std::uint8_t> marks_;
  std::vector<std::uint32_t> table_;  ///< slot + 1; 0: free
  std::size_t keys_ = 0;
};

}  // namespace pioneer::adapters::keyring
