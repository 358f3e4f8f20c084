// A figure of a board, opened: the requests that it counts as of then, and the commit that brought each to where it
// stands.
#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "api/audit/mirror_commits.hpp"
#include "api/cli/asked_of_mirror.hpp"
#include "api/cli/json.hpp"
#include "api/cli/scratch.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/rfc3339.hpp"
#include "api/node/community.hpp"
#include "api/queries/board_view.hpp"
#include "domain/events.hpp"
#include "domain/requests/state.hpp"
#include "domain/streams.hpp"
#include "projections/read_models.hpp"

namespace pioneer::cli {
namespace {

using domain::Id;
using domain::RequestState;
using eventstore::Result;

/// Requests that one figure may count here: 90 MiB.
constexpr std::size_t counted_max = 1'000'000;
constexpr std::size_t page_size = 1'000;

/// "board/ORGANISATION", "…/accepted", "…/accepted/overdue", "…/overdue": as the board's figures are.
struct Figure {
  std::string organisation;                               ///< id or code
  RequestState::Value state = RequestState::unspecified;  ///< unspecified: all
  bool overdue = false;
};

std::optional<Figure> figure_of(std::string_view text) {
  Figure figure;
  text.remove_prefix(std::min(text.size(), std::string_view("board/").size()));
  const auto part = [&] {
    const auto end = std::min(text.find('/'), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
  };
  figure.organisation = part();
  if (figure.organisation.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto word = part();
    if (figure.overdue) return std::nullopt;
    if (word == "overdue") {
      figure.overdue = true;
    } else if (figure.state != RequestState::unspecified ||
               !RequestState::Value_Parse(std::string(word), &figure.state) ||
               figure.state == RequestState::unspecified) {
      return std::nullopt;
    }
  }
  return figure;
}

/// What a board's figures tell apart: the column of a request, whether it is late, and whether it is of that place.
struct Standing {
  RequestState::Value state = RequestState::unspecified;
  bool overdue = false;
  bool is_here = false;
  bool operator==(const Standing&) const = default;
};

/// The two clocks that a late request has missed. All that its state must know of what was before; kept small.
struct Clocks {
  static constexpr std::array kinds{domain::DeadlineKind::accept, domain::DeadlineKind::resolve};
  std::array<std::uint32_t, kinds.size()> numbers{};
  std::array<bool, kinds.size()> passed{};
};

/// A request that is counted, and the commit that brought it to where it stands. Small: there may be a million.
struct Counted {
  std::uint64_t position = 0;
  Standing standing;
  Clocks clocks;
};
using AllCounted = std::unordered_map<Id, Counted, domain::IdHash>;
using Organisations = std::unordered_set<Id, domain::IdHash>;

/// As the domain has it after these events: what is late, and which event closes what, is said there and nowhere else.
Result<void> evolve(Counted& counted, const eventstore::AcceptedCommit& accepted, const eventstore::StreamPart& part,
                    const Organisations& here) {
  auto& [position, standing, clocks] = counted;
  const auto before = standing;
  domain::requests::State state;
  state.state = standing.state;
  for (std::size_t i = 0; i < Clocks::kinds.size(); ++i) {
    auto& clock = state.deadlines[Clocks::kinds[i]];
    clock.number = clocks.numbers[i];
    clock.passed = clocks.passed[i];
  }
  for (const auto& event : part.events()) {
    const auto parsed = domain::parse_event(event.type(), event.payload());
    if (!parsed) return eventstore::failure("unknown_event", "This build does not know " + event.type() + ".");
    if (const auto of_request = domain::as_part<domain::requests::Event>(*parsed))
      domain::requests::evolve(state, *of_request, {Id{}, {accepted.body.recorded_at_us()}});
  }
  for (std::size_t i = 0; i < Clocks::kinds.size(); ++i) {
    clocks.numbers[i] = state.deadlines[Clocks::kinds[i]].number;
    clocks.passed[i] = state.deadlines[Clocks::kinds[i]].passed;
  }
  // Only some events name who holds it.
  const bool is_here = state.organisation.is_zero() ? before.is_here : here.contains(state.organisation);
  standing = {state.state, domain::requests::is_overdue(state), is_here};
  if (standing != before) position = accepted.sequence.value;
  return {};
}

Result<void> count(const projections::ReadModels& models, std::span<const Id> organisations, RequestState::Value state,
                   bool overdue, AllCounted& all) {
  std::string after;
  do {
    auto column = models.boards().column(organisations, state, after, page_size);
    if (!column) return std::unexpected(column.error());
    for (const auto& card : column->cards) {
      const auto row = models.requests().get(card.id);
      if (!row) return std::unexpected(row.error());
      if (!*row || (overdue && !(*row)->overdue())) continue;
      if (all.size() == counted_max)
        return eventstore::failure("too_many", "More than a million requests are counted; choose a smaller place.");
      all.emplace(card.id, Counted{});
    }
    after = std::move(column->next);
  } while (!after.empty());
  return {};
}

/// What the figure counts when the first `size` entries of the mirror are applied, and the organisations it is of.
struct CountedThen {
  AllCounted all;
  Organisations here;
};
Result<CountedThen> counted_then(const SignedMirror& mirror, std::uint64_t size, const Figure& figure,
                                 const Id& organisation, eventstore::KeyValueStore& store) {
  Progress progress("entries replayed", size);
  node::Community community;
  const EntryRange range{0, size};
  const auto folded = each_commit(mirror, range, [&](const auto& commit) { return community.fold(commit); });
  if (!folded) return std::unexpected(folded.error());
  api::MirrorCommits source(mirror.folder(), mirror.checkpoint().size, 0,
                            [&](std::uint64_t entries) { progress.at(std::min(entries, size)); });
  projections::EngineOptions bulk;
  bulk.bulk = true;
  const auto models =
      projections::ReadModels::replayed(store, source, {eventstore::Sequence{size}, std::nullopt}, bulk);
  if (!models) return std::unexpected(models.error());
  const auto organisations = queries::organisations_of(community.directory, organisation, true);
  CountedThen then{{}, Organisations(organisations.begin(), organisations.end())};
  for (int value = RequestState::Value_MIN + 1; value <= RequestState::Value_MAX; ++value) {
    const auto state = static_cast<RequestState::Value>(value);
    if (figure.state != RequestState::unspecified && figure.state != state) continue;
    if (auto counted = count(**models, organisations, state, figure.overdue, then.all); !counted)
      return std::unexpected(counted.error());
  }
  return then;
}

/// Calls `each` with every part about a counted request before the entry `size`.
Result<void> each_counted(const SignedMirror& mirror, std::uint64_t size, AllCounted& all,
                          const std::function<Result<void>(const eventstore::AcceptedCommit&,
                                                           const eventstore::StreamPart&, Counted&)>& each) {
  return each_commit(mirror, {0, size}, [&](const eventstore::AcceptedCommit& accepted) -> Result<void> {
    for (const auto& part : accepted.body.parts()) {
      const auto id = domain::id_in(part.stream(), domain::stream_kind::request);
      const auto found = id ? all.find(*id) : all.end();
      if (found == all.end()) continue;
      if (auto done = each(accepted, part, found->second); !done) return done;
    }
    return {};
  });
}

void say_counted(const Place& place, const eventstore::AcceptedCommit& commit, const eventstore::StreamPart& part,
                 const Counted& counted) {
  const auto position = std::to_string(commit.sequence.value);
  const auto at = api::http::rfc3339_of_us(commit.body.recorded_at_us());
  const auto state = RequestState::Value_Name(counted.standing.state);
  std::string events;
  for (const auto& event : part.events()) events += (events.empty() ? "" : ", ") + event.type();
  if (place.json) {
    say(JsonObject()
            .text("stream", part.stream())
            .text("state", state)
            .yes_no("overdue", counted.standing.overdue)
            .text("position", position)
            .text("recordedAt", at)
            .text("events", events)
            .str());
    return;
  }
  say(position + "  " + at + "  " + part.stream() + "  " + state + (counted.standing.overdue ? ", overdue" : "") +
      ": " + events);
}

/// Each with the commit that put it into its column, or made it late, in the log's order: what came later and changed
/// neither, such as a rating, is not it. One reading finds them, another tells them.
Result<void> say_all(const Place& place, const SignedMirror& mirror, std::uint64_t size, CountedThen& then) {
  const auto found = each_counted(mirror, size, then.all, [&](const auto& commit, const auto& part, Counted& counted) {
    return evolve(counted, commit, part, then.here);
  });
  if (!found) return found;
  return each_counted(mirror, size, then.all,
                      [&](const auto& commit, const auto& part, Counted& counted) -> Result<void> {
                        if (counted.position == commit.sequence.value) say_counted(place, commit, part, counted);
                        return {};
                      });
}

}  // namespace

Exit audit_figure(const Place& place, const AuditHistoryOptions& options) {
  const auto figure = figure_of(options.stream);
  if (!figure)
    return fail(Exit::usage,
                "A figure is board/ORGANISATION, with /STATE and /overdue behind it where they are meant; "
                "the organisation by its id or code.");
  const auto mirror = proven_mirror(options.mirror);
  if (!mirror) return mirror.error();
  const auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  const auto organisation = named_organisation(**mirror, figure->organisation);
  if (!organisation) return organisation.error();
  auto scratch = Scratch::open(options.scratch);
  if (!scratch) return fail(scratch.error());
  auto then = counted_then(**mirror, range->to, *figure, *organisation, (*scratch)->store());
  if (!then) return fail(then.error());
  if (const auto said = say_all(place, **mirror, range->to, *then); !said) return fail(said.error());
  if (place.json)
    say((*mirror)->answer(JsonObject().number("counted", then->all.size()).text("to", std::to_string(range->to))));
  else
    say("The figure is " + grouped(then->all.size()) + ", after " + counted(range->to, "entry", "entries") +
        ": these requests, each with the entry that brought it to where it stands.");
  return Exit::done;
}

}  // namespace pioneer::cli
