// The keys of persons and cases, apart from the log. A key's end is a permanent record, never an absence: "no key"
// never looks like "new subject". Real: adapters/keyring (a file).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <vector>

#include "api/ports/cryptography.hpp"
#include "domain/common/id.hpp"
#include "eventstore/error.hpp"

namespace pioneer::api {

enum class KeyKind : std::uint8_t { person = 1, case_ = 2, deployment = 3 };

/// UNKNOWN: this keyring has never held the key (a copy from elsewhere, a wrong directory).
enum class KeyState : std::uint8_t { unknown, active, erasing, erased };

/// An active key, as two secrets for two purposes.
struct KeyMaterial {
  Secret sealing;
  Secret hashing;
};

/// Keys of the deployment itself, made with the keyring.
namespace reserved_key {
/// `once` and ids of commands whose actor has no key: registration, import, timers, reactions.
inline constexpr domain::Id system{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
/// Tokens of phone numbers, for uniqueness.
inline constexpr domain::Id tokens{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
}  // namespace reserved_key

/// Any thread.
class Keyring {
 public:
  virtual ~Keyring() = default;
  /// Makes a key under this id, in memory: usable at once, durable after sync(). The id comes from the edge and is as
  /// good as random. An id that is there already is never overwritten: its state is the answer, whatever it is.
  virtual eventstore::Result<KeyState> create(const domain::Id& id, KeyKind kind) = 0;
  /// As create(), for a command that nobody has decided yet: sync() leaves the key in memory until want(). Each call is
  /// answered by release() when the command has ended.
  virtual eventstore::Result<KeyState> propose(const domain::Id& id, KeyKind kind) = 0;
  /// A commit will rely on this key: the next sync() makes it durable. Nothing for one that is durable, or unknown.
  /// Error "key_replaced", where nodes share a log: another node's key of this id counts, so what was sealed with this
  /// one must be sealed again. It passes when all who proposed it have released it.
  virtual eventstore::Result<void> want(const domain::Id& id) = 0;
  /// A command that proposed this key has ended. With the last of them a key is forgotten that nobody wanted and that
  /// is not durable: what is refused costs no room.
  virtual void release(const domain::Id& id) = 0;
  /// The key, or why there is none. A key that cannot be read (disk, damage) is `unknown`: refused, never replaced.
  virtual std::expected<KeyMaterial, KeyState> get(const domain::Id& id) = 0;
  virtual KeyState state(const domain::Id& id) const = 0;
  /// Makes every key created or wanted before the call durable. The Writer calls it before it writes a batch; cheap
  /// when there is nothing new. After a failure no new key is made in this process.
  virtual eventstore::Result<void> sync() = 0;

  /// ACTIVE → ERASING, durable on return: from here the key is refused. Repeats are accepted.
  virtual eventstore::Result<void> begin_erase(const domain::Id& id) = 0;
  /// → ERASED: the key's bytes are overwritten in place and synced, the tombstone stays. Repeats are accepted.
  virtual eventstore::Result<void> erase(const domain::Id& id) = 0;
  /// Keys whose erasure was begun and not ended: resumed at start.
  virtual std::vector<domain::Id> erasing() const = 0;
  virtual std::size_t size() const = 0;

  /// Where nodes share a log: every key that any accepted commit relies on is here on return, if the commit was
  /// accepted before the call. Not on the thread that follows the shared keys. Errors: the brokers cannot be reached.
  virtual eventstore::Result<void> catch_up() { return {}; }
  /// This node's fence of that epoch was accepted, and nothing is decided in it yet: as catch_up(); what is made from
  /// here on counts before what nodes made that were fenced.
  virtual eventstore::Result<void> begin_epoch(std::uint64_t epoch) {
    static_cast<void>(epoch);
    return {};
  }
};

}  // namespace pioneer::api
