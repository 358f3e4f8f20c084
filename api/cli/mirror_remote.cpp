// A mirror of a running server's log: what is fetched is proven by the signed checkpoint before it is kept, what is
// kept is not fetched again, and whenever this is ended it can go on.
#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "adapters/posix/executor.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/audit/published_digests.hpp"
#include "api/audit/signed_tiles.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/json.hpp"
#include "api/cli/log_fetch.hpp"
#include "api/cli/mirror_files.hpp"
#include "api/cli/mirror_outside.hpp"
#include "api/cli/remote.hpp"
#include "api/http/json.hpp"
#include "api/messages/views.pb.h"
#include "api/proofs/stamps.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/tree_proofs.hpp"

namespace pioneer::cli::remote {
namespace {

using eventstore::failure;
using eventstore::Result;

/// Taken by one connection in a row: the next one then reads elsewhere in the server's files.
constexpr std::uint64_t stretches_at_once = 8;

/// A tile or bundle is whole in one answer; one connection, one thread.
class ServedFiles final : public api::MirroredFiles {
 public:
  ServedFiles(const Place& place, const HttpConnection::Address& address, MirrorFiles& files)
      : files_(files), server_(place, address) {}

  bool has(const std::string& name) const override { return files_.folder().exists(name); }
  std::optional<std::string> kept(const std::string& name, std::size_t bytes_max) const override {
    auto bytes = files_.folder().read(name, bytes_max);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
  }
  Result<std::string> fetch(const std::string& name, std::size_t bytes_max) override {
    return server_.file(name, bytes_max);
  }
  Result<void> keep(const std::string& name, std::string_view bytes) override { return files_.put(name, bytes); }
  /// Nothing where the server has no such file.
  Result<std::optional<std::string>> fetch_if_there(const std::string& name) {
    auto file = fetch(name, std::max(api::stamp_bytes_max, api::note_bytes_max));
    if (file) return std::move(*file);
    if (file.error().code == "not_found") return std::optional<std::string>{};
    return std::unexpected(file.error());
  }

 private:
  MirrorFiles& files_;
  LogFetch server_;
};

/// All stretches of the tree, over several connections.
class Fetching {
 public:
  Fetching(api::SignedTiles& tiles, const MirrorOptions& options, std::uint64_t size)
      : tiles_(tiles), entries_(!options.hashes_only), size_(size), progress_("records mirrored", size) {}

  /// Each of `connections` on a thread of its own. The first error.
  Result<void> run(std::span<const std::unique_ptr<ServedFiles>> connections) {
    {
      adapters::posix::ThreadPool threads(connections.size());
      for (const auto& connection : connections) threads.run_promised([this, &files = *connection] { work(files); });
    }
    return failed_ ? Result<void>(std::unexpected(*failed_)) : Result<void>{};
  }

 private:
  /// The next ones; none where all are taken or something failed. The tiles above them are fetched by the connection
  /// of `tiles_`, one at a time: one for 65,536 records.
  std::vector<api::SignedTiles::Stretch> next() {
    const std::lock_guard lock(mutex_);
    std::vector<api::SignedTiles::Stretch> taken;
    while (!failed_ && next_ < tiles_.stretches() && taken.size() < stretches_at_once) {
      auto stretch = tiles_.stretch(next_);
      if (!stretch) {
        failed_ = stretch.error();
        return {};
      }
      taken.push_back(std::move(*stretch));
      ++next_;
    }
    return failed_ ? std::vector<api::SignedTiles::Stretch>{} : taken;
  }

  void work(ServedFiles& files) {
    for (auto some = next(); !some.empty(); some = next()) {
      std::uint64_t entries = 0;
      for (const auto& stretch : some) {
        if (auto taken = api::SignedTiles::take(files, stretch, entries_); !taken) {
          const std::lock_guard lock(mutex_);
          if (!failed_) failed_ = taken.error();
          return;
        }
        entries += stretch.width;
      }
      const std::lock_guard lock(mutex_);
      done_ += entries;
      progress_.at(done_, size_);
    }
  }

  api::SignedTiles& tiles_;
  const bool entries_;
  const std::uint64_t size_;
  Progress progress_;
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::uint64_t done_ = 0;
  std::optional<eventstore::Error> failed_;
};

/// The keys that were given; else those by which this mirror knows the log; else the server's own word.
Result<AuditKeys> keys_of(const Place& place, const MirrorOptions& options, const MirrorFiles& files) {
  if (!options.verifiers.empty()) return AuditKeys::read_with_witnesses(options.verifiers);
  if (files.folder().exists(std::string(api::verifier_file)))
    return AuditKeys::read({files.path() + "/" + std::string(api::verifier_file)});
  const auto reply = call(place, "GET", "/api/v1/tickets/key");
  api::TicketKeyView key;
  if (!reply) return failure("server_unreachable", reply.error(), eventstore::Retry::can_help);
  if (reply->status != 200 || !api::http::from_json(reply->body, key))
    return failure("no_verifier_key", "The server does not tell its log's key. Give it by --verifier.");
  return AuditKeys::read({key.verifier()});
}

class ServedMirror {
 public:
  ServedMirror(const Place& place, const MirrorOptions& options, HttpConnection::Address address)
      : place_(place), options_(options), address_(std::move(address)), files_(options.to) {}

  Result<void> run() {
    if (auto made = files_.make(); !made) return made;
    auto keys = keys_of(place_, options_, files_);
    if (!keys) return std::unexpected(keys.error());
    keys_.emplace(std::move(*keys));
    ServedFiles first(place_, address_, files_);
    const GetOutside get = [&first](const std::string& name) { return first.fetch_if_there(name); };
    const auto outside = get_outside(get);
    if (!outside) return std::unexpected(outside.error());
    if (auto newest = read_newest(first); !newest) return newest;
    if (auto begun = read_before(); !begun) return begun;
    api::SignedTiles tiles(first, checkpoint_.size, checkpoint_.root, before_ ? before_->size : 0);
    if (auto begun = tiles.begin(); !begun) return with_evidence(begun.error());
    if (auto agreed = goes_on(tiles); !agreed) return agreed;
    if (auto kept = tiles.keep_edge(); !kept) return kept;
    std::vector<std::unique_ptr<ServedFiles>> connections;
    for (unsigned i = 0; i < options_.connections; ++i)
      connections.push_back(std::make_unique<ServedFiles>(place_, address_, files_));
    if (auto fetched = Fetching(tiles, options_, checkpoint_.size).run(connections); !fetched) return fetched;
    for (const auto& verifier : keys_->texts())
      if (auto kept = files_.keep_verifier(verifier); !kept) return kept;
    if (auto published = files_.publish(note_, keys_->all()); !published) return published;
    if (auto kept = keep_outside(files_, *outside, get, checkpoint_, keys_->all()); !kept) return kept;
    return options_.digests ? keep_digests(first) : Result<void>{};
  }

  const api::SignedCheckpoint& checkpoint() const { return checkpoint_; }
  bool was_there() const { return before_.has_value(); }
  const AuditKeys& keys() const { return *keys_; }
  std::uint64_t written() const { return files_.written(); }

 private:
  Result<void> read_newest(ServedFiles& server) {
    auto note = server.fetch(std::string(api::newest_checkpoint_file), api::note_bytes_max);
    if (!note) return std::unexpected(note.error());
    auto checkpoint = api::check_checkpoint(*note, keys_->all());
    if (!checkpoint) return std::unexpected(checkpoint.error());
    note_ = std::move(*note);
    checkpoint_ = std::move(*checkpoint);
    return {};
  }

  /// What the server signs that its read models are at this size, for `audit replay`. Last: the server may have to
  /// replay its whole log first, and the mirror is whole without.
  Result<void> keep_digests(ServedFiles& server) {
    const auto name = std::string(api::published_digests_folder) + "/" + std::to_string(checkpoint_.size);
    if (server.has(name)) return {};
    const auto note = server.fetch(name, api::digests_bytes_max);
    if (!note)
      return failure(note.error().code,
                     "The records are mirrored, the digests of the read models are not: " + note.error().detail,
                     note.error().retry);
    const auto digests = api::read_digests(*note, keys_->all());
    if (!digests) return failure(digests.error().code, name + ": " + digests.error().detail);
    if (digests->position != checkpoint_.size) return failure("wrong_file", name + " is of another size");
    return files_.keep(name, *note);
  }

  /// What this mirror saw before.
  Result<void> read_before() {
    const std::string name(api::newest_checkpoint_file);
    if (!files_.folder().exists(name)) return {};
    const auto kept = api::read_kept(files_.folder(), name, keys_->all());
    if (!kept) {
      return failure("foreign_mirror", "The checkpoint in " + files_.path() + " is not of this log: " +
                                           kept.error().detail + " Choose another folder, and keep this one.");
    }
    before_ = kept->checkpoint;
    if (const auto note = files_.folder().read(name, api::note_bytes_max)) {
      if (auto done = files_.keep_signed(*note, keys_->all()); !done) return done;
    }
    if (before_->size <= checkpoint_.size) return {};
    if (leads_to_before(checkpoint_)) {
      return failure("older_copy",
                     "An older copy answers here: the server shows " + grouped(checkpoint_.size) +
                         " records, and the mirror's checkpoint, which goes on from them, signed " +
                         grouped(before_->size) +
                         ". Of several nodes one may be a moment behind: ask again. If it stays so, records were cut "
                         "off, and the mirror's checkpoint proves it.",
                     eventstore::Retry::can_help);
    }
    return evidence("history_shorter", "The mirror's checkpoint signed " + grouped(before_->size) +
                                           " records, the server's " + grouped(checkpoint_.size) +
                                           ". Keep both: records were cut off, or an older copy answers here.");
  }

  /// By the mirror's own tiles, which its checkpoint proves.
  bool leads_to_before(const api::SignedCheckpoint& older) const {
    const auto path = eventstore::consistency_path(older.size, before_->size, files_.folder().hashes(before_->size));
    return path && eventstore::consistent({older.size, older.root}, {before_->size, before_->root}, *path);
  }

  Result<void> goes_on(api::SignedTiles& tiles) {
    if (!before_) return {};
    const auto root = tiles.root_at(before_->size);
    if (!root) return with_evidence(root.error());
    if (*root == before_->root) return {};
    return evidence("history_differs", "The log's first " + grouped(before_->size) +
                                           " records are not those that this mirror's checkpoint signed. Keep both: "
                                           "together they are the proof that history was changed.");
  }

  /// Where a kept file is not what the server signed: the file was changed, or the server signs another history now,
  /// and then its checkpoint tells.
  Result<void> with_evidence(const eventstore::Error& error) {
    if (error.code == "mirror_differs") return evidence(error.code, error.detail);
    return std::unexpected(error);
  }

  /// What the server signed now goes beside what it signed then.
  Result<void> evidence(std::string code, std::string sentence) {
    if (auto kept = files_.keep_signed(note_, keys_->all()); !kept) complain(cli::sentence_of(kept.error()));
    return failure(std::move(code), std::move(sentence));
  }

  const Place& place_;
  const MirrorOptions& options_;
  const HttpConnection::Address address_;
  MirrorFiles files_;
  std::optional<AuditKeys> keys_;
  std::string note_;
  api::SignedCheckpoint checkpoint_;
  std::optional<api::SignedCheckpoint> before_;
};

}  // namespace

Exit mirror(const Place& place, const MirrorOptions& options) {
  auto address = HttpConnection::address_of(place.server);
  if (!address) return cli::fail(Exit::usage, address.error());
  const bool own_key = options.verifiers.empty();
  const bool known_before = api::MirrorFolder(options.to).exists(std::string(api::verifier_file));
  ServedMirror mirror(place, options, std::move(*address));
  if (const auto done = mirror.run(); !done) return mirror_failed(done.error());
  const auto& checkpoint = mirror.checkpoint();
  if (place.json) {
    say(JsonObject()
            .text("origin", checkpoint.origin)
            .text("position", std::to_string(checkpoint.size))
            .text("root", api::hex(checkpoint.root.view()))
            .text("verifier", mirror.keys().texts().front())
            .text("keyFrom", own_key && !known_before ? "server" : key_from(own_key))
            .number("filesWritten", mirror.written())
            .str());
    return Exit::done;
  }
  say("Mirrored " + counted(checkpoint.size, "record") + " into " + options.to + "; " +
      counted(mirror.written(), "file is", "files are") + " new.");
  if (mirror.was_there()) say("  before    files that were there were not checked: `pioneer audit verify` does");
  say("  root      " + api::hex(checkpoint.root.view()));
  say("  verifier  " + mirror.keys().texts().front());
  if (own_key) say("            as the server or an earlier run told it: compare it with the one that was published");
  return Exit::done;
}

}  // namespace pioneer::cli::remote
