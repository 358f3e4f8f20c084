#include "api/proofs/contradictions.hpp"

#include <algorithm>

#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::api {
namespace {

using eventstore::Result;

constexpr std::string_view ours_suffix = ".ours";
/// Who showed it, and when in microseconds: a line each.
constexpr std::string_view seen_suffix = ".seen";
constexpr std::size_t seen_bytes_max = 4096;

std::string name_of(const SignedCheckpoint& checkpoint) {
  return std::to_string(checkpoint.size) + "-" + hex(checkpoint.root.view()).substr(0, 16);
}

bool is_beside(const std::string& name) {
  return name.ends_with(ours_suffix) || name.ends_with(seen_suffix) || name.ends_with(eventstore::beside_suffix);
}

void read_seen(std::string_view text, Contradictions::Kept& kept) {
  kept.witness = take_line(text).value_or("");
  const auto us = decimal(take_line(text).value_or(""));
  if (us) kept.seen = eventstore::Instant{static_cast<std::int64_t>(*us)};
}

}  // namespace

Result<std::unique_ptr<Contradictions>> Contradictions::open(eventstore::Disk& disk, std::string directory,
                                                             const Checkpoints& checkpoints,
                                                             std::span<const Verifier* const> keys,
                                                             ReadToEnd read_to_end) {
  using Owner = std::unique_ptr<Contradictions>;
  Owner found(new Contradictions(disk, std::move(directory), checkpoints, keys, std::move(read_to_end)));
  const auto names = disk.list(found->folder_);
  if (!names && names.error().code == "no_such_file") return found;
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (is_beside(name) || found->all_.size() == kept_max) continue;
    if (auto kept = found->read_kept(found->folder_ + "/" + name)) {
      kept->file = std::string(folder_name) + "/" + name;
      found->all_.push_back(std::move(*kept));
    }
  }
  return found;
}

/// What our keys did not sign says nothing.
std::optional<Contradictions::Kept> Contradictions::read_kept(const std::string& path) const {
  auto theirs = eventstore::read_whole(disk_, path, note_bytes_max);
  const auto checkpoint = theirs ? read(*theirs) : std::nullopt;
  if (!checkpoint) return std::nullopt;
  Kept kept;
  kept.theirs = std::move(*theirs);
  if (auto ours = eventstore::read_whole(disk_, path + std::string(ours_suffix), note_bytes_max))
    kept.ours = std::move(*ours);
  if (const auto seen = eventstore::read_whole(disk_, path + std::string(seen_suffix), seen_bytes_max))
    read_seen(*seen, kept);
  // It was a contradiction once: what is longer than what is signed here stays one until the log has come so far.
  const auto newest = checkpoints_.newest();
  kept.stands = newest != nullptr && judge_by_root(*checkpoint).judgement != Judgement::leads_there;
  return kept;
}

std::optional<SignedCheckpoint> Contradictions::read(const std::string& note) const {
  const auto parsed = parse_note(note);
  const auto checkpoint = parsed ? check_checkpoint_of(*parsed, keys_.front()->name(), keys_)
                                 : Result<SignedCheckpoint>(std::unexpected(parsed.error()));
  return checkpoint ? std::optional(*checkpoint) : std::nullopt;
}

Contradictions::Judged Contradictions::judge_by_root(const SignedCheckpoint& theirs) const {
  auto newest = checkpoints_.newest();
  const auto ours = newest == nullptr ? std::nullopt : parse_checkpoint(*newest);
  if (!ours || theirs.size > ours->size) return {Judgement::not_yet, std::move(newest)};
  const auto root = checkpoints_.root_at(theirs.size);
  if (!root) return {Judgement::not_yet, std::move(newest)};
  return {*root == theirs.root ? Judgement::leads_there : Judgement::contradicts, std::move(newest)};
}

/// Whoever signed it had read as many records: the log held them before it was shown to us, and holds them still, or
/// lost them.
Contradictions::Judged Contradictions::judge_at_end(const SignedCheckpoint& theirs) const {
  auto judged = judge_by_root(theirs);
  const auto ours = judged.ours == nullptr ? std::nullopt : parse_checkpoint(*judged.ours);
  if (judged.judgement != Judgement::not_yet || !ours || theirs.size <= ours->size) return judged;
  const auto end = read_to_end_ ? read_to_end_() : Result<std::uint64_t>(ours->size);
  if (end && *end < theirs.size) judged.judgement = Judgement::contradicts;
  return judged;
}

bool Contradictions::knows(const std::string& file) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(all_, file, &Kept::file) != all_.end();
}

std::optional<Contradictions::Found> Contradictions::hold(const std::string& note, const std::string& witness,
                                                          eventstore::Instant now) {
  const auto theirs = read(note);
  if (!theirs) return std::nullopt;
  Kept kept{std::string(folder_name) + "/" + name_of(*theirs), note, {}, witness, now, true};
  if (knows(kept.file)) return std::nullopt;
  const auto judged = judge_at_end(*theirs);
  if (judged.judgement == Judgement::leads_there || judged.ours == nullptr) return std::nullopt;
  if (judged.judgement == Judgement::contradicts) {
    kept.ours = *judged.ours;
    return keep(kept);
  }
  const std::lock_guard lock(mutex_);
  const bool waits_already = std::ranges::find(waiting_, kept.file, &Kept::file) != waiting_.end();
  if (!waits_already && waiting_.size() < kept_max) waiting_.push_back(std::move(kept));
  return std::nullopt;
}

std::optional<Contradictions::Found> Contradictions::keep(const Kept& kept) {
  const std::lock_guard lock(mutex_);
  if (all_.size() == kept_max || std::ranges::find(all_, kept.file, &Kept::file) != all_.end()) return std::nullopt;
  all_.push_back(kept);
  return Found{kept, write(kept)};
}

bool Contradictions::waits() const {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

std::vector<Contradictions::Found> Contradictions::judge() {
  const auto covered = checkpoints_.covered();
  if (covered == judged_at_ && !waits()) return {};
  judged_at_ = covered;
  // Hashes are read without the lock.
  for (const auto& one : all()) {
    const auto checkpoint = read(one.theirs);
    const auto judgement = checkpoint ? judge_by_root(*checkpoint).judgement : Judgement::not_yet;
    if (judgement == Judgement::not_yet) continue;
    const std::lock_guard lock(mutex_);
    const auto kept = std::ranges::find(all_, one.file, &Kept::file);
    if (kept != all_.end()) kept->stands = judgement == Judgement::contradicts;
  }
  std::vector<Kept> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
  }
  std::vector<Found> found;
  for (auto& one : waiting) {
    const auto checkpoint = read(one.theirs);
    const auto judged = checkpoint ? judge_by_root(*checkpoint) : Judged{Judgement::leads_there, nullptr};
    if (judged.judgement == Judgement::not_yet) {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(one));
    } else if (judged.judgement == Judgement::contradicts) {
      one.ours = *judged.ours;
      if (auto kept = keep(one)) found.push_back(std::move(*kept));
    }
  }
  return found;
}

Result<void> Contradictions::write(const Kept& kept) const {
  using eventstore::OpenMode;
  if (!disk_.exists(folder_)) {
    if (auto made = disk_.make_directory(folder_); !made) return made;
    if (auto synced = disk_.sync_directory(directory_); !synced) return synced;
  }
  const auto path = directory_ + "/" + kept.file;
  auto done = eventstore::write_whole(disk_, path + std::string(ours_suffix), kept.ours, OpenMode::create_new);
  if (done)
    done = eventstore::write_whole(disk_, path + std::string(seen_suffix),
                                   kept.witness + "\n" + std::to_string(kept.seen->value) + "\n", OpenMode::create_new);
  // By this one the others are found.
  return done ? eventstore::write_whole(disk_, path, kept.theirs, OpenMode::create_new) : done;
}

std::size_t Contradictions::standing() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count(all_, true, &Kept::stands));
}

std::vector<Contradictions::Kept> Contradictions::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

}  // namespace pioneer::api
