// Logs as auditors' rules are told them: commits written by hand.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/audit/rules/invariants.hpp"
#include "domain/events.hpp"
#include "eventstore/commit.hpp"
#include "tests/api/audit/listed_commits.hpp"

namespace pioneer::api::audit_tests {

using namespace domain;  // NOLINT: events by their names

inline constexpr std::int64_t minute_us = 60'000'000;
inline constexpr std::int64_t begin_us = 1'700'000'000'000'000;
inline constexpr std::int64_t session_us = begin_us + 48 * 60 * minute_us;

inline Id id_of(std::string_view name) {
  std::string bytes(name);
  bytes.resize(16, '.');
  return Id::of(bytes);
}
inline std::string bytes_of(std::string_view name) { return std::string(id_of(name).view()); }

/// Commits of one log, written by hand.
class Story {
 public:
  /// What one commit does to one stream, a minute after the one before.
  Story& then(std::string_view kind, std::string_view subject, std::string_view actor, std::vector<AnyEvent> events) {
    return then_in(std::string(kind) + "/" + id_of(subject).text(), actor, std::move(events));
  }
  /// The same, to a stream by its whole name.
  Story& then_in(std::string stream, std::string_view actor, std::vector<AnyEvent> events) {
    eventstore::AcceptedCommit commit;
    commit.sequence = eventstore::Sequence{commits_.size()};
    commit.body.set_recorded_at_us(at_us_ += minute_us);
    commit.body.set_policy_sequence(policy_);
    write(commit.body, std::move(stream), actor, events);
    commits_.push_back(std::move(commit));
    return *this;
  }
  /// Another stream that the last commit changes.
  Story& also(std::string_view kind, std::string_view subject, std::string_view actor, std::vector<AnyEvent> events) {
    write(commits_.back().body, std::string(kind) + "/" + id_of(subject).text(), actor, events);
    return *this;
  }
  /// From here on decisions name the policy of this entry.
  Story& under_policy(std::uint64_t entry) {
    policy_ = entry;
    return *this;
  }
  Story& product(std::string_view actor, std::vector<AnyEvent> events) {
    return then("product", "haircuts", actor, std::move(events));
  }
  Story& request(std::string_view actor, std::vector<AnyEvent> events) {
    return then("request", "lamp", actor, std::move(events));
  }
  Story& wait_until(std::int64_t us) {
    at_us_ = us;
    return *this;
  }
  std::int64_t now_us() const { return at_us_; }

  /// The last commit's, as decisions name them.
  Story& by(std::initializer_list<Rule::Value> rules) {
    for (const auto rule : rules) commits_.back().body.add_rules(static_cast<std::uint32_t>(rule));
    return *this;
  }
  /// The last commit follows from another one.
  Story& caused_by(std::uint64_t entry) {
    commits_.back().body.set_cause(entry + 1);
    return *this;
  }
  /// The last commit's first stream goes on from there.
  Story& from_revision(std::uint64_t revision) {
    auto& part = *commits_.back().body.mutable_parts(0);
    part.set_first_revision(revision);
    revisions_[part.stream()] = revision + static_cast<std::uint64_t>(part.events_size());
    return *this;
  }
  Story& noting(std::string name, std::int64_t value) {
    auto& fact = *commits_.back().body.add_facts();
    fact.set_name(std::move(name));
    fact.set_value(value);
    return *this;
  }
  /// How many commits there are: the next one's entry.
  std::uint64_t entries() const { return commits_.size(); }
  /// Gives a commit at a time. The story must outlive it.
  std::unique_ptr<projections::CommitSource> source() const { return tests::listed(commits_); }
  rules::InvariantReport report(std::uint64_t entries_per_part = 1'000) const {
    auto report = rules::check_invariants([&] { return source(); },
                                          {.entries = commits_.size(), .entries_per_part = entries_per_part});
    EXPECT_TRUE(report) << report.error().detail;
    return std::move(*report);
  }
  std::vector<std::string> broken() const {
    std::vector<std::string> rules;
    const auto found = report();
    for (const auto& breach : found.breaches.kept()) rules.push_back(breach.rule);
    return rules;
  }

 private:
  void write(eventstore::CommitBody& body, std::string stream, std::string_view actor,
             const std::vector<AnyEvent>& events) {
    auto& part = *body.add_parts();
    auto& revision = revisions_[stream];
    part.set_first_revision(revision);
    revision += events.size();
    part.set_stream(std::move(stream));
    if (!actor.empty()) part.set_actor(bytes_of(actor));
    for (const auto& event : events) {
      auto& raw = *part.add_events();
      raw.set_type(std::string(event_type(event)));
      raw.set_payload(event_payload(event));
    }
  }

  std::vector<eventstore::AcceptedCommit> commits_;
  std::map<std::string, std::uint64_t> revisions_;
  std::int64_t at_us_ = begin_us;
  std::uint64_t policy_ = 0;
};

}  // namespace pioneer::api::audit_tests
