#include "adapters/sodium/key_history.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "eventstore/whole_file.hpp"

namespace pioneer::adapters {
namespace {

using eventstore::failure;
using eventstore::Result;
using Periods = std::vector<KeyPeriod>;

/// Some hundred keys: a log that changes its key each month lasts for decades.
constexpr std::size_t history_bytes_max = 64u << 10;
constexpr std::string_view open_end = "-";

std::string path_in(const std::string& directory) { return directory + "/log-key-history"; }

Result<Periods> parse(const std::string& text, const std::string& path) {
  const auto bad = [&] {
    return failure("bad_key_history", path + " is no list of the log's keys. Restore it from a copy.");
  };
  Periods periods;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string verifier, to_size, to_s;
    std::uint64_t from_size = 0;
    std::int64_t from_s = 0;
    if (!(fields >> verifier >> from_size >> from_s >> to_size >> to_s)) return bad();
    auto key = VerifierKey::parse(verifier);
    if (!key) return bad();
    KeyPeriod period{std::move(*key), verifier, from_size, from_s, std::nullopt, 0};
    if (to_size != open_end) {
      std::uint64_t size = 0;
      if (!(std::istringstream(to_size) >> size) || !(std::istringstream(to_s) >> period.to_s)) return bad();
      period.to_size = size;
    }
    periods.push_back(std::move(period));
  }
  return periods;
}

bool holds(const Periods& periods, const std::string& verifier) {
  return std::ranges::any_of(periods, [&](const KeyPeriod& one) { return one.verifier == verifier; });
}

Result<Periods> kept(eventstore::Disk& disk, const std::string& directory) {
  const auto path = path_in(directory);
  if (!disk.exists(path)) return Periods{};
  const auto text = eventstore::read_whole(disk, path, history_bytes_max);
  return text ? parse(*text, path) : std::unexpected(text.error());
}

/// Whether anything had to be changed.
Result<bool> bring_up(Periods& periods, const SigningKey& key, std::uint64_t size, std::int64_t now_s) {
  bool changed = false;
  const auto before = key.verifier_before();
  for (const auto& verifier : {before, key.verifier()}) {
    if (verifier.empty() || holds(periods, verifier)) continue;
    auto parsed = VerifierKey::parse(verifier);
    if (!parsed) return std::unexpected(parsed.error());
    const bool first = periods.empty();
    periods.push_back({std::move(*parsed), verifier, first ? 0 : size, first ? 0 : now_s, std::nullopt, 0});
    changed = true;
  }
  for (auto& period : periods) {
    if (period.to_size || period.verifier == before || period.verifier == key.verifier()) continue;
    period.to_size = size;
    period.to_s = now_s;
    changed = true;
  }
  return changed;
}

}  // namespace

std::string key_history_lines(const Periods& periods) {
  std::string text;
  for (const auto& period : periods) {
    text += period.verifier + " " + std::to_string(period.from_size) + " " + std::to_string(period.from_s) + " " +
            (period.to_size ? std::to_string(*period.to_size) + " " + std::to_string(period.to_s) : "- -") + "\n";
  }
  return text;
}

Result<Periods> settle_key_history(eventstore::Disk& disk, const std::string& directory, const SigningKey& key,
                                   std::uint64_t size, std::int64_t now_s) {
  auto periods = kept(disk, directory);
  if (!periods) return periods;
  const auto changed = bring_up(*periods, key, size, now_s);
  if (!changed) return std::unexpected(changed.error());
  if (*changed && periods->size() > 1) {
    auto written = eventstore::write_whole(disk, path_in(directory), key_history_lines(*periods),
                                           eventstore::OpenMode::create_new);
    if (!written) return std::unexpected(written.error());
  }
  return periods;
}

Result<Periods> read_key_history(eventstore::Disk& disk, const std::string& directory, const SigningKey& key) {
  auto periods = kept(disk, directory);
  if (!periods) return periods;
  if (const auto changed = bring_up(*periods, key, 0, 0); !changed) return std::unexpected(changed.error());
  return periods;
}

Result<std::vector<std::string>> known_log_keys(eventstore::Disk& disk, const std::string& directory) {
  std::vector<std::string> keys;
  const auto path = directory + "/" + std::string(log_key_files.verifier);
  if (disk.exists(path)) {
    auto text = eventstore::read_whole(disk, path, history_bytes_max);
    if (!text) return std::unexpected(text.error());
    keys.push_back(text->substr(0, text->find('\n')));
  }
  const auto periods = kept(disk, directory);
  if (!periods) return std::unexpected(periods.error());
  for (auto period = periods->rbegin(); period != periods->rend(); ++period)
    if (keys.empty() || keys.front() != period->verifier) keys.push_back(period->verifier);
  return keys;
}

}  // namespace pioneer::adapters
