// The keyring in one file of fixed-size slots (slot.hpp), each key wrapped under a master key that stands in a file
// apart.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/keyring/index.hpp"
#include "adapters/keyring/sharing.hpp"
#include "adapters/keyring/slot.hpp"
#include "api/ports/cryptography.hpp"
#include "api/ports/keyring.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters {

struct KeyringOptions {
  std::string directory;    ///< holds the file `keyring`; made if absent
  std::string master_file;  ///< empty: `master` in the directory; may lie on another medium
  /// Unwrapped keys kept in memory, 80 bytes each; overwritten when they leave. Enough for the persons of a busy city.
  std::size_t cached_keys = 32'768;
  /// No commit relies on this keyring yet: should it lack the deployment's own keys, they are made.
  bool unused = false;
  /// The log goes on from an older one, whose keyring this is: it keeps that one's id, under which everything was
  /// sealed.
  bool of_older_log = false;
  /// Other nodes hold the same keys: the deployment's own are made by share(), so that all make the same.
  bool shared = false;
};

/// Any thread. One process at a time: the data directory's lock is the caller's.
/// A key is made in memory and reaches the file with the next sync(); a torn batch of new keys is dropped at open and
/// written over with the next keys, a damaged slot that was durable once stops the opening with its offset. Opening
/// writes nothing, unless the keyring is unused.
class FileKeyring final : public api::Keyring {
 public:
  /// For a new log. A master key that is there already is used, never replaced.
  /// Errors: "keyring_exists", "bad_master_key", and the disk's.
  static eventstore::Result<std::unique_ptr<FileKeyring>> make(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                               const eventstore::LogId& log_id,
                                                               const KeyringOptions& options);
  /// Errors: "no_keyring", "no_master_key", "bad_master_key", "wrong_master_key", "foreign_keyring", "corrupt_keyring",
  /// "newer_format", "keyring_behind_log": it lacks the deployment's own keys, and is not unused.
  static eventstore::Result<std::unique_ptr<FileKeyring>> open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                               const eventstore::LogId& log_id,
                                                               const KeyringOptions& options);
  /// For a node that joins others: with the header that stands in their table. A keyring that is there is left alone.
  /// Errors: "no_master_key", "bad_master_key", "wrong_master_key", "not_a_keyring", "newer_format", and the disk's.
  static eventstore::Result<void> join(eventstore::Disk& disk, api::Cryptography& cryptography,
                                       const KeyringOptions& options, std::string_view header);
  ~FileKeyring() override;

  eventstore::Result<api::KeyState> create(const domain::Id& id, api::KeyKind kind) override;
  eventstore::Result<api::KeyState> propose(const domain::Id& id, api::KeyKind kind) override;
  eventstore::Result<void> want(const domain::Id& id) override;
  void release(const domain::Id& id) override;
  std::expected<api::KeyMaterial, api::KeyState> get(const domain::Id& id) override;
  api::KeyState state(const domain::Id& id) const override;
  eventstore::Result<void> sync() override;
  eventstore::Result<void> begin_erase(const domain::Id& id) override;
  eventstore::Result<void> erase(const domain::Id& id) override;
  std::vector<domain::Id> erasing() const override;
  std::size_t size() const override;
  eventstore::Result<void> catch_up() override;
  eventstore::Result<void> begin_epoch(std::uint64_t epoch) override;

  /// The log that it was made for.
  eventstore::LogId log_id() const { return eventstore::LogId::of(log_id_); }
  /// Slots that a crash tore and that were dropped when this keyring was opened.
  std::size_t dropped() const { return dropped_; }

  // Shared with other nodes (sharing.cpp).

  /// From here on a key is in the table before it is in the file and before any commit relies on it. Reads the table to
  /// its end, makes what an unused keyring lacks, and puts there what it lacks. Once; `sharing` outlives the keyring's
  /// use. Errors: as open(), and those of the table.
  eventstore::Result<void> share(KeySharing& sharing);
  /// One record of the table, in its order; also before share(). The thread that follows the table alone.
  void take(std::string_view key, std::string_view value);
  /// What was taken becomes durable here. The same thread. Errors: "foreign_keyring": the table belongs to another
  /// keyring; "wrong_master_key": the other nodes have another one; "newer_format"; and the disk's.
  eventstore::Result<void> settle();
  /// Puts into the table what should be there and is not. Any thread.
  eventstore::Result<void> publish_owed();

 private:
  struct Cached {
    domain::Id id;
    api::KeyMaterial key;
  };
  /// A key that is not in the file yet.
  struct Waiting {
    api::KeyKind kind = api::KeyKind::person;
    keyring::SlotBytes slot{};
    bool wanted = false;  ///< stands in wanted_
  };
  /// Proposals of an id that were not released.
  struct Hold {
    unsigned count = 0;
    bool replaced = false;  ///< another key of this id counts than the one that was proposed
  };
  /// Taken from the table, merged by id.
  struct Taken {
    keyring::SharedKey key;
    bool contradicted = false;  ///< the table's newest record is not the one that counts
  };
  struct Changes;

  FileKeyring(eventstore::Disk& disk, api::Cryptography& cryptography, const KeyringOptions& options);
  eventstore::Result<void> start(const keyring::Header& header, const eventstore::LogId& log_id);
  eventstore::Result<void> load();
  eventstore::Result<void> load_chunk(std::string_view chunk, std::uint32_t first, std::vector<std::uint32_t>& bad,
                                      std::uint32_t& durable);
  eventstore::Result<void> judge(std::vector<std::uint32_t> bad, std::uint32_t durable);
  eventstore::Result<void> make_reserved(bool unused);
  eventstore::Result<void> clear();
  eventstore::Result<void> sync_locked();
  eventstore::Result<void> write_behind(std::string& slots);
  eventstore::Result<void> overwrite(std::uint32_t slot, std::string_view from_state_on);
  std::optional<api::KeyState> known(const domain::Id& id) const;
  std::optional<api::KeyMaterial> unwrap(const domain::Id& id);
  api::Secret secret_of_new(const domain::Id& id, api::KeyKind kind);
  eventstore::Result<keyring::SlotBytes> read_slot(std::uint32_t slot) const;
  eventstore::Result<void> keep_newer(std::uint32_t first, const keyring::Slot& second, std::uint32_t slot);
  eventstore::Result<api::Secret> wrapping_of(const keyring::Header& header) const;
  bool waits(const domain::Id& id) const;
  std::string associated(const domain::Id& id, api::KeyKind kind) const;
  std::span<Cached> cache_line(const domain::Id& id);
  const api::KeyMaterial* cached(const domain::Id& id);
  void keep(const domain::Id& id, const api::KeyMaterial& key);
  void forget(const domain::Id& id);
  void contradict(std::string_view key);
  std::string shared_mac(std::string_view key, std::string_view value) const;
  std::vector<SharedRecord> records_of(std::string_view slots) const;
  void take_header(std::string_view value);
  eventstore::Result<void> judge_taken(const Taken& taken, Changes& changes);
  eventstore::Result<void> judge_known(const Taken& taken, std::uint32_t slot, Changes& changes);
  eventstore::Result<void> append(const Changes& changes);
  eventstore::Result<void> write_each(std::span<const std::uint32_t> slots, std::size_t at, std::string_view bytes);
  eventstore::Result<void> destroy(std::span<const std::uint32_t> slots);
  eventstore::Result<void> publish_header();
  void replace_waiting(const domain::Id& id);
  void owe(std::uint32_t slot);

  eventstore::Disk& disk_;
  api::Cryptography& cryptography_;
  KeyringOptions options_;
  std::string path_;
  std::string log_id_;
  std::string salt_;
  std::string header_;  ///< its bytes
  api::Secret wrapping_;
  std::unique_ptr<eventstore::File> file_;
  std::uint64_t size_ = 0;  ///< of the file; behind its slots stand zeros
  std::size_t dropped_ = 0;

  std::mutex writing_;        ///< held over writes and syncs; taken before mutex_
  mutable std::mutex mutex_;  ///< everything below
  keyring::Index index_;      ///< of the slots in the file, all durable
  std::unordered_map<domain::Id, Waiting, domain::IdHash> waiting_;
  std::vector<domain::Id> wanted_;       ///< of those waiting, what the next sync writes, in this order
  std::vector<std::uint32_t> replaced_;  ///< slots in whose place others count, to be overwritten
  std::vector<std::uint32_t> torn_;      ///< slots that a crash tore: zeroed before anything is written behind them
  std::unordered_map<domain::Id, Hold, domain::IdHash> holds_;
  std::vector<Cached> cache_;  ///< lines of cache_ways, what is used most in front
  bool failed_ = false;        ///< a write or sync failed: nothing more is written
  KeySharing* sharing_ = nullptr;
  std::uint64_t epoch_ = 0;       ///< of keys that are written from now on
  bool wanted_replaced_ = false;  ///< what was decided in this reign relies on a key that is gone
  std::vector<domain::Id> owed_;  ///< durable here, and not as it is in the table
  bool header_owed_ = true;
  bool joined_ = false;  ///< the table is this keyring's, and all that stood in it was taken

  // The following thread's.
  std::unordered_map<domain::Id, Taken, domain::IdHash> taken_;  ///< not settled
  std::optional<eventstore::Error> not_ours_;
  bool header_taken_ = false;
};

}  // namespace pioneer::adapters
