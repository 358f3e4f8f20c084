#include "api/audit/mirror_verify.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

#include "api/audit/beside.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/audit/stray_files.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/check.hpp"
#include "eventstore/many_hashes.hpp"
#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::Hash;
using eventstore::Result;
using eventstore::tile_width;

constexpr unsigned workers_max = 8;

/// The parts, checked by several workers and joined in their order.
class Parts {
 public:
  Parts(const MirrorFolder& folder, const MirrorVerifyOptions& options, bool edge_proven, MirrorVerification& result)
      : folder_(folder),
        options_(options),
        edge_proven_(edge_proven),
        result_(result),
        size_(result.checkpoint.size),
        parts_(size_ / entries_per_part + (size_ % entries_per_part > 0 ? 1 : 0)) {}

  void run() {
    const auto workers = std::min<std::uint64_t>({options_.workers, workers_max, parts_});
    for (std::uint64_t i = 1; i < workers && options_.beside != nullptr; ++i) {
      {
        const std::lock_guard lock(mutex_);
        ++working_;
      }
      if (options_.beside->run([this] {
            work();
            ended();
          }))
        continue;
      ended();
    }
    work();
    std::unique_lock lock(mutex_);
    all_ended_.wait(lock, [this] { return working_ == 0; });
    lock.unlock();
    if (!result_.fault) upper_tiles_end();
  }

 private:
  void ended() {
    const std::lock_guard lock(mutex_);
    --working_;
    all_ended_.notify_all();
  }

  void work() {
    while (const auto part = take()) {
      MirrorPartOptions how{size_, result_.with_entries, options_.any_entries, edge_proven_,
                            [&](std::uint64_t entries) { return goes_on(*part, entries); }};
      auto checked = check_part(folder_, *part, how);
      const std::lock_guard lock(mutex_);
      if (checked.fault) first_fault_ = std::min(first_fault_, *part);
      checked_.emplace(*part, std::move(checked));
      join();
    }
  }

  std::optional<std::uint64_t> take() {
    const std::lock_guard lock(mutex_);
    if (next_ >= parts_ || next_ > first_fault_) return std::nullopt;
    return next_++;
  }

  bool goes_on(std::uint64_t part, std::uint64_t entries) {
    const std::lock_guard lock(mutex_);
    done_ += entries;
    if (options_.progress) options_.progress(done_, size_);
    return part <= first_fault_;
  }

  /// Under the lock: what is checked up to here, in order.
  void join() {
    while (!result_.fault && !checked_.empty() && checked_.begin()->first == joined_) {
      const auto part = std::move(checked_.begin()->second);
      checked_.erase(checked_.begin());
      result_.bytes += part.bytes;
      if (!follows(part)) break;
      result_.proven += part.proven;
      if (part.fault) {
        result_.fault = part.fault;
        break;
      }
      state_ = part.end;
      result_.last = state_.recorded_at;
      if (++joined_ * entries_per_part <= size_ && !push(2, part.root)) break;
    }
    if (result_.fault) first_fault_ = std::min(first_fault_, joined_);
  }

  /// Does the part begin where the one before it ended?
  bool follows(const MirrorPart& part) {
    if (!part.first) return true;
    const auto fault = (joined_ == 0 ? EntryState::before(*part.first) : state_).wrong_next(*part.first);
    if (!fault) return true;
    const auto sequence = joined_ * entries_per_part;
    const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(tile_width, size_ - sequence));
    result_.fault =
        MirrorFault{fault->code, eventstore::bundle_path(sequence / tile_width, width), 0, sequence, fault->sentence};
    return false;
  }

  /// The tiles of the levels from 2 on are small: they are compared while joining.
  bool push(unsigned level, const Hash& hash) {
    if (levels_.size() <= level) levels_.resize(level + 1);
    levels_[level].append(hash.view());
    if (levels_[level].size() < tile_width * Hash::size) return true;
    const auto full = std::exchange(levels_[level], {});
    const auto index = (joined_ >> (8 * (level - 1))) - 1;
    return upper_tile(level, index, full) && push(level + 1, eventstore::root_over(full));
  }

  bool upper_tile(unsigned level, std::uint64_t index, const std::string& expected) {
    const auto file = eventstore::tile_path(level, index, expected.size() / Hash::size);
    const auto stored = folder_.tile(level, index, size_);
    if (!stored) {
      result_.fault = MirrorFault{stored.error().code, file, std::nullopt, std::nullopt, stored.error().detail};
      return false;
    }
    result_.bytes += stored->size();
    const auto at = std::ranges::mismatch(*stored, expected).in1 - stored->begin();
    if (at == std::ssize(*stored)) return true;
    const auto hash = static_cast<std::uint64_t>(at) / Hash::size;
    result_.fault =
        MirrorFault{"tile_differs", file, hash * Hash::size, (index * tile_width + hash) << (8 * level),
                    "The hash that stands here is not that of the tile below it: one of the two was changed"};
    return false;
  }

  void upper_tiles_end() {
    for (unsigned level = 2; level < levels_.size(); ++level) {
      if (!levels_[level].empty() && !upper_tile(level, size_ >> (8 * (level + 1)), levels_[level])) return;
    }
  }

  const MirrorFolder& folder_;
  const MirrorVerifyOptions& options_;
  const bool edge_proven_;
  MirrorVerification& result_;  ///< under the lock while workers run
  const std::uint64_t size_;
  const std::uint64_t parts_;

  std::mutex mutex_;
  std::condition_variable all_ended_;
  std::uint64_t working_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t joined_ = 0;
  std::uint64_t first_fault_ = ~std::uint64_t{0};  ///< the earliest part that has one
  std::uint64_t done_ = 0;
  std::map<std::uint64_t, MirrorPart> checked_;  ///< before it is their turn; about as many as workers
  EntryState state_;
  std::vector<std::string> levels_;  ///< from 2 on, of each the hashes of its unfinished tile
};

MirrorFault fault_of(const eventstore::Error& error, std::string file) {
  return {error.code, std::move(file), std::nullopt, std::nullopt, error.detail};
}

/// The root that the tiles make is the one that was signed.
std::optional<MirrorFault> wrong_root(const MirrorFolder& folder, const SignedCheckpoint& checkpoint) {
  const auto root = eventstore::root_at(checkpoint.size, folder.hashes(checkpoint.size));
  if (!root) return fault_of(root.error(), "tile");
  if (*root == checkpoint.root) return std::nullopt;
  return MirrorFault{"root_differs", std::string(newest_checkpoint_file),
                     checkpoint.origin.size() + 1 + std::to_string(checkpoint.size).size() + 1, std::nullopt,
                     "The files make the root " + base64(root->view()) + ", the checkpoint signed " +
                         base64(checkpoint.root.view()) + ": all of them were changed together, or the log forked"};
}

}  // namespace

MirrorVerification verify_mirror(const MirrorFolder& folder, const MirrorVerifyOptions& options) {
  CHECK(!options.keys.empty());
  MirrorVerification result;
  const auto newest = read_kept(folder, std::string(newest_checkpoint_file), options.keys);
  if (!newest) {
    result.fault = fault_of(newest.error(), std::string(newest_checkpoint_file));
    return result;
  }
  result.checkpoint = newest->checkpoint;
  result.with_entries = folder.exists("tile/entries");
  // Before all else, for it tells which of two files to believe.
  auto root_fault = wrong_root(folder, result.checkpoint);
  Parts(folder, options, !root_fault, result).run();
  if (!result.fault) result.fault = std::move(root_fault);
  if (!result.fault) result.fault = wrong_checkpoint(folder, *newest, options, result);
  if (!result.fault) result.fault = wrong_beside(folder, options, result.strangers);
  if (!result.fault) result.fault = wrong_stray(folder, result.checkpoint.size, result);
  return result;
}

}  // namespace pioneer::api
