// Erasing a person, named by id or by name; the steps are api/node/erasing.hpp's.
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/remote.hpp"
#include "api/node/erasing.hpp"

namespace pioneer::cli {
namespace {

/// A member of this id who is erased already.
bool is_erased(server::Deployment& local, std::string_view text) {
  const auto id = domain::Id::parse(text);
  return id && local.node().projector().with_community([&](const node::Community& community) {
    const auto* state = community.roster.member(*id);
    return state != nullptr && state->erased;
  });
}

Exit finish(const Place& place, server::Deployment& local, const std::string& member, const node::Erased& erased,
            bool before) {
  local.stop();
  if (const std::string why = local.node().projector().stopped_because(); !why.empty()) {
    return fail(Exit::could_not_run, "The erasure is in the log, but not ended (" + why + "). Run it again.");
  }
  if (place.json) {
    say(JsonObject()
            .text("member", member)
            .text("state", "erased")
            .number("claimsCancelled", erased.claims_cancelled)
            .number("requestsWithdrawn", erased.requests_withdrawn)
            .str());
  } else if (before) {
    say(member + " was erased before; nothing is left to do.");
  } else {
    say("Erased " + member + ": " + grouped(erased.claims_cancelled) + " claims cancelled, " +
        grouped(erased.requests_withdrawn) + " requests withdrawn, the keys destroyed.");
  }
  return Exit::done;
}

}  // namespace

Exit erase(const Place& place, const EraseOptions& options) {
  if (!place.server.empty()) return remote::erase(place, options);
  auto local = open_local(place);
  if (!local) return fail(local.error());
  // Opening has ended whatever erasure was interrupted.
  if (is_erased(**local, options.member)) return finish(place, **local, options.member, {}, true);
  const auto found = find_members(**local, options.member);
  if (found.empty())
    return fail(Exit::no, "There is no member " + options.member + ". Give the whole name, or the id.");
  if (found.size() > 1) {
    std::string text = "Several members are called so. Name one by its id:";
    for (const auto& id : found) text += "\n  " + id.text();
    return fail(Exit::no, text);
  }
  auto& node = (*local)->node();
  auto command = node.edge().erase_member(system_call(), found.front().text());
  if (!command) return fail(Exit::no, sentence_of(command.error()));
  const auto erased = node::erase_member(node, std::move(*command),
                                         [&node](domain::Command step) { return node.execute(std::move(step)); });
  if (const auto done = accepted(erased.outcome); !done) return fail(done.error().exit, done.error().sentence);
  return finish(place, **local, found.front().text(), erased, false);
}

}  // namespace pioneer::cli
