#include "adapters/segments/verify.hpp"

#include "adapters/posix/disk.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::cli {
namespace {

using adapters::segments::Verification;

/// Of files whose format this program does not read: it cannot judge them.
constexpr std::string_view too_new = "format_too_new";
constexpr std::string_view too_old = "format_too_old";

std::string json_of(const Verification& found) {
  JsonObject out;
  out.yes_no("ok", found.ok).text("position", std::to_string(found.position.value));
  if (!found.ok) {
    out.text("code", found.code).text("file", found.file).number("offset", found.offset);
  }
  if (!found.reason.empty()) out.text("reason", found.reason);
  out.yes_no("tornTail", found.torn_tail);
  if (found.ok) out.text("root", api::hex(found.root.view()));
  return out.number("segments", found.segments).number("records", found.records).number("bytes", found.bytes).str();
}

void tell(const Verification& found) {
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
  Progress progress("bytes verified", 0);
  adapters::segments::VerifyOptions how;
  how.threads = options.threads;
  how.progress = [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); };
  const auto found = adapters::segments::verify(disk, place.data + "/log", how);
  if (place.json) {
    say(json_of(found));
  } else {
    tell(found);
  }
  if (found.code == too_new || found.code == too_old) return Exit::could_not_run;
  return found.ok ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
