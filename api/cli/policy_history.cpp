// The policies that a deployment ever had: from its directory, from a running server, from a mirror.
#include <google/protobuf/util/json_util.h>

#include "api/cli/json.hpp"
#include "api/cli/open_log.hpp"
#include "api/cli/remote.hpp"
#include "api/cli/shown_commits.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/queries/policy_view.hpp"
#include "domain/streams.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

std::string told(const api::PolicyDifferenceView& difference) {
  const auto of = difference.of().empty() ? std::string() : difference.of() + " ";
  if (difference.before().empty()) return "+ " + of + difference.what() + ": " + difference.after();
  if (difference.after().empty()) return "- " + of + difference.what() + ": " + difference.before();
  return "  " + of + difference.what() + ": " + difference.before() + " → " + difference.after();
}

void tell(const api::PolicyView& policy) {
  const auto us = policy.recorded_at().seconds() * 1'000'000 + policy.recorded_at().nanos() / 1'000;
  say(std::to_string(policy.position()) + "  " + api::http::rfc3339_of_us(us) + "  " +
      std::to_string(policy.categories_size()) + " categories, " + std::to_string(policy.confirm_within_minutes()) +
      " minutes to answer" +
      (policy.permissions().empty() ? ", permissions not recorded"
                                    : ", permissions " + policy.permissions().substr(0, 16)));
  for (const auto& difference : policy.differences()) say("    " + told(difference));
}

/// Policies as they come.
class Told {
 public:
  explicit Told(const Place& place) : place_(place) {}

  void take(const api::PolicyView& policy) {
    ++count_;
    if (place_.json)
      json_.add(api::http::to_json(policy));
    else
      tell(policy);
  }
  /// All that one commit adopts.
  Result<void> take(const eventstore::AcceptedCommit& accepted) {
    for (const auto& part : accepted.body.parts()) {
      if (part.stream() != domain::policy_stream) continue;
      const auto commit = projections::read_commit(accepted);
      if (!commit) return std::unexpected(commit.error());
      for (const auto& read : commit->parts)
        if (read.raw->stream() == domain::policy_stream) take(*commit, read);
    }
    return {};
  }
  /// `mirror`: the one that they came from, if they did.
  Exit end(const SignedMirror* mirror = nullptr) {
    if (place_.json) json_.end(mirror != nullptr ? mirror->worth() : JsonObject());
    if (count_ == 0) complain("No policy was adopted yet.");
    return Exit::done;
  }

 private:
  void take(const projections::Commit& commit, const projections::Part& part) {
    auto revision = part.first_revision;
    for (const auto& event : part.events) {
      if (const auto* adopted = std::get_if<domain::PolicyAdopted>(&event)) {
        api::PolicyView view;
        queries::show_policy({commit.sequence.value, commit.recorded_at.us, revision, *adopted},
                             before_ ? &*before_ : nullptr, view);
        take(view);
        before_ = *adopted;
      }
      ++revision;
    }
  }

  const Place& place_;
  JsonStream json_{JsonObject(), "items"};
  std::uint64_t count_ = 0;
  std::optional<domain::PolicyAdopted> before_;
};

Exit history_of_server(const Place& place) {
  Told told(place);
  std::string cursor = "0";
  while (!cursor.empty()) {
    const auto reply = remote::call(place, "GET", "/api/v1/policies?cursor=" + cursor);
    if (!reply) return fail(Exit::could_not_run, reply.error());
    if (reply->status != 200) return remote::fail(*reply);
    api::PolicyList page;
    if (!google::protobuf::util::JsonStringToMessage(reply->body, &page).ok())
      return fail(Exit::could_not_run, "The server's answer is of another version. Use its own pioneer.");
    for (const auto& policy : page.items()) told.take(policy);
    cursor = page.next_cursor();
  }
  return told.end();
}

}  // namespace

Exit policy_history(const Place& place) {
  if (!place.server.empty()) return history_of_server(place);
  const auto open = OpenLog::open(place.data);
  if (!open) return fail(open.error());
  Told told(place);
  ShownCommits commits((*open)->log(), (*open)->log().end());
  while (true) {
    const auto next = commits.next();
    if (!next) return fail(next.error());
    if (next->empty()) return told.end();
    for (const auto& commit : *next)
      if (const auto taken = told.take(commit); !taken) return fail(taken.error());
  }
}

Exit audit_policies(const Place& place, const AuditMirrorOptions& options) {
  const auto mirror = proven_mirror(options);
  if (!mirror) return mirror.error();
  Told told(place);
  const auto walked =
      each_commit(**mirror, {0, (*mirror)->checkpoint().size}, [&](const auto& commit) { return told.take(commit); });
  if (!walked) return fail(walked.error());
  return told.end(mirror->get());
}

}  // namespace pioneer::cli
