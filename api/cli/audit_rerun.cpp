// All decisions of a mirror, made again by the program that would make them.
#include "api/audit/mirror_commits.hpp"
#include "api/audit/rerun/rerun.hpp"
#include "api/cli/json.hpp"
#include "api/cli/signed_mirror.hpp"

namespace pioneer::cli {
namespace {

using api::rerun::Report;
using api::rerun::Tally;

JsonObject& add(JsonObject& out, const Tally& tally) {
  return out.number("same", tally.same)
      .number("possible", tally.possible)
      .number("differs", tally.differs)
      .number("notRun", tally.not_run);
}

JsonObject json_of(const Report& report, const EntryRange& range) {
  const auto all = report.all();
  JsonObject commands, missing, unasked;
  for (const auto& [command, tally] : report.commands) {
    JsonObject counts;
    commands.raw(command, add(counts, tally).str());
  }
  for (const auto& [sentence, count] : report.missing) missing.number(sentence, count);
  for (const auto& [rule, count] : report.unasked) unasked.number(rule, count);
  JsonArray different;
  for (const auto& one : report.different)
    different.add(JsonObject()
                      .text("position", std::to_string(one.position))
                      .text("stream", one.stream)
                      .text("command", one.command)
                      .text("reason", one.sentence)
                      .str());
  JsonObject out;
  out.yes_no("ok", all.differs == 0).text("from", std::to_string(range.from)).text("to", std::to_string(range.to));
  return add(out, all)
      .raw("commands", commands.str())
      .raw("different", different.str())
      .raw("missing", missing.str())
      .raw("unasked", unasked.str());
}

std::string words_of(const Tally& tally) {
  std::string words = grouped(tally.same) + " the same";
  if (tally.possible > 0) words += ", " + grouped(tally.possible) + " possible";
  if (tally.differs > 0) words += ", " + grouped(tally.differs) + " OTHERWISE";
  if (tally.not_run > 0) words += ", " + grouped(tally.not_run) + " not made again";
  return words;
}

void tell(const Report& report) {
  const auto all = report.all();
  for (const auto& one : report.different)
    say("entry " + std::to_string(one.position) + "  " + one.stream + "  " + one.command + "  " + one.sentence);
  if (all.differs > report.different.size())
    say("and " + grouped(all.differs - report.different.size()) + " more: choose with --from and --to.");
  say(all.differs == 0 ? "Good: no decision comes out otherwise: " + words_of(all) + "."
                       : "OTHERWISE: this program decides from the same log: " + words_of(all) + ".");
  for (const auto& [command, tally] : report.commands) say("  " + command + "  " + words_of(tally));
  for (const auto& [sentence, count] : report.missing) say("not made again, " + grouped(count) + ": " + sentence);
  for (const auto& [rule, count] : report.unasked)
    say("not asked again, in " + counted(count, "decision") + ": " + rule + ", which only a person's key could tell");
}

}  // namespace

Exit audit_rerun(const Place& place, const AuditHistoryOptions& options) {
  const auto mirror = proven_mirror(options.mirror);
  if (!mirror) return mirror.error();
  const auto range = range_of(**mirror, options);
  if (!range) return Exit::usage;
  const auto size = (*mirror)->checkpoint().size;
  Progress progress("entries read", range->to);
  const auto report = api::rerun::rerun(
      [&] {
        return std::make_unique<api::MirrorCommits>((*mirror)->folder(), size, 0,
                                                    [&](std::uint64_t entries) { progress.at(entries); });
      },
      {.from = range->from, .to = range->to, .entries = size});
  if (!report) return fail(report.error());
  if (place.json)
    say((*mirror)->answer(json_of(*report, *range)));
  else
    tell(*report);
  return report->all().differs == 0 ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
