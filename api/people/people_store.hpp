// The people store: who is who, computed from the log with the keys, in an ordered store of its own.
//
//   members         member → person key ‖ phone token ‖ erased (1 byte) ‖ MemberRegistered
//   pseudonyms      pseudonym → member
//   participations  member ‖ stream → pseudonym
//   cases           request id → asker's pseudonym ‖ case keys
//   phones          phone token → member
//   beneficiaries   phone token ‖ request id → nothing
//   openings        member ‖ u64 big-endian (2^64 − 1 − sequence) → nothing: that commit opened the member's fields
//   erasures        member → nothing: erased in the log, keys not destroyed yet
//   position        "next" → sequence (u64, big-endian), leaf hash of the commit before it, version of these tables
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>

#include "api/edge/opener.hpp"
#include "api/ports/people.hpp"
#include "eventstore/ports/key_value_store.hpp"

namespace pioneer::api {

class PeopleStore final : public People {
 public:
  /// The store may be deleted while nobody has it open: apply() fills it again from sequence 0. One whose tables are
  /// of another version is emptied.
  static eventstore::Result<std::unique_ptr<PeopleStore>> open(eventstore::KeyValueStore& store, const Opener& opener);

  /// Up to where such a store was filled, and the leaf hash of the last commit: of which log it is. Nothing is opened.
  struct Filled {
    std::uint64_t next = 0;
    std::optional<eventstore::Hash> head;
    std::uint8_t version = 0;  ///< of its tables
  };
  static eventstore::Result<Filled> filled(eventstore::KeyValueStore& store);

  std::uint64_t position() const override { return position_.load(); }
  eventstore::Result<void> apply(std::span<const eventstore::AcceptedCommit> commits) override;

  std::optional<Person> find(const domain::Id& member) const override;
  std::optional<domain::Id> member_of(std::string_view stream, const domain::Pseudonym& pseudonym) const override;
  Participations streams_of(const domain::Id& member, std::string_view kind, std::string_view cursor,
                            std::size_t limit) const override;
  domain::Id holder_of_phone(std::string_view token) const override;
  std::vector<domain::Id> case_keys_of(const domain::Id& member) const override;
  std::vector<domain::Id> unfinished_erasures() const override;
  std::vector<eventstore::Sequence> openings_of(const domain::Id& member, std::optional<std::uint64_t> before,
                                                std::size_t limit) const override;
  eventstore::Result<void> start_over() override;
  eventstore::Result<void> forget(const domain::Id& member) override;

  struct Tables {
    eventstore::Table members, pseudonyms, participations, cases, phones, beneficiaries, openings, erasures, position;
  };

 private:
  PeopleStore(eventstore::KeyValueStore& store, const Opener& opener, const Tables& tables);
  /// Request ids in which the member asked, or is meant by its phone number.
  std::vector<domain::Id> cases_of(const domain::Id& member) const;

  eventstore::KeyValueStore& store_;
  const Opener& opener_;
  Tables tables_;
  std::atomic<std::uint64_t> position_{0};
};

}  // namespace pioneer::api
