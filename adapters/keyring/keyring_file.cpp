// The slots of the keyring's file: reading all of them at the start, and writing some.
#include <algorithm>

#include "adapters/keyring/file_keyring.hpp"

namespace pioneer::adapters {
namespace {

using api::KeyState;
using eventstore::bytes_of;
using eventstore::failure;
using eventstore::Result;
using keyring::offset_of;
using keyring::slot_bytes;
using keyring::SlotBytes;
using keyring::SlotRead;
using keyring::view;

constexpr std::size_t chunk_slots = 8'192;
/// The file grows by a part of itself, at least and at most so many slots. A sync of a file that grew must also make
/// its new size durable, which takes a disk ten times as long as writing over zeros.
constexpr std::uint32_t grow_slots_min = 32;
constexpr std::uint32_t grow_slots_max = 8'192;

}  // namespace

Result<void> FileKeyring::load() {
  std::vector<std::uint32_t> bad;
  std::uint32_t durable = 0;
  auto size = file_->size();
  if (!size) return std::unexpected(size.error());
  size_ = *size;
  index_.reserve(*size / slot_bytes);
  std::string chunk(chunk_slots * slot_bytes, '\0');
  for (std::uint32_t first = 0;; first += chunk_slots) {
    auto read = file_->read(offset_of(first), std::as_writable_bytes(std::span(chunk)));
    if (!read) return std::unexpected(read.error());
    if (auto loaded = load_chunk({chunk.data(), *read}, first, bad, durable); !loaded) return loaded;
    if (*read < chunk.size()) break;
  }
  return judge(std::move(bad), durable);
}

Result<void> FileKeyring::load_chunk(std::string_view chunk, std::uint32_t first, std::vector<std::uint32_t>& bad,
                                     std::uint32_t& durable) {
  for (std::size_t at = 0; at < chunk.size(); at += slot_bytes) {
    const auto slot = static_cast<std::uint32_t>(first + at / slot_bytes);
    const auto read = keyring::decode_slot(chunk.substr(at, slot_bytes));
    durable = std::max(durable, read.slot.durable_before);
    // Behind the last slot the file holds zeros, to be written over.
    if (read.verdict == SlotRead::Verdict::void_) continue;
    while (index_.slots() < slot) index_.add_void();
    if (read.slot.replaced == keyring::Slot::Replaced::begun) replaced_.push_back(slot);
    if (read.slot.replaced != keyring::Slot::Replaced::no) {
      index_.add_void();
    } else if (read.verdict == SlotRead::Verdict::good) {
      if (const auto other = index_.find(read.slot.id)) {
        if (auto kept = keep_newer(*other, read.slot, slot); !kept) return kept;
      } else {
        index_.add(read.slot.id, read.slot.kind, read.slot.state);
      }
    } else {
      bad.push_back(slot);
      index_.add_void();
    }
  }
  return {};
}

// A crash came before the one that does not count was overwritten.
Result<void> FileKeyring::keep_newer(std::uint32_t first, const keyring::Slot& second, std::uint32_t slot) {
  const auto bytes = read_slot(first);
  if (!bytes) return std::unexpected(bytes.error());
  const auto other = keyring::decode_slot(view(*bytes)).slot;
  if (other.epoch == second.epoch || other.state != KeyState::active || second.state != KeyState::active) {
    return failure("corrupt_keyring", path_ + " holds a key twice, at offset " + std::to_string(offset_of(slot)) + ".");
  }
  index_.add_void();
  if (second.epoch > other.epoch) index_.move(first, slot);
  replaced_.push_back(second.epoch > other.epoch ? first : slot);
  return {};
}

// What a crash tore was never durable, so no commit relies on it: it counts as void. What was durable and is damaged is
// not ours to guess. Nothing is written over here: whether the log misses a key is not known yet.
Result<void> FileKeyring::judge(std::vector<std::uint32_t> bad, std::uint32_t durable) {
  for (std::uint32_t slot : bad) {
    if (slot < durable) {
      return failure("corrupt_keyring", path_ + " is damaged at offset " + std::to_string(offset_of(slot)) + ".");
    }
  }
  dropped_ = bad.size();
  torn_ = std::move(bad);
  return file_->sync();  // what was read may still have been on its way to the disk
}

// Torn ones before the first slot that says of them that they are durable. Caller holds writing_.
Result<void> FileKeyring::clear() {
  const SlotBytes zeros{};
  for (std::uint32_t slot : torn_) {
    if (auto written = file_->write(offset_of(slot), bytes_of(view(zeros))); !written) return written;
    size_ = std::max(size_, offset_of(slot) + slot_bytes);
  }
  if (!torn_.empty())
    if (auto synced = file_->sync(); !synced) return synced;
  torn_.clear();
  if (replaced_.empty()) return {};
  const auto bytes = keyring::encode_replaced();
  const std::string_view all(bytes.data(), bytes.size());
  if (auto begun = write_each(replaced_, keyring::state_at, all.substr(0, 4)); !begun) return begun;
  if (auto ended = write_each(replaced_, keyring::state_at, all); !ended) return ended;
  replaced_.clear();
  return {};
}

Result<SlotBytes> FileKeyring::read_slot(std::uint32_t slot) const {
  SlotBytes bytes{};
  const auto read = file_->read(offset_of(slot), std::as_writable_bytes(std::span(bytes)));
  if (!read) return std::unexpected(read.error());
  if (*read == slot_bytes) return bytes;
  return failure("corrupt_keyring", path_ + " ends before offset " + std::to_string(offset_of(slot)) + ".");
}

// Caller holds writing_.
Result<void> FileKeyring::write_behind(std::string& slots) {
  const auto written = index_.slots();
  auto done = clear();
  if (done) {
    if (const auto end = offset_of(written) + slots.size(); end > size_) {
      slots.append(std::clamp(written / 2, grow_slots_min, grow_slots_max) * slot_bytes, '\0');
      size_ = offset_of(written) + slots.size();
    }
    done = file_->write(offset_of(written), bytes_of(slots));
  }
  if (!done && done.error().code == "disk_full") {
    // Behind what is written nothing counts yet: the next attempt writes the same bytes there.
    size_ = offset_of(written);
    return done;
  }
  if (done) done = file_->sync();
  if (done) return {};
  const std::lock_guard lock(mutex_);
  failed_ = true;
  return done;
}

Result<void> FileKeyring::overwrite(std::uint32_t slot, std::string_view from_state_on) {
  auto done = file_->write(offset_of(slot) + keyring::state_at, bytes_of(from_state_on));
  if (done) done = file_->sync();
  if (done) return {};
  const std::lock_guard lock(mutex_);
  failed_ = true;
  return done;
}

}  // namespace pioneer::adapters
