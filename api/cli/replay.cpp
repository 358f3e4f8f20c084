#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/signing.hpp"
#include "api/audit/published_digests.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/scratch.hpp"
#include "api/cli/shown_commits.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/record.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::cli {
namespace {

/// A digest has 2,048 bytes; its SHA-256 names it.
std::string named(const std::string& digest) {
  return api::hex(eventstore::sha256(eventstore::bytes_of(digest)).view());
}

using Digests = projections::Engine::Digests;

std::string json_of(const Digests& replayed, const std::vector<std::string>& different) {
  JsonObject digests;
  for (const auto& [name, digest] : replayed.by_name) digests.text(name, named(digest));
  JsonObject out;
  out.text("position", std::to_string(replayed.position.value)).raw("digests", digests.str());
  JsonArray names;
  for (const auto& name : different) names.add(JsonObject().text("projection", name).str());
  if (!different.empty()) out.raw("different", names.str());
  return out.str();
}

/// FOLDER/digests/POSITION, whole or absent.
eventstore::Result<void> publish(const Place& place, const eventstore::LogId& log, const Digests& replayed,
                                 const std::string& folder) {
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  const auto key = adapters::SigningKey::settle(disk, random, place.data + "/keys", adapters::SigningKey::name_of(log));
  if (!key) return std::unexpected(key.error());
  api::PublishedDigests digests{replayed.position.value, {}};
  for (const auto& [name, digest] : replayed.by_name) digests.by_name.emplace(name, named(digest));
  const auto directory = folder + "/" + std::string(api::published_digests_folder);
  if (auto made = disk.make_directory(directory); !made) return made;
  return eventstore::write_whole(disk, directory + "/" + std::to_string(digests.position),
                                 key->note(api::digests_text(key->name(), digests)), eventstore::OpenMode::create_new);
}

}  // namespace

Exit replay(const Place& place) { return replay_and_publish(place, ""); }

Exit replay_and_publish(const Place& place, const std::string& folder) {
  if (!place.server.empty()) return fail(Exit::usage, "`replay` reads a directory. Use --data DIR.");
  auto local = open_to_read(place);
  if (!local) return fail(local.error());
  auto& node = (*local)->node();
  const auto live = node.models().engine().digests();
  if (!live) return fail(live.error());
  auto scratch = Scratch::open(place.data);
  if (!scratch) return fail(scratch.error());
  projections::EngineOptions options;
  options.bulk = true;
  ShownCommits source(node.log(), node.log().end());
  auto models = projections::ReadModels::replayed((*scratch)->store(), source, {}, options);
  if (!models) return fail(models.error());
  const auto replayed = (*models)->engine().digests();
  models->reset();
  if (!replayed) return fail(replayed.error());
  std::vector<std::string> different;
  for (const auto& [name, digest] : replayed->by_name) {
    const auto other = live->by_name.find(name);
    if (other == live->by_name.end() || other->second != digest) different.push_back(name);
  }
  const bool same = different.empty() && live->position == replayed->position;
  if (same && !folder.empty()) {
    if (const auto published = publish(place, node.log().state().log_id, *replayed, folder); !published)
      return fail(published.error());
  }
  if (place.json) {
    say(json_of(*replayed, different));
  } else {
    for (const auto& [name, digest] : replayed->by_name) say(named(digest) + "  " + name);
    say(same ? "Replayed " + grouped(replayed->position.value) + " commits: every read model is what the log says."
             : "DIFFERENT from what is served.");
    for (const auto& name : different) say("  " + name);
    if (!same) say("Stop the server and delete " + place.data + "/db: it is built anew from the log.");
  }
  return same ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
