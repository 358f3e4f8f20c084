// A mirror, checked without the log that it was taken from and without whoever runs it.
#include <array>
#include <optional>

#include "adapters/posix/executor.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/audit/mirror_records.hpp"
#include "api/audit/mirror_verify.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/clocks.hpp"
#include "api/cli/cosigners.hpp"
#include "api/cli/kept_stamps.hpp"
#include "api/cli/log_line.hpp"
#include "api/cli/mirror_files.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/http/rfc3339.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::cli {
namespace {

using api::MirrorVerification;
using eventstore::Result;

/// Of a mirror that was found good, and holds records of ours.
std::optional<eventstore::ContinuedLog> continued(const api::MirrorFolder& folder, const MirrorVerification& found) {
  if (found.fault || !found.with_entries || found.checkpoint.size == 0) return std::nullopt;
  static constexpr std::array<std::uint64_t, 1> first{0};
  const auto records = api::read_records(folder, found.checkpoint.size, first);
  return records ? eventstore::continued_by(records->front()) : std::nullopt;
}

/// Of a mirror that was found good, and holds records of ours: when the newest of so many was recorded.
RecordedAt times_of(const api::MirrorFolder& folder, const MirrorVerification& found, bool any_entries) {
  return [&folder, &found, any_entries](std::uint64_t size) -> std::optional<std::int64_t> {
    if (found.fault || any_entries || !found.with_entries || size == 0 || size > found.checkpoint.size)
      return std::nullopt;
    const std::array<std::uint64_t, 1> newest{size - 1};
    const auto records = api::read_records(folder, found.checkpoint.size, newest);
    if (!records) return std::nullopt;
    const auto commit = eventstore::parse_commit({eventstore::Sequence{size - 1}, records->front()});
    return commit ? std::optional(commit->body.recorded_at_us()) : std::nullopt;
  };
}

/// No key that was given signed the newest checkpoint, or no authority that was given a time stamp: that is no word
/// against it.
bool cannot_tell(const MirrorVerification& found) {
  return found.fault && (found.fault->code == "not_signed" || found.fault->code == KeptStamps::unknown_authority);
}

/// Of somebody's checkpoint: it is one, and not what the log signed.
bool is_against_it(std::string_view code) { return code == "bad_signature" || code == "other_origin"; }

std::string json_of(const MirrorVerification& found, const KeptStamps& stamps, const std::string& origin, bool own_key,
                    const std::optional<eventstore::ContinuedLog>& old, const ClocksDiffer& clocks) {
  JsonObject out;
  if (cannot_tell(found))
    out.raw("ok", "null");
  else
    out.yes_no("ok", !found.fault);
  if (found.fault) {
    const auto& fault = *found.fault;
    out.text("code", fault.code).text("file", fault.file);
    if (fault.byte) out.number("byte", *fault.byte);
    if (fault.entry) out.text("entry", std::to_string(*fault.entry));
    out.text("reason", fault.sentence);
  }
  out.text("origin", origin).text("keyFrom", key_from(own_key)).text("proven", std::to_string(found.proven));
  if (!found.fault) {
    out.text("position", std::to_string(found.checkpoint.size)).text("root", api::hex(found.checkpoint.root.view()));
    if (found.with_entries && found.last.value != 0) out.text("recordedAt", api::http::rfc3339_of_us(found.last.value));
    if (old) out.raw("continues", continued_json(*old));
  }
  stamps.add_to(out);
  clocks.add_to(out);
  JsonArray strangers;
  for (const auto& key : found.strangers) strangers.add_text(key);
  return out.yes_no("withEntries", found.with_entries)
      .number("checkpoints", found.checkpoints)
      .raw("cosigners", cosigners_json(found.cosigners))
      .raw("strangers", strangers.str())
      .number("olderFiles", found.older_files)
      .number("unsignedFiles", found.unsigned_files)
      .number("unknownFiles", found.unknown_files)
      .number("bytes", found.bytes)
      .str();
}

void tell_fault(const MirrorVerification& found) {
  const auto& fault = *found.fault;
  if (cannot_tell(found)) {
    say("CANNOT TELL: " + ended(fault.sentence));
    if (fault.code == KeptStamps::unknown_authority) say("  file         " + shown_name(fault.file));
    return;
  }
  say("BAD: " + ended(fault.sentence));
  say("  file         " + shown_name(fault.file) + (fault.byte ? ", byte " + std::to_string(*fault.byte) : ""));
  if (fault.entry) say("  entry        " + std::to_string(*fault.entry));
  say("  proven       " +
      counted(found.proven, found.with_entries ? "entry" : "hash", found.with_entries ? "entries" : "hashes") +
      " before it");
  say("Keep this mirror as it is, and compare it with another one.");
}

void tell(const MirrorVerification& found, const KeptStamps& stamps, const std::string& origin, bool own_key,
          const std::optional<eventstore::ContinuedLog>& old, const ClocksDiffer& clocks) {
  if (found.fault) return tell_fault(found);
  say("Good: " + grouped(found.checkpoint.size) +
      (found.with_entries ? " entries, each in its place, as it was signed."
                          : " hashes, as they were signed; the mirror holds no records."));
  say("  root         " + api::hex(found.checkpoint.root.view()));
  say("  signed by    " + origin);
  if (own_key) say("               by the key in the mirror itself: compare it with the one that was published");
  if (found.with_entries && found.last.value != 0) say("  until        " + api::http::rfc3339_of_us(found.last.value));
  if (old) say("  continues    " + continued_words(*old));
  tell_cosigners(found.cosigners);
  say("  checkpoints  " + grouped(found.checkpoints) + ", all of one history");
  stamps.tell();
  clocks.tell(13);
  for (const auto& key : found.strangers)
    say("  not checked  what is signed by " + shown_name(key) + ": its key was not given");
  if (found.unsigned_files > 0)
    say("  unsigned     " + counted(found.unsigned_files, "file") + " beyond the checkpoint: mirror again");
  if (found.unknown_files > 0)
    say("  unknown      " + counted(found.unknown_files, "file is", "files are") + " no part of a mirror");
}

/// Somebody else's checkpoint is kept first: what contradicts the mirror must not be lost.
Result<void> keep(const std::string& file, MirrorFiles& mirror, std::span<const api::Verifier* const> keys) {
  const auto note = api::MirrorFolder(".").read(file, api::note_bytes_max);
  if (!note) return eventstore::failure(note.error().code, file + ": " + note.error().detail);
  if (const auto checkpoint = api::check_checkpoint(*note, keys); !checkpoint)
    return eventstore::failure(checkpoint.error().code, file + ": " + checkpoint.error().detail);
  return mirror.keep_signed(*note, keys);
}

}  // namespace

Exit audit_verify(const Place& place, const AuditVerifyOptions& options) {
  const api::MirrorFolder folder(options.mirror);
  if (const auto absent = no_mirror_in(options.mirror)) return fail(*absent);
  const bool own_key = options.verifiers.empty();
  const auto keys = own_key ? AuditKeys::read({options.mirror + "/" + std::string(api::verifier_file)})
                            : AuditKeys::read_with_witnesses(options.verifiers);
  if (!keys) return fail(own_key ? Exit::no : Exit::usage, sentence_of(keys.error()));
  auto stamps = KeptStamps::with(options.tsa_ca);
  if (!stamps) return fail(Exit::usage, sentence_of(stamps.error()));
  const auto all = keys->all();
  const auto witnesses = keys->witnesses();
  MirrorFiles mirror(options.mirror);
  for (const auto& file : options.checkpoints) {
    if (const auto kept = keep(file, mirror, all); !kept)
      return is_against_it(kept.error().code) ? fail(Exit::no, sentence_of(kept.error())) : fail(kept.error());
  }
  Progress progress("entries verified", 0);
  adapters::posix::ThreadPool beside(options.threads);
  api::MirrorVerifyOptions how;
  how.keys = all;
  how.witnesses = witnesses;
  how.is_key = [](const std::string& line) { return adapters::VerifierKey::parse(line).has_value(); };
  how.any_entries = options.any_entries;
  how.workers = options.threads;
  how.beside = &beside;
  how.progress = [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); };
  auto found = api::verify_mirror(folder, how);
  const auto recorded_at_us = times_of(folder, found, options.any_entries);
  if (!found.fault) stamps->check(folder, recorded_at_us);
  if (const auto& fault = stamps->fault())
    found.fault = api::MirrorFault{fault->code, fault->file, std::nullopt, std::nullopt, fault->sentence};
  auto clocks = stamps->clocks();
  clocks.look_at(found.cosigners, recorded_at_us);
  const auto old = options.any_entries ? std::nullopt : continued(folder, found);
  if (place.json)
    say(json_of(found, *stamps, keys->origin(), own_key, old, clocks));
  else
    tell(found, *stamps, keys->origin(), own_key, old, clocks);
  if (cannot_tell(found)) return Exit::could_not_run;
  return found.fault ? Exit::no : Exit::done;
}

}  // namespace pioneer::cli
