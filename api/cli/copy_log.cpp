// `pioneer log copy`: every record as it is, fences included, so that chain, tree and digests stay the same.
#include <filesystem>

#include "adapters/kafka/kafka_log.hpp"
#include "adapters/kafka/topic_fold.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/segments/records.hpp"
#include "adapters/segments/segment_log.hpp"
#include "adapters/segments/verify.hpp"
#include "adapters/yaml/settings_file.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/copy_log.hpp"
#include "api/cli/json.hpp"
#include "api/server/log_topic.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::cli {
namespace {

namespace kafka = adapters::kafka;
namespace segments = adapters::segments;
using eventstore::Result;

/// Appended to the topic at once: what is on the way is in memory twice.
constexpr std::size_t part_bytes_max = 4u << 20;

std::unexpected<eventstore::Error> differs(const std::string& where) {
  return eventstore::failure("history_differs", where + " holds another history than the log to be copied.");
}

/// Gathers records and appends them to the topic in parts; the first that it holds already are compared instead.
class IntoTopic {
 public:
  IntoTopic(kafka::KafkaLog& log, const kafka::TopicFold& held, const eventstore::LogId& id, Progress& progress)
      : log_(log),
        held_(held.state()),
        held_records_(held.records()),
        seen_(eventstore::LogState::genesis(id)),
        progress_(progress) {}

  Result<void> take(std::span<const eventstore::ByteView> records) {
    for (const auto record : records) {
      if (passed_ < held_records_) {
        static_cast<void>(eventstore::accept(seen_, record));
        if (++passed_ == held_records_ && seen_ != held_) return differs("The topic");
        continue;
      }
      bytes_ += record.size();
      gathered_.emplace_back(eventstore::text_of(record));
      if (bytes_ < part_bytes_max) continue;
      if (auto done = flush(); !done) return done;
    }
    return {};
  }

  /// After the last record.
  Result<void> flush() {
    if (passed_ < held_records_) return differs("The topic");
    if (gathered_.empty()) return {};
    if (auto done = log_.replicate(gathered_); !done) return done;
    gathered_.clear();
    bytes_ = 0;
    progress_.at(log_.end().value);
    return {};
  }

 private:
  kafka::KafkaLog& log_;
  const eventstore::LogState held_;
  const std::uint64_t held_records_;
  eventstore::LogState seen_;
  std::uint64_t passed_ = 0;
  Progress& progress_;
  std::vector<std::string> gathered_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<Copied> copy_into_topic(const std::string& data, const api::KafkaSetting& setting) {
  adapters::posix::PosixDisk disk;
  const auto directory = data + "/log";
  const auto source = segments::verify(disk, directory);
  if (!source.ok) return eventstore::failure(source.code, source.file + ": " + source.reason);
  const auto options = server::topic_options(setting);
  const auto topic = server::open_topic(setting, options);
  if (!topic) return std::unexpected(topic.error());
  const auto held = kafka::log_in(options);
  if (!held) return std::unexpected(held.error());
  const auto& id = source.state.log_id;
  if (*held && **held != id) return differs("The topic");
  kafka::TopicFold fold(id);
  auto log = kafka::KafkaLog::open(fold, *topic, options);
  if (!log) return std::unexpected(log.error());
  Progress progress("commits copied", source.position.value);
  const auto told = [&](eventstore::Sequence end) { progress.at(end.value); };
  if (auto read = (*log)->read_all(told); !read) return std::unexpected(read.error());
  IntoTopic into(**log, fold, id, progress);
  auto done = segments::each_record(disk, directory, [&](const auto& records) { return into.take(records); });
  if (done) done = into.flush();
  if (!done) return std::unexpected(done.error());
  (*log)->stop();
  // The pair of what every record was checked by: both ends are the same tree.
  if (fold.state() != source.state || fold.root() != source.root) return differs("The topic");
  return Copied{source.position.value, source.records, source.root};
}

namespace {

Result<Copied> into_topic(const std::string& data, const api::KafkaSetting& setting) {
  adapters::posix::PosixDisk disk;
  const auto alone = disk.lock(data + "/lock");
  if (!alone) return std::unexpected(alone.error());
  return copy_into_topic(data, setting);
}

/// A log of one's own, filled from a topic: where its records stood there is not kept.
class OwnLog final : public eventstore::LocalCopy {
 public:
  explicit OwnLog(segments::SegmentLog& log) : log_(log) {}
  eventstore::LogState state() const override { return log_.state(); }
  eventstore::Sequence end() const override { return log_.end(); }
  Result<void> append(std::span<const std::string> records) override { return log_.append(records); }
  Result<void> append(std::span<const std::string> records, std::span<const std::uint64_t> offsets) override {
    return noted(log_.append(records), records, offsets, true);
  }
  Result<void> append_more(std::span<const std::string> records, std::span<const std::uint64_t> offsets,
                           std::span<const eventstore::Hash> hashes) override {
    return noted(log_.append_more(records, {}, hashes), records, offsets, false);
  }
  std::optional<std::uint64_t> copied_to() const override { return durable_.to; }
  Result<std::string> read(eventstore::Sequence sequence) const override { return log_.read(sequence); }
  std::unique_ptr<eventstore::LogReader> reader(eventstore::Sequence from) const override { return log_.reader(from); }
  Result<void> protect_tail() override { return log_.protect_tail(); }
  std::uint64_t records() const { return durable_.records; }

 private:
  struct Filled {
    std::uint64_t records = 0;
    std::optional<std::uint64_t> to;  ///< the last one's place in the topic
  };
  /// What fails takes back all that is not durable yet.
  Result<void> noted(Result<void> done, std::span<const std::string> records, std::span<const std::uint64_t> offsets,
                     bool durable) {
    if (done) given_.records += records.size();
    if (done && !offsets.empty()) given_.to = offsets.back();
    if (durable && done) durable_ = given_;
    // Of what came at once a first part may be there, whose place in the topic is not known then. Nothing that a
    // command makes anew needs to be gone on with: it ends, and says why.
    if (!done && done.error().code == "disk_full") return eventstore::failure("copy_failed", done.error().detail);
    return done;
  }

  segments::SegmentLog& log_;
  Filled durable_;
  Filled given_;  ///< with what append_more() took
};

/// In a folder of its own that is given its name at the end: a copy that was broken off is no log.
Result<Copied> fill(const std::string& folder, const kafka::Options& options, const kafka::Topic& topic,
                    const eventstore::LogId& id) {
  adapters::posix::PosixDisk disk;
  adapters::posix::ThreadPool background{1};
  segments::Options made;
  made.directory = folder;
  made.first_segment_bytes = segments::first_of_copy_bytes;
  auto files = segments::SegmentLog::create(disk, background, made, id);
  if (!files) return std::unexpected(files.error());
  OwnLog own(**files);
  auto log = kafka::KafkaLog::open(own, topic, options);
  if (!log) return std::unexpected(log.error());
  Progress progress("commits copied", 0);
  const auto told = [&](eventstore::Sequence end) { progress.at(end.value); };
  if (auto read = (*log)->read_all(told); !read) return std::unexpected(read.error());
  (*log)->stop();
  if (auto closed = (*files)->close(); !closed) return std::unexpected(closed.error());
  return Copied{own.end().value, own.records(), (*files)->frontier().root()};
}

Result<Copied> into_directory(const api::KafkaSetting& setting, const std::string& data) {
  adapters::posix::PosixDisk disk;
  if (disk.exists(data + "/log")) return eventstore::failure("log_exists", "There is a log in " + data + " already.");
  if (auto made = disk.make_directory(data); !made) return std::unexpected(made.error());
  const auto alone = disk.lock(data + "/lock");
  if (!alone) return std::unexpected(alone.error());
  const auto options = server::topic_options(setting);
  const auto topic = kafka::Topic::check(options);
  if (!topic) return std::unexpected(topic.error());
  const auto id = kafka::log_in(options);
  if (!id) return std::unexpected(id.error());
  if (!*id) return eventstore::failure("no_log", "Topic " + options.topic + " holds no log.");
  const auto folder = data + "/log.copy";
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  if (auto made = disk.make_directory(folder); !made) return std::unexpected(made.error());
  auto copied = fill(folder, options, *topic, **id);
  if (!copied) return copied;
  if (auto named = disk.rename(folder, data + "/log"); !named) return std::unexpected(named.error());
  if (auto synced = disk.sync_directory(data); !synced) return std::unexpected(synced.error());
  return copied;
}

/// Where a log is to be found: the topic that a settings file names, or nothing: a directory.
api::Checked<std::optional<api::KafkaSetting>> topic_named(const std::string& place) {
  if (!std::filesystem::is_regular_file(place)) return std::nullopt;
  auto settings = adapters::yaml::load_settings(place);
  if (!settings) return std::unexpected(settings.error());
  return settings->kafka;
}

}  // namespace

Exit copy_log(const Place& place, const CopyOptions& options) {
  std::optional<api::KafkaSetting> from, to;
  for (auto [name, into] : {std::pair{&options.from, &from}, {&options.to, &to}}) {
    auto named = topic_named(*name);
    if (!named) return fail(Exit::usage, named.error().front().text());
    if (*named && (*named)->brokers.empty()) return fail(Exit::usage, *name + " says nothing of a log on Kafka.");
    *into = std::move(*named);
  }
  if (from.has_value() == to.has_value()) {
    return fail(Exit::usage, "A log is copied between a directory and a topic: one of the two is a settings file.");
  }
  const auto copied = to ? into_topic(options.from, *to) : into_directory(*from, options.to);
  if (!copied && copied.error().code == "history_differs") return fail(Exit::no, sentence_of(copied.error()));
  if (!copied) return fail(copied.error());
  const auto root = api::hex(copied->root.view());
  if (place.json) {
    say(JsonObject()
            .text("position", std::to_string(copied->commits))
            .number("records", copied->records)
            .text("root", root)
            .str());
    return Exit::done;
  }
  say("Copied: " + grouped(copied->commits) + " commits, " + grouped(copied->records) + " records with the fences.");
  say("  root      " + root);
  say("Keys, and what people uploaded, are no part of the log: they stay where they are.");
  say("Serve only one of the two from here on: both would sign two histories of one log.");
  return Exit::done;
}

}  // namespace pioneer::cli
