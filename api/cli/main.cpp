// `pioneer`: the command line. Reads the arguments, calls one command, gives its exit code.
#include <CLI/CLI.hpp>

#include <exception>
#include <functional>

#include "api/cli/arguments.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/bus_arguments.hpp"
#include "api/cli/keys_arguments.hpp"
#include "api/cli/where.hpp"
#include "api/cli/witness.hpp"

namespace {

using namespace pioneer::cli;

/// `otherwise`: whose counts where none is given.
void add_keys_that_count(CLI::App& command, std::vector<std::string>& keys, const std::string& otherwise) {
  constexpr auto* what =
      "the log's verifier key, and witnesses', from where they were published; or a file with them; else";
  command.add_option("--verifier", keys, what + otherwise);
}

void add_import(CLI::App& app, Chosen& chosen) {
  auto& import = *app.add_subcommand("import", "Bring in organisations or requests from a file")->require_subcommand(1);
  static ImportOrganisationsOptions organisations;
  auto& o = *import.add_subcommand("organisations",
                                   "A CSV of code, name, parent, level; makes the log in an empty directory");
  o.add_option("FILE", organisations.file, "the CSV")->required();
  o.add_option("--services", organisations.services,
               "services.yaml: categories and deadlines; adopted where a log exists too (--data only)");
  o.callback([&chosen] { chosen = [](const Place& p) { return import_organisations(p, organisations); }; });
  static ImportRequestsOptions requests;
  auto& r = *import.add_subcommand("requests", "A CSV of service requests of another system (--data only)");
  r.add_option("FILE", requests.file, "the CSV")->required();
  r.add_option("--mapping", requests.mapping, "FILE.yaml: which column means what")->required();
  r.add_option("--services", requests.services,
               "services.yaml: categories and deadlines; adopted if the log has others");
  r.callback([&chosen] { chosen = [](const Place& p) { return import_requests(p, requests); }; });
}

void add_token(CLI::App& app, Chosen& chosen) {
  auto& token = *app.add_subcommand("token", "Bearer tokens of members")->require_subcommand(1);
  static TokenOptions make;
  auto& c = *token.add_subcommand("create", "Register the member if unknown, grant the role, print a token");
  c.add_option("--member", make.member, "a name, or a member's id")->required();
  c.add_option("--role", make.role, "member, cadre, auditor or administrator")
      ->required()
      ->check(CLI::IsMember({"member", "cadre", "auditor", "administrator"}));
  c.add_option("--organisation", make.organisation, "a code, or an organisation's id")->required();
  c.add_option("--phone", make.phone, "of a new member");
  c.add_option("--expires", make.expires,
               "a time such as 2027-01-31T12:00:00Z, or a date: its beginning (UTC); else never");
  c.callback([&chosen] { chosen = [](const Place& p) { return create_token(p, make); }; });
  static SignInLinkOptions link;
  auto& l = *token.add_subcommand("link", "Print a link that signs a member in once, in a browser");
  l.add_option("--member", link.member, "a member's name (with --data), or id")->required();
  l.add_option("--days", link.days, "how long it is good")->check(CLI::Range(1, 31))->capture_default_str();
  l.add_option("--origin", link.origin, "how browsers reach the server, http(s)://HOST[:PORT]; a running one knows")
      ->capture_default_str();
  l.callback([&chosen] { chosen = [](const Place& p) { return make_link(p, link); }; });
  static RevokeTokenOptions revoke;
  auto& r = *token.add_subcommand("revoke", "End a token (--data only)");
  r.add_option("TOKEN", revoke.token, "the token, or its hash as `token list` shows it")->required();
  r.callback([&chosen] { chosen = [](const Place& p) { return revoke_token(p, revoke); }; });
  token
      .add_subcommand(
          "list", "All tokens by their hashes, with the members' roles (--data only). Names are in `export --personal`")
      ->callback([&chosen] { chosen = list_tokens; });
}

void add_policy(CLI::App& app, Chosen& chosen) {
  auto& policy = *app.add_subcommand("policy", "The rules of the deployment")->require_subcommand(1);
  policy.add_subcommand("history", "Every policy that was adopted, and what it said otherwise than the one before it")
      ->callback([&chosen] { chosen = policy_history; });
}

/// Of a mirror that is proven before anything is computed from it.
void add_proven_mirror(CLI::App& command, AuditMirrorOptions& options) {
  command.add_option("MIRROR", options.mirror, "the mirror's folder")->required();
  add_keys_that_count(command, options.verifiers, " the log's in the mirror");
}

void add_mirror_options(CLI::App& command, AuditMirrorOptions& options) {
  add_proven_mirror(command, options);
  command.add_flag("--unproven", options.unproven,
                   "do not hold the entries against the signed checkpoint first: faster, and proves nothing");
}

void add_authority(CLI::App& command, std::string& file) {
  command.add_option("--tsa-ca", file,
                     "certificates (PEM) of the authorities that stamped; else stamps are not checked");
}

/// Archives of what a mirror holds of one thing. `on` tells what is chosen.
template <class On>
void add_evidence(CLI::App& audit, On on) {
  static EvidenceOptions made;
  auto& e = *audit.add_subcommand("evidence",
                                  "All that a mirror holds of one thing, with its proofs, as an archive that "
                                  "others' programs check " +
                                      std::string(alone));
  add_mirror_options(e, made.range.mirror);
  e.add_option("--stream", made.range.stream, "of what: request/ID, product/ID, …, or a kind (request/)")->required();
  e.add_option("--from", made.range.from, "a position, or a time such as 2026-03-01T12:00:00Z")->capture_default_str();
  e.add_option("--to", made.range.to, "likewise; else the end");
  e.add_option("--out", made.file, "the archive to write, FILE.zip")->required();
  e.add_option("--page", made.page,
               "verify.html of the web application; else the one that was built beside this program");
  on(e, [](const Place& p) { return audit_evidence(p, made); });
  static EvidenceCheckOptions checked;
  auto& c = *audit.add_subcommand(
      "evidence-check", "Whether such an archive holds, byte for byte; exit 1 if it does not " + std::string(alone));
  c.add_option("FILE", checked.file, "the archive")->required();
  add_keys_that_count(c, checked.verifiers, " the log's in the archive");
  c.add_option("--page", checked.page, "verify.html to compare the archive's page with; else as in evidence");
  add_authority(c, checked.tsa_ca);
  on(c, [](const Place& p) { return audit_evidence_check(p, checked); });
}

/// Why something is so, and whether it would be decided so again. `on` tells what is chosen.
template <class On>
void add_reasons(CLI::App& audit, On on) {
  static AuditHistoryOptions why;
  auto& w = *audit.add_subcommand(
      "why", "The events by which something is as it is, with their rules, and each decision made again " +
                 std::string(alone));
  add_mirror_options(w, why.mirror);
  w.add_option("STREAM", why.stream,
               "what: request/ID, product/ID, organisation/CODE, …; a position; or a board's figure: board/CODE, "
               "board/CODE/accepted, board/CODE/accepted/overdue")
      ->required();
  w.add_option("--scratch", why.scratch, "of a figure: a folder with room for a store meanwhile")
      ->capture_default_str();
  w.add_option("--to", why.to, "as of then: a position, or a time; else the end");
  w.add_option("--entries-at-once", why.entries_per_part,
               "of a kind: its streams in groups of about so many entries, which bounds the memory; the mirror is read "
               "once for each")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  on(w, [](const Place& p) { return why.stream.starts_with("board/") ? audit_figure(p, why) : audit_why(p, why); });
  static AuditHistoryOptions decided;
  auto& n = *audit.add_subcommand(
      "rerun",
      "Make every decision again, from what the log says; exit 1 if one comes out otherwise " + std::string(alone));
  add_mirror_options(n, decided.mirror);
  n.add_option("--from", decided.from, "decisions from here on: a position, or a time such as 2026-03-01T12:00:00Z")
      ->capture_default_str();
  n.add_option("--to", decided.to, "likewise; else the end");
  on(n, [](const Place& p) { return audit_rerun(p, decided); });
}

/// What is computed from a mirror that is proven first.
void add_audit_computations(CLI::App& audit, Elsewhere& elsewhere, Chosen& chosen) {
  const auto on = [&elsewhere, &chosen](CLI::App& command, Chosen what) {
    command.callback([&elsewhere, &chosen, what = std::move(what)] {
      elsewhere = true;
      chosen = what;
    });
  };
  const auto say_alone = [](std::string_view what) { return std::string(what) + " " + std::string(alone); };
  static AuditReplayOptions replayed;
  auto& r = *audit.add_subcommand(
      "replay",
      say_alone(
          "Compute all read models from a mirror, and compare with the digests that were published; with --server "
          "URL --token T (an auditor's) also with that server's, down to the first entry where they part"));
  add_mirror_options(r, replayed.mirror);
  r.add_option("--published", replayed.published,
               "digests as `pioneer replay --publish` signs them; those in the mirror too");
  r.add_option("--scratch", replayed.scratch, "a folder with room for a store meanwhile")->capture_default_str();
  on(r, [](const Place& p) { return audit_replay(p, replayed); });
  static AuditMirrorOptions checked;
  auto& i = *audit.add_subcommand(
      "invariants", say_alone("Recount what decisions must keep, by rules of our own; exit 1 if one is broken"));
  add_mirror_options(i, checked);
  on(i, [](const Place& p) { return audit_invariants(p, checked); });
  static AuditHistoryOptions between;
  auto& d = *audit.add_subcommand("diff", say_alone("What happened between two moments"));
  add_mirror_options(d, between.mirror);
  d.add_option("--from", between.from, "a position, or a time such as 2026-03-01T12:00:00Z")->capture_default_str();
  d.add_option("--to", between.to, "likewise; else the end");
  d.add_option("--stream", between.stream, "a stream (request/ID), or a kind (request/)");
  on(d, [](const Place& p) { return audit_diff(p, between); });
  add_reasons(audit, on);
  static WhatIfOptions tried;
  auto& f = *audit.add_subcommand(
      "what-if", say_alone("Who would have been late, or in time, and which rates would be others, by another policy"));
  add_mirror_options(f, tried.range.mirror);
  f.add_option("--policy", tried.policy, "a services.yaml: the policy to try")->required();
  f.add_option("--from", tried.range.from, "requests from here on: a position, or a time such as 2026-03-01T12:00:00Z")
      ->capture_default_str();
  f.add_option("--to", tried.range.to, "what was known then; else the end");
  on(f, [](const Place& p) { return audit_what_if(p, tried); });
  add_evidence(audit, on);
  static AuditMirrorOptions policies;
  auto& q = *audit.add_subcommand(
      "policies", say_alone("Every policy that was adopted, and what it said otherwise than the one before it"));
  add_mirror_options(q, policies);
  on(q, [](const Place& place) { return audit_policies(place, policies); });
  static AuditCompleteOptions complete;
  auto& c = *audit.add_subcommand(
      "complete",
      say_alone("All that was begun of one kind, in one time and place, out of a mirror that is proven first"));
  add_proven_mirror(c, complete.range.mirror);
  c.add_option("--kind", complete.kind, "what is listed")->required()->check(CLI::IsMember(complete_kinds()));
  c.add_option(
      "--organisation", complete.organisation,
      "a code or an id: only what began there; claims, ratings and erasures: whose product, request or member did");
  c.add_flag("--subtree", complete.subtree, "with --organisation: and in all that stood below it then");
  c.add_option("--from", complete.range.from, "a position, or a time such as 2026-03-01T12:00:00Z")
      ->capture_default_str();
  c.add_option("--to", complete.range.to, "likewise; else the end");
  on(c, [](const Place& p) { return audit_complete(p, complete); });
}

void add_audit(CLI::App& app, Elsewhere& elsewhere, Chosen& chosen) {
  auto& audit = *app.add_subcommand("audit", "Take evidence away, and check it where nobody is trusted");
  audit.require_subcommand(1);
  static MirrorOptions mirrored;
  auto& m = *audit.add_subcommand(
      "mirror",
      "Copy the log as files that others' transparency-log tools verify (C2SP tlog-tiles); goes on where it ended. "
      "From a server, each file is proven by the signed checkpoint before it is kept; entries need an auditor's token");
  m.add_option("--to", mirrored.to, "folder or stick to write to")->required();
  auto* hashes_only =
      m.add_flag("--hashes-only", mirrored.hashes_only, "no records: proves the same, and says nothing of anybody");
  m.add_flag(
       "--digests", mirrored.digests,
       "with --server: what it signs that its read models are too, for `audit replay`; it may replay its log first")
      ->excludes(hashes_only);
  m.add_option("--verifier", mirrored.verifiers,
               "with --server: the log's verifier key, or a file with it, from where it was published; else the one in "
               "the folder, else the server's word");
  m.add_option("--connections", mirrored.connections, "with --server: requests at once")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  m.callback([&chosen] { chosen = [](const Place& p) { return mirror(p, mirrored); }; });
  static AuditVerifyOptions verified;
  auto& v = *audit.add_subcommand(
      "verify", "Check every byte of a mirror, its signatures and all checkpoints ever seen; exit 1 if one is wrong " +
                    std::string(alone));
  v.add_option("MIRROR", verified.mirror, "the mirror's folder")->required();
  add_keys_that_count(v, verified.verifiers, " the log's in the mirror");
  v.add_option("--checkpoint", verified.checkpoints,
               "a signed checkpoint that somebody else has: it must be of the same history, and is kept in the mirror");
  add_authority(v, verified.tsa_ca);
  v.add_flag("--any-entries", verified.any_entries,
             "of a log that is not Pioneer's: only hashes, tiles, checkpoint and signatures are judged");
  v.add_option("--threads", verified.threads, "parts checked side by side")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  v.callback([&] {
    elsewhere = true;
    chosen = [](const Place& p) { return audit_verify(p, verified); };
  });
  add_audit_computations(audit, elsewhere, chosen);
}

void add_breach(CLI::App& receipt, Elsewhere& elsewhere, Chosen& chosen) {
  static BreachOptions judged;
  auto& b = *receipt.add_subcommand(
      "breach", "Whether the promise that came with an answer was broken; exit 1 if it was " + std::string(alone));
  b.add_option("PROMISE", judged.promise, "the promise: the signed note, or its base64 as it stood in Pioneer-Promise")
      ->required();
  b.add_option("EVIDENCE", judged.evidence,
               "what the log signed since: receipts, checkpoints, other promises (in either form)")
      ->required();
  add_keys_that_count(b, judged.verifiers, ", with --data DIR, the log's own");
  b.callback([&] {
    elsewhere = true;
    chosen = [](const Place& p) { return judge_promise(p, judged); };
  });
}

void add_receipt(CLI::App& app, Elsewhere& elsewhere, Chosen& chosen) {
  auto& receipt = *app.add_subcommand("receipt", "Proof that something stands in the log, in a file for one person");
  receipt.require_subcommand(1);
  static ReceiptOptions verified;
  auto& v = *receipt.add_subcommand(
      "verify", "Whether a receipt holds, and what it says; exit 1 if it does not " + std::string(alone));
  v.add_option("FILE", verified.file, "the receipt, a .tlog-proof file")->required();
  add_keys_that_count(v, verified.verifiers, ", with --data DIR, the log's own");
  v.callback([&] {
    elsewhere = true;
    chosen = [](const Place& p) { return verify_receipt(p, verified); };
  });
  static GetReceiptOptions got;
  auto& g = *receipt.add_subcommand("get", "Write the receipt of what stands at a position");
  g.add_option("POSITION", got.position, "as an answer's Pioneer-Position told it")->required();
  g.add_option("--to", got.to, "file to write, never over another; else pioneer-POSITION.tlog-proof, here");
  g.callback([&chosen] { chosen = [](const Place& p) { return get_receipt(p, got); }; });
  add_breach(receipt, elsewhere, chosen);
}

void add_witness(CLI::App& app, Elsewhere& elsewhere, Chosen& chosen) {
  static WitnessOptions options;
  auto& w = *app.add_subcommand(
      "witness", "Sign what other organisations' logs have come to, never two histories of one (C2SP tlog-witness) " +
                     std::string(alone));
  w.add_option("--state", options.state, "the folder of the witness: its key, and what it signed last")->required();
  w.add_option("--name", options.name, "the name in its key, such as witness.example.org; counts only the first time");
  w.add_option("--listen", options.listen, "HOST:PORT; port 0 takes any free one")->capture_default_str();
  w.add_option("--log", options.logs, "the verifier key of a log, or a file with one in each line; may be repeated");
  w.add_subcommand("key", "Print the witness's verifier key; made where there is none")->callback([&] {
    options.key = true;
  });
  w.callback([&] {
    elsewhere = true;
    chosen = [](const Place& p) { return options.key ? show_witness_key(p, options) : run_witness(p, options); };
  });
}

void add_checks(CLI::App& app, Chosen& chosen) {
  static VerifyOptions options;
  auto& v = *app.add_subcommand(
      "verify", "Check every byte of the log; exit 1 if one is wrong (--data only, beside a server too)");
  v.add_option("--threads", options.threads, "files checked side by side")->capture_default_str();
  v.callback([&chosen] { chosen = [](const Place& p) { return verify(p, options); }; });
}

void add_history(CLI::App& app, Chosen& chosen) {
  static PublishOptions publish;
  auto& replaying = *app.add_subcommand(
      "replay", "Build all read models from the log and compare; exit 1 if one differs (--data only)");
  auto* folder = replaying.add_option("--publish", publish.folder,
                                      "a mirror's folder: sign there what they came to, for `audit replay`");
  replaying
      .add_option("--at", publish.at, "with --publish: also what they were after so many entries; may be repeated")
      ->needs(folder);
  replaying.add_option("--every", publish.every, "with --publish: also at each of so many entries")->needs(folder);
  replaying.callback([&chosen] { chosen = [](const Place& p) { return replay_and_publish(p, publish); }; });
  static AsOfOptions options;
  auto& command = *app.add_subcommand("as-of", "How a request, a product or a board stood at an instant");
  command.add_option("--at", options.at, "a time such as 2026-03-01T12:00:00Z, or a date: its start (UTC)")->required();
  command.add_option("KIND", options.kind, "request, product or board")
      ->required()
      ->check(CLI::IsMember({"request", "product", "board"}));
  command.add_option("ID", options.id, "its id; of a board, the organisation's id or code")->required();
  command.callback([&chosen] { chosen = [](const Place& p) { return as_of(p, options); }; });
}

void add_erase(CLI::App& app, Chosen& chosen) {
  static EraseOptions options;
  auto& command = *app.add_subcommand("erase", "Erase a person: claims cancelled, requests withdrawn, keys destroyed");
  command.add_option("--member", options.member, "the member's whole name (with --data), or id")->required();
  command.callback([&chosen] { chosen = [](const Place& p) { return erase(p, options); }; });
}

void add_export(CLI::App& app, Chosen& chosen) {
  static ExportOptions options;
  auto& command = *app.add_subcommand(
      "export", "Organisations, products and requests as files: what is public of them (--data only)");
  command.add_option("--out", options.out, "directory to write to")->required();
  command.add_flag("--personal", options.personal, "members' names and phones too; the log will say so");
  command.add_option("--purpose", options.purpose, "why, with --personal");
  command.callback([&chosen] { chosen = [](const Place& p) { return export_rows(p, options); }; });
}

void add_demo(CLI::App& app, Place& place, Chosen& chosen) {
  static DemoOptions options;
  auto& d = *app.add_subcommand(
      "demo",
      "Make a directory full of life: real organisations and requests, then sixty days generated (--data only)");
  d.add_option("DIR", place.data, "where to make it, instead of --data");
  d.add_option("--seed", options.seed, "same seed, same lives")->capture_default_str();
  d.add_option("--days", options.days, "how many days are played")->capture_default_str();
  d.add_option("--until", options.until, "when they end; else now");
  d.add_option("--files", options.content, "directory with the demo's files; else the one that comes with pioneer");
  d.add_option("--listen", options.listen, "HOST:PORT of the server that will show it, for the links")
      ->capture_default_str();
  d.callback([&chosen] { chosen = [](const Place& p) { return make_demo(p, options); }; });
}

int run(int argc, char** argv) {
  CLI::App app("Pioneer: ask for help, offer help, and prove what became of both.", "pioneer");
  app.set_version_flag("--version", PIONEER_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  Place place;
  auto* data = app.add_option("--data", place.data, "the directory of a stopped server");
  std::string config;
  app.add_option("--config", config, "settings of a stopped server: its directory, and where its log is");
  auto* server = app.add_option("--server", place.server, "address of a running server, http://HOST:PORT");
  app.add_option("--token", place.token, "who asks, with --server")->envname("PIONEER_TOKEN");
  app.add_flag("--json", place.json, "answer in JSON");
  data->excludes(server);
  Chosen chosen;
  Elsewhere elsewhere = false;
  add_import(app, chosen);
  add_token(app, chosen);
  add_keys(app, chosen);
  add_log(app, elsewhere, chosen);
  add_cluster(app, elsewhere, chosen);
  add_policy(app, chosen);
  add_checks(app, chosen);
  add_audit(app, elsewhere, chosen);
  add_receipt(app, elsewhere, chosen);
  add_witness(app, elsewhere, chosen);
  add_bus(app, elsewhere, chosen);
  add_history(app, chosen);
  add_erase(app, chosen);
  add_export(app, chosen);
  add_demo(app, place, chosen);
  add_footers(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return misread(app, e);
  }
  if (!place.server.empty() && !place.server.starts_with("http://")) {
    return static_cast<int>(
        fail(Exit::usage, "The server's address begins with http://, as in http://127.0.0.1:8080."));
  }
  if (elsewhere && !place.data.empty() && !app.got_subcommand("receipt"))
    return static_cast<int>(
        fail(Exit::usage, "This reads the files that it names, and no directory: leave --data out."));
  if (const auto wrong = use_settings(config, place)) return static_cast<int>(fail(Exit::usage, *wrong));
  if (place.data.empty() && place.server.empty() && !elsewhere) {
    return static_cast<int>(
        fail(Exit::usage, is_of_directory_only(app)
                              ? "Say where: --data DIR."
                              : "Say where: --data DIR for a stopped server, --server URL --token T for "
                                "a running one."));
  }
  const auto exit = chosen(place);
  if (all_said()) return static_cast<int>(exit);
  return static_cast<int>(fail(Exit::could_not_run, "The answer could not be written to its end: is there room?"));
}

}  // namespace

int main(int argc, char** argv) {
  // Whatever a library throws is the world's failure, not a reason to end without a word.
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    return static_cast<int>(fail(Exit::could_not_run, std::string("This could not be done: ") + e.what()));
  }
}
