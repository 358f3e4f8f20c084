#include "api/cli/signed_mirror.hpp"

#include <charconv>

#include "api/audit/mirror_commits.hpp"
#include "api/http/rfc3339.hpp"

namespace pioneer::cli {

using eventstore::Result;

Result<std::unique_ptr<SignedMirror>> SignedMirror::open(const AuditMirrorOptions& options) {
  const bool own_key = options.verifiers.empty();
  if (!api::MirrorFolder(options.mirror).exists(std::string(api::newest_checkpoint_file)))
    return eventstore::failure("no_mirror", "There is no mirror in " + options.mirror + ". Check the folder.");
  auto keys = own_key ? AuditKeys::read({options.mirror + "/" + std::string(api::verifier_file)})
                      : AuditKeys::read_with_witnesses(options.verifiers);
  if (!keys) return std::unexpected(keys.error());
  std::unique_ptr<SignedMirror> mirror(new SignedMirror(options.mirror, std::move(*keys)));
  const auto all = mirror->keys();
  auto newest = api::read_kept(mirror->folder(), std::string(api::newest_checkpoint_file), all);
  if (!newest) return std::unexpected(newest.error());
  if (newest->checkpoint.size > 0 && !mirror->folder().exists("tile/entries"))
    return eventstore::failure("no_records", "This mirror holds hashes only; there is nothing to compute from.");
  mirror->checkpoint_ = std::move(newest->checkpoint);
  return mirror;
}

Result<std::optional<std::uint64_t>> size_then(const SignedMirror& mirror, const std::string& when) {
  const auto size = mirror.checkpoint().size;
  std::uint64_t position = 0;
  const auto [end, error] = std::from_chars(when.data(), when.data() + when.size(), position);
  if (error == std::errc{} && end == when.data() + when.size()) return std::min(position, size);
  const auto time = api::http::parse_rfc3339(when);
  if (!time) return std::optional<std::uint64_t>{};
  const auto until_us = time->seconds * 1'000'000 + time->nanos / 1'000;
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
    fail(Exit::usage, "--from and --to are positions, or times such as 2026-03-01T12:00:00Z; --from comes first.");
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
