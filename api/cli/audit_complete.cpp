// That a list is whole: all that was begun of one kind, in one time and place, out of a mirror that was proven first.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "api/audit/rules/tree.hpp"
#include "api/cli/asked_of_mirror.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/rfc3339.hpp"
#include "api/text/bytes.hpp"
#include "domain/streams.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::cli {
namespace {

using domain::Id;
using eventstore::Result;

/// The streams that are remembered by where they began: 48 MiB.
constexpr std::size_t homes_max = 1'000'000;

/// What is listed of a kind.
struct Kind {
  std::string_view word;
  std::string_view stream;               ///< the kind of stream that it stands in
  std::vector<std::string_view> events;  ///< each of them is one
  bool of_stream = false;                ///< it belongs where its stream began
  bool has_place = true;
};
const std::array kinds{
    Kind{"request", domain::stream_kind::request, {"RequestSubmitted", "RequestImported"}},
    Kind{"product", domain::stream_kind::product, {"ProductCreated"}},
    Kind{"member", domain::stream_kind::member, {"MemberRegistered"}},
    Kind{"organisation", domain::stream_kind::organisation, {"OrganisationRegistered"}},
    Kind{"claim", domain::stream_kind::product, {"ClaimPlaced"}, true},
    Kind{"claim-rating", domain::stream_kind::product, {"ClaimRated"}, true},
    Kind{"request-rating", domain::stream_kind::request, {"RequestRated"}, true},
    Kind{"erasure", domain::stream_kind::member, {"MemberErased"}, true},
    Kind{"opening", domain::stream_kind::access, {"PersonalDataOpened", "EntriesFetched"}, true},
    Kind{"refusal", domain::stream_kind::refusal, {"CommandRefused"}, false, false},
    Kind{"policy", domain::stream_kind::policy, {"PolicyAdopted"}, false, false},
};

/// Where what this event begins belongs; nothing: it begins nothing.
std::optional<Id> begun_in(const domain::AnyEvent& event) {
  if (const auto* e = std::get_if<domain::RequestSubmitted>(&event)) return Id::of(e->organisation());
  if (const auto* e = std::get_if<domain::RequestImported>(&event)) return Id::of(e->organisation());
  if (const auto* e = std::get_if<domain::ProductCreated>(&event)) return Id::of(e->terms().organisation());
  if (const auto* e = std::get_if<domain::MemberRegistered>(&event)) return Id::of(e->organisation());
  if (const auto* e = std::get_if<domain::OrganisationRegistered>(&event)) return Id::of(e->parent());
  return std::nullopt;
}

/// The number of the claim that it is about, as its holder knows it.
std::uint32_t claim_of(const domain::AnyEvent& event) {
  if (const auto* e = std::get_if<domain::ClaimPlaced>(&event)) return e->ticket();
  if (const auto* e = std::get_if<domain::ClaimRated>(&event)) return e->ticket();
  return 0;
}

/// The organisation of "access/<organisation>-<yyyymm>".
std::optional<Id> journal_of(std::string_view stream) {
  const auto [kind, rest] = domain::parts_of(stream);
  return kind == domain::stream_kind::access ? Id::parse(rest.substr(0, rest.find('-'))) : std::nullopt;
}

/// One entry of the list.
struct Begun {
  std::uint64_t position = 0;
  std::int64_t recorded_at_us = 0;
  std::string stream;
  std::string_view event;
  std::uint32_t claim = 0;  ///< of a product's many; 0: it is about no claim
};

/// Says of each event whether it belongs on the list. Events come in the log's order, from its first where the list is
/// of a place.
class Chosen {
 public:
  Chosen(const Kind& kind, const Id& organisation, bool subtree)
      : kind_(kind), organisation_(organisation), subtree_(subtree) {}

  bool has_place() const { return !organisation_.is_zero(); }

  /// Error: "too_many".
  Result<bool> takes(const projections::Part& part, const domain::AnyEvent& event) {
    if (has_place()) {
      if (part.kind == projections::StreamKind::organisation) tree_.see(part.id, event);
      if (auto noted = note_home(part, event); !noted) return std::unexpected(noted.error());
    }
    const auto type = domain::event_type(event);
    if (domain::parts_of(part.raw->stream()).first != kind_.stream ||
        std::ranges::find(kind_.events, type) == kind_.events.end())
      return false;
    return !has_place() || is_here(part, event);
  }

 private:
  bool covers(const Id& where) const { return subtree_ ? tree_.covers(organisation_, where) : where == organisation_; }

  bool is_here(const projections::Part& part, const domain::AnyEvent& event) const {
    if (!kind_.of_stream) return covers(begun_in(event).value_or(Id{}));
    if (const auto journal = journal_of(part.raw->stream())) return covers(*journal);
    return homes_.contains(part.id);
  }

  Result<void> note_home(const projections::Part& part, const domain::AnyEvent& event) {
    if (!kind_.of_stream || domain::parts_of(part.raw->stream()).first != kind_.stream) return {};
    const auto where = begun_in(event);
    if (!where || !covers(*where)) return {};
    if (homes_.size() == homes_max)
      return eventstore::failure("too_many", "More than a million streams began there; choose a smaller place.");
    homes_.insert(part.id);
    return {};
  }

  const Kind& kind_;
  const Id organisation_;
  const bool subtree_;
  api::rules::Tree tree_;
  std::unordered_set<Id, domain::IdHash> homes_;  ///< streams of the kind that began in the place
};

/// Calls `each` for everything chosen in the range.
template <class Each>
Result<void> walk(const SignedMirror& mirror, const EntryRange& range, Chosen& chosen, Each each) {
  const EntryRange read{chosen.has_place() ? 0 : range.from, range.to};
  return each_commit(mirror, read, [&](const eventstore::AcceptedCommit& accepted) -> Result<void> {
    const auto commit = projections::read_commit(accepted);
    if (!commit) return std::unexpected(commit.error());
    for (const auto& part : commit->parts) {
      for (const auto& event : part.events) {
        const auto taken = chosen.takes(part, event);
        if (!taken) return std::unexpected(taken.error());
        if (*taken && commit->sequence.value >= range.from)
          each(Begun{commit->sequence.value, commit->recorded_at.us, part.raw->stream(), domain::event_type(event),
                     claim_of(event)});
      }
    }
    return {};
  });
}

void say_begun(const Place& place, const Begun& begun) {
  const auto position = std::to_string(begun.position);
  const auto at = api::http::rfc3339_of_us(begun.recorded_at_us);
  if (!place.json) {
    say(position + "  " + at + "  " + begun.stream +
        (begun.claim == 0 ? std::string() : "  claim " + std::to_string(begun.claim)));
    return;
  }
  JsonObject out;
  out.text("position", position)
      .text("recordedAt", at)
      .text("stream", begun.stream)
      .text("event", std::string(begun.event));
  if (begun.claim != 0) out.text("claimId", std::to_string(begun.claim));
  say(out.str());
}

/// What the list is worth: of which entries, and until when.
void say_whole(const Place& place, const SignedMirror& mirror, const EntryRange& range, std::uint64_t found) {
  const auto& checkpoint = mirror.checkpoint();
  const auto root = api::hex(checkpoint.root.view());
  const auto until = checkpoint.size == 0 ? std::string() : api::http::rfc3339_of_us(mirror.last().value);
  if (place.json) {
    say(mirror.answer(JsonObject()
                          .number("all", found)
                          .text("from", std::to_string(range.from))
                          .text("to", std::to_string(range.to))
                          .text("size", std::to_string(checkpoint.size))
                          .text("until", until)
                          .text("root", root)));
    return;
  }
  const auto all = found == 0   ? std::string("There is none")
                   : found == 1 ? "This is all"
                                : "These " + grouped(found) + " are all";
  say(all + ": every one of the entries from " + std::to_string(range.from) + " to before " + std::to_string(range.to) +
      " was read, and " + counted(checkpoint.size, "entry is", "entries are") + " proven under the signed root");
  say("  " + root);
  if (!until.empty()) say("The mirror ends at " + until + ": what began later is not in it.");
}

}  // namespace

std::vector<std::string> complete_kinds() {
  std::vector<std::string> words;
  for (const auto& kind : kinds) words.emplace_back(kind.word);
  return words;
}

Exit audit_complete(const Place& place, const AuditCompleteOptions& options) {
  const auto& kind = *std::ranges::find(kinds, options.kind, &Kind::word);
  if (!options.organisation.empty() && !kind.has_place)
    return fail(Exit::usage, "A " + options.kind + " belongs to no organisation; leave --organisation out.");
  if (options.subtree && options.organisation.empty()) return fail(Exit::usage, "--subtree goes with --organisation.");
  const auto mirror = proven_mirror(options.range.mirror);
  if (!mirror) return mirror.error();
  const auto organisation =
      options.organisation.empty() ? std::expected<Id, Exit>(Id{}) : named_organisation(**mirror, options.organisation);
  if (!organisation) return organisation.error();
  const auto range = range_of(**mirror, options.range);
  if (!range) return Exit::usage;
  std::uint64_t found = 0;
  Chosen chosen(kind, *organisation, options.subtree);
  const auto walked = walk(**mirror, *range, chosen, [&](const Begun& begun) {
    ++found;
    say_begun(place, begun);
  });
  if (!walked) return fail(walked.error());
  say_whole(place, **mirror, *range, found);
  return Exit::done;
}

}  // namespace pioneer::cli
