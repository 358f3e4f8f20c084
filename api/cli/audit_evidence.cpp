// Evidence out of a mirror, and its check where nobody is trusted.
#include <algorithm>
#include <filesystem>
#include <set>

#include "adapters/posix/disk.hpp"
#include "adapters/zip/zip_archives.hpp"
#include "api/audit/mirror_records.hpp"
#include "api/cli/asked_of_mirror.hpp"
#include "api/cli/clocks.hpp"
#include "api/cli/cosigners.hpp"
#include "api/cli/kept_stamps.hpp"
#include "api/cli/signed_mirror.hpp"
#include "api/evidence/evidence_check.hpp"
#include "api/proofs/key_history.hpp"
#include "api/proofs/stamps.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::cli {
namespace {

using api::evidence::Evidence;
using api::evidence::EvidenceReport;
using eventstore::failure;
using eventstore::Result;

constexpr std::size_t own_keys_bytes_max = 64u << 10;
constexpr std::size_t page_bytes_max = 1u << 20;
/// Of an archive, whose files are hardly compressed.
constexpr std::size_t archive_bytes_max = api::evidence::bytes_max + (8u << 20);

/// The page that was built for it, or the one that was named; empty: none is here.
Result<std::string> page_from(const std::string& named) {
  if (!named.empty()) return api::MirrorFolder(".").read(named, page_bytes_max);
  std::error_code ignored;
  const api::MirrorFolder built(std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() /
                                "../share/web");
  return built.exists("verify.html") ? built.read("verify.html", page_bytes_max) : std::string();
}

/// Where the stream's entries stand, and those of the policies that decided them.
Result<std::vector<std::uint64_t>> positions_of(const SignedMirror& mirror, const EntryRange& range,
                                                const std::string& stream) {
  std::set<std::uint64_t> positions;
  std::size_t found = 0;
  const auto walked = each_commit(mirror, range, [&](const eventstore::AcceptedCommit& commit) -> Result<void> {
    const auto& parts = commit.body.parts();
    if (std::ranges::none_of(parts, [&](const auto& part) { return takes(stream, part.stream()); })) return {};
    ++found;
    positions.insert(commit.sequence.value);
    if (commit.body.policy_sequence() != 0 && commit.body.policy_sequence() < mirror.checkpoint().size)
      positions.insert(commit.body.policy_sequence());
    if (positions.size() > api::evidence::entries_max)
      return failure("too_large", "That is more than " + grouped(api::evidence::entries_max) +
                                      " entries. Ask for them in parts, with --from and --to");
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  if (found == 0) return std::vector<std::uint64_t>{};
  return std::vector(positions.begin(), positions.end());
}

Result<void> add_entries(const SignedMirror& mirror, std::span<const std::uint64_t> positions, Evidence& into) {
  const auto size = mirror.checkpoint().size;
  auto records = api::read_records(mirror.folder(), size, positions);
  if (!records) return std::unexpected(records.error());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    auto path = eventstore::inclusion_path(positions[i], size, mirror.folder().hashes(size));
    if (!path) return std::unexpected(path.error());
    into.entries.push_back({positions[i], std::move((*records)[i]), std::move(*path)});
  }
  return {};
}

/// With which the name of a kept or stamped checkpoint begins, below its folder.
std::uint64_t size_in_name(const std::string& name) {
  const auto size = name.substr(name.rfind('/') + 1);
  return api::decimal(size.substr(0, size.find_first_not_of("0123456789"))).value_or(0);
}

/// Names below a folder, in order, the newest `attached_max` of them.
Result<std::vector<std::string>> names_in(const SignedMirror& mirror, const std::string& folder) {
  std::set<std::string> names;
  const auto listed = mirror.folder().each(folder, [&](const std::string& name) {
    if (!name.ends_with(".new")) names.insert(name);
    return true;
  });
  if (!listed) return std::unexpected(listed.error());
  std::vector<std::string> all(names.begin(), names.end());
  if (all.size() > api::evidence::attached_max) {
    std::ranges::stable_sort(all, {}, size_in_name);
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(api::evidence::attached_max));
    std::ranges::sort(all);
  }
  return all;
}

Result<void> add_kept(const SignedMirror& mirror, const std::string& folder, Evidence& into) {
  const auto& newest = mirror.checkpoint();
  const auto files = names_in(mirror, folder);
  if (!files) return std::unexpected(files.error());
  const auto keys = mirror.keys();
  const auto hashes = mirror.folder().hashes(newest.size);
  for (const auto& file : *files) {
    if (!api::evidence::is_kept(file)) continue;
    const auto kept = api::read_kept(mirror.folder(), file, keys);
    if (!kept) return failure(kept.error().code, file + ": " + kept.error().detail);
    const auto& then = kept->checkpoint;
    const auto root =
        then.size > newest.size ? Result<eventstore::Hash>(eventstore::Hash{}) : eventstore::root_at(then.size, hashes);
    if (!root) return std::unexpected(root.error());
    if (*root != then.root)
      return failure("contradiction", file +
                                          " is of another history than the newest checkpoint. Run `pioneer audit "
                                          "verify`, and keep both: they are the proof that history was changed");
    auto path = eventstore::consistency_path(then.size, newest.size, hashes);
    if (!path) return std::unexpected(path.error());
    auto note = mirror.folder().read(file, api::note_bytes_max);
    if (!note) return std::unexpected(note.error());
    into.kept.push_back({file, std::move(*note), std::move(*path)});
  }
  return {};
}

Result<void> add_attached(const SignedMirror& mirror, Evidence& into) {
  auto files = names_in(mirror, std::string(api::stamps_folder));
  if (!files) return std::unexpected(files.error());
  if (const std::string history(api::key_history_file); mirror.folder().exists(history))
    files->insert(files->begin(), history);
  for (const auto& file : *files) {
    if (!api::evidence::is_attached(file)) continue;
    auto bytes = mirror.folder().read(file, file == api::key_history_file ? api::note_bytes_max : api::stamp_bytes_max);
    if (!bytes) return failure(bytes.error().code, file + ": " + bytes.error().detail);
    into.attached.push_back({file, std::move(*bytes)});
  }
  return {};
}

Result<Evidence> gather(const SignedMirror& mirror, const EvidenceOptions& options, const EntryRange& range,
                        const std::string& stream, std::span<const std::uint64_t> positions) {
  Evidence evidence;
  evidence.origin = mirror.checkpoint().origin;
  evidence.stream = stream;
  evidence.from = range.from;
  evidence.to = range.to;
  auto note = mirror.folder().read(std::string(api::newest_checkpoint_file), api::note_bytes_max);
  if (!note) return std::unexpected(note.error());
  evidence.checkpoint = std::move(*note);
  for (const auto& line : mirror.key_lines()) evidence.verifiers += line + "\n";
  auto page = page_from(options.page);
  if (!page) return std::unexpected(page.error());
  evidence.page = std::move(*page);
  if (!evidence.page.empty() && api::evidence::filled_page(evidence.page, "{}").empty())
    return failure("no_page", "The page has no place for proofs; name the verify.html of this version with --page");
  for (const auto& added :
       {add_entries(mirror, positions, evidence), add_kept(mirror, std::string(api::kept_checkpoints_folder), evidence),
        add_kept(mirror, std::string(api::stamps_folder), evidence), add_attached(mirror, evidence)})
    if (!added) return std::unexpected(added.error());
  return evidence;
}

/// As `evidence-check` would find it.
EvidenceReport checked(std::span<const api::ArchivedFile> files, const SignedMirror& mirror, std::string_view page) {
  const auto keys = mirror.keys();
  return api::evidence::check_evidence(files, mirror.checkpoint().origin, keys, page);
}

/// What it is about, and what else is in it: the policies that decided it are entries as well.
std::string words_of(const EvidenceReport& report) {
  auto words = counted(report.entries, "entry", "entries") + " of " + report.stream;
  if (report.related > 0) words += " and " + counted(report.related, "policy that decided", "policies that decided");
  return words;
}

}  // namespace

Exit audit_evidence(const Place& place, const EvidenceOptions& options) {
  adapters::posix::PosixDisk disk;
  if (disk.exists(options.file)) return fail(Exit::could_not_run, options.file + " exists already. Name another file.");
  const auto mirror = proven_mirror(options.range.mirror);
  if (!mirror) return mirror.error();
  const auto range = range_of(**mirror, options.range);
  if (!range) return Exit::usage;
  const auto stream = named_stream(**mirror, options.range.stream);
  if (!stream) return stream.error();
  const auto positions = positions_of(**mirror, *range, *stream);
  if (!positions) return fail(positions.error());
  if (positions->empty()) return not_in_mirror(*stream);
  const auto evidence = gather(**mirror, options, *range, *stream, *positions);
  if (!evidence)
    return evidence.error().code == "contradiction" ? fail(Exit::no, sentence_of(evidence.error()))
                                                    : fail(evidence.error());
  const auto files = api::evidence::write_evidence(*evidence);
  if (!files) return fail(files.error());
  const auto report = checked(*files, **mirror, evidence->page);
  if (const auto& fault = report.fault)
    return fail(Exit::no, "Nothing was written, for it would not hold: " + fault->file + ": " + fault->sentence +
                              ". Run `pioneer audit verify`.");
  const auto archive = adapters::zip::ZipArchives{}.pack(*files);
  if (!archive) return fail(archive.error());
  if (const auto kept = eventstore::write_whole(disk, options.file, *archive, eventstore::OpenMode::create_new); !kept)
    return fail(kept.error());
  const auto digest = api::hex(eventstore::sha256(eventstore::bytes_of(*archive)).view());
  if (evidence->page.empty())
    complain(
        "No page that checks itself is in it: none was built. Build the web application, or name one with --page.");
  if (place.json) {
    say((*mirror)->answer(JsonObject()
                              .text("file", options.file)
                              .text("sha256", digest)
                              .number("entries", report.entries)
                              .number("related", report.related)
                              .number("checkpoints", evidence->kept.size())
                              .number("attached", evidence->attached.size())
                              .yes_no("page", !evidence->page.empty())
                              .number("bytes", archive->size())));
    return Exit::done;
  }
  say("Wrote " + options.file + ": " + words_of(report) + ", with their proofs, " + counted(archive->size(), "byte") +
      ".");
  say("  SHA-256  " + digest);
  say("  check    pioneer audit evidence-check " + options.file + " --verifier KEY");
  return Exit::done;
}

namespace {

/// When the newest of its entries among the log's first `size` was recorded.
RecordedAt times_of(const EvidenceReport& report) {
  return [&report](std::uint64_t size) -> std::optional<std::int64_t> {
    const auto& all = report.recorded_at_us;
    const auto behind = std::ranges::lower_bound(all, size, {}, [](const auto& one) { return one.first; });
    return report.fault || behind == all.begin() ? std::nullopt : std::optional(std::prev(behind)->second);
  };
}

ClocksDiffer clocks_of(const EvidenceReport& report, const KeptStamps& stamps) {
  auto clocks = stamps.clocks();
  clocks.look_at(report.cosigners, times_of(report));
  return clocks;
}

std::string json_of(const EvidenceReport& report, bool cannot_tell, const KeptStamps& stamps, const std::string& origin,
                    bool own_key) {
  JsonObject out;
  if (cannot_tell)
    out.raw("ok", "null");
  else
    out.yes_no("ok", !report.fault);
  if (report.fault)
    out.text("code", report.fault->code).text("file", report.fault->file).text("reason", report.fault->sentence);
  stamps.add_to(out);
  clocks_of(report, stamps).add_to(out);
  return out.text("origin", origin)
      .text("keyFrom", own_key ? "archive" : "given")
      .text("stream", report.stream)
      .text("from", std::to_string(report.from))
      .text("to", std::to_string(report.to))
      .text("size", std::to_string(report.checkpoint.size))
      .text("root", api::hex(report.checkpoint.root.view()))
      .number("entries", report.entries)
      .number("related", report.related)
      .number("checkpoints", report.kept)
      .yes_no("keyHistory", report.key_history)
      .yes_no("wholeBeginning", report.whole_beginning)
      .yes_no("gap", report.gap)
      .yes_no("page", report.page)
      .yes_no("ownPage", report.own_page)
      .raw("cosigners", cosigners_json(report.cosigners))
      .yes_no("cosigned", report.cosigned)
      .str();
}

void tell(const EvidenceReport& report, bool cannot_tell, const KeptStamps& stamps, const std::string& origin,
          bool own_key) {
  if (report.fault) {
    say((cannot_tell ? "CANNOT TELL: " : "BAD: ") + ended(report.fault->sentence));
    if (!report.fault->file.empty()) say("  file         " + report.fault->file);
    if (cannot_tell) return;
    say("Do not rely on it. Keep the archive as it is, and ask for it again.");
    return;
  }
  say("Good: " + words_of(report) + ", each in its place, as it was signed.");
  say("  looked at    entries " + std::to_string(report.from) + " to " +
      std::to_string(report.to == 0 ? 0 : report.to - 1) +
      ", as whoever made it says: that no more of it stands there, or behind, only a mirror shows");
  say("  root         " + api::hex(report.checkpoint.root.view()) + " of " +
      counted(report.checkpoint.size, "entry", "entries"));
  say("  signed by    " + origin);
  if (own_key) say("               by the key in the archive itself: compare it with the one that was published");
  tell_cosigners(report.cosigners);
  if (!report.cosigners.empty() && !report.cosigned) say("               not yet all of these entries");
  if (report.kept > 0) say("  checkpoints  " + grouped(report.kept) + ", all of one history");
  stamps.tell();
  clocks_of(report, stamps).tell(13);
  if (report.key_history) say("  keys         which signed when, as the log signed it: key-history");
  if (report.gap) say("  gap          a revision is missing between two of them");
  if (!report.whole_beginning && !report.stream.ends_with('/')) say("  begins       later than the stream does");
  if (report.page && !report.own_page) say("  page         shows these proofs; that it is ours could not be compared");
}

Result<std::string> archive_in(const std::string& file) { return api::MirrorFolder(".").read(file, archive_bytes_max); }

std::vector<std::string> own_lines(std::span<const api::ArchivedFile> files) {
  std::vector<std::string> lines;
  const auto found = std::ranges::find(files, "verifier", &api::ArchivedFile::name);
  std::string_view rest = found == files.end() ? std::string_view() : found->bytes;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

/// Those in the archive itself.
Result<AuditKeys> own_keys(std::span<const api::ArchivedFile> files) {
  const auto found = std::ranges::find(files, "verifier", &api::ArchivedFile::name);
  if (found == files.end()) return failure("bad_verifier_key", "The archive holds no key. Name one with --verifier");
  if (found->bytes.size() > own_keys_bytes_max)
    return failure("bad_verifier_key", "The archive's file of keys is longer than any log's keys.");
  return AuditKeys::of(own_lines(files));
}

/// Whether it says that keys signed for the log which are not among these.
bool names_more_than(std::span<const api::ArchivedFile> files, const AuditKeys& keys) {
  const auto& given = keys.texts();
  return std::ranges::any_of(own_lines(files),
                             [&](const auto& line) { return std::ranges::find(given, line) == given.end(); });
}

/// Each as two files of the archive.
void check_stamps(std::span<const api::ArchivedFile> files, const RecordedAt& recorded_at_us, KeptStamps& stamps) {
  for (const auto& [name, bytes] : files) {
    if (!name.starts_with(api::stamps_folder) || !name.ends_with(".tsr")) continue;
    const std::string text(name.substr(0, name.size() - 4));
    const auto stamped = std::ranges::find(files, text, &api::ArchivedFile::name);
    stamps.check(text.substr(api::stamps_folder.size() + 1),
                 stamped == files.end() ? std::string_view() : stamped->bytes, bytes, recorded_at_us);
  }
}

}  // namespace

Exit audit_evidence_check(const Place& place, const EvidenceCheckOptions& options) {
  auto stamps = KeptStamps::with(options.tsa_ca);
  if (!stamps) return fail(Exit::usage, sentence_of(stamps.error()));
  const auto archive = archive_in(options.file);
  if (!archive) return fail(Exit::could_not_run, options.file + ": " + sentence_of(archive.error()));
  const bool own_key = options.verifiers.empty();
  const auto bad = [&](const eventstore::Error& error) {
    EvidenceReport report;
    report.fault = {error.code, {}, error.detail};
    if (place.json)
      say(json_of(report, false, *stamps, {}, own_key));
    else
      tell(report, false, *stamps, {}, own_key);
    return Exit::no;
  };
  const auto files = adapters::zip::ZipArchives{}.unpack(
      *archive, {.files_max = api::evidence::files_max, .bytes_max = api::evidence::bytes_max});
  if (!files) return bad(files.error());
  const auto keys = own_key ? own_keys(*files) : AuditKeys::read_with_witnesses(options.verifiers);
  if (!keys) return own_key ? bad(keys.error()) : fail(Exit::usage, sentence_of(keys.error()));
  const auto page = page_from(options.page);
  if (!page) return fail(page.error());
  const auto all = keys->with_witnesses();
  auto report = api::evidence::check_evidence(*files, keys->origin(), all, *page);
  check_stamps(*files, times_of(report), *stamps);
  if (const auto& fault = stamps->fault(); fault && !report.fault)
    report.fault = {fault->code, fault->file, fault->sentence};
  // That no key that was given signed it is no word against it, if the archive names another one; nor that an authority
  // was not given.
  const bool unknown = report.fault && (report.fault->code == KeptStamps::unknown_authority ||
                                        (report.fault->code == "not_signed" && names_more_than(*files, *keys)));
  if (place.json)
    say(json_of(report, unknown, *stamps, keys->origin(), own_key));
  else
    tell(report, unknown, *stamps, keys->origin(), own_key);
  if (unknown) return Exit::could_not_run;
  return report.fault ? Exit::no : Exit::done;
}

}  // namespace pioneer::cli
