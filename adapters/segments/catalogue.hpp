// Which segment holds a sequence, and where in it: what readers on other threads share with the appending one.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/segments/segment_file.hpp"

namespace pioneer::adapters::segments {

/// One file as readers see it.
struct Segment {
  struct Entry {
    eventstore::Sequence first;  ///< leaves before the batch
    std::uint64_t offset;        ///< where the batch begins
  };
  std::uint64_t number = 0;
  eventstore::Sequence first;  ///< leaves before the file
  std::uint64_t bytes = 0;
  /// Readers look no further; a sealed file of an earlier process: its size, for its tail is zeros.
  std::atomic<std::uint64_t> durable_end = 0;

  std::mutex mutex;            ///< of what follows
  bool indexed = false;        ///< a sealed file of an earlier process is indexed when it is first asked for
  std::vector<Entry> entries;  ///< sparse: one for each 64 KiB or more

  /// The appending thread, or a scan: a batch was added.
  void note(eventstore::Sequence first_leaf, std::uint64_t offset);
};

/// Any thread, except add(): the appending one.
class Catalogue {
 public:
  struct Spot {
    std::shared_ptr<Segment> segment;
    std::uint64_t offset = 0;  ///< of a batch at or before the one that holds the sequence
  };
  Catalogue(eventstore::Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  void add(std::shared_ptr<Segment> segment);
  std::size_t size() const;
  /// The segment behind `number`; nothing at the end.
  std::shared_ptr<Segment> after(std::uint64_t number) const;
  /// Precondition: the sequence is durable.
  eventstore::Result<Spot> find(eventstore::Sequence sequence) const;
  std::string path_of(const Segment& segment) const { return directory_ + "/" + segment_name(segment.number); }
  eventstore::Result<std::shared_ptr<eventstore::File>> open(const Segment& segment) const;

 private:
  eventstore::Result<void> index(Segment& segment) const;
  std::unexpected<eventstore::Error> no_batch(const Segment& segment) const;

  eventstore::Disk& disk_;
  const std::string directory_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Segment>> segments_;
  /// Files of recent look-ups, newest first: single reads come in clusters.
  mutable std::vector<std::pair<std::uint64_t, std::shared_ptr<eventstore::File>>> files_;
};

}  // namespace pioneer::adapters::segments
