// A log in memory, followed by checkpoints on a simulated disk. For tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/sodium/signing.hpp"
#include "api/proofs/checkpoints.hpp"
#include "tests/eventstore/chain.hpp"
#include "tests/eventstore/memory_log.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::tests {

/// The same one each time for the same seed.
inline adapters::SigningKey test_key(const std::string& name = "test.log", std::uint64_t seed = 1) {
  SimulatedDisk disk;
  EXPECT_TRUE(disk.make_directory("/keys"));
  SeededRandom random(seed);
  return adapters::SigningKey::settle(disk, random, "/keys", name).value();
}

/// Ten records to begin with.
struct Followed {
  Followed() { append(chain.epoch(1, 10)); }

  void append(const std::vector<std::string>& records) { ASSERT_TRUE(log.append(records)); }
  eventstore::Result<void> open() {
    if (auto made = disk.make_directory("/data"); !made) return made;
    auto opened = api::Checkpoints::open(log, disk, key, "/data/checkpoints");
    if (!opened) return std::unexpected(opened.error());
    checkpoints = std::move(*opened);
    return {};
  }
  eventstore::Hash root() const {
    eventstore::MerkleFrontier tree;
    for (std::uint64_t i = 0; i < log.end().value; ++i)
      tree.add(eventstore::leaf_hash(eventstore::bytes_of(*log.read(eventstore::Sequence{i}))));
    return tree.root();
  }

  adapters::SigningKey key = test_key();
  eventstore::MemoryLog log{test_log_id()};
  Chain chain{log.state()};
  SimulatedDisk disk;
  std::unique_ptr<api::Checkpoints> checkpoints;
};

}  // namespace pioneer::tests
