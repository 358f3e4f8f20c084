#include "adapters/keyring/file_keyring.hpp"

#include <algorithm>
#include <cstring>

#include "adapters/keyring/master_key.hpp"
#include "eventstore/check.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::adapters {
namespace {

using api::KeyKind;
using api::KeyMaterial;
using api::KeyState;
using domain::Id;
using eventstore::failure;
using eventstore::Result;
using keyring::slot_bytes;
using keyring::SlotBytes;
using keyring::view;

constexpr std::uint32_t slots_max = 0xFFFF'FFF0u;
/// Keys that compete for the same places of the cache.
constexpr std::size_t cache_ways = 4;

/// Takes an opened key out of its wrapping.
class KeyReader final : public api::OpenedReader {
 public:
  explicit KeyReader(api::Secret& into) : into_(into) {}
  void read_opened(std::string_view value) override {
    whole = value.size() == into_.bytes.size();
    if (whole) std::memcpy(into_.bytes.data(), value.data(), value.size());
  }
  bool whole = false;

 private:
  api::Secret& into_;
};

KeyMaterial material_of(const api::Cryptography& cryptography, const api::Secret& secret) {
  return {cryptography.derive(secret, {"sealing"}), cryptography.derive(secret, {"hashing"})};
}

std::size_t power_of_two(std::size_t at_most) {
  std::size_t size = 1;
  while (size * 2 <= at_most) size *= 2;
  return size;
}

Result<void> ensure_directory(eventstore::Disk& disk, const std::string& path) {
  if (disk.exists(path)) return {};
  if (auto made = disk.make_directory(path); !made) return made;
  return disk.sync_directory(eventstore::directory_of(path));
}

}  // namespace

FileKeyring::FileKeyring(eventstore::Disk& disk, api::Cryptography& cryptography, const KeyringOptions& options)
    : disk_(disk),
      cryptography_(cryptography),
      options_(options),
      path_(options.directory + "/keyring"),
      cache_(power_of_two(std::max(options.cached_keys, cache_ways))) {
  if (options_.master_file.empty()) options_.master_file = options_.directory + "/master";
}

FileKeyring::~FileKeyring() = default;  // secrets overwrite themselves

Result<std::unique_ptr<FileKeyring>> FileKeyring::make(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                       const eventstore::LogId& log_id, const KeyringOptions& options) {
  std::unique_ptr<FileKeyring> keyring(new FileKeyring(disk, cryptography, options));
  if (auto made = ensure_directory(disk, options.directory); !made) return std::unexpected(made.error());
  if (disk.exists(keyring->path_)) return failure("keyring_exists", keyring->path_ + " is there already.");
  auto master = keyring::read_or_make_master_key(disk, cryptography, keyring->options_.master_file);
  if (!master) return std::unexpected(master.error());
  keyring::Header header{log_id, std::string(cryptography.make_secret().view().substr(0, 16)), {}};
  // Nodes that begin one log in the same moment make one header.
  if (options.shared) header.salt = keyring::text_of(cryptography.mac({}, {"keyring", log_id.view()}));
  const auto wrapping = cryptography.derive(*master, {"wrap", header.salt});
  header.check = keyring::text_of(cryptography.mac(wrapping, {"check", log_id.view()}));
  if (auto written = eventstore::write_whole(disk, keyring->path_, view(keyring::encode_header(header))); !written) {
    return std::unexpected(written.error());
  }
  KeyringOptions first = options;
  first.unused = true;
  return open(disk, cryptography, log_id, first);
}

Result<void> FileKeyring::join(eventstore::Disk& disk, api::Cryptography& cryptography, const KeyringOptions& options,
                               std::string_view header) {
  const FileKeyring place(disk, cryptography, options);
  if (disk.exists(place.path_)) return {};
  const auto read = keyring::decode_header(header);
  if (!read) return std::unexpected(read.error());
  if (const auto wrapping = place.wrapping_of(*read); !wrapping) return std::unexpected(wrapping.error());
  if (auto made = ensure_directory(disk, options.directory); !made) return made;
  return eventstore::write_whole(disk, place.path_, header);
}

Result<api::Secret> FileKeyring::wrapping_of(const keyring::Header& header) const {
  const auto master = keyring::read_master_key(disk_, options_.master_file);
  if (!master) return std::unexpected(master.error());
  auto wrapping = cryptography_.derive(*master, {"wrap", header.salt});
  if (header.check == keyring::text_of(cryptography_.mac(wrapping, {"check", header.log_id.view()}))) return wrapping;
  return failure("wrong_master_key", options_.master_file + " is not the master key of " + path_ + ".");
}

Result<std::unique_ptr<FileKeyring>> FileKeyring::open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                       const eventstore::LogId& log_id, const KeyringOptions& options) {
  std::unique_ptr<FileKeyring> keyring(new FileKeyring(disk, cryptography, options));
  if (!disk.exists(keyring->path_)) return failure("no_keyring", "There is no keyring at " + keyring->path_ + ".");
  // The process that made it may have ended before its name was durable; commits will rely on it.
  if (auto synced = disk.sync_directory(eventstore::directory_of(keyring->path_)); !synced) {
    return std::unexpected(synced.error());
  }
  auto file = disk.open(keyring->path_, eventstore::OpenMode::read_write);
  if (!file) return std::unexpected(file.error());
  keyring->file_ = std::move(*file);
  SlotBytes bytes{};
  auto read = keyring->file_->read(0, std::as_writable_bytes(std::span(bytes)));
  if (!read) return std::unexpected(read.error());
  auto header = keyring::decode_header({bytes.data(), *read});
  if (!header) return std::unexpected(header.error());
  if (auto started = keyring->start(*header, options.of_older_log ? header->log_id : log_id); !started)
    return std::unexpected(started.error());
  keyring->header_ = view(bytes);
  if (options.shared) return keyring;
  if (auto reserved = keyring->make_reserved(options.unused); !reserved) return std::unexpected(reserved.error());
  return keyring;
}

Result<void> FileKeyring::start(const keyring::Header& header, const eventstore::LogId& log_id) {
  if (header.log_id != log_id) return failure("foreign_keyring", path_ + " belongs to another log.");
  const auto wrapping = wrapping_of(header);
  if (!wrapping) return std::unexpected(wrapping.error());
  log_id_ = std::string(log_id.view());
  salt_ = header.salt;
  wrapping_ = *wrapping;
  return load();
}

// Where commits rely on them, new ones would make every repeat a stranger and every number free.
Result<void> FileKeyring::make_reserved(bool unused) {
  for (const Id& id : {api::reserved_key::system, api::reserved_key::tokens}) {
    if (known(id)) continue;
    if (!unused) {
      return failure("keyring_behind_log", path_ +
                                               " lacks the deployment's own keys, although its log holds commits: it "
                                               "was cut. Put its newest copy back; nothing was changed.");
    }
    if (auto created = create(id, KeyKind::deployment); !created) return std::unexpected(created.error());
  }
  return sync();
}

std::string FileKeyring::associated(const Id& id, KeyKind kind) const {
  std::string out;
  out.append(log_id_).append(salt_).append(id.view()).push_back(static_cast<char>(kind));
  return out;
}

std::optional<KeyState> FileKeyring::known(const Id& id) const {
  if (waiting_.contains(id)) return KeyState::active;
  const auto slot = index_.find(id);
  return slot ? std::optional(index_.state(*slot)) : std::nullopt;
}

Result<KeyState> FileKeyring::create(const Id& id, KeyKind kind) {
  auto made = propose(id, kind);
  if (!made) return made;
  auto wanted = want(id);
  release(id);
  return wanted ? made : std::unexpected(wanted.error());
}

Result<KeyState> FileKeyring::propose(const Id& id, KeyKind kind) {
  const auto hold = [&]() -> std::optional<KeyState> {
    const auto state = known(id);
    if (state) ++holds_[id].count;
    return state;
  };
  {
    const std::lock_guard lock(mutex_);
    if (const auto state = hold()) return *state;
  }
  // Made without the lock, which every other command needs too: whoever comes first gives the id its key.
  const auto secret = secret_of_new(id, kind);
  const auto wrapped = cryptography_.seal(wrapping_, associated(id, kind), secret.view());
  const auto key = material_of(cryptography_, secret);
  const std::lock_guard lock(mutex_);
  if (const auto state = hold()) return *state;
  if (failed_) return failure("keyring_failed", "The keyring could not be written; no new key is made.");
  CHECK(index_.slots() + waiting_.size() < slots_max);
  waiting_.emplace(id,
                   Waiting{kind, keyring::encode_slot({id, kind, KeyState::active, index_.slots()}, wrapped), false});
  ++holds_[id].count;
  keep(id, key);
  return KeyState::active;
}

// Where nodes share the keys, those that begin a log in the same moment come to the same of its own.
api::Secret FileKeyring::secret_of_new(const Id& id, KeyKind kind) {
  if (options_.shared && kind == KeyKind::deployment) return cryptography_.derive(wrapping_, {"deployment", id.view()});
  return cryptography_.make_secret();
}

Result<void> FileKeyring::want(const Id& id) {
  const std::lock_guard lock(mutex_);
  if (const auto hold = holds_.find(id); hold != holds_.end() && hold->second.replaced) {
    return failure("key_replaced", "Another node made the key of this in the same moment; send it again.",
                   eventstore::Retry::can_help);
  }
  const auto waits = waiting_.find(id);
  if (waits == waiting_.end() || waits->second.wanted) return {};
  waits->second.wanted = true;
  wanted_.push_back(id);
  return {};
}

void FileKeyring::release(const Id& id) {
  const std::lock_guard lock(mutex_);
  const auto hold = holds_.find(id);
  if (hold == holds_.end() || --hold->second.count > 0) return;
  holds_.erase(hold);
  const auto waits = waiting_.find(id);
  if (waits == waiting_.end() || waits->second.wanted) return;
  waiting_.erase(waits);
  forget(id);
}

std::expected<KeyMaterial, KeyState> FileKeyring::get(const Id& id) {
  const std::lock_guard lock(mutex_);
  if (const auto* key = cached(id)) return *key;
  const auto state = known(id).value_or(KeyState::unknown);
  if (state != KeyState::active) return std::unexpected(state);
  auto key = unwrap(id);
  if (!key) return std::unexpected(KeyState::unknown);
  keep(id, *key);
  return *key;
}

KeyState FileKeyring::state(const Id& id) const {
  const std::lock_guard lock(mutex_);
  return known(id).value_or(KeyState::unknown);
}

std::optional<KeyMaterial> FileKeyring::unwrap(const Id& id) {
  SlotBytes bytes{};
  KeyKind kind = KeyKind::person;
  if (const auto waits = waiting_.find(id); waits != waiting_.end()) {
    bytes = waits->second.slot;
    kind = waits->second.kind;
  } else {
    const auto slot = index_.find(id);
    if (!slot) return std::nullopt;
    kind = index_.kind(*slot);
    const auto read = read_slot(*slot);
    if (!read) return std::nullopt;
    bytes = *read;
  }
  api::Secret secret;
  KeyReader reader(secret);
  const auto opened = cryptography_.open(wrapping_, associated(id, kind), keyring::wrapped_in(view(bytes)));
  if (opened) opened->reveal_to(reader);
  if (!reader.whole) return std::nullopt;
  return material_of(cryptography_, secret);
}

std::span<FileKeyring::Cached> FileKeyring::cache_line(const Id& id) {
  const auto lines = cache_.size() / cache_ways;
  return std::span(cache_).subspan((domain::IdHash{}(id) & (lines - 1)) * cache_ways, cache_ways);
}

// A key that is used again moves forward; a new one takes the last place. So the keys of persons stay, however many
// keys of cases are made and used once.
const KeyMaterial* FileKeyring::cached(const Id& id) {
  if (id.is_zero()) return nullptr;
  const auto line = cache_line(id);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i].id != id) continue;
    if (i == 0) return &line[0].key;
    std::swap(line[i], line[i - 1]);
    return &line[i - 1].key;
  }
  return nullptr;
}

void FileKeyring::keep(const Id& id, const KeyMaterial& key) {
  const auto line = cache_line(id);
  const auto free = std::ranges::find_if(line, [](const Cached& place) { return place.id.is_zero(); });
  Cached& place = free != line.end() ? *free : line.back();
  place.id = id;
  place.key = key;
}

void FileKeyring::forget(const Id& id) {
  for (Cached& place : cache_line(id)) {
    if (place.id == id) place = Cached{};
  }
}

Result<void> FileKeyring::sync() {
  {
    const std::lock_guard lock(mutex_);
    if (wanted_.empty() && !failed_ && !wanted_replaced_) return {};
  }
  const std::lock_guard writing(writing_);
  return sync_locked();
}

// The keys stay readable in memory until they are in the file. Slots are added under writing_ alone.
Result<void> FileKeyring::sync_locked() {
  std::string bytes;
  std::size_t count = 0;
  KeySharing* sharing = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return failure("keyring_failed", "The keyring could not be written before.");
    if (wanted_replaced_) return failure("key_replaced", "Another node's key counts.", eventstore::Retry::can_help);
    count = wanted_.size();
    sharing = sharing_;
    bytes.reserve(count * slot_bytes);
    for (const Id& id : wanted_) {
      auto& slot = waiting_.at(id).slot;
      keyring::set_epoch(slot, epoch_);
      bytes.append(view(slot));
    }
  }
  if (count == 0) return {};
  // First there: a commit may rely on a key that only the others have, if this machine is lost, and on none that only
  // this one has.
  if (sharing != nullptr)
    if (auto published = sharing->publish(records_of(bytes)); !published) return published;
  if (auto written = write_behind(bytes); !written) return written;
  const std::lock_guard lock(mutex_);
  for (const Id& id : std::span(wanted_).first(count)) {
    index_.set_shared(index_.add(id, waiting_.at(id).kind, KeyState::active), sharing != nullptr);
    waiting_.erase(id);
  }
  wanted_.erase(wanted_.begin(), wanted_.begin() + static_cast<std::ptrdiff_t>(count));
  return {};
}

Result<void> FileKeyring::begin_erase(const Id& id) {
  static_cast<void>(want(id));  // whatever made it: its end is to be a record
  const std::lock_guard writing(writing_);
  if (waits(id))
    if (auto synced = sync_locked(); !synced) return synced;
  // What a crash left of this key elsewhere in the file goes with it.
  if (auto cleared = clear(); !cleared) return cleared;
  std::uint32_t slot = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(id);
    if (!found) return failure("unknown_key", "This keyring does not hold the key that shall be erased.");
    if (index_.kind(*found) == KeyKind::deployment) return failure("reserved_key", "The deployment's own keys stay.");
    if (index_.state(*found) == KeyState::erased) return {};
    if (failed_) return failure("keyring_failed", "The keyring could not be written before.");
    slot = *found;
    index_.set_state(slot, KeyState::erasing);  // refused from here on, whatever the disk says
    forget(id);
  }
  const auto word = keyring::encode_state(KeyState::erasing);
  return overwrite(slot, {word.data(), word.size()});
}

Result<void> FileKeyring::erase(const Id& id) {
  if (state(id) != KeyState::erasing) {
    if (auto begun = begin_erase(id); !begun) return begun;
  }
  const std::lock_guard writing(writing_);
  std::uint32_t slot = 0;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return failure("keyring_failed", "The keyring could not be written before.");
    slot = *index_.find(id);
    if (index_.state(slot) == KeyState::erased) return {};
  }
  const auto end = keyring::encode_erased();
  if (auto done = overwrite(slot, {end.data(), end.size()}); !done) return done;
  const std::lock_guard lock(mutex_);
  index_.set_state(slot, KeyState::erased);
  owe(slot);
  return {};
}

bool FileKeyring::waits(const Id& id) const {
  const std::lock_guard lock(mutex_);
  return waiting_.contains(id);
}

std::vector<Id> FileKeyring::erasing() const {
  const std::lock_guard lock(mutex_);
  std::vector<Id> out;
  for (std::uint32_t slot = 0; slot < index_.slots(); ++slot) {
    if (index_.state(slot) == KeyState::erasing) out.push_back(index_.id(slot));
  }
  return out;
}

std::size_t FileKeyring::size() const {
  const std::lock_guard lock(mutex_);
  return index_.keys() + waiting_.size();
}

}  // namespace pioneer::adapters
