// Commits as the Writer would make them of the edge's commands, without deciding anything.
#pragma once

#include "domain/events.hpp"
#include "domain/streams.hpp"
#include "eventstore/commit.hpp"
#include "tests/api/edge/sealed_world.hpp"

namespace pioneer::testing {

class Told {
 public:
  /// A commit of these events in the command's stream, with its introductions.
  void add(const domain::Command& command, const std::vector<domain::AnyEvent>& events) {
    add_to(domain::primary_stream(command.what), command, events);
  }
  void add_to(const std::string& stream, const domain::Command& command, const std::vector<domain::AnyEvent>& events) {
    eventstore::CommitBody body;
    body.set_once(command.once);
    body.set_same(command.same);
    auto& part = *body.add_parts();
    part.set_stream(stream);
    part.set_actor(std::string(command.pseudonym.view()));
    for (const auto& introduction : command.introductions) {
      auto& told = *part.add_introductions();
      told.set_pseudonym(std::string(introduction.pseudonym.view()));
      told.set_sealed_member(introduction.sealed_member);
    }
    for (const auto& event : events) {
      auto& written = *part.add_events();
      written.set_type(std::string(domain::event_type(event)));
      written.set_payload(domain::event_payload(event));
    }
    commits.push_back({eventstore::Sequence(commits.size()), {}, body});
  }

  void registered(const domain::Command& command) {
    const auto& what = std::get<domain::RegisterMember>(command.what);
    domain::MemberRegistered event;
    *event.mutable_name() = what.name();
    if (what.has_phone()) *event.mutable_phone() = what.phone();
    event.set_organisation(what.organisation());
    add(command, {issued(what.key(), domain::KeyKind::person), event});
  }

  void submitted(const domain::Command& command) {
    const auto& what = std::get<domain::SubmitRequest>(command.what);
    domain::RequestSubmitted event;
    *event.mutable_title() = what.title();
    *event.mutable_description() = what.description();
    if (what.has_beneficiary_phone()) *event.mutable_beneficiary_phone() = what.beneficiary_phone();
    event.set_asker(std::string(command.pseudonym.view()));
    if (!what.asker().empty()) event.set_asker(what.asker());
    add(command, {issued(what.case_key(), domain::KeyKind::case_), event});
  }

  void claimed(const domain::Command& command) {
    domain::ClaimPlaced event;
    event.set_ticket(1);
    add(command, {event});
  }

  static domain::SubjectKeyIssued issued(const std::string& key, domain::KeyKind::Value kind) {
    domain::SubjectKeyIssued event;
    event.set_key(key);
    event.set_kind(kind);
    return event;
  }

  std::vector<eventstore::AcceptedCommit> commits;
};

}  // namespace pioneer::testing
