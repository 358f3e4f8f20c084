// Read models in memory, fed with commits that a test writes down.
#pragma once

#include <gtest/gtest.h>

#include "adapters/memory/memory_store.hpp"
#include "projections/read_models.hpp"
#include "tests/projections/events.hpp"

namespace pioneer::projections {

class ReadModelsTest : public ::testing::Test {
 protected:
  adapters::MemoryStore store;
  std::unique_ptr<ReadModels> models = ReadModels::open(store).value();
  Commits log;

  /// Projects what was added to the log.
  void project() {
    ASSERT_TRUE(models->engine().apply(log.take()));
    for (const auto& status : models->engine().status()) {
      ASSERT_FALSE(status.stopped) << status.name << ": " << status.stopped->detail;
    }
  }
  /// The same log in bulk into another store gives the same rows.
  void TearDown() override {
    project();
    adapters::MemoryStore scratch;
    CommitsAgain source(log.all, 0);
    const auto again = ReadModels::replayed(scratch, source);
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->engine().digests().value().by_name, models->engine().digests().value().by_name);
  }
};

}  // namespace pioneer::projections
