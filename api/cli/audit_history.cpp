// What happened in a mirror: between two moments, and to one stream.
#include <algorithm>
#include <map>
#include <set>

#include "api/audit/rerun/rerun.hpp"
#include "api/cli/asked_of_mirror.hpp"
#include "api/cli/json.hpp"
#include "api/cli/judged_json.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/evidence/told_entry.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/queries/event_view.hpp"
#include "api/text/lines.hpp"
#include "domain/common/rules.hpp"
#include "domain/streams.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

/// Streams that are told one by one; more of them would be no answer to read, and no bounded one.
constexpr std::size_t streams_told_max = 10'000;
/// Events of one stream that are named: a busy product has a hundred thousand.
constexpr std::uint64_t events_told_max = 20;

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
      : commit_(commit), part_(part), judged_(judged) {}

  std::string json() const {
    const auto& body = *commit_.raw;
    api::StreamCommitView view;
    queries::show_events(part_, *view.mutable_events());
    JsonArray events;
    for (const auto& event : view.events()) events.add(api::http::to_json(event));
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

  void tell(bool with_stream) const {
    const auto& body = *commit_.raw;
    say(std::to_string(commit_.sequence.value) + "  " + api::http::rfc3339_of_us(commit_.recorded_at.us) +
        (with_stream ? "  " + part_.raw->stream() : "") +
        (part_.actor.is_zero() ? "  by the system" : "  by " + part_.actor.text()) + ", by the policy of entry " +
        std::to_string(body.policy_sequence()));
    if (const auto rules = rules_of(body); !rules.empty()) say("    rules: " + rules);
    if (const auto facts = facts_of(body); !facts.empty()) say("    facts: " + facts);
    auto events = api::evidence::as_text(api::evidence::tell_events(part_));
    if (events.ends_with('\n')) events.pop_back();
    say(events);
    say("    again: " + told(judged_));
  }

 private:
  const projections::Commit& commit_;
  const projections::Part& part_;
  const api::rerun::Judged& judged_;
};

/// What is to be told: of a stream or a kind, or all that one entry holds.
class Wanted {
 public:
  /// An exit code: it was complained. A position ends the range, for what comes later is no reason.
  static std::expected<Wanted, Exit> of(const SignedMirror& mirror, const std::string& asked, EntryRange& range) {
    Wanted wanted;
    if (const auto position = api::decimal(asked)) {
      if (*position >= range.to)
        return std::unexpected(
            fail(Exit::no, "There is no entry " + asked + " before " + std::to_string(range.to) + "."));
      wanted.position_ = *position;
      range.to = *position + 1;
    } else {
      auto stream = named_stream(mirror, asked);
      if (!stream) return std::unexpected(stream.error());
      wanted.stream_ = std::move(*stream);
    }
    if (const auto looked = wanted.look(mirror, range); !looked) return std::unexpected(fail(looked.error()));
    return wanted;
  }

  bool is_told(std::uint64_t position, const eventstore::StreamPart& part) const {
    return position_ ? position == *position_ : takes(stream_, part.stream());
  }
  /// Whether the stream's states are needed to decide again.
  bool is_kept(const std::string& stream) const {
    return (!position_ && takes(stream_, stream)) || needed_.contains(stream);
  }
  /// In an answer with several streams each is named.
  bool is_one_stream() const { return !position_ && !stream_.ends_with('/'); }
  const std::string& stream() const { return stream_; }

 private:
  /// What an entry changed; of which streams the refusals that are asked for tell.
  Result<void> look(const SignedMirror& mirror, const EntryRange& range) {
    if (!position_ && !stream_.starts_with(domain::stream_kind::refusal)) return {};
    return each_commit(mirror, {position_.value_or(range.from), range.to}, [&](const auto& accepted) -> Result<void> {
      const auto& parts = accepted.body.parts();
      const auto told = [&](const auto& part) { return is_told(accepted.sequence.value, part); };
      if (std::ranges::none_of(parts, told)) return {};
      if (position_)
        for (const auto& part : parts) needed_.insert(part.stream());
      if (!parts[0].stream().starts_with(domain::stream_kind::refusal)) return {};
      const auto commit = projections::read_commit(accepted);
      if (!commit) return std::unexpected(commit.error());
      needed_.insert(api::rerun::Rerun::subject(*commit));
      return {};
    });
  }

  std::optional<std::uint64_t> position_;
  std::string stream_;
  std::set<std::string> needed_;
};

}  // namespace

Exit audit_why(const Place& place, const AuditHistoryOptions& options) {
  const auto mirror = proven_mirror(options.mirror);
  if (!mirror) return mirror.error();
  auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  const auto wanted = Wanted::of(**mirror, options.stream, *range);
  if (!wanted) return wanted.error();
  api::rerun::Rerun again([&](const std::string& stream) { return wanted->is_kept(stream); });
  JsonArray items;
  std::uint64_t found = 0;
  const auto walked = each_commit(**mirror, *range, [&](const auto& accepted) -> Result<void> {
    const auto& parts = accepted.body.parts();
    const auto asked_for = [&](const auto& part) { return wanted->is_told(accepted.sequence.value, part); };
    const auto decides = [&](const auto& part) {
      return wanted->is_kept(part.stream()) || api::rerun::Rerun::concerns(part);
    };
    if (std::ranges::none_of(parts, asked_for) && std::ranges::none_of(parts, decides)) return {};
    const auto commit = projections::read_commit(accepted);
    if (!commit) return std::unexpected(commit.error());
    const auto judged = again.take(*commit, std::ranges::any_of(parts, asked_for));
    if (!judged) return {};
    for (const auto& part : commit->parts) {
      if (!asked_for(*part.raw)) continue;
      ++found;
      const Reason reason(*commit, part, *judged);
      if (place.json)
        items.add(reason.json());
      else
        reason.tell(!wanted->is_one_stream());
    }
    return {};
  });
  if (!walked) return fail(walked.error());
  if (found == 0) return not_in_mirror(wanted->stream());
  if (place.json) say((*mirror)->answer(JsonObject().text("stream", options.stream).raw("commits", items.str())));
  return Exit::done;
}

}  // namespace pioneer::cli
