// Blobs as files of one directory: DIR/blobs.
//
//   <name>          nonce ‖ ciphertext ‖ tag; name: 64 hexadecimal digits, SHA-256 of all of it
//   <name>.staged   the same way, under the staging key: "1" ‖ key (32) ‖ uploaded at (i64 LE, µs) ‖ media type
//
// The second exists for a day: until then a command that names the blob finds its key here; after that the key stands,
// sealed, in the commit that used it, or nowhere.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/blobs.hpp"
#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters::blobs {

inline constexpr std::size_t blob_name_bytes = 32;

/// An upload as its two files hold it.
struct SealedBlob {
  std::string name;
  std::string box;
  std::string waiting_key;  ///< sealed; empty: it waits for nobody any more
};

/// Any thread.
class BlobFiles final : public api::Blobs {
 public:
  /// `directory` is made if it is absent. `staging`: a secret of this deployment that outlives the process; seals the
  /// keys of uploads until they are used. `clock` tells when an upload is too old to be used. All three outlive the
  /// blobs.
  static eventstore::Result<std::unique_ptr<BlobFiles>> open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                             const eventstore::Clock& clock, std::string directory,
                                                             const api::Secret& staging);

  eventstore::Result<std::string> put(std::string_view bytes, std::string_view media_type,
                                      std::int64_t now_us) override;
  std::optional<api::StagedBlob> staged(std::string_view name) const override;
  eventstore::Result<std::optional<api::OpenedText>> read(std::string_view name, const api::Secret& key) const override;
  eventstore::Result<std::size_t> expire(std::int64_t now_us,
                                         const std::function<bool(std::string_view name)>& used) override;
  eventstore::Result<std::vector<std::string>> names() const override;
  eventstore::Result<void> remove(std::string_view name) override;

  // What put() and expire() consist of, for whoever tells others of it in between.

  SealedBlob seal(std::string_view bytes, std::string_view media_type, std::int64_t now_us);
  /// The key first, where there is one.
  eventstore::Result<void> keep(const SealedBlob& sealed);
  eventstore::Result<void> keep_waiting_key(std::string_view name, std::string_view sealed);
  bool has(std::string_view name) const;
  bool has_waiting_key(std::string_view name) const;
  /// As it stands in the files. Error "corrupt_blob".
  eventstore::Result<SealedBlob> kept(std::string_view name) const;
  struct Ended {
    std::vector<std::string> unused;  ///< they go
    std::vector<std::string> used;    ///< their waiting keys go
  };
  /// Uploads older than blob_unused_us_max whose keys still wait.
  eventstore::Result<Ended> ended(std::int64_t now_us, const std::function<bool(std::string_view name)>& used) const;
  eventstore::Result<void> forget_waiting_key(std::string_view name);
  /// Removes what a crash left unfinished.
  eventstore::Result<void> sweep();

 private:
  struct Staged;
  class StagedReader;
  BlobFiles(eventstore::Disk& disk, api::Cryptography& cryptography, const eventstore::Clock& clock,
            std::string directory, const api::Secret& staging)
      : disk_(disk), cryptography_(cryptography), clock_(clock), directory_(std::move(directory)), staging_(staging) {}
  std::string path_of(std::string_view name) const;
  std::string waiting_path_of(std::string_view name) const;
  eventstore::Result<void> remove_file(const std::string& path);
  eventstore::Result<std::string> read_box(std::string_view name) const;
  std::optional<Staged> staged_record(std::string_view name) const;

  eventstore::Disk& disk_;
  api::Cryptography& cryptography_;
  const eventstore::Clock& clock_;
  const std::string directory_;
  const api::Secret staging_;
  std::mutex writing_;
};

/// As a blob's files are named, and back; nothing: that names none.
std::string digits_of_blob(std::string_view name);
std::optional<std::string> blob_of_digits(std::string_view digits);

}  // namespace pioneer::adapters::blobs
