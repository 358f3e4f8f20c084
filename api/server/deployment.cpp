#include "api/server/deployment.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "adapters/blobs/blob_files.hpp"
#include "adapters/kafka/kafka_log.hpp"
#include "adapters/posix/clock.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/posix/threads.hpp"
#include "adapters/rocksdb/rocksdb_store.hpp"
#include "adapters/segments/format.hpp"
#include "adapters/segments/segment_log.hpp"
#include "adapters/sodium/sodium.hpp"
#include "api/people/people_store.hpp"
#include "api/server/clock_confirmation.hpp"
#include "api/server/log_topic.hpp"
#include "api/server/shared_keys.hpp"
#include "api/server/shared_uploads.hpp"
#include "api/server/signed_before.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/record.hpp"

namespace pioneer::server {
namespace {

using eventstore::Result;

/// Between two looks at deadlines, waits and reactions.
constexpr std::chrono::milliseconds tick_every{100};
/// The people store answers few questions: a small part of the memory.
constexpr std::size_t people_cache_bytes = 4u << 20;
constexpr std::size_t people_write_buffer_bytes = 8u << 20;

}  // namespace

// Members stand in the order in which they are made; what uses another stands behind it.
struct Deployment::Wiring {
  DeploymentOptions options;
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  adapters::posix::PosixClock machine_clock;
  eventstore::Clock* clock = nullptr;
  adapters::posix::ThreadPool background{1};
  std::unique_ptr<eventstore::File> lock;
  bool is_new = false;  ///< there is no log yet
  std::unique_ptr<adapters::SodiumCryptography> cryptography;
  std::unique_ptr<adapters::segments::SegmentLog> files;
  std::unique_ptr<adapters::kafka::KafkaLog> topic;  ///< what fills the files, where nodes share a log
  eventstore::Log* log = nullptr;                    ///< one of the two
  std::unique_ptr<adapters::FileKeyring> own_keyring;
  std::unique_ptr<SharedKeys> shared_keys;  ///< instead, where nodes share a log
  adapters::FileKeyring* keyring = nullptr;
  std::unique_ptr<adapters::RocksDbStore> store;
  std::unique_ptr<adapters::RocksDbStore> people_rows;
  eventstore::Patience patience;
  std::optional<eventstore::PatientStore> patient_store, patient_people;
  std::unique_ptr<api::Opener> opener;
  std::unique_ptr<api::PeopleStore> people;
  std::unique_ptr<adapters::blobs::BlobFiles> own_blobs;
  std::unique_ptr<SharedUploads> shared_uploads;  ///< instead, where nodes share them through a topic
  api::Blobs* blobs = nullptr;
  std::unique_ptr<api::Edge> edge;
  std::unique_ptr<node::Node> node;

  std::thread decide, write, project, tick;
  std::jthread build;
  std::atomic<bool> ticking{false};

  std::string path(std::string_view name) const { return options.directory + "/" + std::string(name); }
  Result<void> open_directory();
  bool on_kafka() const { return !options.kafka.brokers.empty(); }
  Result<void> open_log();
  adapters::segments::Options files_options();
  Result<void> open_files(const std::optional<eventstore::LogId>& make, adapters::segments::Source source);
  Result<void> open_topic_and_copy();
  Result<void> open_keyring();
  Result<bool> goes_on_from_older() const;
  void look_at_master_key() const;
  Result<void> open_stores();
  Result<void> open_store();
  Result<void> open_people_rows();
  Result<void> check_histories(eventstore::Sequence end, const eventstore::Log* of);
  Result<bool> continues(std::string_view name, std::uint64_t next, const std::optional<eventstore::Hash>& head,
                         eventstore::Sequence end, const eventstore::Log* of) const;
  Result<void> forget_store(std::string_view name);
  Result<void> open_blobs();
  node::Node::Parts node_parts();
};

Result<void> Deployment::Wiring::open_directory() {
  const std::string& directory = options.directory;
  const auto no_log = eventstore::failure("no_log", "There is no log in " + directory + ".");
  if (!options.make && !disk.exists(path("log"))) return no_log;  // and nothing is made where nothing was
  for (auto slash = directory.find('/', 1); slash != std::string::npos; slash = directory.find('/', slash + 1)) {
    if (auto made = disk.make_directory(directory.substr(0, slash)); !made) return made;
  }
  for (const auto* name : {"", "/log", "/keys", "/people", "/db", "/blobs"}) {
    if (auto made = disk.make_directory(options.directory + name); !made) return made;
  }
  if (auto synced = disk.sync_directory(options.directory); !synced) return synced;
  auto locked = disk.lock(path("lock"));
  if (!locked) return std::unexpected(locked.error());
  lock = std::move(*locked);
  const auto names = disk.list(path("log"));
  if (!names) return std::unexpected(names.error());
  // A crash in the making of the first file leaves an unfinished one, which is no log.
  is_new = std::ranges::none_of(
      *names, [](const std::string& name) { return adapters::segments::segment_number(name).has_value(); });
  if (is_new && !options.make) return no_log;
  return {};
}

adapters::segments::Options Deployment::Wiring::files_options() {
  adapters::segments::Options segments;
  segments.directory = path("log");
  segments.read_only = options.read_only;
  segments.before_writing = [this](const adapters::segments::SegmentLog& read) -> Result<void> {
    const bool is_copy = read.source().kind == adapters::segments::Source::Kind::topic;
    if (is_copy && !on_kafka() && !options.read_only) {
      return eventstore::failure(
          "log_is_copy", path("log") + " is this node's copy of a log on Kafka, whose topic the node's settings name.");
    }
    if (!is_copy && on_kafka()) {
      return eventstore::failure("log_is_embedded",
                                 path("log") +
                                     " holds a log of its own. Copy it into the topic (`pioneer log copy`), "
                                     "move the folder away, and begin again: it is filled from the topic.");
    }
    if (is_copy && on_kafka() && read.source().generation != options.kafka.generation) {
      return eventstore::failure("other_generation", path("log") + " is a copy of the topic's generation " +
                                                         std::to_string(read.source().generation) +
                                                         ", and the settings name generation " +
                                                         std::to_string(options.kafka.generation) +
                                                         ". Move the folder away: it is filled from the topic.");
    }
    // A copy is judged once the topic was read to its end: what others wrote meanwhile is missing in the files alone.
    const bool filled_first = is_copy && !options.read_only;
    return filled_first ? Result<void>{} : check_histories(read.end(), &read);
  };
  if (options.segment_bytes != 0) segments.segment_bytes = options.segment_bytes;
  if (on_kafka()) segments.first_segment_bytes = adapters::segments::first_of_copy_bytes;
  return segments;
}

/// `make`: the name of a new log, or of one that is begun to be copied.
Result<void> Deployment::Wiring::open_files(const std::optional<eventstore::LogId>& make,
                                            adapters::segments::Source source) {
  // A copy is filled first.
  if (make && source.kind != adapters::segments::Source::Kind::topic)
    if (auto fits = check_histories(eventstore::Sequence{0}, nullptr); !fits) return fits;
  using adapters::segments::SegmentLog;
  auto opened = make ? SegmentLog::create(disk, background, files_options(), *make, source)
                     : SegmentLog::open(disk, background, files_options());
  if (!opened) return std::unexpected(opened.error());
  files = std::move(*opened);
  log = files.get();
  return {};
}

// Read to the end before anything is decided or computed from it: then what this node has is what the topic has.
Result<void> Deployment::Wiring::open_topic_and_copy() {
  const auto how = topic_options(options.kafka, options.tell, options.wait_limit);
  const auto checked = open_topic(options.kafka, how);
  if (!checked) return std::unexpected(checked.error());
  std::optional<eventstore::LogId> id;
  if (is_new) {
    const auto settled =
        adapters::kafka::settle_log(how, random.bytes<eventstore::LogId>(), random.bytes<eventstore::WriterId>());
    if (!settled) return std::unexpected(settled.error());
    id = *settled;
  }
  if (auto opened = open_files(id, {adapters::segments::Source::Kind::topic, options.kafka.generation}); !opened)
    return opened;
  Result<std::unique_ptr<adapters::kafka::KafkaLog>> opened;
  // Each answer waits for its threads, librdkafka's too: they are as prompt as the one that makes them.
  std::thread([&] {
    adapters::posix::run_promptly();
    opened = adapters::kafka::KafkaLog::open(*files, *checked, how);
  }).join();
  if (!opened) return std::unexpected(opened.error());
  topic = std::move(*opened);
  log = topic.get();
  const auto told = [this](eventstore::Sequence end) {
    if (options.tell) options.tell("Copied from the topic so far: " + std::to_string(end.value) + " commits.");
  };
  if (auto read = topic->read_all(told); !read) return read;
  return check_histories(files->end(), files.get());
}

// A new log is made only where there is none, and its keyring with it: a log whose keys are gone must say so.
Result<void> Deployment::Wiring::open_log() {
  // Whoever only reads is content with what the files hold.
  if (on_kafka() && !options.read_only) {
    if (auto opened = open_topic_and_copy(); !opened) return opened;
  } else {
    const auto made = is_new ? std::optional(random.bytes<eventstore::LogId>()) : std::nullopt;
    if (auto opened = open_files(made, {}); !opened) return opened;
  }
  return open_keyring();
}

Result<void> Deployment::Wiring::open_keyring() {
  // The log comes first: where a crash came between the two, nothing is written yet, so no commit can miss a key.
  adapters::KeyringOptions keys{path("keys"), options.master_key};
  keys.unused = log->state().next.value == 0;
  const auto older = goes_on_from_older();
  if (!older) return std::unexpected(older.error());
  keys.of_older_log = *older;
  const auto id = log->state().log_id;
  if (topic != nullptr) {
    auto shared =
        SharedKeys::open(disk, *cryptography, id, keys, keys_table(options.kafka, options.tell, options.wait_limit));
    if (!shared) return std::unexpected(shared.error());
    shared_keys = std::move(*shared);
    keyring = &shared_keys->keyring();
    look_at_master_key();
    return {};
  }
  auto ring = keys.unused && !disk.exists(path("keys/keyring"))
                  ? adapters::FileKeyring::make(disk, *cryptography, id, keys)
                  : adapters::FileKeyring::open(disk, *cryptography, id, keys);
  if (!ring) return std::unexpected(ring.error());
  own_keyring = std::move(*ring);
  keyring = own_keyring.get();
  look_at_master_key();
  return {};
}

// What was sealed before a log had to go on as another one (`pioneer log continue`) names the first of them.
Result<bool> Deployment::Wiring::goes_on_from_older() const {
  if (log->end().value == 0) return false;
  const auto first = log->read(eventstore::Sequence{0});
  if (!first) return std::unexpected(first.error());
  eventstore::EpochOpened opened;
  const auto body = eventstore::record_body(*first);
  return opened.ParseFromArray(body.data(), static_cast<int>(body.size())) && !opened.continues_log_id().empty();
}

// A keyring on a medium without permissions is the operator's choice, so it is told and not refused.
void Deployment::Wiring::look_at_master_key() const {
  using std::filesystem::perms;
  const auto file = options.master_key.empty() ? path("keys/master") : options.master_key;
  std::error_code unknown;
  const auto may = std::filesystem::status(file, unknown).permissions();
  if (unknown || !options.tell || (may & (perms::group_all | perms::others_all)) == perms::none) return;
  options.tell("Others than its owner may read or change the master key " + file + "; chmod 600 it.");
}

// Whether a store was computed from this log. Behind its stores, the log itself has lost something.
Result<bool> Deployment::Wiring::continues(std::string_view name, std::uint64_t next,
                                           const std::optional<eventstore::Hash>& head, eventstore::Sequence end,
                                           const eventstore::Log* of) const {
  if (next == 0) return true;
  if (next > end.value) {
    return eventstore::failure(
        "log_behind_stores",
        "The log in " + path("log") + " holds " + std::to_string(end.value) + " commits, but " + path(name) +
            " was computed from " + std::to_string(next) +
            ": the log has lost its end. Put the longer log back. If this one shall go on as it is, move " +
            path("db") + " and " + path("people") + " away; they are computed from it anew.");
  }
  auto record = of->read(eventstore::Sequence{next - 1});
  if (!record) return std::unexpected(record.error());
  return head && *head == eventstore::leaf_hash(eventstore::bytes_of(*record));
}

// Called when the log has been read and found to be ours, before anything is written to it: opening a store writes.
Result<void> Deployment::Wiring::check_histories(eventstore::Sequence end, const eventstore::Log* of) {
  if (auto opened = open_stores(); !opened) return opened;
  const auto index = eventstore::LogIndex::open(*store);
  if (!index) return std::unexpected(index.error());
  const auto filled = api::PeopleStore::filled(*people_rows);
  if (!filled) return std::unexpected(filled.error());
  const auto db_fits = continues("db", index->position().value, index->head_at_open(), end, of);
  if (!db_fits) return std::unexpected(db_fits.error());
  const auto people_fit = continues("people", filled->next, filled->head, end, of);
  if (!people_fit) return std::unexpected(people_fit.error());
  // A history that contradicts what others were shown is not gone on with.
  if (of != nullptr) {
    const SignedBefore before{disk, options.directory, *of, topic.get(), options.kafka.topic};
    if (auto same = check_signed_before(before, options.known_elsewhere); !same) return same;
  }
  if (!*db_fits) {
    store.reset();
    if (auto gone = forget_store("db"); !gone) return gone;
    if (auto opened = open_store(); !opened) return opened;
  }
  if (!*people_fit) {
    people_rows.reset();
    if (auto gone = forget_store("people"); !gone) return gone;
    if (auto opened = open_people_rows(); !opened) return opened;
  }
  return {};
}

Result<void> Deployment::Wiring::forget_store(std::string_view name) {
  if (options.tell) options.tell(path(name) + " was computed from another log than this one; it is computed anew.");
  std::error_code failed;
  std::filesystem::remove_all(path(name), failed);
  if (failed) return eventstore::failure("remove_failed", path(name) + ": " + failed.message());
  return disk.make_directory(path(name));
}

Result<void> Deployment::Wiring::open_stores() {
  if (store == nullptr)
    if (auto opened = open_store(); !opened) return opened;
  return people_rows != nullptr ? Result<void>{} : open_people_rows();
}

Result<void> Deployment::Wiring::open_store() {
  adapters::RocksDbOptions derived;
  derived.block_cache_bytes = options.cache_bytes;
  derived.write_buffer_bytes = options.write_buffer_bytes;
  auto db = adapters::RocksDbStore::open(path("db"), derived);
  if (!db) return std::unexpected(db.error());
  store = std::move(*db);
  return {};
}

Result<void> Deployment::Wiring::open_people_rows() {
  adapters::RocksDbOptions personal;
  personal.block_cache_bytes = people_cache_bytes;
  personal.write_buffer_bytes = people_write_buffer_bytes;
  personal.forgets_keys = true;  // its rows are links between people and what they do
  auto rows = adapters::RocksDbStore::open(path("people"), personal);
  if (!rows) return std::unexpected(rows.error());
  people_rows = std::move(*rows);
  return {};
}

// Uploads that no commit uses yet are sealed under a key that follows from the deployment's own.
Result<void> Deployment::Wiring::open_blobs() {
  const auto system = keyring->get(api::reserved_key::system);
  if (!system)
    return eventstore::failure("no_system_key", "The keyring in " + path("keys") + " lacks the deployment's own key.");
  const auto directory = options.blobs.empty() ? path("blobs") : options.blobs;
  auto opened = adapters::blobs::BlobFiles::open(disk, *cryptography, *clock, directory,
                                                 cryptography->derive(system->sealing, {"staged blobs"}));
  if (!opened) return std::unexpected(opened.error());
  if (topic == nullptr || !options.share_uploads) {
    own_blobs = std::move(*opened);
    blobs = own_blobs.get();
    return {};
  }
  adapters::blobs::SharedBlobsOptions how;
  how.directory = directory + "/shared";
  how.secret = cryptography->derive(system->sealing, {"shared blobs"});
  auto shared = SharedUploads::open(disk, *cryptography, *clock, std::move(*opened), std::move(how),
                                    uploads_table(options.kafka, options.tell, options.wait_limit));
  if (!shared) return std::unexpected(shared.error());
  shared_uploads = std::move(*shared);
  blobs = &shared_uploads->blobs();
  return {};
}

node::Node::Parts Deployment::Wiring::node_parts() {
  node::Node::Parts parts{*log, *store, *clock, random, *keyring, *people, *edge};
  parts.patient_store = &*patient_store;
  parts.patience = &patience;
  parts.shared = topic != nullptr;
  if (topic != nullptr) parts.log_trouble = [this] { return topic->trouble(); };
  parts.headroom_bytes = options.headroom_bytes;
  parts.command_queue_max = options.command_queue_max;
  parts.keep_clock_confirmed = [this](eventstore::Instant ahead) {
    return server::keep_clock_confirmed(disk, options.directory, ahead);
  };
  if (options.headroom_bytes != 0) {
    // Each may lie on a disk of its own. What cannot be asked is not taken for full.
    parts.free_bytes = [this] {
      auto least = ~std::uint64_t{0};
      for (const auto* name : {"log", "db", "people", "keys"})
        least = std::min(least, disk.free_bytes(path(name)).value_or(least));
      return least;
    };
  }
  return parts;
}

Deployment::Deployment(std::unique_ptr<Wiring> wiring) : wiring_(std::move(wiring)) {}

Result<std::unique_ptr<Deployment>> Deployment::open(const DeploymentOptions& options) {
  auto wiring = std::make_unique<Wiring>();
  Wiring& w = *wiring;
  w.options = options;
  w.clock = options.clock != nullptr ? options.clock : &w.machine_clock;
  w.cryptography = std::make_unique<adapters::SodiumCryptography>(w.random);
  if (auto opened = w.open_directory(); !opened) return std::unexpected(opened.error());
  if (auto opened = w.open_log(); !opened) return std::unexpected(opened.error());
  if (auto opened = w.open_stores(); !opened) return std::unexpected(opened.error());
  w.opener = std::make_unique<api::Opener>(*w.cryptography, *w.keyring, w.keyring->log_id());
  w.patient_store.emplace(*w.store, w.patience);
  w.patient_people.emplace(*w.people_rows, w.patience);
  auto people = api::PeopleStore::open(*w.patient_people, *w.opener);
  if (!people) return std::unexpected(people.error());
  w.people = std::move(*people);
  if (auto opened = w.open_blobs(); !opened) return std::unexpected(opened.error());
  w.edge = std::make_unique<api::Edge>(
      api::Edge::Parts{*w.cryptography, *w.keyring, w.people.get(), w.blobs, w.keyring->log_id()});
  const auto confirmed = clock_confirmed(w.disk, options.directory);
  if (!confirmed) return std::unexpected(confirmed.error());
  auto parts = w.node_parts();
  parts.clock_confirmed_us = confirmed->value;
  auto node = node::Node::open(std::move(parts), options.read_only);
  if (!node) return std::unexpected(node.error());
  w.node = std::move(*node);
  if (const auto again = w.node->projector().erasures_repeated(); again != 0 && options.tell) {
    options.tell("The keyring is older than the erasure of " + std::to_string(again) +
                 " members: it was carried out again. Destroy that copy of the keyring.");
  }
  return std::unique_ptr<Deployment>(new Deployment(std::move(wiring)));
}

Deployment::~Deployment() { stop(); }

node::Node& Deployment::node() { return *wiring_->node; }
eventstore::Clock& Deployment::clock() { return *wiring_->clock; }
api::Keyring& Deployment::keyring() { return *wiring_->keyring; }
api::People& Deployment::people() { return *wiring_->people; }
api::Blobs& Deployment::blobs() { return *wiring_->blobs; }
api::Cryptography& Deployment::cryptography() { return *wiring_->cryptography; }
eventstore::KeyValueStore& Deployment::store() { return *wiring_->store; }
const std::string& Deployment::directory() const { return wiring_->options.directory; }

std::string_view Deployment::engine() const { return wiring_->topic != nullptr ? "kafka" : "embedded"; }

bool Deployment::is_copy() const { return wiring_->files->source().kind == adapters::segments::Source::Kind::topic; }

Result<std::uint64_t> Deployment::read_to_end(std::chrono::milliseconds within) {
  if (wiring_->topic != nullptr)
    if (auto read = wiring_->topic->catch_up(within); !read) return std::unexpected(read.error());
  return wiring_->log->end().value;
}

std::string_view Deployment::durability() const {
  if (wiring_->topic == nullptr) return "disk";
  return wiring_->topic->durability() == adapters::kafka::Durability::replicated ? "replicated" : "single";
}

void Deployment::start() {
  Wiring& w = *wiring_;
  if (w.ticking.exchange(true)) return;
  node::Node& n = *w.node;
  if (!w.options.read_only) {
    w.decide = std::thread([&n] {
      adapters::posix::run_promptly();
      n.decide_loop();
    });
    w.write = std::thread([&n] {
      adapters::posix::run_promptly();
      n.write_loop();
    });
  }
  w.project = std::thread([&n] { n.project_loop(); });
  w.build = std::jthread([&n](const std::stop_token& stop) { n.build_new_versions(stop); });
  w.tick = std::thread([&w, &n] {
    while (w.ticking) {
      n.tick();
      std::this_thread::sleep_for(tick_every);
    }
  });
  // As `top -H` shows them.
  for (auto [thread, name] : {std::pair{&w.decide, "decide"}, {&w.write, "write"}, {&w.project, "project"}}) {
    if (thread->joinable()) ::pthread_setname_np(thread->native_handle(), name);
  }
}

void Deployment::stop() {
  Wiring& w = *wiring_;
  if (!w.ticking.exchange(false)) return;
  w.tick.join();
  w.build = {};
  if (!w.options.read_only) {
    w.node->stop();
    w.decide.join();
    w.write.join();
  }
  w.node->stop_projecting();
  w.project.join();
  // What fails here is found and mended by the next start: everything in these stores is derived.
  static_cast<void>(w.node->close());
  if (w.shared_uploads != nullptr) w.shared_uploads->stop();
  if (w.shared_keys != nullptr) w.shared_keys->stop();
  if (w.topic != nullptr) w.topic->stop();
  if (!w.options.read_only) static_cast<void>(w.files->close());
}

node::Outcome Deployment::execute(domain::Command command) { return node().execute(std::move(command)); }

}  // namespace pioneer::server
