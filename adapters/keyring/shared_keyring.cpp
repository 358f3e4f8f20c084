// The keyring as one of several that hold the same keys. What counts when two nodes put different records of one id
// into the table does not depend on their order: an erased key never comes back, and of two others that of the higher
// epoch counts (one of the two nodes was fenced, and no accepted commit relies on its key).
#include <algorithm>
#include <utility>

#include "adapters/keyring/file_keyring.hpp"

namespace pioneer::adapters {
namespace {

using api::KeyKind;
using api::KeyState;
using domain::Id;
using eventstore::bytes_of;
using eventstore::failure;
using eventstore::Result;
using keyring::offset_of;
using keyring::SharedKey;
using keyring::slot_bytes;
using keyring::view;

/// Put into the table at once: bounds what is held in memory for it.
constexpr std::size_t published_at_once = 4'096;

/// Whether it counts before the other.
bool counts_before(const SharedKey& one, const SharedKey& other) {
  if (one.erased != other.erased) return one.erased;
  return one.epoch > other.epoch;
}

bool same(const SharedKey& one, const SharedKey& other) {
  return one.erased == other.erased && one.epoch == other.epoch && one.wrapped == other.wrapped;
}

}  // namespace

/// What taken records change in the file.
struct FileKeyring::Changes {
  struct Slot {
    Id id;
    KeyKind kind;
    KeyState state;
    std::optional<std::uint32_t> replaces;
  };
  std::vector<Slot> added;
  std::string bytes;  ///< theirs
  std::vector<std::uint32_t> destroyed;
};

Result<void> FileKeyring::share(KeySharing& sharing) {
  {
    const std::lock_guard lock(mutex_);
    sharing_ = &sharing;
  }
  if (auto read = sharing.read_to_end(); !read) return read;
  // The header first, and whose came first counts: so no key is there under another wrapping than the header's.
  if (auto published = publish_header(); !published) return published;
  if (auto read = sharing.read_to_end(); !read) return read;
  if (auto reserved = make_reserved(options_.unused); !reserved) return reserved;
  {
    const std::lock_guard lock(mutex_);
    for (std::uint32_t slot = 0; slot < index_.slots(); ++slot) {
      if (index_.state(slot) != KeyState::unknown && !index_.shared(slot)) owe(slot);
    }
    joined_ = true;
  }
  return publish_owed();
}

Result<void> FileKeyring::catch_up() { return sharing_ != nullptr ? sharing_->read_to_end() : Result<void>{}; }

Result<void> FileKeyring::begin_epoch(std::uint64_t epoch) {
  if (sharing_ == nullptr) return {};
  if (auto read = sharing_->read_to_end(); !read) return read;
  const std::lock_guard lock(mutex_);
  epoch_ = epoch;
  wanted_replaced_ = false;  // all commands are decided from here on
  return {};
}

void FileKeyring::take(std::string_view key, std::string_view value) {
  if (not_ours_) return;
  if (key == keyring::header_record) return take_header(value);
  auto read = keyring::decode_shared(key, value);
  if (!read) not_ours_ = read.error();
  if (!read) return;
  if (!*read) return contradict(key);
  if ((*read)->salt != salt_) {
    not_ours_ = eventstore::Error{"foreign_keyring", path_ + " is not a keyring of the nodes that share this log."};
    return;
  }
  // Nobody but our nodes has a say in which keys there are: an erasure cannot be taken back.
  if (value.substr(keyring::shared_mac_at, keyring::shared_mac_bytes) != shared_mac(key, value)) return contradict(key);
  auto [taken, is_new] = taken_.try_emplace((*read)->id, Taken{**read, false});
  if (is_new) return;
  auto& known = taken->second;
  if (counts_before(**read, known.key)) {
    known.key = std::move(**read);
    known.contradicted = false;
  } else {
    known.contradicted = !same(**read, known.key);
  }
}

// What stands there last is what compaction leaves for nodes that come later: the one that counts goes there again.
void FileKeyring::contradict(std::string_view key) {
  if (key.size() != sizeof(Id)) return;
  const auto id = Id::of(key);
  if (const auto taken = taken_.find(id); taken != taken_.end()) {
    taken->second.contradicted = true;
    return;
  }
  const std::lock_guard lock(mutex_);
  if (const auto slot = index_.find(id)) owe(*slot);
}

void FileKeyring::take_header(std::string_view value) {
  {
    const std::lock_guard lock(mutex_);
    header_owed_ = value != header_;
  }
  if (std::exchange(header_taken_, true) || value == header_) return;
  const auto theirs = keyring::decode_header(value);
  if (theirs && theirs->salt == salt_ && theirs->log_id.view() == log_id_) {
    not_ours_ = {"wrong_master_key", "The nodes that share this log have another master key than " +
                                         options_.master_file + ". Give all the same one."};
  } else {
    not_ours_ = {"foreign_keyring", path_ + " is not the keyring of the nodes that share this log."};
  }
}

Result<void> FileKeyring::settle() {
  if (not_ours_) return std::unexpected(*not_ours_);
  if (taken_.empty()) return {};
  const std::lock_guard writing(writing_);
  Changes changes;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return failure("keyring_failed", "The keyring could not be written before.");
    for (const auto& [id, taken] : taken_) {
      if (auto judged = judge_taken(taken, changes); !judged) return judged;
    }
  }
  if (!changes.added.empty())
    if (auto added = append(changes); !added) return added;
  if (!changes.destroyed.empty())
    if (auto destroyed = destroy(changes.destroyed); !destroyed) return destroyed;
  taken_.clear();
  return {};
}

// Caller holds both mutexes.
Result<void> FileKeyring::judge_taken(const Taken& taken, Changes& changes) {
  const auto& key = taken.key;
  if (const auto waits = waiting_.find(key.id); waits != waiting_.end()) {
    if (keyring::wrapped_in(view(waits->second.slot)) == key.wrapped) {
      // Ours, of which sync() did not hear that it came: a commit of ours may rely on it, whoever writes now.
      std::erase(wanted_, key.id);
      waiting_.erase(waits);
    } else {
      replace_waiting(key.id);
    }
  }
  if (const auto slot = index_.find(key.id)) return judge_known(taken, *slot, changes);
  const auto state = key.erased ? KeyState::erased : KeyState::active;
  changes.added.push_back({key.id, key.kind, state, std::nullopt});
  changes.bytes += view(keyring::encode_slot({key.id, key.kind, state, index_.slots(), key.epoch}, key.wrapped));
  if (taken.contradicted) owed_.push_back(key.id);
  return {};
}

// As above.
Result<void> FileKeyring::judge_known(const Taken& taken, std::uint32_t slot, Changes& changes) {
  const auto& key = taken.key;
  const auto state = index_.state(slot);
  index_.set_shared(slot, !taken.contradicted);
  if (taken.contradicted) owe(slot);
  const bool reserved = index_.kind(slot) == KeyKind::deployment;
  if (key.erased && !reserved) {
    if (state == KeyState::erased) return {};
    index_.set_state(slot, KeyState::erasing);  // refused from here on, whatever the disk says
    forget(key.id);
    changes.destroyed.push_back(slot);
    return {};
  }
  if (key.erased || state != KeyState::active) {
    owe(slot);
    return {};
  }
  const auto bytes = read_slot(slot);
  if (!bytes) return std::unexpected(bytes.error());
  const auto epoch = keyring::decode_slot(view(*bytes)).slot.epoch;
  if (key.epoch == epoch || keyring::wrapped_in(view(*bytes)) == key.wrapped) return {};
  if (key.epoch < epoch) {
    owe(slot);
    return {};
  }
  changes.added.push_back({key.id, key.kind, KeyState::active, slot});
  changes.bytes +=
      view(keyring::encode_slot({key.id, key.kind, KeyState::active, index_.slots(), key.epoch}, key.wrapped));
  return {};
}

// Caller holds mutex_.
void FileKeyring::replace_waiting(const Id& id) {
  if (waiting_.at(id).wanted) {
    std::erase(wanted_, id);
    wanted_replaced_ = true;
  }
  waiting_.erase(id);
  if (const auto hold = holds_.find(id); hold != holds_.end()) hold->second.replaced = true;
  forget(id);
}

// What replaces another is durable before that one goes. Caller holds writing_.
Result<void> FileKeyring::append(const Changes& changes) {
  auto bytes = changes.bytes;
  if (auto written = write_behind(bytes); !written) return written;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& added : changes.added) {
      if (!added.replaces) {
        index_.set_shared(index_.add(added.id, added.kind, added.state), true);
        continue;
      }
      const auto slot = index_.add_void();
      index_.move(*added.replaces, slot);
      index_.set_shared(slot, true);
      if (const auto hold = holds_.find(added.id); hold != holds_.end()) hold->second.replaced = true;
      forget(added.id);
      replaced_.push_back(*added.replaces);
    }
  }
  return clear();
}

// The same bytes at the same place of each, and one sync. Caller holds writing_.
Result<void> FileKeyring::write_each(std::span<const std::uint32_t> slots, std::size_t at, std::string_view bytes) {
  Result<void> done;
  for (const auto slot : slots) {
    if (done) done = file_->write(offset_of(slot) + at, bytes_of(bytes));
  }
  if (done) done = file_->sync();
  if (done) return {};
  const std::lock_guard lock(mutex_);
  failed_ = true;
  return done;
}

// As begin_erase() and erase() do it, all at once. Caller holds writing_.
Result<void> FileKeyring::destroy(std::span<const std::uint32_t> slots) {
  if (auto cleared = clear(); !cleared) return cleared;
  const auto word = keyring::encode_state(KeyState::erasing);
  if (auto begun = write_each(slots, keyring::state_at, {word.data(), word.size()}); !begun) return begun;
  const auto end = keyring::encode_erased();
  if (auto ended = write_each(slots, keyring::state_at, {end.data(), end.size()}); !ended) return ended;
  const std::lock_guard lock(mutex_);
  for (const auto slot : slots) index_.set_state(slot, KeyState::erased);
  return {};
}

// What is owed is published by publish_owed(), which whoever follows the table calls again and again, and by share() at
// the next start: an erasure here does not wait for the brokers. Caller holds mutex_.
void FileKeyring::owe(std::uint32_t slot) {
  if (!options_.shared) return;
  index_.set_shared(slot, false);
  owed_.push_back(index_.id(slot));
}

std::string FileKeyring::shared_mac(std::string_view key, std::string_view value) const {
  const auto secret = cryptography_.derive(wrapping_, {"shared keys"});
  return keyring::text_of(
      cryptography_.mac(secret, {key, value.substr(0, keyring::shared_mac_at),
                                 value.substr(keyring::shared_mac_at + keyring::shared_mac_bytes)}));
}

std::vector<SharedRecord> FileKeyring::records_of(std::string_view slots) const {
  std::vector<SharedRecord> records;
  for (std::size_t at = 0; at + slot_bytes <= slots.size(); at += slot_bytes) {
    const auto bytes = slots.substr(at, slot_bytes);
    const auto read = keyring::decode_slot(bytes).slot;
    // Where an erasure is on its way it is decided: the others need not keep the key until it ends here.
    const bool erased = read.state != KeyState::active;
    records.push_back(keyring::encode_shared({read.id, read.kind, erased, read.epoch, salt_,
                                              erased ? std::string() : std::string(keyring::wrapped_in(bytes))}));
    auto& [key, value] = records.back();
    value.replace(keyring::shared_mac_at, keyring::shared_mac_bytes, shared_mac(key, value));
  }
  return records;
}

Result<void> FileKeyring::publish_header() {
  {
    const std::lock_guard lock(mutex_);
    if (!header_owed_) return {};
  }
  const SharedRecord header{std::string(keyring::header_record), header_};
  if (auto published = sharing_->publish({&header, 1}); !published) return published;
  const std::lock_guard lock(mutex_);
  header_owed_ = false;
  return {};
}

Result<void> FileKeyring::publish_owed() {
  for (;;) {
    const std::lock_guard writing(writing_);  // no slot changes meanwhile
    std::vector<Id> ids;
    std::string slots;
    {
      const std::lock_guard lock(mutex_);
      if (!joined_ || failed_) return {};
      if (owed_.empty()) break;
      const auto count = std::min(owed_.size(), published_at_once);
      ids.assign(owed_.end() - static_cast<std::ptrdiff_t>(count), owed_.end());
      for (const Id& id : ids) {
        const auto slot = index_.find(id);
        if (!slot) continue;
        const auto bytes = read_slot(*slot);
        if (!bytes) return std::unexpected(bytes.error());
        slots += view(*bytes);
      }
    }
    if (auto published = sharing_->publish(records_of(slots)); !published) return published;
    const std::lock_guard lock(mutex_);
    owed_.resize(owed_.size() - ids.size());
    for (const Id& id : ids) {
      if (const auto slot = index_.find(id)) index_.set_shared(*slot, true);
    }
  }
  return publish_header();
}

}  // namespace pioneer::adapters
