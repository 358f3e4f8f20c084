// What happened in a mirror between two moments.
#include <algorithm>
#include <map>

#include "api/cli/asked_of_mirror.hpp"
#include "api/cli/json.hpp"
#include "api/cli/signed_mirror.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

/// Streams that are told one by one; more of them would be no answer to read, and no bounded one.
constexpr std::size_t streams_told_max = 10'000;
/// Events of one stream that are named: a busy product has a hundred thousand.
constexpr std::uint64_t events_told_max = 20;
/// Types are what the log says, and it may be anybody's: so many are counted apart, and so long are their names.
constexpr std::size_t types_told_max = 1'000;
constexpr std::size_t type_bytes_max = 64;
constexpr std::string_view other_types = "(others)";

struct Change {
  std::uint64_t first = 0;  ///< positions
  std::uint64_t last = 0;
  std::uint64_t count = 0;  ///< of its events
  std::string events;       ///< the first of them

  void add(const std::string& type) {
    if (count++ < events_told_max) events += (events.empty() ? "" : ", ") + type.substr(0, type_bytes_max);
  }
  std::string told() const {
    return count <= events_told_max ? events : events + " and " + grouped(count - events_told_max) + " more";
  }
};

JsonObject json_of(const EntryRange& range, const std::map<std::string, Change>& streams,
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
      .raw("streams", items.str());
}

/// How much first: the streams may be thousands.
void tell(const EntryRange& range, const std::map<std::string, Change>& streams,
          const std::map<std::string, std::uint64_t>& types, std::uint64_t others) {
  std::uint64_t all = 0;
  for (const auto& [type, count] : types) all += count;
  say("Between " + grouped(range.from) + " and " + grouped(range.to) + " entries: " + counted(all, "event") + " of " +
      counted(streams.size(), "stream") + (others > 0 ? ", and of more than are told here: choose with --stream" : "") +
      (all > 0 ? ":" : "."));
  for (const auto& [type, count] : types) say("  " + type + "  " + grouped(count));
  std::vector<const std::pair<const std::string, Change>*> in_order;
  for (const auto& one : streams) in_order.push_back(&one);
  std::ranges::stable_sort(in_order, {}, [](const auto* one) { return one->second.first; });
  for (const auto* one : in_order) {
    const auto& [stream, change] = *one;
    say(std::to_string(change.first) + (change.first == change.last ? "" : "–" + std::to_string(change.last)) + "  " +
        stream + "  " + change.told());
  }
}

}  // namespace

Exit audit_diff(const Place& place, const AuditHistoryOptions& options) {
  const auto mirror = proven_mirror(options.mirror);
  if (!mirror) return mirror.error();
  const auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  const auto asked = named_stream(**mirror, options.stream);
  if (!asked) return asked.error();
  std::map<std::string, Change> streams;
  std::map<std::string, std::uint64_t> types;
  std::uint64_t others = 0;  // events of streams that are not told
  const auto tell_of = [&](std::uint64_t position, const eventstore::StreamPart& part) {
    for (const auto& event : part.events()) {
      const auto type = event.type().substr(0, type_bytes_max);
      ++types[types.size() < types_told_max || types.contains(type) ? type : std::string(other_types)];
    }
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
      if (takes(*asked, part.stream())) tell_of(commit.sequence.value, part);
    return {};
  });
  if (!walked) return fail(walked.error());
  if (streams.empty() && !asked->empty() && !asked->ends_with('/')) return not_in_mirror(*asked);
  if (place.json)
    say((*mirror)->answer(json_of(*range, streams, types, others)));
  else
    tell(*range, streams, types, others);
  return Exit::done;
}

}  // namespace pioneer::cli
