// What happened in a mirror: between two moments, and to one stream.
#include <map>

#include "api/audit/mirror_commits.hpp"
#include "api/cli/json.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/queries/event_view.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

/// Streams that are told one by one; more of them would be no answer to read, and no bounded one.
constexpr std::size_t streams_told_max = 10'000;

bool wanted(const std::string& stream, const std::string& asked) {
  return asked.empty() || (asked.ends_with('/') ? stream.starts_with(asked) : stream == asked);
}

/// Calls `each` for the wanted parts of all commits in the range.
template <class Each>
Result<void> walk(const SignedMirror& mirror, const EntryRange& range, const std::string& stream, Each each) {
  Progress progress("entries read", range.to - range.from);
  api::MirrorCommits source(mirror.folder(), mirror.checkpoint().size, range.from,
                            [&](std::uint64_t entries) { progress.at(entries - range.from); });
  while (true) {
    const auto commits = source.next();
    if (!commits) return std::unexpected(commits.error());
    for (const auto& commit : *commits) {
      if (commit.sequence.value >= range.to) return {};
      for (const auto& part : commit.body.parts())
        if (wanted(part.stream(), stream)) each(commit, part);
    }
    if (commits->empty()) return {};
  }
}

struct Change {
  std::uint64_t first = 0;  ///< positions
  std::uint64_t last = 0;
  std::string events;
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
  const auto walked = walk(**mirror, *range, options.stream, [&](const auto& commit, const auto& part) {
    for (const auto& event : part.events()) ++types[event.type()];
    auto found = streams.find(part.stream());
    if (found == streams.end()) {
      if (streams.size() == streams_told_max) {
        others += static_cast<std::uint64_t>(part.events_size());
        return;
      }
      found = streams.emplace(part.stream(), Change{commit.sequence.value, 0, {}}).first;
    }
    found->second.last = commit.sequence.value;
    for (const auto& event : part.events())
      found->second.events += (found->second.events.empty() ? "" : ", ") + event.type();
  });
  if (!walked) return fail(walked.error());
  if (place.json) {
    say(json_of(*range, streams, types, others));
    return Exit::done;
  }
  for (const auto& [stream, change] : streams)
    say(std::to_string(change.first) + (change.first == change.last ? "" : "–" + std::to_string(change.last)) + "  " +
        stream + "  " + change.events);
  if (others > 0) say("and " + grouped(others) + " events of more streams than are told here: choose with --stream.");
  say("Between " + grouped(range->from) + " and " + grouped(range->to) + " entries:");
  for (const auto& [type, count] : types) say("  " + type + "  " + grouped(count));
  return Exit::done;
}

Exit audit_why(const Place& place, const AuditHistoryOptions& options) {
  const auto mirror = SignedMirror::open(options.mirror);
  if (!mirror) return fail(mirror.error());
  const auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  JsonArray items;
  std::uint64_t found = 0;
  std::optional<eventstore::Error> unreadable;
  const auto walked = walk(**mirror, *range, options.stream, [&](const auto& commit, const auto& part) {
    const auto parsed = projections::read_commit(commit);
    if (!parsed) {
      unreadable = parsed.error();
      return;
    }
    for (const auto& one : parsed->parts) {
      if (one.raw->stream() != part.stream()) continue;
      api::StreamCommitView view;
      queries::show_events(one, *view.mutable_events());
      ++found;
      JsonArray events;
      for (const auto& event : view.events()) events.add(api::http::to_json(event));
      JsonObject item;
      item.text("position", std::to_string(commit.sequence.value))
          .text("recordedAt", api::http::rfc3339_of_us(commit.body.recorded_at_us()))
          .text("actor", one.actor.is_zero() ? "" : one.actor.text())
          .text("policy", std::to_string(commit.body.policy_sequence()))
          .raw("events", events.str());
      if (place.json) {
        items.add(item.str());
        continue;
      }
      say(std::to_string(commit.sequence.value) + "  " + api::http::rfc3339_of_us(commit.body.recorded_at_us()) +
          (one.actor.is_zero() ? "  by the system" : "  by " + one.actor.text()) + ", by the rules of entry " +
          std::to_string(commit.body.policy_sequence()));
      for (const auto& event : view.events()) say("    " + api::http::to_json(event));
    }
  });
  if (!walked) return fail(walked.error());
  if (unreadable) return fail(*unreadable);
  if (found == 0) return fail(Exit::no, "The mirror has no stream " + options.stream + " in that time.");
  if (place.json) say(JsonObject().text("stream", options.stream).raw("commits", items.str()).str());
  return Exit::done;
}

}  // namespace pioneer::cli
