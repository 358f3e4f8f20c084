#include "api/proofs/checkpoint_watch.hpp"

#include <algorithm>
#include <ranges>
#include <utility>
#include <vector>

#include "api/text/lines.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::string_view not_running = "not_running";
/// In place of an end, or of a reason.
constexpr std::string_view none = "-";

/// A hundred gaps have a sixth of it.
constexpr std::size_t incidents_bytes_max = 64u << 10;

std::string path_in(const std::string& directory) { return directory + "/" + std::string(CheckpointGaps::file_name); }

std::string line_of(const CheckpointGap& gap) {
  return std::to_string(gap.began.value) + " " + (gap.ended ? std::to_string(gap.ended->value) : std::string(none)) +
         " " + std::to_string(gap.from_size) + " " + std::to_string(gap.to_size) + " " +
         (gap.reason.empty() ? std::string(none) : gap.reason) + "\n";
}

std::optional<eventstore::Instant> instant(std::string_view digits) {
  const auto us = decimal(digits);
  return us ? std::optional(eventstore::Instant{static_cast<std::int64_t>(*us)}) : std::nullopt;
}

std::optional<CheckpointGap> read_line(std::string_view line) {
  std::vector<std::string_view> words;
  for (const auto word : std::views::split(line, ' ')) words.emplace_back(word.begin(), word.end());
  if (words.size() != 5) return std::nullopt;
  const auto began = instant(words[0]);
  const auto ended = instant(words[1]);
  const auto from = decimal(words[2]);
  const auto to = decimal(words[3]);
  if (!began || (!ended && words[1] != none) || !from || !to) return std::nullopt;
  return CheckpointGap{*began, ended, *from, *to, words[4] == none ? "" : std::string(words[4])};
}

}  // namespace

std::string CheckpointGaps::text() const {
  std::string text = std::to_string(late_count) + "\n";
  for (const auto& gap : newest_first) text += line_of(gap);
  return text;
}

std::optional<CheckpointGaps> CheckpointGaps::read(std::string_view text) {
  CheckpointGaps gaps;
  const auto count = decimal(take_line(text).value_or(""));
  if (!count || *count > ~std::uint32_t{0}) return std::nullopt;
  gaps.late_count = static_cast<std::uint32_t>(*count);
  for (const auto line : lines_of(text)) {
    auto gap = read_line(line);
    if (!gap || gaps.newest_first.size() == kept_max) return std::nullopt;
    gaps.newest_first.push_back(std::move(*gap));
  }
  return gaps;
}

CheckpointGaps CheckpointGaps::unknown(eventstore::Instant log_began, eventstore::Instant now, std::uint64_t covered,
                                       std::string reason) {
  CheckpointGaps gaps;
  gaps.late_count = 1;
  gaps.newest_first.push_back({log_began, now, 0, covered, std::move(reason)});
  return gaps;
}

Result<void> CheckpointGaps::begin(eventstore::Disk& disk, const std::string& directory) {
  return disk.exists(path_in(directory)) ? Result<void>{} : CheckpointGaps().keep(disk, directory);
}

Result<void> CheckpointGaps::keep(eventstore::Disk& disk, const std::string& directory) const {
  return eventstore::write_whole(disk, path_in(directory), text(), eventstore::OpenMode::create_new);
}

Result<CheckpointGaps> CheckpointGaps::kept(eventstore::Disk& disk, const std::string& directory) {
  const auto path = path_in(directory);
  if (!disk.exists(path)) return failure("no_record", path + " is gone: it is there since the first checkpoint was.");
  const auto text = eventstore::read_whole(disk, path, incidents_bytes_max);
  if (!text) return std::unexpected(text.error());
  auto gaps = read(*text);
  if (!gaps) return failure("bad_record", path + " is not what was written there.");
  return std::move(*gaps);
}

/// What was not covered before this process began is measured by the only clock that knew of it.
CheckpointWatch::CheckpointWatch(const eventstore::Clock& clock, Start start, Keep keep)
    : clock_(clock), keep_(std::move(keep)), covered_(start.covered) {
  const auto at = now();
  seen_.since = at.wall;
  seen_.gaps = std::move(start.gaps);
  auto& gaps = seen_.gaps.newest_first;
  late_ = !gaps.empty() && !gaps.front().ended;
  if (late_ && !start.uncovered_since) start.uncovered_since = gaps.front().began;
  if (!start.uncovered_since) return;
  const auto ago = std::max<std::int64_t>(at.wall.value - start.uncovered_since->value, 0);
  behind_since_ = Moment{*start.uncovered_since, eventstore::Instant{at.boot.value - ago}};
  if (late_) reason_ = gaps.front().reason;
  if (reason_.empty() && ago > late_after_us) reason_ = not_running;
}

void CheckpointWatch::begin(std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  length_ = length;
  if (length > covered_ && !behind_since_) behind_since_ = now();
}

void CheckpointWatch::end(std::uint64_t covered, const eventstore::Error* failure) {
  std::unique_lock lock(mutex_);
  const auto at = now();
  if (failure != nullptr) {
    ++seen_.failed_count;
    reason_ = failure->code;
  }
  bool changed = look(at);
  if (failure == nullptr && covered > covered_) {
    ++seen_.signed_count;
    seen_.signed_at = at.wall;
    covered_ = covered;
    behind_since_.reset();
    reason_.clear();
    if (std::exchange(late_, false)) {
      seen_.gaps.newest_first.front().ended = at.wall;
      seen_.gaps.newest_first.front().to_size = covered;
      changed = true;
    }
  }
  if (!changed || !keep_) return;
  const auto gaps = seen_.gaps;
  lock.unlock();
  keep_(gaps);
}

bool CheckpointWatch::look(const Moment& at) {
  if (!behind_since_ || at.boot.value - behind_since_->boot.value <= late_after_us) return false;
  auto& gaps = seen_.gaps.newest_first;
  const bool begins = !std::exchange(late_, true);
  if (begins) {
    ++seen_.gaps.late_count;
    gaps.push_front({behind_since_->wall, {}, covered_, length_, {}});
    if (gaps.size() > CheckpointGaps::kept_max) gaps.pop_back();
  }
  gaps.front().to_size = length_;
  const bool another = gaps.front().reason != reason_;
  gaps.front().reason = reason_;
  return begins || another;
}

CheckpointWatch::Seen CheckpointWatch::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

}  // namespace pioneer::api
