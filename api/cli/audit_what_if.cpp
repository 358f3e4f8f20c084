// Another services.yaml, tried on a mirror: who would have been late, or in time, had it been in force.
#include "api/audit/mirror_commits.hpp"
#include "api/audit/what_if/what_if.hpp"
#include "api/cli/json.hpp"
#include "api/cli/policy.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/rfc3339.hpp"

namespace pioneer::cli {
namespace {

using api::what_if::Organisation;
using api::what_if::Otherwise;
using api::what_if::Report;
using api::what_if::Tally;
using domain::DeadlineKind;

constexpr std::array judged_kinds{DeadlineKind::accept, DeadlineKind::resolve, DeadlineKind::confirm};

std::string time_of(std::int64_t us) { return us == 0 ? std::string() : api::http::rfc3339_of_us(us); }

std::string json_of(const Otherwise& one) {
  return JsonObject()
      .text("position", std::to_string(one.position))
      .text("request", one.request.text())
      .text("holder", one.holder.text())
      .text("clock", DeadlineKind::Value_Name(one.kind))
      .text("due", time_of(one.due_us))
      .text("wouldBeDue", time_of(one.would_be_due_us))
      .text("ended", time_of(one.ended_us))
      .text("was", api::what_if::word_of(one.was))
      .text("would", api::what_if::word_of(one.would))
      .str();
}

std::string json_of(const Tally& tally) {
  return JsonObject().number("inTime", tally.in_time).number("ended", tally.ended()).str();
}

std::string json_of(const Organisation& organisation) {
  JsonObject out;
  out.text("id", organisation.id.text()).text("name", organisation.name).yes_no("otherwise", organisation.otherwise());
  for (const auto kind : judged_kinds) {
    out.raw(
        DeadlineKind::Value_Name(kind),
        JsonObject().raw("was", json_of(organisation.was[kind])).raw("would", json_of(organisation.would[kind])).str());
  }
  return out.str();
}

JsonObject json_of(const Report& report, const EntryRange& range) {
  JsonArray differences, requests, organisations;
  for (const auto& d : report.differences)
    differences.add(
        JsonObject().text("what", d.what).text("of", d.of).text("before", d.before).text("after", d.after).str());
  for (const auto& one : report.kept) requests.add(json_of(one));
  for (const auto& organisation : report.organisations) organisations.add(json_of(organisation));
  JsonObject changes, lacking;
  std::uint64_t all = 0;
  for (const auto& [change, count] : report.changes) {
    changes.number(change, count);
    all += count;
  }
  for (const auto& [category, count] : report.lacking) lacking.number(category, count);
  return JsonObject()
      .text("from", std::to_string(range.from))
      .text("to", std::to_string(range.to))
      .number("requests", report.requests)
      .raw("differences", differences.str())
      .raw("lacking", lacking.str())
      .raw("changes", changes.str())
      .raw("otherwise", requests.str())
      .number("more", all - report.kept.size())
      .raw("organisations", organisations.str());
}

std::string rate(const Tally& tally) {
  if (tally.ended() == 0) return "–";
  const auto per_mille = (tally.in_time * 1'000 + tally.ended() / 2) / tally.ended();
  return std::to_string(per_mille / 10) + "." + std::to_string(per_mille % 10) + "% (" + grouped(tally.in_time) +
         " of " + grouped(tally.ended()) + ")";
}

void tell(const Organisation& organisation) {
  constexpr std::array names{std::pair{DeadlineKind::accept, "accepted in time 响应率"},
                             std::pair{DeadlineKind::resolve, "resolved in time 按时办结率"},
                             std::pair{DeadlineKind::confirm, "confirmed 解决率"}};
  say("  " + (organisation.name.empty() ? organisation.id.text() : organisation.name));
  for (const auto& [kind, name] : names) {
    if (organisation.was[kind] == organisation.would[kind]) continue;
    say("    " + std::string(name) + "  " + rate(organisation.was[kind]) + " → " + rate(organisation.would[kind]));
  }
}

void tell(const Report& report) {
  std::uint64_t all = 0;
  for (const auto& [change, count] : report.changes) all += count;
  for (const auto& d : report.differences)
    say("policy  " + (d.of.empty() ? std::string() : d.of + " ") + d.what + ": " + (d.before.empty() ? "–" : d.before) +
        " → " + (d.after.empty() ? "–" : d.after));
  for (const auto& [category, count] : report.lacking)
    say("lacking " + category + ": the other policy does not have it, so " +
        counted(count, "request keeps its judgement", "requests keep their judgement"));
  for (const auto& one : report.kept) {
    say(std::to_string(one.position) + "  request/" + one.request.text() + "  " + DeadlineKind::Value_Name(one.kind) +
        " due " + time_of(one.due_us) + ", would be " + time_of(one.would_be_due_us) + ": " +
        std::string(api::what_if::word_of(one.was)) + " → " + std::string(api::what_if::word_of(one.would)));
  }
  if (all > report.kept.size()) say("and " + grouped(all - report.kept.size()) + " more: choose with --from and --to.");
  bool first = true;
  for (const auto& organisation : report.organisations) {
    if (!organisation.otherwise()) continue;
    if (std::exchange(first, false)) say("Organisations whose rates would be others:");
    tell(organisation);
  }
  say("Of " + counted(report.requests, "request") + ", " + counted(all, "time") + " would have been judged otherwise" +
      (all > 0 ? ":" : "."));
  for (const auto& [change, count] : report.changes) say("  " + change + "  " + grouped(count));
  say("The deeds are those of the log; what people had done under other times, nobody can compute.");
}

}  // namespace

Exit audit_what_if(const Place& place, const WhatIfOptions& options) {
  const auto other = read_rules(place, options.policy);
  if (!other) return fail(Exit::could_not_run, other.error());
  const auto mirror = proven_mirror(options.range.mirror);
  if (!mirror) return mirror.error();
  const auto range = range_of(**mirror, options.range);
  if (!range) return Exit::usage;
  Progress progress("entries read", range->to);
  const auto report = api::what_if::judge(
      [&] {
        return std::make_unique<api::MirrorCommits>((*mirror)->folder(), (*mirror)->checkpoint().size, 0,
                                                    [&](std::uint64_t entries) { progress.at(entries); });
      },
      **other, {.from = range->from, .to = range->to});
  if (!report) return fail(report.error());
  if (place.json)
    say((*mirror)->answer(json_of(*report, *range)));
  else
    tell(*report);
  return Exit::done;
}

}  // namespace pioneer::cli
