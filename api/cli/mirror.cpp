// The log as static files in the layout of C2SP tlog-tiles, with a signed checkpoint: an auditor carries them away and
// verifies them with programs that are not ours.
#include <memory>
#include <optional>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/key_history.hpp"
#include "adapters/sodium/signing.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/mirror_files.hpp"
#include "api/cli/mirror_outside.hpp"
#include "api/cli/open_log.hpp"
#include "api/cli/own_checkpoint.hpp"
#include "api/cli/remote.hpp"
#include "api/cli/signed_to_end.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/key_history.hpp"
#include "api/proofs/stamps.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/tiles.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

/// What a mirror saw before: an earlier checkpoint's text.
struct Seen {
  std::uint64_t size = 0;
  std::string text;
};

class Mirror {
 public:
  /// `keys`: all that ever signed for the log. `newest`: what the directory signed last, and is mirrored up to.
  Mirror(const std::string& to, const AuditKeys& keys, const OwnCheckpoint& newest, bool hashes_only)
      : files_(to),
        keys_(keys),
        newest_(newest),
        origin_(keys.origin()),
        hashes_only_(hashes_only),
        tree_([this](const std::string& path, std::string_view bytes) { return keep(path, bytes); }) {}

  Result<void> begin();
  Result<void> add(std::string_view record);
  Result<void> end();
  /// After end(): what others signed of it goes beside.
  Result<void> keep_outside(const Outside& outside, const GetOutside& get);
  /// Keeps a checkpoint beside the files, if the log's key signed it: also one that contradicts them, as evidence.
  Result<void> keep_signed(std::string_view note);
  const eventstore::TileTree& tree() const { return tree_; }
  std::uint64_t written() const { return files_.written(); }

 private:
  Result<void> keep(const std::string& path, std::string_view bytes);
  std::string text() const {
    return eventstore::checkpoint_text(origin_, tree_.size(), api::base64(tree_.root().view()));
  }
  Result<void> compare() const;

  MirrorFiles files_;
  const AuditKeys& keys_;
  const OwnCheckpoint& newest_;
  const std::string origin_;
  const bool hashes_only_;
  eventstore::TileTree tree_;
  std::optional<Seen> seen_;
};

Result<void> Mirror::begin() {
  if (auto made = files_.make(); !made) return made;
  const auto before = files_.folder().read(std::string(api::newest_checkpoint_file), api::note_bytes_max);
  if (!before) return before.error().code == "missing_file" ? Result<void>{} : std::unexpected(before.error());
  const auto seen = api::parse_checkpoint(*before);
  if (!seen || seen->origin != origin_) {
    return eventstore::failure("foreign_mirror", "The checkpoint in " + files_.path() +
                                                     " is not of this log. Choose another folder, and keep this one.");
  }
  seen_ = Seen{seen->size, before->substr(0, before->find("\n\n") + 1)};
  if (auto kept = keep_signed(*before); !kept) return kept;
  return compare();
}

/// The log must contain, where the mirror ended, what the mirror holds.
Result<void> Mirror::compare() const {
  if (!seen_ || seen_->size != tree_.size() || seen_->text == text()) return {};
  return eventstore::failure(
      "history_differs", "The log's first " + grouped(tree_.size()) +
                             " records are not those that this mirror's checkpoint signed. Keep both: together they "
                             "are the proof that history was changed.");
}

Result<void> Mirror::add(std::string_view record) {
  if (auto added = tree_.add(record); !added) return added;
  return compare();
}

Result<void> Mirror::keep(const std::string& path, std::string_view bytes) {
  if (hashes_only_ && path.starts_with("tile/entries/")) return {};
  const auto before = files_.folder().read(path, eventstore::bundle_bytes_max);
  if (!before && before.error().code == "missing_file") return files_.put(path, bytes);
  if (before && *before == bytes) return {};
  return eventstore::failure("mirror_differs", files_.path() + "/" + path +
                                                   " is not what the log says. Keep it, and compare: the stick is "
                                                   "damaged, or one of the two was changed.");
}

/// The checkpoint last: it promises that everything below it is there.
Result<void> Mirror::end() {
  if (seen_ && seen_->size > tree_.size()) {
    return eventstore::failure("history_shorter", "The mirror's checkpoint signed " + grouped(seen_->size) +
                                                      " records, the log has " + grouped(tree_.size()) +
                                                      ". Keep both: records were cut off.");
  }
  if (tree_.size() != newest_.says.size || tree_.root() != newest_.says.root) {
    return eventstore::failure("history_differs", "The log's first " + grouped(newest_.says.size) +
                                                      " records are not those that were signed in " + newest_.file +
                                                      ". Keep both: together they are the proof that history was "
                                                      "changed.");
  }
  if (auto finished = tree_.finish(); !finished) return finished;
  for (const auto& verifier : keys_.texts())
    if (auto kept = files_.keep_verifier(verifier); !kept) return kept;
  return files_.publish(newest_.note, keys_.all());
}

Result<void> Mirror::keep_outside(const Outside& outside, const GetOutside& get) {
  return cli::keep_outside(files_, outside, get, newest_.says, keys_.all());
}

Result<void> Mirror::keep_signed(std::string_view note) { return files_.keep_signed(note, keys_.all()); }

Result<void> sign_all(eventstore::Disk& disk, const std::string& data) {
  const auto open = OpenLog::open(data);
  if (!open) return std::unexpected(open.error());
  const auto done = SignedToEnd::sign(disk, data, (*open)->log());
  return done ? Result<void>{} : std::unexpected(done.error());
}

/// Where a server runs, it signs; where nothing can be written, or the key is elsewhere, what was signed is mirrored.
Result<void> sign_if_free(const std::string& data) {
  adapters::posix::PosixDisk disk;
  if (!disk.exists(data + "/log")) return eventstore::failure("no_log", "There is no log in " + data + ".");
  const auto before = read_own_checkpoint(data);
  if (!before) return std::unexpected(before.error());
  if (*before && (*before)->keys.empty()) return {};
  const auto lock = disk.lock(data + "/lock");
  return lock ? sign_all(disk, data) : Result<void>{};
}

/// The log, and what its directory signed last.
struct Source {
  std::unique_ptr<OpenLog> open;
  OwnCheckpoint newest;
};

Result<Source> source_of(const std::string& data) {
  // Before the log is opened, beside a server: what is signed by then is in it.
  auto newest = read_own_checkpoint(data);
  if (!newest) return std::unexpected(newest.error());
  if (!*newest)
    return eventstore::failure("nothing_signed", "Nothing is signed in " + data + " yet. Try again in a moment.");
  if ((*newest)->keys.empty())
    return eventstore::failure("no_verifier_key", "There is no key in " + data + "/keys by which its log is known");
  auto open = OpenLog::open(data);
  if (!open) return std::unexpected(open.error());
  if (const auto held = holds_what_was_signed(data, (*open)->log(), **newest); !held)
    return std::unexpected(held.error());
  return Source{std::move(*open), std::move(**newest)};
}

/// The log is not the one that was mirrored: what it publishes by now goes beside what it published then.
Exit differs(Mirror& mirror, const Place& place, const eventstore::Error& error) {
  const auto published = api::MirrorFolder(place.data)
                             .read(std::string(api::Checkpoints::directory_name) + "/checkpoint", api::note_bytes_max);
  if (published) {
    if (const auto kept = mirror.keep_signed(*published); !kept) complain(sentence_of(kept.error()));
  }
  return fail(Exit::no, sentence_of(error));
}

/// Signed by the key that is here, if there is one.
Result<std::optional<std::string>> key_history_of(eventstore::Disk& disk, const std::string& data) {
  const auto directory = data + "/keys";
  if (!adapters::SigningKey::is_in(disk, directory)) return std::optional<std::string>{};
  adapters::posix::PosixRandom random;
  const auto key = adapters::SigningKey::settle(disk, random, directory, "");
  if (!key) return std::unexpected(key.error());
  const auto keys = adapters::read_key_history(disk, directory, *key);
  if (!keys) return std::unexpected(keys.error());
  return key->note(api::key_history_text(key->name(), adapters::key_history_lines(*keys)));
}

/// As a server gives it at /log/.
Result<GetOutside> outside_of(eventstore::Disk& disk, const std::string& data) {
  using Found = Result<std::optional<std::string>>;
  const auto directory = data + "/" + std::string(api::Checkpoints::directory_name);
  const auto history = key_history_of(disk, data);
  if (!history) return std::unexpected(history.error());
  return [&disk, directory, history = *history](const std::string& name) -> Found {
    const api::Stamps stamps(disk, directory + "/" + std::string(api::stamps_folder));
    if (name == api::key_history_file) return history;
    if (name.starts_with(std::string(api::stamps_folder) + "/"))
      return stamps.file(name.substr(api::stamps_folder.size() + 1));
    if (name == api::stamps_folder) {
      auto lines = stamps.list();
      return lines ? Found{std::move(*lines)} : std::unexpected(lines.error());
    }
    auto note = api::MirrorFolder(directory).read(name, api::note_bytes_max);
    if (note) return std::move(*note);
    return note.error().code == "missing_file" ? Found{std::nullopt} : std::unexpected(note.error());
  };
}

}  // namespace

Exit mirror(const Place& place, const MirrorOptions& options) {
  if (!place.server.empty()) return remote::mirror(place, options);
  if (!options.verifiers.empty())
    return fail(Exit::usage, "With --data the log's own key signs; --verifier is for --server.");
  if (options.digests)
    return fail(Exit::usage, "--digests is for --server; with --data, `pioneer replay --publish` signs them.");
  if (const auto done = sign_if_free(place.data); !done) return mirror_failed(done.error());
  adapters::posix::PosixDisk disk;
  const auto get = outside_of(disk, place.data);
  if (!get) return mirror_failed(get.error());
  const auto outside = get_outside(*get);
  if (!outside) return mirror_failed(outside.error());
  const auto source = source_of(place.data);
  if (!source) return mirror_failed(source.error());
  const auto keys = AuditKeys::of(source->newest.keys);
  if (!keys) return fail(keys.error());
  Mirror mirror(options.to, *keys, source->newest, options.hashes_only);
  if (auto begun = mirror.begin(); !begun) return mirror_failed(begun.error());
  const auto end = source->newest.says.size;
  Progress progress("records mirrored", end);
  const auto reader = source->open->log().reader(eventstore::Sequence{0});
  while (mirror.tree().size() < end) {
    const auto leaf = reader->next();
    if (!leaf) return fail(leaf.error());
    if (!*leaf) break;
    if (auto added = mirror.add((*leaf)->record); !added) return differs(mirror, place, added.error());
    progress.at(mirror.tree().size());
  }
  if (auto ended = mirror.end(); !ended) return differs(mirror, place, ended.error());
  if (auto kept = mirror.keep_outside(*outside, *get); !kept) return mirror_failed(kept.error());
  const auto& tree = mirror.tree();
  if (place.json) {
    say(JsonObject()
            .text("origin", keys->origin())
            .text("position", std::to_string(tree.size()))
            .text("root", api::hex(tree.root().view()))
            .text("verifier", keys->texts().front())
            .number("filesWritten", mirror.written())
            .str());
    return Exit::done;
  }
  say("Mirrored " + counted(tree.size(), "record") + " into " + options.to + "; " +
      counted(mirror.written(), "file is", "files are") + " new.");
  say("  root      " + api::hex(tree.root().view()));
  say("  verifier  " + keys->texts().front());
  return Exit::done;
}

}  // namespace pioneer::cli
