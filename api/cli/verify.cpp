#include "adapters/segments/verify.hpp"

#include "adapters/posix/disk.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/open_log.hpp"
#include "api/cli/own_checkpoint.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::cli {
namespace {

using adapters::segments::Verification;

/// Of files whose format this program does not read: it cannot judge them.
constexpr std::string_view too_new = "format_too_new";
constexpr std::string_view too_old = "format_too_old";

/// What is whole, and not what was signed.
void contradicted(Verification& found, std::string code, std::string file, std::string reason) {
  found.ok = false;
  found.code = std::move(code);
  found.file = std::move(file);
  found.offset = 0;
  found.reason = std::move(reason);
}

/// Files that are whole may still be others than those that were signed: cut short, or written anew.
void compare(Verification& found, const std::string& data, const OwnCheckpoint& checkpoint) {
  const auto open = OpenLog::open(data);
  const auto held = open ? holds_what_was_signed(data, (*open)->log(), checkpoint)
                         : eventstore::Result<void>(std::unexpected(open.error()));
  if (!held) contradicted(found, held.error().code, checkpoint.file, held.error().detail);
}

std::string json_of(const Verification& found, const std::optional<OwnCheckpoint>& checkpoint) {
  JsonObject out;
  out.yes_no("ok", found.ok).text("position", std::to_string(found.position.value));
  if (!found.ok) {
    out.text("code", found.code).text("file", found.file).number("offset", found.offset);
  }
  if (!found.reason.empty()) out.text("reason", found.reason);
  out.yes_no("tornTail", found.torn_tail);
  if (found.ok) out.text("root", api::hex(found.root.view()));
  if (found.ok) out.text("signed", std::to_string(checkpoint ? checkpoint->says.size : 0));
  return out.number("segments", found.segments).number("records", found.records).number("bytes", found.bytes).str();
}

void tell_signed(const Verification& found, const std::optional<OwnCheckpoint>& checkpoint) {
  if (!checkpoint) {
    say("  signed    nothing is here: whether the end was cut off, no one can tell from this directory alone");
    return;
  }
  const auto size = checkpoint->says.size;
  say("  signed    " + grouped(size) + " records, all here" +
      (found.position.value > size ? "; " + grouped(found.position.value - size) + " came after" : "") +
      (checkpoint->keys.empty() ? "; the signature was not checked: no key is in this directory" : ""));
}

/// `whole`: the files are, whatever was signed.
void tell(const Verification& found, bool whole, const std::optional<OwnCheckpoint>& checkpoint) {
  if (found.code == "newer_feature_level") {
    say("NEWER: " + found.reason + ".");
    say("Whole as far as this program can tell. Verify it with the version that wrote it.");
    return;
  }
  if (found.code == too_new || found.code == too_old) {
    say((found.code == too_new ? "TOO NEW: " : "TOO OLD: ") + found.reason + ".");
    say("  file      " + found.file);
    say(found.code == too_new ? "Nothing is said about damage; use a newer pioneer."
                              : "Nothing is said about damage; make a new directory, and import into it.");
    return;
  }
  if (!found.ok && whole) {
    say("BAD: " + found.reason);
    say("Keep this directory as it is, and restore the newest copy beside it.");
    return;
  }
  if (!found.ok) {
    say("DAMAGED: " + found.reason);
    say("  file      " + found.file + ", byte " + std::to_string(found.offset));
    say("  proven    " + grouped(found.position.value) + " commits before it");
    say("Keep this directory as it is, and restore a copy beside it.");
    return;
  }
  say("Good: " + grouped(found.position.value) + " commits in " + grouped(found.segments) +
      " files, every byte accounted for.");
  say("  root      " + api::hex(found.root.view()));
  tell_signed(found, checkpoint);
  if (found.torn_tail) {
    say("  tail      " +
        (found.reason.empty() ? std::string("the log was not closed; nothing acknowledged is lost") : found.reason));
  }
}

}  // namespace

Exit verify(const Place& place, const VerifyOptions& options) {
  if (!place.server.empty()) return fail(Exit::usage, "`verify` reads the files of a directory. Use --data DIR.");
  adapters::posix::PosixDisk disk;
  if (!disk.exists(place.data + "/log")) {
    return fail(Exit::could_not_run, "There is no log in " + place.data + ". Check the directory.");
  }
  // First: what is signed by now is in the files by now, beside a server too.
  const auto checkpoint = read_own_checkpoint(place.data);
  Progress progress("bytes verified", 0);
  adapters::segments::VerifyOptions how;
  how.threads = options.threads;
  how.progress = [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); };
  auto found = adapters::segments::verify(disk, place.data + "/log", how);
  const bool whole = found.ok;
  if (whole && !checkpoint)
    contradicted(found, checkpoint.error().code, place.data, checkpoint.error().detail);
  else if (whole && *checkpoint)
    compare(found, place.data, **checkpoint);
  const auto signed_last = checkpoint ? *checkpoint : std::nullopt;
  if (place.json) {
    say(json_of(found, signed_last));
  } else {
    tell(found, whole, signed_last);
  }
  if (found.code == too_new || found.code == too_old) return Exit::could_not_run;
  return found.ok ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
