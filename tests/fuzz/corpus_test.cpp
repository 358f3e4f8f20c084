// The fuzzers' targets over their kept inputs, and over mutations of them, in every build.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/fuzz/targets.hpp"

namespace pioneer::tests {
namespace {

using Target = void (*)(eventstore::ByteView);

std::vector<std::string> kept_inputs(const std::string& name) {
  std::vector<std::string> inputs;
  for (const auto& entry : std::filesystem::directory_iterator("tests/fuzz/corpus/" + name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// A failure aborts the program; the input is then the last one traced.
void run(const std::string& name, Target target, int mutations) {
  const auto inputs = kept_inputs(name);
  ASSERT_GE(inputs.size(), 3u);
  std::mt19937_64 random(1);
  for (const auto& input : inputs) {
    target(eventstore::bytes_of(input));
    for (int i = 0; i < mutations && !input.empty(); ++i) {
      auto changed = input;
      for (auto n = 1 + random() % 3; n > 0; --n) changed[random() % changed.size()] = static_cast<char>(random());
      if (random() % 8 == 0) changed.resize(random() % (changed.size() + 1));
      target(eventstore::bytes_of(changed));
    }
  }
}

TEST(FuzzCorpus, OfRecordsHolds) { run("record", fuzz_record, 2'000); }
TEST(FuzzCorpus, OfSegmentsHolds) { run("segments", fuzz_segments, 150); }

}  // namespace
}  // namespace pioneer::tests
