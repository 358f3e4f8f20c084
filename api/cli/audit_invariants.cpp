// The rules of the business, recounted over a mirror by code that decides nothing.
#include "api/audit/mirror_commits.hpp"
#include "api/audit/rules/invariants.hpp"
#include "api/cli/json.hpp"
#include "api/cli/signed_mirror.hpp"

namespace pioneer::cli {
namespace {

using api::rules::InvariantReport;

JsonObject json_of(const InvariantReport& report) {
  JsonArray breaches;
  for (const auto& breach : report.breaches.kept()) {
    breaches.add(JsonObject()
                     .text("position", std::to_string(breach.position))
                     .text("stream", breach.stream)
                     .text("rule", breach.rule)
                     .text("reason", breach.sentence)
                     .str());
  }
  JsonObject counts;
  for (const auto& [rule, count] : report.breaches.counts()) counts.number(rule, count);
  return JsonObject()
      .yes_no("ok", report.breaches.counts().empty())
      .text("position", std::to_string(report.commits))
      .number("products", report.products)
      .number("requests", report.requests)
      .number("offices", report.offices)
      .number("runningLate", report.running_late)
      .raw("counts", counts.str())
      .raw("breaches", breaches.str());
}

void tell(const InvariantReport& report) {
  const auto subjects = counted(report.products, "product") + ", " + counted(report.requests, "request") + " and " +
                        counted(report.offices, "office");
  if (report.breaches.counts().empty()) {
    say("Good: every rule holds in " + counted(report.commits, "entry", "entries") + ": " + subjects + ".");
  } else {
    for (const auto& breach : report.breaches.kept())
      say("entry " + std::to_string(breach.position) + "  " + breach.stream + "  " + breach.rule + "  " +
          breach.sentence);
    say("BROKEN, in " + counted(report.commits, "entry", "entries") + ", " + subjects + ":");
    for (const auto& [rule, count] : report.breaches.counts()) say("  " + rule + "  " + grouped(count));
  }
  if (report.running_late > 0)
    say("  clocks     " + grouped(report.running_late) + " are due, and the system has not let them pass yet");
}

}  // namespace

Exit audit_invariants(const Place& place, const AuditMirrorOptions& options) {
  const auto mirror = proven_mirror(options);
  if (!mirror) return mirror.error();
  const auto size = (*mirror)->checkpoint().size;
  Progress progress("entries read", size);
  const auto report = api::rules::check_invariants(
      [&] {
        return std::make_unique<api::MirrorCommits>((*mirror)->folder(), size, 0,
                                                    [&](std::uint64_t entries) { progress.at(entries); });
      },
      {.entries = size});
  if (!report) return fail(report.error());
  if (place.json)
    say((*mirror)->answer(json_of(*report)));
  else
    tell(*report);
  return report->breaches.counts().empty() ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
