#include <algorithm>

#include "adapters/posix/disk.hpp"
#include "api/audit/published_digests.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/scratch.hpp"
#include "api/cli/shown_commits.hpp"
#include "api/server/log_key.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::cli {
namespace {

std::string json_of(const api::PublishedDigests& replayed, const std::vector<std::string>& different) {
  JsonObject digests;
  for (const auto& [name, digest] : replayed.by_name) digests.text(name, digest);
  JsonObject out;
  out.text("position", std::to_string(replayed.position)).raw("digests", digests.str());
  JsonArray names;
  for (const auto& name : different) names.add(JsonObject().text("projection", name).str());
  if (!different.empty()) out.raw("different", names.str());
  return out.str();
}

/// FOLDER/digests/POSITION, each whole or absent.
eventstore::Result<void> publish(server::Deployment& local, const std::vector<api::PublishedDigests>& all,
                                 const std::string& folder) {
  adapters::posix::PosixDisk disk;
  const auto key = server::settle_log_key(local);
  if (!key) return std::unexpected(key.error());
  const auto directory = folder + "/" + std::string(api::published_digests_folder);
  if (auto made = disk.make_directory(directory); !made) return made;
  for (const auto& digests : all) {
    auto written = eventstore::write_whole(disk, directory + "/" + std::to_string(digests.position),
                                           key->note(api::digests_text(key->name(), digests)));
    if (!written) return written;
  }
  return {};
}

/// The places that are asked for, in order, and the log's end.
std::vector<std::uint64_t> places_of(const PublishOptions& options, std::uint64_t end) {
  std::vector<std::uint64_t> places = options.at;
  for (auto at = options.every; options.every > 0 && at < end; at += options.every) places.push_back(at);
  std::erase_if(places, [&](std::uint64_t at) { return at >= end; });
  places.push_back(end);
  std::ranges::sort(places);
  const auto twice = std::ranges::unique(places);
  places.erase(twice.begin(), twice.end());
  return places;
}

/// The digests at each place: no commit is applied twice.
eventstore::Result<std::vector<api::PublishedDigests>> replayed_to(Scratch& scratch, const eventstore::Log& log,
                                                                   const std::vector<std::uint64_t>& places) {
  std::vector<api::PublishedDigests> all;
  projections::EngineOptions options;
  options.bulk = true;
  for (const auto place : places) {
    const auto from = all.empty() ? 0 : all.back().position;
    ShownCommits source(log, log.end(), eventstore::Sequence{from});
    projections::AsOf as_of;
    as_of.before = eventstore::Sequence{place};
    auto models = projections::ReadModels::replayed(scratch.store(), source, as_of, options);
    if (!models) return std::unexpected(models.error());
    const auto digests = (*models)->engine().digests();
    if (!digests) return std::unexpected(digests.error());
    all.push_back(api::named_digests(place, digests->by_name));
  }
  return all;
}

}  // namespace

Exit replay(const Place& place) { return replay_and_publish(place, {}); }

Exit replay_and_publish(const Place& place, const PublishOptions& options) {
  if (!place.server.empty()) return fail(Exit::usage, "`replay` reads a directory. Use --data DIR.");
  auto local = open_to_read(place);
  if (!local) return fail(local.error());
  auto& node = (*local)->node();
  const auto digests = node.models().engine().digests();
  if (!digests) return fail(digests.error());
  const auto live = api::named_digests(digests->position.value, digests->by_name);
  auto scratch = Scratch::open(place.data);
  if (!scratch) return fail(scratch.error());
  const auto all = replayed_to(**scratch, node.log(), places_of(options, node.log().end().value));
  if (!all) return fail(all.error());
  const auto& replayed = all->back();
  const auto different = api::differences(live, replayed);
  const bool same = different.empty() && live.position == replayed.position;
  if (same && !options.folder.empty()) {
    if (const auto published = publish(**local, *all, options.folder); !published) return fail(published.error());
  }
  if (place.json) {
    say(json_of(replayed, different));
  } else {
    for (const auto& [name, digest] : replayed.by_name) say(digest + "  " + name);
    say(same ? "Replayed " + grouped(replayed.position) + " commits: every read model is what the log says."
             : "DIFFERENT from what is served.");
    for (const auto& name : different) say("  " + name);
    if (!same) say("Stop the server and delete " + place.data + "/db: it is built anew from the log.");
  }
  return same ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
