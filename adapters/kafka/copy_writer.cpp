#include "adapters/kafka/copy_writer.hpp"

#include <pthread.h>

#include <utility>

namespace pioneer::adapters::kafka {

using eventstore::Result;

void CopyPart::add(eventstore::ByteView record, const eventstore::Hash& hash, std::uint64_t offset) {
  records.emplace_back(eventstore::text_of(record));
  hashes.push_back(hash);
  offsets.push_back(offset);
  bytes += record.size();
}

void CopyPart::clear() {
  records.clear();
  hashes.clear();
  offsets.clear();
  bytes = 0;
}

void CopyWriter::start() {
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "copy");  // as `top -H` shows it
}

void CopyWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  moved_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void CopyWriter::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    moved_.wait(lock, [this] { return writing_ || stopping_; });
    if (!writing_) return;
    lock.unlock();
    auto done = copy_.append_more(given_.records, given_.offsets, given_.hashes);
    given_.clear();
    lock.lock();
    done_ = std::move(done);
    writing_ = false;
    moved_.notify_all();
  }
}

Result<void> CopyWriter::finish() {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [this] { return !writing_; });
  return std::exchange(done_, {});
}

Result<void> CopyWriter::write_more(CopyPart& part) {
  auto before = finish();
  if (before && thread_.joinable()) {
    const std::lock_guard lock(mutex_);
    std::swap(given_, part);
    writing_ = true;
    moved_.notify_all();
    return {};
  }
  auto done = before ? copy_.append_more(part.records, part.offsets, part.hashes) : std::move(before);
  part.clear();
  return done;
}

Result<void> CopyWriter::write(CopyPart& part) {
  auto before = finish();
  auto done = before ? copy_.append(part.records, part.offsets) : std::move(before);
  part.clear();
  return done;
}

}  // namespace pioneer::adapters::kafka
