#include "api/proofs/cosignatures.hpp"

#include <algorithm>
#include <utility>

#include "eventstore/whole_file.hpp"

namespace pioneer::api {
namespace {

using eventstore::Result;

/// Checkpoints whose cosignatures are still to come: a slow witness answers within ten of them.
constexpr std::size_t recent_max = 12;

}  // namespace

Result<std::unique_ptr<Cosignatures>> Cosignatures::open(eventstore::Disk& disk, std::string directory,
                                                         std::span<const Verifier* const> log, Policy policy) {
  std::unique_ptr<Cosignatures> cosignatures(new Cosignatures(disk, std::move(directory), std::move(policy)));
  if (auto read = cosignatures->read(log); !read) return std::unexpected(read.error());
  return cosignatures;
}

/// What is damaged, or no longer enough, is as if it were not there: the witnesses are asked again.
Result<void> Cosignatures::read(std::span<const Verifier* const> log) {
  if (policy_.needed == 0 || !disk_.exists(path())) return {};
  const auto text = eventstore::read_whole(disk_, path(), note_bytes_max);
  if (!text) return std::unexpected(text.error());
  const auto note = parse_note(*text);
  if (!note || !check_signed(*note, log)) return {};
  const auto checkpoint = read_checkpoint(*note, log.front()->name());
  if (!checkpoint) return {};
  Collected kept{text->substr(0, text->find("\n\n") + 2), checkpoint->size, {}, {}};
  std::string cosigned;
  for (const auto* witness : policy_.witnesses) {
    const auto checked = check_cosignature(*note, *witness);
    if (!checked) continue;
    cosigned += checked->line;
    kept.by_witness.emplace(witness->name(), *checked);
  }
  if (kept.by_witness.size() < policy_.needed || !text->ends_with(cosigned)) return {};
  kept.note = text->substr(0, text->size() - cosigned.size());
  kept.shown = std::make_shared<const std::string>(*text);
  witnessed_ = std::move(kept);
  return {};
}

Cosignatures::Collected& Cosignatures::collected(const std::string& note, std::uint64_t size) {
  const auto there = std::ranges::find(recent_, note, &Collected::note);
  if (there != recent_.end()) return *there;
  if (recent_.size() == recent_max) recent_.pop_front();
  if (witnessed_ && witnessed_->note == note) return recent_.emplace_back(*witnessed_);
  return recent_.emplace_back(Collected{note, size, {}, {}});
}

Result<void> Cosignatures::add(const std::string& note, const SignedCheckpoint& checkpoint,
                               const Cosignature& cosignature) {
  const std::lock_guard lock(mutex_);
  ahead_.erase(cosignature.witness);
  auto& at = collected(note, checkpoint.size);
  at.by_witness.insert_or_assign(cosignature.witness, cosignature);
  std::string shown = note;
  for (const auto* witness : policy_.witnesses) {
    const auto signed_by = at.by_witness.find(witness->name());
    if (signed_by != at.by_witness.end()) shown += signed_by->second.line;
  }
  at.shown = std::make_shared<const std::string>(std::move(shown));
  if (at.by_witness.size() < policy_.needed || (witnessed_ && witnessed_->size > at.size)) return {};
  auto kept = eventstore::write_whole(disk_, path(), *at.shown, eventstore::OpenMode::create_new);
  if (kept) witnessed_ = at;
  return kept;
}

void Cosignatures::says_it_is_ahead(const std::string& witness) {
  const std::lock_guard lock(mutex_);
  ahead_.insert(witness);
}

bool Cosignatures::enough(const std::string& note) const {
  const std::lock_guard lock(mutex_);
  const auto there = std::ranges::find(recent_, note, &Collected::note);
  return there != recent_.end() && there->by_witness.size() >= policy_.needed;
}

std::shared_ptr<const std::string> Cosignatures::with_cosignatures(
    const std::shared_ptr<const std::string>& note) const {
  if (note == nullptr) return note;
  const std::lock_guard lock(mutex_);
  if (witnessed_ && witnessed_->note == *note) return witnessed_->shown;
  const auto there = std::ranges::find(recent_, *note, &Collected::note);
  return there != recent_.end() && there->shown != nullptr ? there->shown : note;
}

std::shared_ptr<const std::string> Cosignatures::witnessed() const {
  const std::lock_guard lock(mutex_);
  return witnessed_ ? witnessed_->shown : nullptr;
}

std::shared_ptr<const std::string> Cosignatures::covering(std::uint64_t index) const {
  const std::lock_guard lock(mutex_);
  return witnessed_ && index < witnessed_->size ? witnessed_->shown : nullptr;
}

Cosignatures::Witnessed Cosignatures::status() const {
  const std::lock_guard lock(mutex_);
  Witnessed now{.needed = policy_.needed, .ahead = !ahead_.empty()};
  if (!witnessed_) {
    for (const auto& one : recent_) now.have = std::max(now.have, one.by_witness.size());
    return now;
  }
  now.have = witnessed_->by_witness.size();
  now.size = witnessed_->size;
  std::vector<std::uint64_t> times;
  for (const auto& [witness, cosignature] : witnessed_->by_witness) times.push_back(cosignature.time_s);
  std::ranges::sort(times);
  now.time_s = times[std::max<std::size_t>(policy_.needed, 1) - 1];
  return now;
}

}  // namespace pioneer::api
