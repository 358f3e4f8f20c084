// Every read model, computed from a mirror alone, and compared with what the operator signed that theirs were, or what
// a running server signs that they are.
#include <algorithm>
#include <utility>

#include "api/audit/mirror_commits.hpp"
#include "api/audit/published_digests.hpp"
#include "api/cli/json.hpp"
#include "api/cli/mirror_files.hpp"
#include "api/cli/scratch.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/cli/their_log.hpp"
#include "projections/read_models.hpp"

namespace pioneer::cli {
namespace {

using api::PublishedDigests;
using eventstore::Result;

/// All that were published, the earliest first. One that is not signed ends it: somebody changed it.
Result<std::vector<PublishedDigests>> published(const SignedMirror& mirror, const std::vector<std::string>& files) {
  std::vector<PublishedDigests> all;
  std::optional<eventstore::Error> failed;
  const auto keys = mirror.keys();
  const auto add = [&](const api::MirrorFolder& folder, const std::string& file) {
    const auto note = folder.read(file, api::digests_bytes_max);
    auto digests = note ? api::read_digests(*note, keys) : std::unexpected(note.error());
    if (digests)
      all.push_back(std::move(*digests));
    else if (!failed)
      failed = {digests.error().code, file + ": " + digests.error().detail, digests.error().retry};
    return true;
  };
  const auto listed = mirror.folder().each(std::string(api::published_digests_folder),
                                           [&](const std::string& file) { return add(mirror.folder(), file); });
  if (!listed) return std::unexpected(listed.error());
  for (const auto& file : files) add(api::MirrorFolder("."), file);
  if (failed) return std::unexpected(*failed);
  std::ranges::sort(all, {}, &PublishedDigests::position);
  return all;
}

/// Read models of a mirror's first entries, which go on from where they are.
class MirrorReplay {
 public:
  MirrorReplay(const SignedMirror& mirror, std::unique_ptr<Scratch> scratch, Progress& progress)
      : mirror_(mirror), scratch_(std::move(scratch)), progress_(&progress) {}

  std::uint64_t at() const { return at_; }
  /// The digests when the first `size` entries are applied, which are no fewer than before.
  Result<PublishedDigests> to(std::uint64_t size) {
    api::MirrorCommits source(mirror_.folder(), mirror_.checkpoint().size, at_,
                              [&](std::uint64_t entries) { progress_->at(std::min(entries, size)); });
    projections::EngineOptions options;
    options.bulk = true;
    auto engine = projections::replay(scratch_->store(), projections::all_projections(), source,
                                      {eventstore::Sequence{size}, std::nullopt}, options);
    if (!engine) return std::unexpected(engine.error());
    const auto digests = (*engine)->digests();
    if (!digests) return std::unexpected(digests.error());
    at_ = size;
    return api::named_digests(size, digests->by_name);
  }
  /// Another one that is as far; this one stays there.
  Result<std::unique_ptr<MirrorReplay>> copied() const {
    auto scratch = scratch_->copied();
    if (!scratch) return std::unexpected(scratch.error());
    auto copy = std::make_unique<MirrorReplay>(mirror_, std::move(*scratch), *progress_);
    copy->at_ = at_;
    return copy;
  }

 private:
  const SignedMirror& mirror_;
  std::unique_ptr<Scratch> scratch_;
  Progress* progress_;
  std::uint64_t at_ = 0;
};
using Replay = std::unique_ptr<MirrorReplay>;

struct Outcome {
  PublishedDigests last;                        ///< at the mirror's end, or where they part
  std::uint64_t agreed = 0;                     ///< the last place at which they agree
  std::size_t compared = 0;                     ///< places
  std::vector<std::string> different;           ///< projections; empty: none
  bool asked = false;                           ///< a server's history was held against the mirror's
  std::optional<std::uint64_t> histories_part;  ///< the first entry that the server has otherwise

  /// What was signed of the read models is not what the history makes of them, which nobody disputes.
  bool only_models_differ() const { return asked && !histories_part && !different.empty(); }
  /// The entry by which they part, if that is known: else one of those from `agreed` on.
  std::optional<std::uint64_t> parted() const {
    if (different.empty() || last.position != agreed + 1) return std::nullopt;
    return agreed;
  }
};

/// Between a place where they agree and one where they do not: asks the server about the middle, again and again, until
/// one entry is between. `agreeing` stands at the former; rows are applied once from there, and to the middle at most
/// twice.
Result<void> bisect(Replay agreeing, TheirLog& log, Outcome& outcome) {
  while (outcome.last.position - outcome.agreed > 1) {
    const auto middle = outcome.agreed + (outcome.last.position - outcome.agreed) / 2;
    auto next = agreeing->copied();
    if (!next) return std::unexpected(next.error());
    auto ours = (*next)->to(middle);
    if (!ours) return std::unexpected(ours.error());
    const auto theirs = log.digests_at(middle);
    if (!theirs) return std::unexpected(theirs.error());
    ++outcome.compared;
    auto different = api::differences(*ours, *theirs);
    if (different.empty()) {
      outcome.agreed = middle;
      agreeing = std::move(*next);
    } else {
      outcome.last = std::move(*ours);
      outcome.different = std::move(different);
    }
  }
  return {};
}

/// Place after place, so that the first one where they part is known. What stands at the last place where they agree is
/// kept while there is a server to be asked about those between.
Result<Outcome> compare(Replay replay, const std::vector<PublishedDigests>& theirs, std::uint64_t size, TheirLog* log) {
  Outcome outcome;
  for (const auto& digests : theirs) {
    if (digests.position > size) break;
    Replay agreeing;
    if (log != nullptr && digests.position > replay->at()) {
      auto copy = replay->copied();
      if (!copy) return std::unexpected(copy.error());
      agreeing = std::exchange(replay, std::move(*copy));
    }
    auto ours = replay->to(digests.position);
    if (!ours) return std::unexpected(ours.error());
    ++outcome.compared;
    outcome.different = api::differences(*ours, digests);
    outcome.last = std::move(*ours);
    if (outcome.different.empty()) {
      outcome.agreed = digests.position;
      continue;
    }
    if (agreeing == nullptr || digests.position > log->checkpoint().size) return outcome;
    if (auto found = bisect(std::move(agreeing), *log, outcome); !found) return std::unexpected(found.error());
    return outcome;
  }
  if (outcome.last.position == size && outcome.compared > 0) return outcome;
  auto ours = replay->to(size);
  if (!ours) return std::unexpected(ours.error());
  outcome.last = std::move(*ours);
  return outcome;
}

/// The server's history beside the mirror's, and its digests at the end that both have. What it signs of another
/// history is kept in the mirror, beside what was signed then.
Result<std::optional<std::uint64_t>> hold_against(const SignedMirror& mirror, const std::string& folder, TheirLog& log,
                                                  std::vector<PublishedDigests>& theirs) {
  const auto end = std::min(mirror.checkpoint().size, log.checkpoint().size);
  const auto same = log.same_entries(mirror.folder(), mirror.checkpoint().size);
  if (!same) return std::unexpected(same.error());
  auto digests = log.digests_at(end);
  if (!digests) return std::unexpected(digests.error());
  theirs.push_back(std::move(*digests));
  std::ranges::stable_sort(theirs, {}, &PublishedDigests::position);
  if (*same == end) return std::optional<std::uint64_t>{};
  const auto keys = mirror.keys();
  if (const auto kept = MirrorFiles(folder).keep_signed(log.note(), keys); !kept) complain(sentence_of(kept.error()));
  return std::optional(*same);
}

JsonObject json_of(const Outcome& outcome) {
  JsonObject digests;
  for (const auto& [name, digest] : outcome.last.by_name) digests.text(name, digest);
  JsonArray different;
  for (const auto& name : outcome.different) different.add(JsonObject().text("projection", name).str());
  JsonObject out;
  out.yes_no("ok", outcome.different.empty() && !outcome.histories_part)
      .text("position", std::to_string(outcome.last.position))
      .raw("digests", digests.str())
      .number("compared", outcome.compared)
      .text("agreed", std::to_string(outcome.agreed))
      .raw("different", different.str());
  if (const auto parted = outcome.parted()) out.text("parted", std::to_string(*parted));
  if (outcome.asked) out.yes_no("sameHistory", !outcome.histories_part);
  if (outcome.histories_part) out.text("historiesPart", std::to_string(*outcome.histories_part));
  return out;
}

void say_parted(const SignedMirror& mirror, const Outcome& outcome) {
  const auto at = std::to_string(outcome.last.position);
  const auto from = std::to_string(outcome.agreed);
  say("DIFFERENT from what was published for " + counted(outcome.last.position, "entry", "entries") + ":");
  for (const auto& name : outcome.different) say("  " + name);
  say((outcome.parted()
           ? "  parted at entry " + from
           : "  parted at one of the entries " + from + " to " + std::to_string(outcome.last.position - 1)) +
      ": `pioneer audit diff " + mirror.path() + " --from " + from + " --to " + at + "` shows it.");
  if (!outcome.parted())
    say("  With --server URL the first one is found; or have `pioneer replay --publish` sign places --at which you "
        "ask.");
}

void say_outcome(const Place& place, const SignedMirror& mirror, const Outcome& outcome) {
  if (place.json) return say(mirror.answer(json_of(outcome)));
  for (const auto& [name, digest] : outcome.last.by_name) say(digest + "  " + name);
  if (outcome.histories_part)
    say("ANOTHER HISTORY: the server's entry " + std::to_string(*outcome.histories_part) +
        " is not the mirror's. What it signs is kept in the mirror, beside what was signed then.");
  if (outcome.only_models_differ())
    say("THE SAME HISTORY, entry by entry, as far as both go: the server's read models are not what it makes of them. "
        "They were changed, or its program is another version.");
  if (!outcome.different.empty()) return say_parted(mirror, outcome);
  say("Replayed " + counted(outcome.last.position, "entry", "entries") + " from the mirror alone; " +
      (outcome.compared == 0 ? std::string("NOT COMPARED: the mirror holds no digests to compare with (`audit mirror "
                                           "--server` takes them with --digests), and no server was asked (--server).")
                             : "equal to what was published, at " + counted(outcome.compared, "place") + "."));
}

}  // namespace

Exit audit_replay(const Place& place, const AuditReplayOptions& options) {
  const auto mirror = proven_mirror(options.mirror);
  if (!mirror) return mirror.error();
  auto theirs = published(**mirror, options.published);
  if (!theirs) return fail(Exit::no, sentence_of(theirs.error()));
  std::unique_ptr<TheirLog> log;
  std::optional<std::uint64_t> histories_part;
  if (!place.server.empty()) {
    auto asked = TheirLog::ask(place, (*mirror)->keys());
    if (!asked) return fail(asked.error());
    log = std::move(*asked);
    const auto parts = hold_against(**mirror, options.mirror.mirror, *log, *theirs);
    if (!parts) return fail(parts.error());
    histories_part = *parts;
  }
  auto scratch = Scratch::open(options.scratch);
  if (!scratch) return fail(scratch.error());
  const auto size = (*mirror)->checkpoint().size;
  Progress progress("entries replayed", size);
  auto outcome =
      compare(std::make_unique<MirrorReplay>(**mirror, std::move(*scratch), progress), *theirs, size, log.get());
  if (!outcome) return fail(outcome.error());
  outcome->asked = log != nullptr;
  outcome->histories_part = histories_part;
  say_outcome(place, **mirror, *outcome);
  return outcome->different.empty() && !histories_part ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
