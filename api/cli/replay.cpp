#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/scratch.hpp"
#include "api/cli/shown_commits.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/record.hpp"

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

}  // namespace

Exit replay(const Place& place) {
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
