#include "adapters/segments/verify.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace pioneer::adapters::segments {

using namespace eventstore;

namespace {

constexpr std::uint64_t progress_every_bytes = 1u << 20;

/// One run over all segments of a directory.
class Run {
 public:
  Run(Disk& disk, const std::string& directory, const VerifyOptions& options, const std::vector<SegmentHeader>& headers)
      : disk_(disk), directory_(directory), options_(options), headers_(headers), ends_(headers.size()) {
    for (const auto& header : headers) total_ += header.bytes;
  }

  Verification all() {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::min<std::size_t>(options_.threads, headers_.size()); ++i)
      threads.emplace_back([this] { work(); });
    work();
    threads.clear();
    return conclude();
  }

 private:
  using End = std::expected<SegmentEnd, Damage>;

  std::string path_of(std::size_t index) const { return directory_ + "/" + segment_name(headers_[index].number); }

  void work() {
    for (std::size_t index; (index = next_++) < headers_.size();) ends_[index] = check(index);
  }

  End check(std::size_t index) {
    const auto& header = headers_[index];
    const auto path = path_of(index);
    const auto file = disk_.open(path, OpenMode::read_only);
    if (!file) return std::unexpected(Damage{file.error().code, path, 0, file.error().detail, header.before.next});
    std::uint64_t told = 0;
    const auto end = scan(**file, path, header, index + 1 == headers_.size(), [&](const Batch& batch) {
      records_ += batch.header.records;
      const auto behind = batch.offset + batch.header.stored_bytes();
      if (behind - told >= progress_every_bytes) tell(behind - std::exchange(told, behind));
    });
    tell(header.bytes - told);
    return end;
  }

  void tell(std::uint64_t more) {
    const std::lock_guard lock(progress_mutex_);
    done_ += more;
    if (options_.progress) options_.progress(done_, total_);
  }

  /// Does the file behind `index` begin where this one ends?
  bool continued(std::size_t index) const {
    const auto& end = *ends_[index];
    const auto& header = headers_[index + 1];
    return header.before == end.state && header.frontier.encode() == end.frontier.encode() &&
           header.first_batch == end.next_batch && header.last_source_offset == end.last_source_offset;
  }

  Verification conclude() {
    Verification result;
    result.segments = headers_.size();
    result.records = records_;
    result.bytes = total_;
    const auto damaged = [&](Damage damage) {
      result.position = damage.position;
      result.code = std::move(damage.code);
      result.file = std::move(damage.file);
      result.offset = damage.offset;
      result.reason = std::move(damage.reason);
      return result;
    };
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      if (!ends_[i]) return damaged(ends_[i].error());
      if (i + 1 < ends_.size() && !continued(i))
        return damaged({"segments_disagree", path_of(i + 1), 0,
                        "the file's header does not continue where its predecessor ends", ends_[i]->state.next});
    }
    for (const auto& end : ends_) {
      if (!end->newer) continue;
      result.position = *end->newer;
      result.code = "newer_feature_level";
      result.reason = newer_program(*end->newer);
      return result;
    }
    const auto& end = *ends_.back();
    result.ok = true;
    result.position = end.state.next;
    result.state = end.state;
    result.root = end.frontier.root();
    result.torn_tail = end.tail != SegmentEnd::Tail::closed;
    if (result.torn_tail) {
      result.file = path_of(ends_.size() - 1);
      result.offset = end.offset;
      result.reason = end.tail == SegmentEnd::Tail::torn
                          ? "a last batch that never became whole; it is dropped at the next start"
                          : "no closing batch: the log is in use, or its process was ended";
    }
    return result;
  }

  Disk& disk_;
  const std::string& directory_;
  const VerifyOptions& options_;
  const std::vector<SegmentHeader>& headers_;
  std::vector<End> ends_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> records_ = 0;
  std::uint64_t total_ = 0;
  std::mutex progress_mutex_;
  std::uint64_t done_ = 0;
};

}  // namespace

Verification verify(Disk& disk, const std::string& directory, const VerifyOptions& options) {
  const auto headers = read_headers(disk, directory);
  Verification bad;
  if (!headers) {
    const auto& damage = headers.error();
    bad.code = damage.code;
    bad.file = damage.file;
    bad.offset = damage.offset;
    bad.reason = damage.reason;
    return bad;
  }
  if (headers->empty()) {
    bad.code = "no_log";
    bad.file = directory;
    bad.reason = "the directory holds no log";
    return bad;
  }
  return Run(disk, directory, options, *headers).all();
}

}  // namespace pioneer::adapters::segments
