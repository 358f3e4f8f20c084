#include "api/cli/asked_of_mirror.hpp"

#include <algorithm>
#include <array>

#include "api/audit/mirror_commits.hpp"
#include "domain/streams.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::cli {
namespace {

using domain::Id;
using eventstore::Result;

constexpr std::array stream_kinds{domain::stream_kind::organisation, domain::stream_kind::member,
                                  domain::stream_kind::policy,       domain::stream_kind::request,
                                  domain::stream_kind::product,      domain::stream_kind::access,
                                  domain::stream_kind::refusal};

/// Looks for it in one commit; true once nothing later can matter.
Result<bool> look_for(const eventstore::AcceptedCommit& accepted, const std::optional<Id>& id, std::string_view code,
                      Id& found) {
  const auto is_organisation = [](const auto& part) {
    return domain::parts_of(part.stream()).first == domain::stream_kind::organisation;
  };
  if (std::ranges::none_of(accepted.body.parts(), is_organisation)) return false;
  const auto commit = projections::read_commit(accepted);
  if (!commit) return std::unexpected(commit.error());
  for (const auto& part : commit->parts) {
    for (const auto& event : part.events) {
      const auto* registered = std::get_if<domain::OrganisationRegistered>(&event);
      if (registered == nullptr) continue;
      if (id && part.id == *id) {
        found = part.id;
        return true;
      }
      if (registered->code() == code) found = part.id;
    }
  }
  return false;
}

std::string all_kinds() {
  std::string words;
  for (const auto kind : stream_kinds) words += (words.empty() ? "" : ", ") + std::string(kind);
  return words;
}

}  // namespace

std::expected<Id, Exit> named_organisation(const SignedMirror& mirror, const std::string& id_or_code) {
  const auto id = Id::parse(id_or_code);
  Id found;
  api::MirrorCommits source(mirror.folder(), mirror.checkpoint().size);
  while (true) {
    const auto commits = source.next();
    if (!commits) return std::unexpected(fail(commits.error()));
    if (commits->empty()) break;
    for (const auto& commit : *commits) {
      const auto ended = look_for(commit, id, id_or_code, found);
      if (!ended) return std::unexpected(fail(ended.error()));
      if (*ended) return found;
    }
  }
  if (!found.is_zero()) return found;
  return std::unexpected(fail(Exit::no, "The mirror has no organisation with the id or code " + id_or_code + "."));
}

std::expected<std::string, Exit> named_stream(const SignedMirror& mirror, const std::string& name) {
  if (name.empty()) return name;
  const auto slash = name.find('/');
  const auto kind = name.substr(0, slash);
  if (std::ranges::find(stream_kinds, kind) == stream_kinds.end())
    return std::unexpected(fail(Exit::usage, "There is no kind " + kind + ". Kinds are " + all_kinds() +
                                                 ": KIND/ID names one, KIND/ all of them."));
  if (slash == name.npos)
    return std::unexpected(
        fail(Exit::usage, kind + " is a kind: " + kind + "/ID names one of them, " + kind + "/ all of them."));
  const auto rest = name.substr(slash + 1);
  if (kind != domain::stream_kind::organisation || rest.empty() || Id::parse(rest)) return name;
  const auto organisation = named_organisation(mirror, rest);
  if (!organisation) return std::unexpected(organisation.error());
  return domain::stream_of(domain::stream_kind::organisation, *organisation);
}

bool takes(std::string_view asked, std::string_view stream) {
  return asked.empty() || (asked.ends_with('/') ? stream.starts_with(asked) : stream == asked);
}

Exit not_in_mirror(const std::string& asked) {
  return fail(Exit::no, "The mirror has no stream " + asked + " in that time.");
}

}  // namespace pioneer::cli
