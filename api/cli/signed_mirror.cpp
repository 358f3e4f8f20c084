#include "api/cli/signed_mirror.hpp"

#include <charconv>

#include "adapters/posix/executor.hpp"
#include "api/audit/mirror_commits.hpp"
#include "api/audit/mirror_verify.hpp"

namespace pioneer::cli {

using eventstore::Result;

namespace {

/// Exit 1 where the mirror is not what was signed; a folder that is none, a disk that fails, or a key that cannot judge
/// it, decides nothing.
Exit exit_of(const eventstore::Error& error, bool own_key) {
  if (error.code == "bad_verifier_key" || error.code == "no_verifier_key") return own_key ? Exit::no : Exit::usage;
  for (const auto* nothing_decided :
       {"no_mirror", "mirror_unfinished", "no_records", "read_failed", "newer_format", "not_signed"})
    if (error.code == nothing_decided) return Exit::could_not_run;
  return Exit::no;
}

std::string in_words(const eventstore::Error& error) {
  return (error.code == "not_signed" ? "CANNOT TELL: " : "") + sentence_of(error);
}

std::string in_words(const api::MirrorFault& fault) {
  if (fault.code == "not_signed") return "CANNOT TELL: " + fault.file + ": " + ended(fault.sentence);
  return "The mirror proves nothing: " + fault.file + ": " + fault.sentence +
         ". Run `pioneer audit verify`, which says where.";
}

}  // namespace

Result<std::unique_ptr<SignedMirror>> SignedMirror::open(const AuditMirrorOptions& options) {
  const bool own_key = options.verifiers.empty();
  if (auto absent = no_mirror_in(options.mirror)) return std::unexpected(*absent);
  auto keys = own_key ? AuditKeys::read({options.mirror + "/" + std::string(api::verifier_file)})
                      : AuditKeys::read_with_witnesses(options.verifiers);
  if (!keys) return std::unexpected(keys.error());
  std::unique_ptr<SignedMirror> mirror(new SignedMirror(options.mirror, std::move(*keys), own_key));
  const auto all = mirror->keys();
  auto newest = api::read_kept(mirror->folder(), std::string(api::newest_checkpoint_file), all);
  if (!newest) return std::unexpected(newest.error());
  if (newest->checkpoint.size > 0 && !mirror->folder().exists("tile/entries"))
    return eventstore::failure("no_records", "This mirror holds hashes only; there is nothing to compute from.");
  mirror->checkpoint_ = std::move(newest->checkpoint);
  return mirror;
}

std::optional<eventstore::Error> no_mirror_in(const std::string& path) {
  const api::MirrorFolder folder(path);
  if (folder.exists(std::string(api::newest_checkpoint_file))) return std::nullopt;
  if (!folder.exists("tile"))
    return eventstore::Error{"no_mirror", "There is no mirror in " + path + ". Check the folder."};
  if (folder.exists(std::string(api::kept_checkpoints_folder))) return std::nullopt;
  return eventstore::Error{"mirror_unfinished", "This mirror was never finished: run `pioneer audit mirror` again."};
}

std::optional<api::MirrorFault> SignedMirror::prove() {
  constexpr unsigned threads = 2;
  const auto keys = keys_.all();
  const auto witnesses = keys_.witnesses();
  adapters::posix::ThreadPool beside(threads);
  Progress progress("entries verified", 0);
  api::MirrorVerifyOptions how;
  how.keys = keys;
  how.witnesses = witnesses;
  how.workers = threads;
  how.beside = &beside;
  how.progress = [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); };
  const auto found = api::verify_mirror(folder_, how);
  proven_ = !found.fault;
  last_ = found.last;
  return found.fault;
}

JsonObject SignedMirror::worth(JsonObject computed) const {
  return computed.yes_no("proven", proven_).text("keyFrom", key_from(own_key_));
}

std::expected<std::unique_ptr<SignedMirror>, Exit> proven_mirror(const AuditMirrorOptions& options) {
  auto mirror = SignedMirror::open(options);
  if (!mirror)
    return std::unexpected(fail(exit_of(mirror.error(), options.verifiers.empty()), in_words(mirror.error())));
  if (options.unproven) {
    complain("NOT PROVEN: no entry was held against the signed checkpoint, so all of them may be forged.");
    return std::move(*mirror);
  }
  const auto fault = (*mirror)->prove();
  if (!fault) return std::move(*mirror);
  return std::unexpected(fail(exit_of({fault->code, fault->sentence}, options.verifiers.empty()), in_words(*fault)));
}

Result<std::optional<std::uint64_t>> size_then(const SignedMirror& mirror, const std::string& when) {
  const auto size = mirror.checkpoint().size;
  std::uint64_t position = 0;
  const auto [end, error] = std::from_chars(when.data(), when.data() + when.size(), position);
  if (error == std::errc{} && end == when.data() + when.size()) return std::min(position, size);
  const auto time_us = time_or_date_us(when);
  if (!time_us) return std::optional<std::uint64_t>{};
  const auto until_us = *time_us;
  // Stamps never go back, so the first one after it can be searched for.
  std::uint64_t low = 0;
  std::uint64_t high = size;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto commits = api::MirrorCommits(mirror.folder(), size, middle).next();
    if (!commits) return std::unexpected(commits.error());
    if (commits->front().body.recorded_at_us() <= until_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::optional<EntryRange> range_of(const SignedMirror& mirror, const AuditHistoryOptions& options) {
  const auto from = size_then(mirror, options.from);
  const auto to = options.to.empty() ? Result<std::optional<std::uint64_t>>(mirror.checkpoint().size)
                                     : size_then(mirror, options.to);
  if (!from || !to) {
    fail(from ? to.error() : from.error());
    return std::nullopt;
  }
  if (!*from || !*to || **from > **to) {
    fail(Exit::usage,
         "--from and --to are positions, times such as 2026-03-01T12:00:00Z, or dates, from their first second on "
         "(UTC); "
         "--from comes first.");
    return std::nullopt;
  }
  return EntryRange{**from, **to};
}

Result<void> each_commit(const SignedMirror& mirror, const EntryRange& range,
                         const std::function<Result<void>(const eventstore::AcceptedCommit&)>& each) {
  Progress progress("entries read", range.to - range.from);
  api::MirrorCommits source(mirror.folder(), mirror.checkpoint().size, range.from,
                            [&](std::uint64_t entries) { progress.at(entries - range.from); });
  while (true) {
    const auto commits = source.next();
    if (!commits) return std::unexpected(commits.error());
    if (commits->empty()) return {};
    for (const auto& commit : *commits) {
      if (commit.sequence.value >= range.to) return {};
      if (auto taken = each(commit); !taken) return taken;
    }
  }
}

}  // namespace pioneer::cli
