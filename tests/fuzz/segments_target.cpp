#include "adapters/segments/segment_log.hpp"
#include "adapters/segments/verify.hpp"
#include "eventstore/check.hpp"
#include "eventstore/little_endian.hpp"
#include "tests/eventstore/chain.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::tests {

using namespace eventstore;
using namespace adapters::segments;

namespace {

const std::string directory = "/log";

std::string path_of(std::uint64_t number) { return directory + "/" + segment_name(number); }

Options options(bool read_only) {
  return {.directory = directory, .segment_bytes = segment_bytes_min, .read_only = read_only};
}

/// A closed log, made once.
struct Original {
  std::string files[2];
  std::vector<std::uint64_t> batches[2];
  std::vector<std::string> leaves;
};

const Original& original() {
  static const Original made = [] {
    Original log;
    SimulatedDisk disk;
    SimulatedExecutor executor;
    static_cast<void>(disk.make_directory(directory));
    const auto written = *SegmentLog::create(disk, executor, options(false), test_log_id());
    Chain chain(written->state());
    CHECK(written->append(chain.epoch(1, 3)));
    for (const std::size_t size : {100u, 30'000u, 20'000u, 30'000u}) {
      CHECK(written->append(chain.commits(2, size / 2)));
      CHECK(written->protect_tail());
    }
    for (std::uint64_t i = 0; i < written->end().value; ++i) log.leaves.push_back(*written->read(Sequence(i)));
    CHECK(written->close());
    CHECK(disk.paths().size() == 2);
    for (std::uint64_t number = 0; number < 2; ++number) {
      log.files[number] = disk.bytes(path_of(number));
      const auto file = *disk.open(path_of(number), OpenMode::read_only);
      const auto header = read_header(*file, path_of(number));
      CHECK(scan(*file, path_of(number), *header, number == 1,
                 [&](const Batch& batch) { log.batches[number].push_back(batch.offset); }));
    }
    return log;
  }();
  return made;
}

void repair(std::string& file, const std::vector<std::uint64_t>& batches) {
  auto* const bytes = reinterpret_cast<std::byte*>(file.data());
  const auto seal = [](std::span<std::byte> part, std::size_t crc_at) {
    store(part.data() + crc_at, std::uint32_t{0});
    store(part.data() + crc_at, crc32(part));
  };
  seal({bytes, segment_header_bytes}, 12);
  for (const auto at : batches) {
    const auto length = load<std::uint32_t>(bytes + at + 32);
    if (at + batch_header_bytes + length <= file.size()) seal({bytes + at, batch_header_bytes + length}, 40);
  }
}

void put(SimulatedDisk& disk, const std::string& path, const std::string& bytes) {
  const auto file = *disk.open(path, OpenMode::create_new);
  CHECK(file->write(0, bytes_of(bytes)));
}

/// Leaves that can be read are those that were written, unless the CRCs were repaired.
void read_all(const SegmentLog& log, bool repaired) {
  const auto reader = log.reader(Sequence(0));
  std::uint64_t i = 0;
  for (auto leaf = reader->next(); leaf && *leaf; leaf = reader->next(), ++i) {
    CHECK((*leaf)->sequence.value == i);
    if (!repaired) CHECK(i < original().leaves.size() && (*leaf)->record == original().leaves[i]);
  }
  for (std::uint64_t n = 0; n < log.end().value && n < 20; ++n) {
    const auto record = log.read(Sequence(n));
    if (record && !repaired) CHECK(*record == original().leaves[n]);
  }
}

}  // namespace

void fuzz_segments(ByteView input) {
  if (input.empty()) return;
  const auto choices = std::to_integer<unsigned>(input[0]);
  const bool repaired = (choices & 1) != 0;
  std::string files[2] = {original().files[0], original().files[1]};
  for (auto rest = input.subspan(1); rest.size() >= 5; rest = rest.subspan(5)) {
    const auto number = std::to_integer<unsigned>(rest[0] >> 7);
    const auto at = std::to_integer<std::size_t>(rest[0] & std::byte{0x7F}) << 16 |
                    std::to_integer<std::size_t>(rest[1]) << 8 | std::to_integer<std::size_t>(rest[2]);
    auto& file = files[number];
    file[at % file.size()] = static_cast<char>(file[at % file.size()] ^ std::to_integer<int>(rest[3]));
  }
  const bool changed = files[0] != original().files[0] || files[1] != original().files[1];
  SimulatedDisk disk;
  SimulatedExecutor executor;
  static_cast<void>(disk.make_directory(directory));
  for (std::size_t number = 0; number < 2; ++number) {
    if (repaired) repair(files[number], original().batches[number]);
    put(disk, path_of(number), files[number]);
  }

  const auto proof = verify(disk, directory);
  if (!proof.ok) CHECK(!proof.code.empty() && !proof.file.empty() && !proof.reason.empty());
  if (!repaired) CHECK(proof.ok ? !changed || proof.torn_tail : changed);

  const auto log = SegmentLog::open(disk, executor, options((choices & 2) == 0));
  if (!log) {
    CHECK(!proof.ok && !log.error().code.empty() && !log.error().detail.empty());
    return;
  }
  read_all(**log, repaired);
}

}  // namespace pioneer::tests
