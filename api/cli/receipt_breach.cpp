// A promise, held against what the log signed since. Nothing of the log or its server is asked.
#include "api/cli/audit_commands.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/json.hpp"
#include "api/cli/proof_file.hpp"
#include "api/http/rfc3339.hpp"
#include "api/proofs/breach.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;
using Kind = api::Judgement::Kind;

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::breach:
      return "breach";
    case Kind::kept:
      return "kept";
    case Kind::there:
      return "there";
    case Kind::open:
      break;
  }
  return "open";
}

Result<api::Promise> read_promise(const std::string& file, const AuditKeys& keys) {
  auto text = read_proof(file);
  if (!text) return std::unexpected(text.error());
  auto promise = api::check_promise(out_of_header(std::move(*text)), keys.origin(), keys.with_witnesses());
  if (!promise) return eventstore::failure(promise.error().code, file + ": " + promise.error().detail);
  return promise;
}

void tell(const api::Promise& promise, const api::Judgement& judgement) {
  const auto& why = judgement.why;
  say(judgement.kind == Kind::breach ? "BREACH: " + why : why);
  say("  promised  position " + std::to_string(promise.position) + ", by " + api::http::rfc3339_of_us(promise.by_us));
  say("  received  " + api::http::rfc3339_of_us(promise.received_us));
  say("  log       " + promise.origin);
  if (judgement.kind == Kind::breach) say("Keep all of these files: together they are the proof.");
}

}  // namespace

Exit judge_promise(const Place& place, const BreachOptions& options) {
  const auto keys = AuditKeys::read_for_receipts(options.verifiers, place.data);
  if (!keys) return fail(Exit::usage, sentence_of(keys.error()));
  const auto promise = read_promise(options.promise, *keys);
  if (!promise) return fail(Exit::could_not_run, sentence_of(promise.error()));
  std::vector<api::Evidence> evidence;
  for (const auto& file : options.evidence) {
    auto text = read_proof(file);
    if (!text) return fail(Exit::could_not_run, sentence_of(text.error()));
    auto piece = api::read_evidence(out_of_header(std::move(*text)), keys->origin(), keys->with_witnesses());
    if (!piece) return fail(Exit::could_not_run, file + ": " + sentence_of(piece.error()));
    evidence.push_back(std::move(*piece));
  }
  const auto judgement = api::judge(*promise, evidence);
  if (place.json) {
    say(JsonObject()
            .yes_no("breach", judgement.kind == Kind::breach)
            .text("finding", word_of(judgement.kind))
            .text("position", std::to_string(promise->position))
            .text("by", api::http::rfc3339_of_us(promise->by_us))
            .text("reason", judgement.why)
            .str());
  } else {
    tell(*promise, judgement);
  }
  return judgement.kind == Kind::breach ? Exit::no : Exit::done;
}

}  // namespace pioneer::cli
