// What happened in a mirror: between two moments, and to one stream.
#include <algorithm>
#include <map>
#include <set>

#include "api/audit/rerun/rerun.hpp"
#include "api/cli/json.hpp"
#include "api/cli/judged_json.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/queries/event_view.hpp"
#include "domain/common/rules.hpp"
#include "domain/streams.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

/// Streams that are told one by one; more of them would be no answer to read, and no bounded one.
constexpr std::size_t streams_told_max = 10'000;
/// Events of one stream that are named: a busy product has a hundred thousand.
constexpr std::uint64_t events_told_max = 20;

bool wanted(const std::string& stream, const std::string& asked) {
  return asked.empty() || (asked.ends_with('/') ? stream.starts_with(asked) : stream == asked);
}

struct Change {
  std::uint64_t first = 0;  ///< positions
  std::uint64_t last = 0;
  std::uint64_t count = 0;  ///< of its events
  std::string events;       ///< the first of them

  void add(const std::string& type) {
    if (count++ < events_told_max) events += (events.empty() ? "" : ", ") + type;
  }
  std::string told() const {
    return count <= events_told_max ? events : events + " and " + grouped(count - events_told_max) + " more";
  }
};

std::string json_of(const EntryRange& range, const std::map<std::string, Change>& streams,
                    const std::map<std::string, std::uint64_t>& types, std::uint64_t others) {
  JsonArray items;
  for (const auto& [stream, change] : streams) {
    items.add(JsonObject()
                  .text("stream", stream)
                  .text("first", std::to_string(change.first))
                  .text("last", std::to_string(change.last))
                  .text("events", change.events)
                  .number("moreEvents", change.count - std::min(change.count, events_told_max))
                  .str());
  }
  JsonObject counts;
  for (const auto& [type, count] : types) counts.number(type, count);
  return JsonObject()
      .text("from", std::to_string(range.from))
      .text("to", std::to_string(range.to))
      .raw("counts", counts.str())
      .number("moreStreams", others)
      .raw("streams", items.str())
      .str();
}

}  // namespace

Exit audit_diff(const Place& place, const AuditHistoryOptions& options) {
  const auto mirror = SignedMirror::open(options.mirror);
  if (!mirror) return fail(mirror.error());
  const auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  std::map<std::string, Change> streams;
  std::map<std::string, std::uint64_t> types;
  std::uint64_t others = 0;  // events of streams that are not told
  const auto tell_of = [&](std::uint64_t position, const eventstore::StreamPart& part) {
    for (const auto& event : part.events()) ++types[event.type()];
    auto found = streams.find(part.stream());
    if (found == streams.end()) {
      if (streams.size() == streams_told_max) {
        others += static_cast<std::uint64_t>(part.events_size());
        return;
      }
      found = streams.emplace(part.stream(), Change{position, position, 0, {}}).first;
    }
    found->second.last = position;
    for (const auto& event : part.events()) found->second.add(event.type());
  };
  const auto walked = each_commit(**mirror, *range, [&](const auto& commit) -> Result<void> {
    for (const auto& part : commit.body.parts())
      if (wanted(part.stream(), options.stream)) tell_of(commit.sequence.value, part);
    return {};
  });
  if (!walked) return fail(walked.error());
  if (place.json) {
    say(json_of(*range, streams, types, others));
    return Exit::done;
  }
  for (const auto& [stream, change] : streams)
    say(std::to_string(change.first) + (change.first == change.last ? "" : "–" + std::to_string(change.last)) + "  " +
        stream + "  " + change.told());
  if (others > 0) say("and " + grouped(others) + " events of more streams than are told here: choose with --stream.");
  say("Between " + grouped(range->from) + " and " + grouped(range->to) + " entries:");
  for (const auto& [type, count] : types) say("  " + type + "  " + grouped(count));
  return Exit::done;
}

namespace {

std::string rules_of(const eventstore::CommitBody& body) {
  std::string names;
  for (const auto rule : body.rules()) names += (names.empty() ? "" : ", ") + domain::rule_name(rule);
  return names;
}

std::string facts_of(const eventstore::CommitBody& body) {
  std::string facts;
  for (const auto& fact : body.facts())
    facts += (facts.empty() ? "" : ", ") + fact.name() + " " + std::to_string(fact.value());
  return facts;
}

/// What one commit did to one stream, and by what.
class Reason {
 public:
  Reason(const projections::Commit& commit, const projections::Part& part, const api::rerun::Judged& judged)
      : commit_(commit), part_(part), judged_(judged) {
    queries::show_events(part, *view_.mutable_events());
  }

  std::string json() const {
    const auto& body = *commit_.raw;
    JsonArray events;
    for (const auto& event : view_.events()) events.add(api::http::to_json(event));
    JsonArray rules;
    for (const auto rule : body.rules()) rules.add('"' + domain::rule_name(rule) + '"');
    JsonObject facts;
    for (const auto& fact : body.facts()) facts.text(fact.name(), std::to_string(fact.value()));
    return JsonObject()
        .text("position", std::to_string(commit_.sequence.value))
        .text("stream", part_.raw->stream())
        .text("recordedAt", api::http::rfc3339_of_us(commit_.recorded_at.us))
        .text("actor", part_.actor.is_zero() ? "" : part_.actor.text())
        .text("policy", std::to_string(body.policy_sequence()))
        .raw("rules", rules.str())
        .raw("facts", facts.str())
        .raw("events", events.str())
        .raw("again", as_json(judged_))
        .str();
  }

  void tell() const {
    const auto& body = *commit_.raw;
    say(std::to_string(commit_.sequence.value) + "  " + api::http::rfc3339_of_us(commit_.recorded_at.us) +
        (part_.actor.is_zero() ? "  by the system" : "  by " + part_.actor.text()) + ", by the policy of entry " +
        std::to_string(body.policy_sequence()));
    if (const auto rules = rules_of(body); !rules.empty()) say("    rules: " + rules);
    if (const auto facts = facts_of(body); !facts.empty()) say("    facts: " + facts);
    for (const auto& event : view_.events()) say("    " + api::http::to_json(event));
    say("    again: " + told(judged_));
  }

 private:
  const projections::Commit& commit_;
  const projections::Part& part_;
  const api::rerun::Judged& judged_;
  api::StreamCommitView view_;
};

/// Of which streams the refusals that are asked for tell: their states are needed to refuse again.
Result<std::set<std::string>> refused_of(const SignedMirror& mirror, const EntryRange& range,
                                         const std::string& asked) {
  std::set<std::string> streams;
  if (!asked.starts_with(domain::stream_kind::refusal)) return streams;
  const auto walked = each_commit(mirror, range, [&](const auto& accepted) -> Result<void> {
    const auto& parts = accepted.body.parts();
    if (parts.empty() || !wanted(parts[0].stream(), asked)) return {};
    const auto commit = projections::read_commit(accepted);
    if (!commit) return std::unexpected(commit.error());
    streams.insert(api::rerun::Rerun::subject(*commit));
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  return streams;
}

}  // namespace

Exit audit_why(const Place& place, const AuditHistoryOptions& options) {
  const auto mirror = SignedMirror::open(options.mirror);
  if (!mirror) return fail(mirror.error());
  const auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  const auto refused = refused_of(**mirror, *range, options.stream);
  if (!refused) return fail(refused.error());
  const auto kept = [&](const std::string& stream) {
    return wanted(stream, options.stream) || refused->contains(stream);
  };
  api::rerun::Rerun again(kept);
  JsonArray items;
  std::uint64_t found = 0;
  const auto walked = each_commit(**mirror, *range, [&](const auto& accepted) -> Result<void> {
    const auto& parts = accepted.body.parts();
    const auto asked_for = [&](const auto& part) { return wanted(part.stream(), options.stream); };
    const auto decides = [&](const auto& part) { return kept(part.stream()) || api::rerun::Rerun::concerns(part); };
    if (std::ranges::none_of(parts, asked_for) && std::ranges::none_of(parts, decides)) return {};
    const auto commit = projections::read_commit(accepted);
    if (!commit) return std::unexpected(commit.error());
    const auto judged = again.take(*commit, std::ranges::any_of(parts, asked_for));
    if (!judged) return {};
    for (const auto& part : commit->parts) {
      if (!wanted(part.raw->stream(), options.stream)) continue;
      ++found;
      const Reason reason(*commit, part, *judged);
      if (place.json)
        items.add(reason.json());
      else
        reason.tell();
    }
    return {};
  });
  if (!walked) return fail(walked.error());
  if (found == 0) return fail(Exit::no, "The mirror has no stream " + options.stream + " in that time.");
  if (place.json) say(JsonObject().text("stream", options.stream).raw("commits", items.str()).str());
  return Exit::done;
}

}  // namespace pioneer::cli
