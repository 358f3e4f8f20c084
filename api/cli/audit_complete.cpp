// That a list is whole: all that was begun of one kind, in one time and place, out of a mirror that was proven first.
#include "adapters/posix/executor.hpp"
#include "api/audit/mirror_verify.hpp"
#include "api/cli/json.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/rfc3339.hpp"
#include "api/text/bytes.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::cli {
namespace {

using domain::Id;
using eventstore::Result;

/// Where something that this event begins belongs; nothing: it begins nothing.
std::optional<Id> begun_in(const domain::AnyEvent& event) {
  if (const auto* e = std::get_if<domain::RequestSubmitted>(&event)) return Id::of(e->organisation());
  if (const auto* e = std::get_if<domain::RequestImported>(&event)) return Id::of(e->organisation());
  if (const auto* e = std::get_if<domain::ProductCreated>(&event)) return Id::of(e->terms().organisation());
  if (const auto* e = std::get_if<domain::MemberRegistered>(&event)) return Id::of(e->organisation());
  if (const auto* e = std::get_if<domain::OrganisationRegistered>(&event)) return Id::of(e->parent());
  return std::nullopt;
}

struct Begun {
  std::uint64_t position = 0;
  std::int64_t recorded_at_us = 0;
  std::string stream;
};

/// Calls `each` for everything of the kind that began in the range.
template <class Each>
Result<void> walk(const SignedMirror& mirror, const EntryRange& range, const std::string& kind, const Id& organisation,
                  Each each) {
  return each_commit(mirror, range, [&](const eventstore::AcceptedCommit& accepted) -> Result<void> {
    const auto commit = projections::read_commit(accepted);
    if (!commit) return std::unexpected(commit.error());
    for (const auto& part : commit->parts) {
      if (!part.raw->stream().starts_with(kind + "/")) continue;
      for (const auto& event : part.events) {
        const auto where = begun_in(event);
        if (!where || (!organisation.is_zero() && *where != organisation)) continue;
        each(Begun{commit->sequence.value, commit->recorded_at.us, part.raw->stream()});
      }
    }
    return {};
  });
}

/// The whole mirror, so that nothing can be missing from the list: what stands at each place, and how many there are.
api::MirrorVerification proven(const SignedMirror& mirror, unsigned threads) {
  const auto keys = mirror.keys();
  adapters::posix::ThreadPool beside(threads);
  Progress progress("entries verified", 0);
  api::MirrorVerifyOptions how;
  how.keys = keys;
  how.workers = threads;
  how.beside = &beside;
  how.progress = [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); };
  return api::verify_mirror(mirror.folder(), how);
}

}  // namespace

Exit audit_complete(const Place& place, const AuditCompleteOptions& options) {
  const auto mirror = SignedMirror::open(options.range.mirror);
  if (!mirror) return fail(mirror.error());
  const auto organisation = options.organisation.empty() ? Id{} : Id::parse(options.organisation).value_or(Id{});
  if (!options.organisation.empty() && organisation.is_zero())
    return fail(Exit::usage, "--organisation is an id of 26 characters, as the log shows it.");
  const auto range = range_of(**mirror, options.range);
  if (!range) return Exit::usage;
  const auto verified = proven(**mirror, options.threads);
  if (verified.fault) {
    return fail(Exit::no, "The mirror proves nothing: " + verified.fault->sentence + ". Run `pioneer audit verify`, " +
                              "which says where.");
  }
  std::uint64_t found = 0;
  const auto walked = walk(**mirror, *range, options.kind, organisation, [&](const Begun& begun) {
    ++found;
    say(place.json ? JsonObject()
                         .text("position", std::to_string(begun.position))
                         .text("recordedAt", api::http::rfc3339_of_us(begun.recorded_at_us))
                         .text("stream", begun.stream)
                         .str()
                   : std::to_string(begun.position) + "  " + api::http::rfc3339_of_us(begun.recorded_at_us) + "  " +
                         begun.stream);
  });
  if (!walked) return fail(walked.error());
  const auto& checkpoint = (*mirror)->checkpoint();
  const auto root = api::hex(checkpoint.root.view());
  if (place.json) {
    say(JsonObject()
            .number("all", found)
            .text("from", std::to_string(range->from))
            .text("to", std::to_string(range->to))
            .text("size", std::to_string(checkpoint.size))
            .text("root", root)
            .str());
    return Exit::done;
  }
  say("These " + grouped(found) + " are all: every one of the entries " + std::to_string(range->from) + " to " +
      std::to_string(range->to) + " was read, and " + grouped(checkpoint.size) + " are proven under the signed root");
  say("  " + root);
  return Exit::done;
}

}  // namespace pioneer::cli
