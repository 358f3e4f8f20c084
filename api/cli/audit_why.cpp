// Why a stream in a mirror is as it is: what was decided about it, by which rules, and each decision made again.
#include <algorithm>
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

/// What is to be told: of a stream or a kind, or all that one entry holds. Of a kind, streams are taken in parts, each
/// with a reading of the mirror, so that the states which are folded do not grow with it.
class Wanted {
 public:
  /// An exit code: it was complained. A position ends the range, for what comes later is no reason.
  static std::expected<Wanted, Exit> of(const SignedMirror& mirror, const AuditHistoryOptions& options,
                                        EntryRange& range) {
    Wanted wanted;
    const auto& asked = options.stream;
    if (const auto position = api::decimal(asked)) {
      if (*position >= range.to)
        return std::unexpected(
            fail(Exit::no, "There is no entry " + asked + " before " + std::to_string(range.to) + "."));
      wanted.position_ = position;
      range.to = *position + 1;
    } else {
      auto stream = named_stream(mirror, asked);
      if (!stream) return std::unexpected(stream.error());
      wanted.stream_ = std::move(*stream);
    }
    const auto folded = wanted.entries_folded(mirror, range);
    if (!folded) return std::unexpected(fail(folded.error()));
    wanted.parts_ = *folded / options.entries_per_part + 1;
    return wanted;
  }

  std::uint64_t parts() const { return parts_; }
  /// What follows is of this part. Errors: the mirror's.
  Result<void> begin(std::uint64_t part, const SignedMirror& mirror, const EntryRange& range) {
    part_ = part;
    needed_.clear();
    return look(mirror, range);
  }
  bool is_told(std::uint64_t position, const eventstore::StreamPart& part) const {
    return position_ ? position == *position_ : takes(stream_, part.stream());
  }
  /// Whether this decision is told in this part.
  bool is_mine(const projections::Commit& commit) const { return is_mine(api::rerun::Rerun::subject(commit)); }
  /// Whether the stream's states are needed to decide again.
  bool is_kept(const std::string& stream) const {
    return (!position_ && takes(stream_, stream) && is_mine(stream)) || needed_.contains(stream);
  }
  /// In an answer with several streams each is named.
  bool is_one_stream() const { return !position_ && !stream_.empty() && !stream_.ends_with('/'); }
  const std::string& stream() const { return stream_; }

 private:
  bool is_mine(const std::string& stream) const { return std::hash<std::string>{}(stream) % parts_ == part_; }
  bool is_of(std::string_view kind) const { return stream_.starts_with(kind); }
  bool is_of_refusals() const { return is_of(domain::stream_kind::refusal); }

  /// In how many entries the streams stand that are to be folded, at most.
  Result<std::uint64_t> entries_folded(const SignedMirror& mirror, const EntryRange& range) const {
    std::uint64_t entries = 0;
    if (position_ || is_one_stream() ||
        !(stream_.empty() || is_of(domain::stream_kind::request) || is_of(domain::stream_kind::product) ||
          is_of_refusals()))
      return entries;                       // all others' states are folded always
    if (is_of_refusals()) return range.to;  // whatever was refused, of any stream
    const auto counted = each_commit(mirror, range, [&](const auto& accepted) -> Result<void> {
      const auto asked = [&](const auto& part) { return takes(stream_, part.stream()); };
      entries += std::ranges::any_of(accepted.body.parts(), asked) ? 1U : 0U;
      return {};
    });
    if (!counted) return std::unexpected(counted.error());
    return entries;
  }

  /// What an entry changed; of which streams the refusals that are asked for tell.
  Result<void> look(const SignedMirror& mirror, const EntryRange& range) {
    if (!position_ && !is_of_refusals()) return {};
    return each_commit(mirror, {position_.value_or(range.from), range.to}, [&](const auto& accepted) -> Result<void> {
      const auto& parts = accepted.body.parts();
      const auto told = [&](const auto& part) { return is_told(accepted.sequence.value, part); };
      if (std::ranges::none_of(parts, told)) return {};
      if (position_)
        for (const auto& part : parts) needed_.insert(part.stream());
      if (!parts[0].stream().starts_with(domain::stream_kind::refusal)) return {};
      const auto commit = projections::read_commit(accepted);
      if (!commit) return std::unexpected(commit.error());
      if (is_mine(*commit)) needed_.insert(api::rerun::Rerun::subject(*commit));
      return {};
    });
  }

  std::optional<std::uint64_t> position_;
  std::string stream_;
  std::set<std::string> needed_;
  std::uint64_t parts_ = 1;
  std::uint64_t part_ = 0;
};

/// Reasons, said as they come: there may be millions.
class Told {
 public:
  Told(const Place& place, const AuditHistoryOptions& options)
      : json_(place.json), stream_(JsonObject().text("stream", options.stream), "commits") {}

  void take(const Reason& reason, const Wanted& wanted) {
    if (count_++ == 0 && !json_ && wanted.parts() > 1)
      say("In " + grouped(wanted.parts()) + " groups of streams, each in the log's order:");
    if (json_)
      stream_.add(reason.json());
    else
      reason.tell(!wanted.is_one_stream());
  }
  Exit end(const SignedMirror& mirror, const Wanted& wanted) {
    if (count_ == 0) return not_in_mirror(wanted.stream());
    if (json_) stream_.end(mirror.worth().number("groups", wanted.parts()));
    return Exit::done;
  }

 private:
  const bool json_;
  JsonStream stream_;
  std::uint64_t count_ = 0;
};

/// All that this part of the streams has to tell.
Result<void> tell_part(const SignedMirror& mirror, const EntryRange& range, const Wanted& wanted, Told& told) {
  api::rerun::Rerun again([&](const std::string& stream) { return wanted.is_kept(stream); });
  return each_commit(mirror, range, [&](const auto& accepted) -> Result<void> {
    const auto& parts = accepted.body.parts();
    const auto asked_for = [&](const auto& part) { return wanted.is_told(accepted.sequence.value, part); };
    const auto decides = [&](const auto& part) {
      return wanted.is_kept(part.stream()) || api::rerun::Rerun::concerns(part);
    };
    const bool is_asked = std::ranges::any_of(parts, asked_for);
    if (!is_asked && std::ranges::none_of(parts, decides)) return {};
    const auto commit = projections::read_commit(accepted);
    if (!commit) return std::unexpected(commit.error());
    const auto judged = again.take(*commit, is_asked && wanted.is_mine(*commit));
    if (!judged) return {};
    for (const auto& part : commit->parts)
      if (asked_for(*part.raw)) told.take(Reason(*commit, part, *judged), wanted);
    return {};
  });
}

}  // namespace

Exit audit_why(const Place& place, const AuditHistoryOptions& options) {
  const auto mirror = proven_mirror(options.mirror);
  if (!mirror) return mirror.error();
  auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  auto wanted = Wanted::of(**mirror, options, *range);
  if (!wanted) return wanted.error();
  Told told(place, options);
  for (std::uint64_t part = 0; part < wanted->parts(); ++part) {
    if (const auto begun = wanted->begin(part, **mirror, *range); !begun) return fail(begun.error());
    if (const auto done = tell_part(**mirror, *range, *wanted, told); !done) return fail(done.error());
  }
  return told.end(**mirror, *wanted);
}

}  // namespace pioneer::cli
