#include "tests/simulation/simulated_node.hpp"

#include "adapters/segments/format.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::tests {

using eventstore::Result;

namespace {
constexpr const char* master_path = "/data/keys/master";
}

Result<std::unique_ptr<SimulatedNode>> SimulatedNode::open(Machine& machine, std::uint64_t segment_bytes) {
  std::unique_ptr<SimulatedNode> opened(new SimulatedNode(machine));
  if (auto started = opened->start(segment_bytes); !started) return std::unexpected(started.error());
  return opened;
}

SimulatedNode::SimulatedNode(Machine& machine) : machine_(machine) {}

SimulatedNode::SimulatedNode(Machine& machine, Sharing sharing) : machine_(machine), sharing_(std::move(sharing)) {}

// As api/server/deployment.cpp.
Result<void> SimulatedNode::start(std::uint64_t segment_bytes) {
  cryptography_ = std::make_unique<adapters::SodiumCryptography>(machine_.random);
  if (auto made = open_directory(); !made) return made;
  if (auto opened = open_files(segment_bytes); !opened) return opened;
  if (auto read = sharing_ ? open_topic() : Result<void>{}; !read) return read;
  if (auto opened = sharing_ ? open_shared_keyring() : open_keyring(); !opened) return opened;
  return open_node();
}

Result<void> SimulatedNode::open_directory() {
  auto& disk = machine_.disk;
  for (const auto* name : {"/data", "/data/log", "/data/keys"}) {
    if (auto made = disk.make_directory(name); !made) return made;
  }
  auto locked = disk.lock("/data/lock");
  if (!locked) return std::unexpected(locked.error());
  lock_ = std::move(*locked);
  return {};
}

Result<void> SimulatedNode::open_files(std::uint64_t segment_bytes) {
  using adapters::segments::SegmentLog;
  using adapters::segments::Source;
  auto& disk = machine_.disk;
  const adapters::segments::Options segments{Machine::log_directory, segment_bytes, false};
  const auto names = disk.list(segments.directory);
  if (!names) return std::unexpected(names.error());
  const bool is_new = std::ranges::none_of(
      *names, [](const std::string& name) { return adapters::segments::segment_number(name).has_value(); });
  const auto make = [&] {
    if (sharing_) return SegmentLog::create(disk, background_, segments, sharing_->log_id, {Source::Kind::topic, 1});
    return SegmentLog::create(disk, background_, segments, machine_.random.bytes<eventstore::LogId>());
  };
  auto log = is_new ? make() : SegmentLog::open(disk, background_, segments);
  if (!log) return std::unexpected(log.error());
  log_ = std::move(*log);
  return {};
}

Result<void> SimulatedNode::open_topic() {
  auto& how = sharing_->options;
  auto topic =
      adapters::kafka::KafkaLog::open(*log_, adapters::kafka::Topic::unchecked(how), how, std::move(sharing_->access));
  if (!topic) return std::unexpected(topic.error());
  topic_ = std::move(*topic);
  return topic_->read_all();
}

Result<void> SimulatedNode::open_keyring() {
  auto& disk = machine_.disk;
  const bool unused = log_->state().next.value == 0;
  const adapters::KeyringOptions keys{"/data/keys", {}, 256, unused};
  const auto id = log_->state().log_id;
  const bool unwritten = unused && !disk.exists(Machine::keyring_path);
  auto ring = unwritten ? adapters::FileKeyring::make(disk, *cryptography_, id, keys)
                        : adapters::FileKeyring::open(disk, *cryptography_, id, keys);
  if (!ring) return std::unexpected(ring.error());
  keyring_ = std::move(*ring);
  keys_erasing_at_start_ = keyring_->erasing().size();
  return {};
}

// As api/server/shared_keys.cpp. Whoever runs the nodes gave each the same master key.
Result<void> SimulatedNode::open_shared_keyring() {
  auto& disk = machine_.disk;
  if (!disk.exists(master_path)) {
    if (auto given = eventstore::write_whole(disk, master_path, std::string(64, 'a') + "\n"); !given) return given;
  }
  adapters::KeyringOptions keys{"/data/keys", {}, 256, log_->state().next.value == 0};
  keys.shared = true;
  auto& table = sharing_->keys;
  const auto header = std::ranges::find(table, adapters::keyring::header_record, &adapters::SharedRecord::key);
  auto ring = adapters::FileKeyring::open(disk, *cryptography_, sharing_->log_id, keys);
  if (!ring && ring.error().code == "no_keyring" && header != table.end()) {
    if (auto joined = adapters::FileKeyring::join(disk, *cryptography_, keys, header->value); !joined) return joined;
    ring = adapters::FileKeyring::open(disk, *cryptography_, sharing_->log_id, keys);
  } else if (!ring && ring.error().code == "no_keyring" && keys.unused) {
    ring = adapters::FileKeyring::make(disk, *cryptography_, sharing_->log_id, keys);
  }
  if (!ring) return std::unexpected(ring.error());
  keyring_ = std::move(*ring);
  shared_keys_.emplace(table);
  shared_keys_->tell(*keyring_);
  return keyring_->share(*shared_keys_);
}

Result<void> SimulatedNode::open_node() {
  const auto log_id = log_->state().log_id;
  opener_ = std::make_unique<api::Opener>(*cryptography_, *keyring_, log_id);
  auto people = api::PeopleStore::open(machine_.people_rows, *opener_);
  if (!people) return std::unexpected(people.error());
  people_ = std::move(*people);
  edge_ = std::make_unique<api::Edge>(api::Edge::Parts{*cryptography_, *keyring_, people_.get(), nullptr, log_id});
  eventstore::Log& log = topic_ ? static_cast<eventstore::Log&>(*topic_) : *log_;
  node::Node::Parts parts{log, machine_.store, machine_.clock, machine_.random, *keyring_, *people_, *edge_};
  parts.shared = sharing_.has_value();
  if (topic_) parts.log_trouble = [this] { return topic_->trouble(); };
  auto node = node::Node::open(std::move(parts));
  if (!node) return std::unexpected(node.error());
  node_ = std::move(*node);
  return {};
}

void SimulatedNode::settle() {
  while (node_->step()) {
  }
}

Result<void> SimulatedNode::close() {
  settle();
  return stop();
}

Result<void> SimulatedNode::stop() {
  if (auto closed = node_->close(); !closed) return closed;
  if (auto flushed = machine_.people_rows.flush(); !flushed) return flushed;
  if (topic_) topic_->stop();
  return log_->close();
}

}  // namespace pioneer::tests
