// Who is who: a local store derived from the log and the keys, outside digests, backups and exports.
// Real: api/people. Only this store and the queries use keys to read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/common/common.pb.h"
#include "domain/common/id.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/error.hpp"

namespace pioneer::api {

struct Person {
  domain::Id member;
  domain::Id key;
  domain::Id organisation;  ///< of registration
  domain::Sealed name;      ///< under `key`, in the stream member/<member>
  domain::Sealed phone;     ///< empty box: none
  bool erased = false;      ///< MemberErased was applied; nothing is sealed here any more
};

/// A stream in which a member takes part, and as whom.
struct Participation {
  std::string stream;
  domain::Pseudonym pseudonym;
};

struct Participations {
  std::vector<Participation> items;
  std::string next;  ///< cursor; empty: that was all
};

/// Reads from any thread; apply, start_over and forget from one.
class People {
 public:
  virtual ~People() = default;
  /// Sequence of the next commit that `apply` expects.
  virtual std::uint64_t position() const = 0;
  /// In order; a commit below position() is skipped. Errors: "unknown_event", "bad_sequence", or the store's.
  virtual eventstore::Result<void> apply(std::span<const eventstore::AcceptedCommit> commits) = 0;

  virtual std::optional<Person> find(const domain::Id& member) const = 0;
  /// Whom a pseudonym stands for in this stream; nothing where unknown, or erased.
  virtual std::optional<domain::Id> member_of(std::string_view stream, const domain::Pseudonym& pseudonym) const = 0;
  /// Streams whose name begins with `kind` ("request/", "product/"), by name, from `cursor`; at most `limit` (≤ 200).
  virtual Participations streams_of(const domain::Id& member, std::string_view kind, std::string_view cursor,
                                    std::size_t limit) const = 0;
  /// The member that registered with this phone token; zero id: nobody.
  virtual domain::Id holder_of_phone(std::string_view token) const = 0;
  /// Keys of the cases in which the member asked, or is named by phone as the one it is for.
  virtual std::vector<domain::Id> case_keys_of(const domain::Id& member) const = 0;
  /// Members whose MemberErased was applied and who were not forgotten yet: their keys are to be destroyed first.
  virtual std::vector<domain::Id> unfinished_erasures() const = 0;
  /// Commits that opened this member's personal fields, the newest first, below `before` where it is given.
  virtual std::vector<eventstore::Sequence> openings_of(const domain::Id& member, std::optional<std::uint64_t> before,
                                                        std::size_t limit) const = 0;
  /// Empties the store: `apply` expects sequence 0 again. For a keyring that knows keys which it did not know before.
  virtual eventstore::Result<void> start_over() = 0;
  /// Deletes everything that leads from or to this member, and compacts; a tombstone stays.
  virtual eventstore::Result<void> forget(const domain::Id& member) = 0;
};

}  // namespace pioneer::api
