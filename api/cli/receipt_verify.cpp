// A receipt, checked without the log that it is of, without a server, and told in words.
#include <array>
#include <optional>
#include <utility>

#include "api/cli/audit_commands.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/clocks.hpp"
#include "api/cli/cosigners.hpp"
#include "api/cli/json.hpp"
#include "api/cli/proof_file.hpp"
#include "api/http/rfc3339.hpp"
#include "api/proofs/receipt.hpp"
#include "api/text/bytes.hpp"
#include "domain/events.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::cli {
namespace {

/// What stands in the record, as a person would say it; the first event that has words counts.
std::string_view words_of(const eventstore::CommitBody& body) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> words{{
      {"RequestSubmitted", "A request for help was submitted."},
      {"RequestConfirmed", "The one who asked for help confirmed that it came."},
      {"RequestDisputed", "The one who asked for help said that it did not come."},
      {"RequestRated", "The one who asked for help rated it."},
      {"RequestWithdrawn", "A request for help was withdrawn."},
      {"ClaimPlaced", "Places were claimed."},
      {"ClaimCancelled", "Claimed places were given back."},
      {"CheckedIn", "Somebody with a claim came."},
      {"ClaimRated", "What was claimed was rated."},
      {"CommandRefused", "A wish was refused by a rule."},
      {"EpochOpened", "The log was opened for writing."},
  }};
  for (const auto& part : body.parts())
    for (const auto& event : part.events())
      for (const auto& [type, sentence] : words)
        if (event.type() == type) return sentence;
  return body.parts().empty() ? "The log was opened for writing." : "Something was recorded.";
}

std::string types_of(const eventstore::StreamPart& part) {
  std::string types;
  for (const auto& event : part.events()) types += (types.empty() ? "" : ", ") + event.type();
  return types;
}

/// Whose wish was refused is sealed; what was asked, and which rule said no, is not.
std::optional<domain::CommandRefused> refused_in(const eventstore::CommitBody& body) {
  for (const auto& part : body.parts())
    for (const auto& event : part.events()) {
      const auto parsed = domain::parse_event(event.type(), event.payload());
      if (const auto* refused = parsed ? std::get_if<domain::CommandRefused>(&*parsed) : nullptr) return *refused;
    }
  return std::nullopt;
}

/// No key that was given signed it, or it is something else than a receipt: that is no word against it.
Exit tell_unknown(const Place& place, const eventstore::Error& error) {
  if (place.json) {
    say(JsonObject().raw("ok", "null").text("code", error.code).text("reason", error.detail).str());
  } else {
    say("CANNOT TELL: " + error.detail);
  }
  return Exit::could_not_run;
}

Exit tell_bad(const Place& place, const eventstore::Error& error) {
  if (error.code == "not_signed") return tell_unknown(place, error);
  if (place.json) {
    say(JsonObject().yes_no("ok", false).text("code", error.code).text("reason", error.detail).str());
  } else {
    say("BAD: " + error.detail);
    say(error.code == "bad_receipt" ? "This file is none, or no longer one. Fetch the receipt again."
                                    : "Do not rely on it. Fetch the receipt again; if it is bad again, keep both files "
                                      "and show them to an auditor.");
  }
  return Exit::no;
}

ClocksDiffer clocks_of(const api::ProvenRecord& proven, const eventstore::CommitBody& body) {
  ClocksDiffer clocks;
  for (const auto& [name, time_s] : proven.cosigners)
    if (time_s) clocks.look_at_witness(name, *time_s, body.recorded_at_us());
  return clocks;
}

std::string json_of(const api::ProvenRecord& proven, const eventstore::CommitBody& body) {
  JsonArray streams;
  for (const auto& part : body.parts()) {
    JsonArray types;
    for (const auto& event : part.events()) types.add_text(event.type());
    streams.add(JsonObject().text("stream", part.stream()).raw("events", types.str()).str());
  }
  JsonArray cosigners;
  for (const auto& [name, time_s] : proven.cosigners) {
    JsonObject one;
    one.text("name", name);
    if (time_s) one.text("at", time_of_s(*time_s));
    cosigners.add(one.str());
  }
  JsonObject out;
  out.yes_no("ok", true)
      .text("position", std::to_string(proven.header.sequence.value))
      .text("size", std::to_string(proven.checkpoint.size))
      .text("origin", proven.checkpoint.origin)
      .text("root", api::hex(proven.checkpoint.root.view()))
      .text("leaf", api::hex(proven.leaf.view()))
      .text("recordedAt", api::http::rfc3339_of_us(body.recorded_at_us()))
      .raw("streams", streams.str())
      .raw("cosigners", cosigners.str());
  if (const auto refused = refused_in(body))
    out.raw("refused", JsonObject()
                           .text("command", refused->command())
                           .text("code", refused->code())
                           .text("field", refused->field())
                           .text("stream", refused->stream())
                           .str());
  clocks_of(proven, body).add_to(out);
  return out.str();
}

void tell(const api::ProvenRecord& proven, const eventstore::CommitBody& body) {
  say("Good: this stands in the log, at its place, as it was signed.");
  say("  what       " + std::string(words_of(body)));
  if (const auto refused = refused_in(body))
    say("  refused    " + shown_name(refused->command() + ", by the rule " + refused->code() +
                                     (refused->field().empty() ? "" : ", for its " + refused->field()) +
                                     (refused->stream().empty() ? "" : ", about " + refused->stream())));
  for (const auto& part : body.parts()) say("  record     " + shown_name(part.stream() + "  " + types_of(part)));
  say("  recorded   " + api::http::rfc3339_of_us(body.recorded_at_us()));
  say("  place      " + std::to_string(proven.header.sequence.value) + ", in a log of " +
      grouped(proven.checkpoint.size) + " records");
  say("  signed by  " + proven.checkpoint.origin);
  for (const auto& [name, time_s] : proven.cosigners)
    say("  cosigned   " + name + (time_s ? ", on " + time_of_s(*time_s) + " by its clock" : ""));
  if (proven.cosigners.empty())
    say("  cosigned   nobody whose key was given: that the log was not rewritten since rests on the one who runs it");
  clocks_of(proven, body).tell(11);
}

}  // namespace

Exit verify_receipt(const Place& place, const ReceiptOptions& options) {
  const auto keys = AuditKeys::read_for_receipts(options.verifiers, place.data);
  if (!keys) return fail(Exit::usage, sentence_of(keys.error()));
  if (const auto other = no_receipt_but(options.file); !other.empty())
    return tell_unknown(place, {"no_receipt", other + ".", eventstore::Retry::cannot_help});
  const auto file = read_proof(options.file);
  if (!file) return fail(Exit::could_not_run, sentence_of(file.error()));
  const auto receipt = api::parse_receipt(*file);
  if (!receipt) return tell_bad(place, receipt.error());
  const auto proven = api::check_receipt(*receipt, keys->origin(), keys->with_witnesses());
  if (!proven) return tell_bad(place, proven.error());
  const auto commit = eventstore::parse_commit({eventstore::Sequence{receipt->index}, receipt->record});
  if (!commit) return tell_bad(place, commit.error());
  if (place.json)
    say(json_of(*proven, commit->body));
  else
    tell(*proven, commit->body);
  return Exit::done;
}

}  // namespace pioneer::cli
