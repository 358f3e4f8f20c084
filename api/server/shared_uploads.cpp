#include "api/server/shared_uploads.hpp"

#include <utility>
#include <vector>

namespace pioneer::server {

using adapters::blobs::BlobFiles;
using adapters::blobs::SharedBlobs;
using adapters::blobs::SharedBlobsOptions;
using adapters::blobs::SharedPart;
using adapters::kafka::TableEntry;
using adapters::kafka::TableTopic;
using eventstore::Result;

namespace {

constexpr std::chrono::seconds look_every{1};
constexpr std::chrono::seconds tell_every{5};

}  // namespace

Result<std::unique_ptr<SharedUploads>> SharedUploads::open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                           const eventstore::Clock& clock,
                                                           std::unique_ptr<BlobFiles> files, SharedBlobsOptions blobs,
                                                           adapters::kafka::TableOptions table) {
  std::unique_ptr<SharedUploads> shared(new SharedUploads(std::move(files), std::move(table)));
  SharedUploads& self = *shared;
  auto& options = self.options_;
  blobs.table = options.kafka.topic;
  blobs.tell = options.kafka.tell;
  auto opened = SharedBlobs::open(disk, cryptography, clock, *self.files_, self, std::move(blobs));
  if (!opened) return std::unexpected(opened.error());
  self.blobs_ = std::move(*opened);
  self.telling_at_ = std::chrono::steady_clock::now() + tell_every;
  options.from = self.blobs_->from();
  options.anew = [&self] { self.blobs_->told_anew(); };
  options.told = [&self](std::string_view key, std::optional<std::string_view> value) {
    self.blobs_->take(key, value);
    ++self.told_;
  };
  options.settle = [&self](std::int64_t next) {
    self.tell_how_far();
    return self.blobs_->settle(next);
  };
  auto read = TableTopic::open(options);
  if (!read) return std::unexpected(read.error());
  self.table_ = std::move(*read);
  if (auto filled = self.fill(); !filled) return std::unexpected(filled.error());
  {
    const std::lock_guard lock(self.mutex_);
    self.filled_ = true;
  }
  self.keeping_ = std::thread([&self] { self.keep_filled(); });
  return shared;
}

SharedUploads::~SharedUploads() { stop(); }

void SharedUploads::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (keeping_.joinable()) keeping_.join();
  if (table_ != nullptr) table_->stop();
}

Result<void> SharedUploads::publish(std::span<const SharedPart> parts) {
  std::vector<TableEntry> entries;
  entries.reserve(parts.size());
  for (const auto& part : parts) entries.push_back({part.key, part.value});
  return table_->put(entries);
}

Result<void> SharedUploads::read_to_end(std::chrono::milliseconds at_most) {
  return table_->read_to_end_by(std::chrono::steady_clock::now() + at_most);
}

Result<void> SharedUploads::fill() {
  if (auto read = table_->read_to_end(options_.kafka.ask_within); !read) return read;
  return blobs_->settled_to_end();
}

// What fails now is tried again in a moment.
void SharedUploads::keep_filled() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, look_every, [this] { return stopping_; })) {
    lock.unlock();
    static_cast<void>(blobs_->reads_all() ? fill() : blobs_->publish_owed());
    lock.lock();
  }
}

// A node that joins may have many to copy before it serves.
void SharedUploads::tell_how_far() {
  {
    const std::lock_guard lock(mutex_);
    if (filled_) return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < telling_at_) return;
  telling_at_ = now + tell_every;
  if (options_.kafka.tell) {
    options_.kafka.tell("Copied from the topic " + options_.kafka.topic + " so far: " + std::to_string(told_) +
                        " parts of uploads.");
  }
}

}  // namespace pioneer::server
