#include "tests/simulation/simulated_node.hpp"

#include "adapters/segments/format.hpp"

namespace pioneer::tests {

using eventstore::Result;

Result<std::unique_ptr<SimulatedNode>> SimulatedNode::open(Machine& machine, std::uint64_t segment_bytes) {
  std::unique_ptr<SimulatedNode> opened(new SimulatedNode(machine));
  opened->cryptography_ = std::make_unique<adapters::SodiumCryptography>(machine.random);
  if (auto log = opened->open_log(segment_bytes); !log) return std::unexpected(log.error());
  if (auto node = opened->open_node(); !node) return std::unexpected(node.error());
  return opened;
}

// As api/server/deployment.cpp.
Result<void> SimulatedNode::open_log(std::uint64_t segment_bytes) {
  auto& disk = machine_.disk;
  for (const auto* name : {"/data", "/data/log", "/data/keys"}) {
    if (auto made = disk.make_directory(name); !made) return made;
  }
  auto locked = disk.lock("/data/lock");
  if (!locked) return std::unexpected(locked.error());
  lock_ = std::move(*locked);
  const adapters::segments::Options segments{Machine::log_directory, segment_bytes, false};
  const auto names = disk.list(segments.directory);
  if (!names) return std::unexpected(names.error());
  const bool is_new = std::ranges::none_of(
      *names, [](const std::string& name) { return adapters::segments::segment_number(name).has_value(); });
  auto log = is_new ? adapters::segments::SegmentLog::create(disk, background_, segments,
                                                             machine_.random.bytes<eventstore::LogId>())
                    : adapters::segments::SegmentLog::open(disk, background_, segments);
  if (!log) return std::unexpected(log.error());
  log_ = std::move(*log);
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

Result<void> SimulatedNode::open_node() {
  const auto log_id = log_->state().log_id;
  opener_ = std::make_unique<api::Opener>(*cryptography_, *keyring_, log_id);
  auto people = api::PeopleStore::open(machine_.people_rows, *opener_);
  if (!people) return std::unexpected(people.error());
  people_ = std::move(*people);
  edge_ = std::make_unique<api::Edge>(api::Edge::Parts{*cryptography_, *keyring_, people_.get(), nullptr, log_id});
  auto node = node::Node::open({*log_, machine_.store, machine_.clock, machine_.random, *keyring_, *people_, *edge_});
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
  if (auto closed = node_->close(); !closed) return closed;
  if (auto flushed = machine_.people_rows.flush(); !flushed) return flushed;
  return log_->close();
}

}  // namespace pioneer::tests
