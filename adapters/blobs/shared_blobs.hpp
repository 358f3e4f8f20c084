// Blobs of nodes that share a log: each has all of them in files of its own, and they come to all through a table.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/blobs/incomplete_blobs.hpp"
#include "adapters/blobs/sharing.hpp"

namespace pioneer::adapters::blobs {

struct SharedBlobsOptions {
  std::string directory;  ///< of what is not a blob yet, and of how far the table was read; made if it is absent
  std::string table;      ///< its name: a place in another one says nothing
  api::Secret secret;     ///< of all nodes and nobody else
  /// Told what an operator should know, a sentence each; from any thread. May be empty.
  std::function<void(const std::string&)> tell = {};
};

/// Any thread, but where it says otherwise. An upload is in the table before it is here: what was answered is known to
/// whoever reads the table to its end afterwards.
class SharedBlobs final : public api::Blobs {
 public:
  /// What was read of the table is remembered beside the files. All outlive the blobs.
  static eventstore::Result<std::unique_ptr<SharedBlobs>> open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                               const eventstore::Clock& clock, BlobFiles& files,
                                                               BlobSharing& sharing, SharedBlobsOptions options);

  /// Errors, besides the disk's: those of publish(), after which nobody may use the upload; "blob_too_large".
  eventstore::Result<std::string> put(std::string_view bytes, std::string_view media_type,
                                      std::int64_t now_us) override;
  /// What another node put a moment ago is waited for, for some tenths of a second.
  std::optional<api::StagedBlob> staged(std::string_view name) const override;
  /// Error "broker_unreachable": it is not here, and nobody says whether it is elsewhere.
  eventstore::Result<std::optional<api::OpenedText>> read(std::string_view name, const api::Secret& key) const override;
  /// For all nodes: one of them calls it.
  eventstore::Result<std::size_t> expire(std::int64_t now_us,
                                         const std::function<bool(std::string_view name)>& used) override;
  eventstore::Result<std::vector<std::string>> names() const override { return files_.names(); }
  eventstore::Result<void> remove(std::string_view name) override;

  // For whoever reads the table: one thread, but for the last two.

  /// Where to read on; nothing: from the beginning.
  std::optional<std::int64_t> from() const { return from_; }
  /// All is told from the table's beginning from here on.
  void told_anew();
  /// No value: the entry was removed.
  void take(std::string_view key, std::optional<std::string_view> value);
  /// What was taken is in the files, and read on from there after the next start.
  eventstore::Result<void> settle(std::int64_t next);
  /// Whether all of the table has to be read before it is known what it lacks.
  bool reads_all() const;
  /// All that stood there is settled: what the table lacks goes into it.
  eventstore::Result<void> settled_to_end();
  /// Puts there what somebody else removed or wrote over. As often as one likes.
  eventstore::Result<void> publish_owed();

 private:
  struct Taken {
    std::string key, value;
  };
  SharedBlobs(eventstore::Disk& disk, api::Cryptography& cryptography, const eventstore::Clock& clock, BlobFiles& files,
              BlobSharing& sharing, SharedBlobsOptions options);
  eventstore::Result<void> read_place();
  eventstore::Result<void> take_now(const Taken& taken);
  eventstore::Result<void> take_gone(const ReadPart& part);
  eventstore::Result<void> take_content(const ReadPart& part, std::string_view value);
  void contradict(std::string_view key);

  eventstore::Disk& disk_;
  const eventstore::Clock& clock_;
  BlobFiles& files_;
  BlobSharing& sharing_;
  const SharedBlobsOptions options_;
  const PartWriter parts_;

  // The reader's own.
  std::optional<std::int64_t> from_;
  std::deque<Taken> taken_;                  ///< as much as one look at the table brings
  std::optional<eventstore::Error> ending_;  ///< the next settle() says so

  mutable std::mutex mutex_;
  IncompleteBlobs incomplete_;
  std::set<std::string, std::less<>> unheard_;  ///< here, and not heard of since all is told anew
  std::set<std::string, std::less<>> owed_;     ///< here, and the table lacks them
  bool reads_all_ = false;
};

}  // namespace pioneer::adapters::blobs
