#include "api/cli/their_log.hpp"

#include "api/audit/first_difference.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/audit/signed_tiles.hpp"

namespace pioneer::cli {
namespace {

using eventstore::failure;
using eventstore::Result;

/// Fetched to be compared, and not kept.
class Passing final : public api::MirroredFiles {
 public:
  explicit Passing(LogFetch& server) : server_(server) {}
  bool has(const std::string&) const override { return false; }
  std::optional<std::string> kept(const std::string&, std::size_t) const override { return std::nullopt; }
  Result<std::string> fetch(const std::string& name, std::size_t bytes_max) override {
    return server_.file(name, bytes_max);
  }
  Result<void> keep(const std::string&, std::string_view) override { return {}; }

 private:
  LogFetch& server_;
};

}  // namespace

Result<std::unique_ptr<TheirLog>> TheirLog::ask(const Place& place, std::vector<const api::Verifier*> keys) {
  const auto address = HttpConnection::address_of(place.server);
  if (!address) return failure("bad_address", address.error());
  std::unique_ptr<TheirLog> log(new TheirLog(place, *address, std::move(keys)));
  auto note = log->server_.file(std::string(api::newest_checkpoint_file), api::note_bytes_max);
  if (!note) return std::unexpected(note.error());
  auto checkpoint = api::check_checkpoint(*note, log->keys_);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  log->note_ = std::move(*note);
  log->checkpoint_ = std::move(*checkpoint);
  return log;
}

Result<std::uint64_t> TheirLog::same_entries(const api::MirrorFolder& mirror, std::uint64_t size) {
  Passing files(server_);
  api::SignedTiles tiles(files, checkpoint_.size, checkpoint_.root, 0);
  if (auto begun = tiles.begin(); !begun) return std::unexpected(begun.error());
  const auto ours = [&](unsigned level, std::uint64_t index) { return mirror.tile(level, index, size); };
  const auto theirs = [&](unsigned level, std::uint64_t index) { return tiles.tile(level, index); };
  return api::same_leaves({size, ours}, {checkpoint_.size, theirs});
}

Result<api::PublishedDigests> TheirLog::digests_at(std::uint64_t size) {
  const auto name = std::string(api::published_digests_folder) + "/" + std::to_string(size);
  const auto note = server_.file(name, api::digests_bytes_max);
  if (!note) return std::unexpected(note.error());
  auto digests = api::read_digests(*note, keys_);
  if (!digests) return failure(digests.error().code, name + ": " + digests.error().detail);
  if (digests->position != size) return failure("bad_digests", name + " is of another size");
  return digests;
}

}  // namespace pioneer::cli
