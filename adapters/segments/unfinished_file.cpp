#include "adapters/segments/unfinished_file.hpp"

#include <algorithm>
#include <atomic>

namespace pioneer::adapters::segments {

using namespace eventstore;

namespace {
constexpr std::size_t zeros_bytes = 1u << 20;
/// One long sync would hold up the syncs of the file in use, on most file systems.
constexpr std::uint64_t sync_every_bytes = 4u << 20;
}  // namespace

struct UnfinishedFile::Work {
  enum class Step { waiting, running, done };

  Disk& disk;
  const std::string path;
  const std::uint64_t bytes;
  std::atomic<bool> abandoned = false;
  std::mutex mutex;
  std::condition_variable changed;
  Step step = Step::waiting;
  Result<std::unique_ptr<File>> file = nullptr;

  Work(Disk& d, std::string p, std::uint64_t b) : disk(d), path(std::move(p)), bytes(b) {}

  /// Runs the work unless someone else did or does.
  void run() {
    {
      const std::lock_guard lock(mutex);
      if (step != Step::waiting) return;
      step = Step::running;
    }
    auto made = make();
    const std::lock_guard lock(mutex);
    file = std::move(made);
    step = Step::done;
    changed.notify_all();
  }

  void wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return step == Step::done; });
  }

  /// True if it has not begun, and now never will.
  bool cancel() {
    abandoned = true;
    const std::lock_guard lock(mutex);
    if (step != Step::waiting) return false;
    step = Step::done;
    return true;
  }

  Result<std::unique_ptr<File>> make() {
    if (disk.exists(path))
      if (auto removed = disk.remove(path); !removed) return std::unexpected(removed.error());
    auto made = disk.open(path, OpenMode::create_new);
    if (!made) return made;
    if (auto filled = fill(**made); !filled) {
      // The zeros may be what filled the disk: give the room back.
      made->reset();
      static_cast<void>(disk.remove(path));
      return std::unexpected(filled.error());
    }
    return made;
  }

  Result<void> fill(File& made) {
    const std::vector<std::byte> zeros(zeros_bytes);
    std::uint64_t synced = 0;
    for (std::uint64_t at = 0; at < bytes;) {
      if (abandoned) return failure("abandoned", path + ": not needed any more", Retry::can_help);
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), bytes - at));
      if (auto written = made.write(at, ByteView(zeros).first(n)); !written) return written;
      at += n;
      if (at - synced < sync_every_bytes && at < bytes) continue;
      if (auto done = made.sync(); !done) return done;
      synced = at;
    }
    return {};
  }
};

UnfinishedFile::UnfinishedFile(Disk& disk, std::string path, std::uint64_t bytes)
    : work_(std::make_shared<Work>(disk, std::move(path), bytes)) {}

UnfinishedFile::~UnfinishedFile() {
  if (!work_->cancel()) work_->wait();
}

void UnfinishedFile::begin(Executor& executor) {
  // Refused, it is made when it is taken.
  static_cast<void>(executor.run([work = work_] { work->run(); }));
}

Result<std::unique_ptr<File>> UnfinishedFile::take() {
  work_->run();
  work_->wait();
  return std::exchange(work_->file, nullptr);
}

}  // namespace pioneer::adapters::segments
