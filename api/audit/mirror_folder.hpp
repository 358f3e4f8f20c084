// The files of a mirror (`pioneer audit mirror`), which may hold anything: a stick that somebody handed over.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "eventstore/error.hpp"
#include "eventstore/tree_proofs.hpp"

namespace pioneer::api {

/// Reads only; never waits for a pipe, never follows a link to a folder. Any thread.
class MirrorFolder {
 public:
  explicit MirrorFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  bool exists(const std::string& name) const;
  /// A whole file. Errors: "missing_file", "not_a_file", "file_too_long" beyond `bytes_max`, "read_failed".
  eventstore::Result<std::string> read(const std::string& name, std::size_t bytes_max) const;
  /// Names below a folder of it, in no order; nothing where there is none. Stops where `visit` says false. Error:
  /// "read_failed".
  eventstore::Result<void> each(const std::string& under,
                                const std::function<bool(const std::string& name)>& visit) const;

  /// The tile of this level and index in a tree of `size` leaves: whole. Errors: as read(), and "tile_wrong_length".
  eventstore::Result<std::string> tile(unsigned level, std::uint64_t index, std::uint64_t size) const;
  /// What its tiles say of the tree of `size` leaves.
  eventstore::StoredHashes hashes(std::uint64_t size) const;

 private:
  const std::filesystem::path folder_;
};

/// How many hashes that tile has in a tree of `size` leaves: 0 to 256.
std::size_t tile_width_at(unsigned level, std::uint64_t index, std::uint64_t size);

}  // namespace pioneer::api
