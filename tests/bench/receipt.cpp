// What a receipt costs in a long log: the path of a record under the newest checkpoint, led to its root, as a file. The
// last line is JSON.
//
//   bench_receipt FOLDER --records N --times M   a tree of so many leaves, made once from hashes of nothing; then
//                                                receipts at places that follow from a seed
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/signing.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/receipt.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/check.hpp"
#include "eventstore/whole_file.hpp"

namespace {

using namespace pioneer;
using eventstore::Hash;
using eventstore::Sequence;

constexpr std::size_t record_bytes = 600;  // a request's
constexpr std::uint64_t flush_every = 65'536;

/// So many records, all alike: only their number and the last one are looked at.
class Alike final : public eventstore::Log {
 public:
  explicit Alike(std::uint64_t records) : records_(records) {}
  eventstore::LogState state() const override { return eventstore::LogState::genesis({}); }
  Sequence end() const override { return Sequence{records_}; }
  eventstore::Result<void> append(std::span<const std::string>) override {
    return eventstore::failure("read_only", "This log is for measuring.");
  }
  eventstore::Result<std::string> read(Sequence) const override { return std::string(record_bytes, 'r'); }
  std::unique_ptr<eventstore::LogReader> reader(Sequence) const override { return nullptr; }
  eventstore::Result<void> protect_tail() override { return {}; }

 private:
  std::uint64_t records_;
};

/// Another one for each leaf; the last is that of the log's record.
Hash leaf_at(std::uint64_t at, std::uint64_t records) {
  if (at + 1 == records) return eventstore::leaf_hash(eventstore::bytes_of(std::string(record_bytes, 'r')));
  Hash hash;
  std::uint64_t mixed = at * 0x9E37'79B9'7F4A'7C15;
  for (auto& byte : hash.bytes) byte = static_cast<std::byte>(mixed = mixed * 6'364'136'223'846'793'005 + 1);
  return hash;
}

void make(eventstore::Disk& disk, const std::string& folder, const api::Signer& signer, std::uint64_t records) {
  const auto tree = eventstore::TreeFiles::open(disk, folder, 0).value();
  for (std::uint64_t at = 0; at < records; ++at) {
    tree->add(leaf_at(at, records));
    if (tree->size() - tree->flushed() >= flush_every) CHECK(tree->flush().has_value());
  }
  CHECK(tree->flush().has_value());
  const auto root = api::base64(tree->root().view());
  CHECK(eventstore::write_whole(disk, folder + "/checkpoint",
                                signer.note(eventstore::checkpoint_text(signer.name(), records, root)),
                                eventstore::OpenMode::create_new)
            .has_value());
}

int measure(const api::Checkpoints& checkpoints, const eventstore::Log& log, std::size_t times) {
  std::mt19937_64 chance(1);
  std::vector<double> taken;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < times; ++i) {
    const Sequence at{chance() % log.end().value};
    const auto start = std::chrono::steady_clock::now();
    auto inclusion = checkpoints.inclusion(at).value();
    CHECK(inclusion.has_value());
    const auto file =
        api::write_receipt({log.read(at).value(), at.value, std::move(inclusion->path), *inclusion->checkpoint});
    taken.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    bytes += file.size();
  }
  std::ranges::sort(taken);
  fmt::print("{{\"p50_ms\": {:.4f}, \"p99_ms\": {:.4f}, \"bytes\": {}}}\n", taken[times / 2], taken[times * 99 / 100],
             bytes / times);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Receipts of a long log.");
  std::string folder;
  std::uint64_t records = 10'000'000;
  std::size_t times = 20'000;
  app.add_option("FOLDER", folder)->required();
  app.add_option("--records", records)->check(CLI::PositiveNumber);
  app.add_option("--times", times)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  CHECK(disk.make_directory(folder).has_value());
  const auto key = adapters::SigningKey::settle(disk, random, folder, "bench.log").value();
  if (!disk.exists(folder + "/checkpoint")) make(disk, folder, key, records);
  const Alike log(records);
  return measure(*api::Checkpoints::open(log, disk, key, folder).value(), log, times);
}
