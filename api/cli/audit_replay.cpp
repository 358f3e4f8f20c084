// Every read model, computed from a mirror alone, and compared with what the operator signed that theirs were.
#include <algorithm>

#include "api/audit/mirror_commits.hpp"
#include "api/audit/published_digests.hpp"
#include "api/cli/json.hpp"
#include "api/cli/scratch.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/text/bytes.hpp"
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
    const auto note = folder.read(file, 64u << 10);
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

/// Goes on from where the last one ended.
class MirrorReplay {
 public:
  MirrorReplay(const SignedMirror& mirror, eventstore::KeyValueStore& store)
      : mirror_(mirror), store_(store), progress_("entries replayed", mirror.checkpoint().size) {}

  /// The digests when the first `size` entries are applied.
  Result<PublishedDigests> to(std::uint64_t size) {
    api::MirrorCommits source(mirror_.folder(), mirror_.checkpoint().size, at_,
                              [&](std::uint64_t entries) { progress_.at(std::min(entries, size)); });
    projections::EngineOptions options;
    options.bulk = true;
    auto engine = projections::replay(store_, projections::all_projections(), source,
                                      {eventstore::Sequence{size}, std::nullopt}, options);
    if (!engine) return std::unexpected(engine.error());
    const auto digests = (*engine)->digests();
    if (!digests) return std::unexpected(digests.error());
    at_ = size;
    PublishedDigests found{size, {}};
    for (const auto& [name, digest] : digests->by_name)
      found.by_name.emplace(name, api::hex(eventstore::sha256(eventstore::bytes_of(digest)).view()));
    return found;
  }

 private:
  const SignedMirror& mirror_;
  eventstore::KeyValueStore& store_;
  Progress progress_;
  std::uint64_t at_ = 0;
};

struct Outcome {
  PublishedDigests last;               ///< at the mirror's end, or where they part
  std::uint64_t agreed = 0;            ///< the last published place at which they agree
  std::size_t compared = 0;            ///< published places
  std::vector<std::string> different;  ///< projections; empty: none
};

std::vector<std::string> differences(const PublishedDigests& ours, const PublishedDigests& theirs) {
  std::vector<std::string> names;
  for (const auto& [name, digest] : theirs.by_name) {
    const auto mine = ours.by_name.find(name);
    if (mine == ours.by_name.end() || mine->second != digest) names.push_back(name);
  }
  return names;
}

/// Place after published place, so that the first one where they part is known, and no event is applied twice.
Result<Outcome> compare(MirrorReplay& replay, const std::vector<PublishedDigests>& theirs, std::uint64_t size) {
  Outcome outcome;
  for (const auto& digests : theirs) {
    if (digests.position > size) break;
    auto ours = replay.to(digests.position);
    if (!ours) return std::unexpected(ours.error());
    ++outcome.compared;
    outcome.different = differences(*ours, digests);
    outcome.last = std::move(*ours);
    if (!outcome.different.empty()) return outcome;
    outcome.agreed = digests.position;
  }
  if (outcome.last.position == size && outcome.compared > 0) return outcome;
  auto ours = replay.to(size);
  if (!ours) return std::unexpected(ours.error());
  outcome.last = std::move(*ours);
  return outcome;
}

void say_outcome(const Place& place, const Outcome& outcome) {
  if (place.json) {
    JsonObject digests;
    for (const auto& [name, digest] : outcome.last.by_name) digests.text(name, digest);
    JsonArray different;
    for (const auto& name : outcome.different) different.add(JsonObject().text("projection", name).str());
    say(JsonObject()
            .yes_no("ok", outcome.different.empty())
            .text("position", std::to_string(outcome.last.position))
            .raw("digests", digests.str())
            .number("compared", outcome.compared)
            .text("agreed", std::to_string(outcome.agreed))
            .raw("different", different.str())
            .str());
    return;
  }
  for (const auto& [name, digest] : outcome.last.by_name) say(digest + "  " + name);
  const auto at = grouped(outcome.last.position);
  if (!outcome.different.empty()) {
    say("DIFFERENT from what was published for " + at + " entries:");
    for (const auto& name : outcome.different) say("  " + name);
    say("  parted at one of the entries " + std::to_string(outcome.agreed) + " to " +
        std::to_string(outcome.last.position - 1) + ": `pioneer audit diff --from " + std::to_string(outcome.agreed) +
        " --to " + std::to_string(outcome.last.position) + "` shows them.");
    return;
  }
  say("Replayed " + at + " entries from the mirror alone; " +
      (outcome.compared == 0 ? std::string("nothing was published to compare with.")
                             : "equal to what was published, at " + grouped(outcome.compared) + " places."));
}

}  // namespace

Exit audit_replay(const Place& place, const AuditReplayOptions& options) {
  const auto mirror = SignedMirror::open(options.mirror);
  if (!mirror) return fail(mirror.error());
  const auto theirs = published(**mirror, options.published);
  if (!theirs) return fail(Exit::no, sentence_of(theirs.error()));
  auto scratch = Scratch::open(options.scratch);
  if (!scratch) return fail(scratch.error());
  MirrorReplay replay(**mirror, (*scratch)->store());
  const auto outcome = compare(replay, *theirs, (*mirror)->checkpoint().size);
  if (!outcome) return fail(outcome.error());
  say_outcome(place, *outcome);
  return outcome->different.empty() ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
