// The embedded log, and every node's local copy of a clustered one: segment files in a directory.
// What stands in them: eventstore/README.md. Why it is so: adapters/segments/README.md.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/segments/catalogue.hpp"
#include "adapters/segments/unfinished_file.hpp"
#include "eventstore/ports/local_copy.hpp"

namespace pioneer::adapters::segments {

class SegmentLog;

/// Of the first file of a log that is filled from elsewhere (Options::first_segment_bytes).
inline constexpr std::uint64_t first_of_copy_bytes = 256u << 10;

struct Options {
  /// Exists; the caller holds its lock, unless read_only.
  std::string directory;
  /// Of new files; a multiple of block_bytes, at least segment_bytes_min. Each file names its own size.
  std::uint64_t segment_bytes = eventstore::limits::segment_bytes;
  /// Of the first file of a new log, as above; 0: as all others. A small one is there sooner, and a copy that is filled
  /// goes on in whole files.
  std::uint64_t first_segment_bytes = 0;
  /// Nothing is written, not even the repair of a torn tail, which then is not seen; append refuses.
  bool read_only = false;
  /// Asked by open() when all is read and nothing is written: an error is open()'s, and leaves the directory as it is.
  std::function<eventstore::Result<void>(const SegmentLog&)> before_writing = {};
};

/// One thread appends (append, protect_tail, close, state and its kin); any thread reads (end, read, reader), and sees
/// only what is durable. Disk and executor outlive it; so it does its readers.
///
/// After any failed write or sync it is read-only for ever in this process, code "sync_failed": what the disk then
/// holds is not known until it is opened again. A full disk while the next file is made ("disk_full") ends nothing.
/// Destroying without close() is like a crash: nothing is lost, the tail stands open.
class SegmentLog : public eventstore::LocalCopy {
 public:
  /// A new log in a directory that holds none ("log_exists" otherwise).
  static eventstore::Result<std::unique_ptr<SegmentLog>> create(eventstore::Disk& disk, eventstore::Executor& executor,
                                                                Options options, const eventstore::LogId& log_id,
                                                                Source source = {});
  /// Folds the last file, drops a torn last batch. Codes: "no_log", "format_too_new", "corrupt_batch", "corrupt_tail"
  /// …, each with file and offset; nothing was changed then.
  static eventstore::Result<std::unique_ptr<SegmentLog>> open(eventstore::Disk& disk, eventstore::Executor& executor,
                                                              Options options);
  ~SegmentLog() override;

  eventstore::LogState state() const override { return before_ ? before_->header.before : state_; }
  eventstore::Sequence end() const override { return eventstore::Sequence(end_.load(std::memory_order_acquire)); }
  eventstore::Result<void> append(std::span<const std::string> records) override { return append(records, {}); }
  /// `source_offsets`: one for each record if the source is a topic, else none.
  /// One batch, one write, one sync; more only if the records do not fit one batch or one file.
  eventstore::Result<void> append(std::span<const std::string> records,
                                  std::span<const std::uint64_t> source_offsets) override;
  /// Where the file in use is full, the next ones are written whole before they have their names: no zeros first, one
  /// sync for each. What does not fill one by the next append() becomes a short one.
  eventstore::Result<void> append_more(std::span<const std::string> records,
                                       std::span<const std::uint64_t> source_offsets,
                                       std::span<const eventstore::Hash> hashes) override;
  std::optional<std::uint64_t> copied_to() const override;
  /// Also finds the batch's damage: "corrupt_batch". "beyond_end" if the sequence is not durable yet.
  eventstore::Result<std::string> read(eventstore::Sequence sequence) const override;
  std::unique_ptr<eventstore::LogReader> reader(eventstore::Sequence from) const override;
  eventstore::Result<void> protect_tail() override;

  /// Writes the closing batch, behind which nothing but zeros may stand. The last call of the appending thread.
  eventstore::Result<void> close();

  /// After append() or close().
  const eventstore::MerkleFrontier& frontier() const { return frontier_; }
  Source source() const { return source_; }
  /// Of the last record accepted, fences included; no_source_offset if there is none.
  std::uint64_t last_source_offset() const {
    return before_ ? before_->header.last_source_offset : last_source_offset_;
  }
  /// The first leaf that a newer program wrote, if there is one: this one then appends nothing ("newer_feature_level").
  std::optional<eventstore::Sequence> newer() const { return newer_; }
  /// A torn last batch was dropped by open().
  bool repaired() const { return repaired_; }

 private:
  struct LoadedBatch;
  class Reader;

  SegmentLog(eventstore::Disk& disk, eventstore::Executor& executor, Options options);
  eventstore::Result<void> recover(const std::vector<SegmentHeader>& headers);
  eventstore::Result<void> repair(const SegmentEnd& end);
  eventstore::Result<void> writable() const;
  eventstore::Result<void> make_room(std::size_t stored_bytes, BatchKind kind);
  eventstore::Result<void> start_segment(std::uint64_t number);
  eventstore::Result<void> append_batches(std::span<const std::string> records,
                                          std::span<const std::uint64_t> source_offsets,
                                          std::span<const eventstore::Hash> hashes);
  eventstore::Result<void> begin_whole_file();
  eventstore::Result<void> finish_whole_file(bool full);
  eventstore::Result<void> write_out_whole_file();
  SegmentHeader header_of_next(std::uint64_t number, std::uint64_t bytes) const;
  eventstore::Result<void> put_in_place(eventstore::File& file, const SegmentHeader& header);
  void begin_segment(std::unique_ptr<eventstore::File> file, const SegmentHeader& header);
  std::unexpected<eventstore::Error> take_back(const eventstore::Error& cause);
  eventstore::Result<void> write_batch(std::span<const std::string> records,
                                       std::span<const std::uint64_t> source_offsets,
                                       std::span<const eventstore::Hash> hashes);
  eventstore::Result<void> write_empty(BatchKind kind);
  eventstore::Result<void> write_durably(eventstore::ByteView stored);
  eventstore::Result<void> poison(const eventstore::Error& cause);
  void fill_buffer(std::span<const std::string> records, std::span<const std::uint64_t> source_offsets,
                   BatchHeader header);
  void foresee_next();
  std::string unfinished_path(std::uint64_t number) const;
  std::size_t payload_bytes_max() const;
  eventstore::Result<std::shared_ptr<const LoadedBatch>> load(eventstore::Sequence sequence) const;

  eventstore::Disk& disk_;
  eventstore::Executor& executor_;
  const Options options_;
  Catalogue catalogue_;
  std::atomic<std::uint64_t> end_ = 0;

  // The appending thread's.
  Source source_;
  eventstore::LogState state_;
  eventstore::MerkleFrontier frontier_;
  std::uint64_t last_source_offset_ = no_source_offset;
  std::uint64_t next_batch_ = 0;
  BatchKind last_kind_ = BatchKind::opening;
  std::uint64_t offset_ = 0;  ///< behind the last batch of the last file
  std::unique_ptr<eventstore::File> file_;
  std::shared_ptr<Segment> segment_;
  std::unique_ptr<UnfinishedFile> next_;
  std::optional<eventstore::Error> refusal_;  ///< why nothing is appended any more
  bool repaired_ = false;
  std::optional<eventstore::Sequence> newer_;
  std::vector<std::byte> buffer_;
  std::vector<eventstore::Hash> leaves_;

  /// A file is written whole: nothing of it counts yet, and this is how it was before.
  struct Before {
    SegmentHeader header;
    BatchKind last_kind;
    std::uint64_t offset;
    std::unique_ptr<eventstore::File> file;
    std::shared_ptr<Segment> segment;
  };
  std::optional<Before> before_;
  bool more_comes_ = false;  ///< append_more() is at work

  /// Recently read batches: a stream's commits stand close together.
  mutable std::mutex cache_mutex_;
  mutable std::array<std::shared_ptr<const LoadedBatch>, 8> cache_;
  mutable std::size_t cache_turn_ = 0;
};

}  // namespace pioneer::adapters::segments
