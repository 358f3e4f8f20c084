#include "api/server/deployment.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "adapters/blobs/blob_files.hpp"
#include "adapters/keyring/file_keyring.hpp"
#include "adapters/posix/clock.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/rocksdb/rocksdb_store.hpp"
#include "adapters/segments/format.hpp"
#include "adapters/segments/segment_log.hpp"
#include "adapters/sodium/sodium.hpp"
#include "api/people/people_store.hpp"
#include "eventstore/limits.hpp"

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
  std::unique_ptr<adapters::SodiumCryptography> cryptography;
  std::unique_ptr<adapters::segments::SegmentLog> log;
  std::unique_ptr<adapters::FileKeyring> keyring;
  std::unique_ptr<adapters::RocksDbStore> store;
  std::unique_ptr<adapters::RocksDbStore> people_rows;
  eventstore::Patience patience;
  std::optional<eventstore::PatientStore> patient_store, patient_people;
  std::unique_ptr<api::Opener> opener;
  std::unique_ptr<api::PeopleStore> people;
  std::unique_ptr<api::Blobs> blobs;
  std::unique_ptr<api::Edge> edge;
  std::unique_ptr<node::Node> node;

  std::thread decide, write, project, tick;
  std::jthread build;
  std::atomic<bool> ticking{false};

  std::string path(std::string_view name) const { return options.directory + "/" + std::string(name); }
  Result<void> open_log();
  Result<void> open_stores();
  Result<void> open_blobs();
  node::Node::Parts node_parts();
};

// A new log is made only where there is none, and its keyring with it: a log whose keys are gone must say so.
Result<void> Deployment::Wiring::open_log() {
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

  adapters::segments::Options segments;
  segments.directory = path("log");
  segments.read_only = options.read_only;
  if (options.segment_bytes != 0) segments.segment_bytes = options.segment_bytes;
  const auto names = disk.list(segments.directory);
  if (!names) return std::unexpected(names.error());
  // A crash in the making of the first file leaves an unfinished one, which is no log.
  const bool is_new = std::ranges::none_of(
      *names, [](const std::string& name) { return adapters::segments::segment_number(name).has_value(); });
  if (is_new && !options.make) return no_log;
  auto opened =
      is_new ? adapters::segments::SegmentLog::create(disk, background, segments, random.bytes<eventstore::LogId>())
             : adapters::segments::SegmentLog::open(disk, background, segments);
  if (!opened) return std::unexpected(opened.error());
  log = std::move(*opened);
  // The log comes first: where a crash came between the two, nothing is written yet, so no commit can miss a key.
  const adapters::KeyringOptions keys{path("keys"), options.master_key};
  const auto id = log->state().log_id;
  const bool unwritten = log->state().next.value == 0 && !disk.exists(path("keys/keyring"));
  auto ring = unwritten ? adapters::FileKeyring::make(disk, *cryptography, id, keys)
                        : adapters::FileKeyring::open(disk, *cryptography, id, keys);
  if (!ring) return std::unexpected(ring.error());
  keyring = std::move(*ring);
  return {};
}

Result<void> Deployment::Wiring::open_stores() {
  adapters::RocksDbOptions derived;
  derived.block_cache_bytes = options.cache_bytes;
  derived.write_buffer_bytes = options.write_buffer_bytes;
  auto db = adapters::RocksDbStore::open(path("db"), derived);
  if (!db) return std::unexpected(db.error());
  store = std::move(*db);
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
  auto opened = adapters::blobs::open_blobs(disk, *cryptography, *clock, path("blobs"),
                                            cryptography->derive(system->sealing, {"staged blobs"}));
  if (!opened) return std::unexpected(opened.error());
  blobs = std::move(*opened);
  return {};
}

node::Node::Parts Deployment::Wiring::node_parts() {
  node::Node::Parts parts{*log, *store, *clock, random, *keyring, *people, *edge};
  parts.patient_store = &*patient_store;
  parts.patience = &patience;
  parts.headroom_bytes = options.headroom_bytes;
  parts.command_queue_max = options.command_queue_max;
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
  if (auto opened = w.open_log(); !opened) return std::unexpected(opened.error());
  if (auto opened = w.open_stores(); !opened) return std::unexpected(opened.error());
  w.opener = std::make_unique<api::Opener>(*w.cryptography, *w.keyring, w.log->state().log_id);
  w.patient_store.emplace(*w.store, w.patience);
  w.patient_people.emplace(*w.people_rows, w.patience);
  auto people = api::PeopleStore::open(*w.patient_people, *w.opener);
  if (!people) return std::unexpected(people.error());
  w.people = std::move(*people);
  if (auto opened = w.open_blobs(); !opened) return std::unexpected(opened.error());
  w.edge = std::make_unique<api::Edge>(
      api::Edge::Parts{*w.cryptography, *w.keyring, w.people.get(), w.blobs.get(), w.log->state().log_id});
  auto node = node::Node::open(w.node_parts(), options.read_only);
  if (!node) return std::unexpected(node.error());
  w.node = std::move(*node);
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

void Deployment::start() {
  Wiring& w = *wiring_;
  if (w.ticking.exchange(true)) return;
  node::Node& n = *w.node;
  if (!w.options.read_only) {
    w.decide = std::thread([&n] { n.decide_loop(); });
    w.write = std::thread([&n] { n.write_loop(); });
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
  if (!w.options.read_only) static_cast<void>(w.log->close());
}

node::Outcome Deployment::execute(domain::Command command) { return node().execute(std::move(command)); }

}  // namespace pioneer::server
