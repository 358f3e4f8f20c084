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
                                                             std::span<const Verifier* const> keys) {
  std::unique_ptr<Contradictions> found(new Contradictions(disk, std::move(directory), checkpoints, keys));
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
  kept.stands = contradicted_by(*checkpoint) != nullptr;
  return kept;
}

std::optional<SignedCheckpoint> Contradictions::read(const std::string& note) const {
  const auto parsed = parse_note(note);
  const auto checkpoint = parsed ? check_checkpoint_of(*parsed, keys_.front()->name(), keys_)
                                 : Result<SignedCheckpoint>(std::unexpected(parsed.error()));
  return checkpoint ? std::optional(*checkpoint) : std::nullopt;
}

std::shared_ptr<const std::string> Contradictions::contradicted_by(const SignedCheckpoint& theirs) const {
  auto newest = checkpoints_.newest();
  const auto ours = newest == nullptr ? std::nullopt : parse_checkpoint(*newest);
  if (!ours) return nullptr;
  if (theirs.size > ours->size) return newest;
  const auto root = checkpoints_.root_at(theirs.size);
  return root && *root != theirs.root ? newest : nullptr;
}

std::optional<Contradictions::Found> Contradictions::hold(const std::string& note, const std::string& witness,
                                                          eventstore::Instant now) {
  const auto theirs = read(note);
  const auto ours = theirs ? contradicted_by(*theirs) : nullptr;
  if (ours == nullptr) return std::nullopt;
  Kept kept{std::string(folder_name) + "/" + name_of(*theirs), note, *ours, witness, now, true};
  const std::lock_guard lock(mutex_);
  if (all_.size() == kept_max || std::ranges::find(all_, kept.file, &Kept::file) != all_.end()) return std::nullopt;
  all_.push_back(kept);
  return Found{kept, write(kept)};
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
