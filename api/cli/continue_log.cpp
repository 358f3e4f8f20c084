// A log that has lost what it had signed may not go on under its name: others hold checkpoints that it no longer leads
// to. It goes on as another log, whose first leaf names the one before it, how much of that it holds, and the root of
// that. Every other leaf keeps its place and its body; only the headers, which name the log, are new.
#include <fcntl.h>
#include <stdio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <vector>

#include "adapters/posix/random.hpp"
#include "adapters/sodium/signing.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/open_log.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/signed_note.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/merkle.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::cli {
namespace {

namespace fs = std::filesystem;
using adapters::segments::SegmentLog;
using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;

/// Beside the log until it is whole.
constexpr std::string_view beside = "log-continued";
constexpr std::size_t verifier_bytes_max = 1'024;

/// Writes a log anew under another id: one thread.
class NewLog {
 public:
  static Result<std::unique_ptr<NewLog>> make(const std::string& directory, const eventstore::LogId& id) {
    std::unique_ptr<NewLog> made(new NewLog);
    adapters::segments::Options options;
    options.directory = directory;
    auto log = SegmentLog::create(made->disk_, made->background_, options, id);
    if (!log) return std::unexpected(log.error());
    made->log_ = std::move(*log);
    made->state_ = made->log_->state();
    return made;
  }

  /// A leaf of the old log: its body, and its epochs begun anew.
  Result<void> add(std::string_view record, const eventstore::EpochOpened* continues) {
    const auto old = eventstore::decode_record(eventstore::bytes_of(record));
    if (!old) return std::unexpected(old.error());
    std::string body(eventstore::record_body(record));
    if (old->kind == eventstore::RecordKind::opened) {
      eventstore::RecordHeader fence = header_of(*old, eventstore::RecordKind::fence);
      fence.epoch = state_.epoch.plus(1);
      fence.writer = old->writer;
      const auto hash = push(fence, {});
      eventstore::EpochOpened opened;
      if (!opened.ParseFromString(body)) return failure("corrupt_batch", "An opened record cannot be read.");
      opened.set_fence_hash(std::string(hash.view()));
      if (continues != nullptr) {
        opened.set_continues_log_id(continues->continues_log_id());
        opened.set_continues_size(continues->continues_size());
        opened.set_continues_root(continues->continues_root());
      }
      body = opened.SerializeAsString();
    }
    eventstore::RecordHeader header = header_of(*old, old->kind);
    header.sequence = state_.next;
    header.previous_hash = state_.head;
    push(header, body);
    if (waiting_.size() < eventstore::limits::batch_records_max / 2) return {};
    return flush();
  }

  Result<void> close() {
    if (auto flushed = flush(); !flushed) return flushed;
    return log_->close();
  }

  Hash root() const { return log_->frontier().root(); }

 private:
  NewLog() = default;
  eventstore::RecordHeader header_of(const eventstore::RecordHeader& old, eventstore::RecordKind kind) const {
    eventstore::RecordHeader header;
    header.format = eventstore::limits::format;
    header.kind = kind;
    header.feature_level = old.feature_level;
    header.log_id = state_.log_id;
    header.epoch = state_.epoch;
    header.writer = state_.writer;
    return header;
  }
  Hash push(const eventstore::RecordHeader& header, std::string_view body) {
    waiting_.push_back(eventstore::encode_record(header, body));
    return eventstore::accept(state_, eventstore::bytes_of(waiting_.back()), header.feature_level).leaf;
  }
  Result<void> flush() {
    if (waiting_.empty()) return {};
    auto done = log_->append(waiting_);
    waiting_.clear();
    return done;
  }

  adapters::posix::PosixDisk disk_;
  adapters::posix::ThreadPool background_{1};
  std::unique_ptr<SegmentLog> log_;
  eventstore::LogState state_;
  std::vector<std::string> waiting_;
};

/// What goes on, from what, and what is gone.
struct Continued {
  eventstore::LogId old_id, new_id;
  std::uint64_t size = 0;
  Hash root;
  std::uint64_t published = 0;
  bool compared = false;  ///< the hashes of what was signed are there, and begin with these
};

/// Puts the new log in the place of the old, and aside what belongs to that. Each step may have been done before a
/// crash; until the last is, the old checkpoints keep every server from starting.
class Exchange {
 public:
  Exchange(std::string data, const Continued& continued)
      : data_(std::move(data)),
        continued_(continued),
        before_(data_ + "/before/" + api::hex(continued.old_id.view())) {}

  /// Both at once.
  Result<void> swap_logs() const {
    if (::renameat2(AT_FDCWD, (data_ + "/log").c_str(), AT_FDCWD, (data_ + "/" + std::string(beside)).c_str(),
                    RENAME_EXCHANGE) == 0) {
      return disk_.sync_directory(data_);
    }
    return failure("rename_failed", "The two logs could not be exchanged: " + std::string(std::strerror(errno)) + ".");
  }

  /// The new log's verifier key.
  Result<std::string> finish() const {
    std::error_code failed;
    fs::create_directories(before_ + "/keys", failed);
    fs::permissions(before_, fs::perms::owner_all, failed);
    auto key = failed ? failure("write_failed", before_ + ": " + failed.message()) : change_key();
    if (!key) return key;
    if (auto moved = move(std::string(beside), "log"); !moved) return std::unexpected(moved.error());
    for (const auto* name : {"/db", "/people", "/past"}) fs::remove_all(data_ + name, failed);
    for (const auto& changed : {before_, data_ + "/before", data_ + "/keys", data_})
      if (auto synced = disk_.sync_directory(changed); !synced) return std::unexpected(synced.error());
    const std::string checkpoints(api::Checkpoints::directory_name);
    if (auto moved = move(checkpoints, checkpoints); !moved) return std::unexpected(moved.error());
    if (auto synced = disk_.sync_directory(data_); !synced) return std::unexpected(synced.error());
    return key;
  }
  const std::string& before() const { return before_; }

 private:
  Result<void> move(const std::string& name, const std::string& to) const {
    std::error_code failed;
    if (!fs::exists(data_ + "/" + name)) return {};
    fs::rename(data_ + "/" + name, before_ + "/" + to, failed);
    return failed ? failure("write_failed", data_ + "/" + name + ": " + failed.message()) : Result<void>{};
  }
  /// The log's name is part of its key: another log has another one.
  Result<std::string> change_key() const {
    static constexpr std::array names{"log-signing", "log-verifier", "log-key-history"};
    const auto keys = data_ + "/keys";
    const auto kept = before_ + "/keys";
    std::error_code failed;
    for (const auto* name : names) {
      if (fs::exists(keys + "/" + name) && !fs::exists(kept + "/" + name))
        fs::copy_file(keys + "/" + name, kept + "/" + name, failed);
      if (failed) return failure("write_failed", kept + ": " + failed.message());
    }
    adapters::posix::PosixRandom random;
    const auto old = eventstore::read_whole(disk_, kept + "/log-verifier", verifier_bytes_max);
    if (!old) return std::unexpected(old.error());
    const auto now = eventstore::read_whole(disk_, keys + "/log-verifier", verifier_bytes_max);
    if (!now || *now == *old)
      for (const auto* name : names) fs::remove(keys + "/" + name, failed);
    const auto key = adapters::SigningKey::settle(disk_, random, keys, new_name(old->substr(0, old->find('+'))));
    return key ? Result<std::string>(key->verifier()) : std::unexpected(key.error());
  }
  /// That of its id, or the one that it was given with a part of the id.
  std::string new_name(const std::string& old_name) const {
    if (old_name == adapters::SigningKey::name_of(continued_.old_id))
      return adapters::SigningKey::name_of(continued_.new_id);
    return old_name + "/" + api::hex(continued_.new_id.view()).substr(0, 8);
  }

  mutable adapters::posix::PosixDisk disk_;
  const std::string data_;
  const Continued continued_;
  const std::string before_;
};

/// What was signed last; an error where the log is not behind it.
Result<api::CheckpointText> lost_checkpoint(const std::string& data, const eventstore::Log& log) {
  adapters::posix::PosixDisk disk;
  const auto path = data + "/" + std::string(api::Checkpoints::directory_name) + "/checkpoint";
  const auto not_behind = [] {
    return failure("not_behind", "This log holds all that it signed: it goes on under its name, with `pioneerd`.");
  };
  if (!disk.exists(path)) return not_behind();
  const auto note = eventstore::read_whole(disk, path, api::note_bytes_max);
  if (!note) return std::unexpected(note.error());
  auto text = api::parse_checkpoint(*note);
  if (!text) return failure("bad_checkpoint", path + " is no checkpoint. Restore it from a copy.");
  if (text->size <= log.end().value) return not_behind();
  return *text;
}

/// Whether the hashes that lie beside the checkpoint lead to it and begin with what the log holds; nothing where they
/// are not there any more.
Result<bool> compare(const std::string& data, const api::CheckpointText& published, std::uint64_t size,
                     const Hash& root) {
  adapters::posix::PosixDisk disk;
  const auto tree =
      eventstore::TreeFiles::open(disk, data + "/" + std::string(api::Checkpoints::directory_name), published.size);
  if (!tree) return false;
  const auto all = (*tree)->root_at(published.size);
  const auto part = (*tree)->root_at(size);
  if (!all || !part || api::base64(all->view()) != published.root) return false;
  if (*part == root) return true;
  return failure("history_differs",
                 "What the log holds is not what it signed: it did not only lose its end, it was changed. Keep all of "
                 "it; together with the checkpoint it is the proof.");
}

Result<void> rewrite(const SegmentLog& old, const std::string& to, const Continued& continued) {
  const auto made = NewLog::make(to, continued.new_id);
  if (!made) return std::unexpected(made.error());
  eventstore::EpochOpened continues;
  continues.set_continues_log_id(std::string(continued.old_id.view()));
  continues.set_continues_size(continued.size);
  continues.set_continues_root(std::string(continued.root.view()));
  Progress progress("records", continued.size);
  const auto reader = old.reader(eventstore::Sequence{0});
  for (std::uint64_t done = 0; done < continued.size; ++done) {
    const auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) return failure("corrupt_batch", "The log ends before its end.");
    if (auto added = (*made)->add((*leaf)->record, done == 0 ? &continues : nullptr); !added) return added;
    progress.at(done);
  }
  return (*made)->close();
}

void tell(const Place& place, const Continued& continued, const std::string& verifier, const Exchange& exchange) {
  const auto lost = continued.published - continued.size;
  if (place.json) {
    say(JsonObject()
            .text("logId", api::hex(continued.new_id.view()))
            .text("continues", api::hex(continued.old_id.view()))
            .text("position", std::to_string(continued.size))
            .text("root", api::hex(continued.root.view()))
            .text("published", std::to_string(continued.published))
            .text("lost", std::to_string(lost))
            .yes_no("compared", continued.compared)
            .text("verifier", verifier)
            .text("before", exchange.before())
            .str());
    return;
  }
  say("The log goes on as " + api::hex(continued.new_id.view()) + ", from " + grouped(continued.size) + " records of " +
      api::hex(continued.old_id.view()) + ".");
  say("  lost      " + grouped(lost) + " records that were signed: positions " + grouped(continued.size) + " to " +
      grouped(continued.published - 1));
  say("  compared  " + std::string(continued.compared
                                       ? "what is left is what was signed, by the hashes that are still there"
                                       : "nothing: the hashes of what was signed are gone"));
  say("  kept      the old log, its checkpoints and its key in " + exchange.before());
  say("  verifier  " + verifier);
  say("Publish the new key, and what was lost. Whoever holds a receipt of a lost record can prove it.");
}

/// Where a crash came after the two logs were exchanged: what is being continued.
Result<std::optional<Continued>> begun(const std::string& data, const SegmentLog& log) {
  std::optional<Continued> none;
  if (!fs::exists(data + "/" + std::string(beside)) || log.end().value == 0) return none;
  const auto old = eventstore::continued_by(log);
  if (!old) return std::unexpected(old.error());
  if (!*old) return none;
  const auto published = lost_checkpoint(data, log);
  return Continued{
      (*old)->log_id, log.state().log_id, (*old)->size, (*old)->root, published ? published->size : (*old)->size,
      false};
}

/// The new log, whole, beside the old one.
Result<Continued> write_beside(const std::string& data, const SegmentLog& old) {
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  const auto published = lost_checkpoint(data, old);
  if (!published) return std::unexpected(published.error());
  Continued continued{old.state().log_id, random.bytes<eventstore::LogId>(),
                      old.end().value,    old.frontier().root(),
                      published->size,    false};
  if (continued.size == 0) return failure("log_empty", "Nothing of the log is left to go on from.");
  const auto compared = compare(data, *published, continued.size, continued.root);
  if (!compared) return std::unexpected(compared.error());
  continued.compared = *compared;
  const auto to = data + "/" + std::string(beside);
  std::error_code failed;
  fs::remove_all(to, failed);
  if (auto made = disk.make_directory(to); !made) return std::unexpected(made.error());
  if (auto written = rewrite(old, to, continued); !written) return std::unexpected(written.error());
  return continued;
}

}  // namespace

Exit continue_log(const Place& place) {
  if (!place.server.empty()) return fail(Exit::usage, "A log is continued with --data DIR only, while no server runs.");
  adapters::posix::PosixDisk disk;
  auto open = OpenLog::open(place.data);
  if (!open) return fail(open.error());
  const auto lock = disk.lock(place.data + "/lock");
  if (!lock) return fail(lock.error());
  const auto before_crash = begun(place.data, (*open)->log());
  if (!before_crash) return fail(before_crash.error());
  const auto continued = *before_crash ? Result<Continued>(**before_crash) : write_beside(place.data, (*open)->log());
  if (!continued)
    return fail(continued.error().code == "not_behind" ? Exit::no : Exit::could_not_run,
                sentence_of(continued.error()));
  open->reset();
  const Exchange exchange(place.data, *continued);
  if (!*before_crash) {
    if (auto swapped = exchange.swap_logs(); !swapped) return fail(swapped.error());
  }
  const auto verifier = exchange.finish();
  if (!verifier) return fail(verifier.error());
  tell(place, *continued, *verifier, exchange);
  return Exit::done;
}

}  // namespace pioneer::cli
