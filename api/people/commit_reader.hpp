// What one commit tells the people store. Deterministic given the commit and the keys that are still active.
#pragma once

#include "api/edge/opener.hpp"
#include "api/people/people_store.hpp"
#include "api/people/rows.hpp"
#include "domain/events.hpp"
#include "eventstore/commit.pb.h"

namespace pioneer::api::people {

/// One thread.
class CommitReader {
 public:
  CommitReader(Stage& stage, const PeopleStore::Tables& tables, const Opener& opener)
      : stage_(stage), tables_(tables), opener_(opener) {}

  /// Errors: "unknown_event" (this build is too old), and the store's.
  eventstore::Result<void> read(const eventstore::CommitBody& body, eventstore::Sequence sequence);

 private:
  eventstore::Result<void> read_part(const eventstore::StreamPart& part, eventstore::Sequence sequence);
  void read_opening(const domain::PersonalDataOpened& opened, const std::string& stream, eventstore::Sequence sequence);
  void read_introduction(const eventstore::Introduction& introduction, const std::string& stream);
  eventstore::Result<void> read_member(const domain::AnyEvent& event, const domain::Id& member,
                                       const std::string& stream);
  eventstore::Result<void> read_request(const domain::AnyEvent& event, const domain::Id& request,
                                        const eventstore::StreamPart& part, domain::Id& case_key);
  eventstore::Result<MemberRow> member_row(const domain::Id& member) const;

  Stage& stage_;
  const PeopleStore::Tables& tables_;
  const Opener& opener_;
};

}  // namespace pioneer::api::people
