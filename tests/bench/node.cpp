// The write path in process: a deployment as pioneerd opens it, in a temporary folder, commands through the edge,
// answers after the sync, projections running. The last line is JSON.
//
//   bench_node claim-hot          [--seconds S] [--in-flight N] [--placed N] [--checkpoints]
//                                                              one product of 1,000,000 places
//   bench_node claim-spread       [--seconds S] [--in-flight N]                10,000 products
//   bench_node append-new-streams [--seconds S] [--in-flight N]                a request each
//
// Each with [--kafka BROKERS --topic T]: the log is in a topic that does not exist yet; [--rate N]: so many commands a
// second instead of as many as can be; [--without-projections]: nobody projects what is measured.
#include <fmt/format.h>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/signing.hpp"
#include "api/proofs/checkpoints.hpp"
#include "tests/bench/city.hpp"

namespace {

using namespace pioneer;

constexpr std::size_t members = 10'000;
constexpr std::uint32_t places = 1'000'000;

struct Options {
  double seconds = 3;
  std::size_t in_flight = 64;
  std::uint64_t placed = 10;
  bool checkpoints = false;
  double rate = 0;
  bool without_projections = false;
  std::string brokers;
  std::string topic;
  std::string master_key;  ///< for other nodes of the log
};

/// Exists as long as this does.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pioneer-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) bench::fail("no temporary folder can be made");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path() const { return path_ / "city"; }

 private:
  std::filesystem::path path_;
};

/// Follows the log and signs each second, as pioneerd does, until it goes.
class Signing {
 public:
  Signing(const eventstore::Log& log, const std::string& folder)
      : key_(adapters::SigningKey::settle(disk_, random_, folder + "/keys", "bench.log").value()),
        checkpoints_(api::Checkpoints::open(log, disk_, key_, folder + "/checkpoints").value()),
        thread_([this](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any stopped;
          std::unique_lock lock(mutex);
          do {
            if (!checkpoints_->follow()) bench::fail("the checkpoint cannot be signed");
          } while (!stopped.wait_for(lock, stop, std::chrono::seconds{1}, [&] { return stop.stop_requested(); }));
        }) {}

 private:
  adapters::posix::PosixDisk disk_;
  adapters::posix::PosixRandom random_;
  adapters::SigningKey key_;
  std::unique_ptr<api::Checkpoints> checkpoints_;
  std::jthread thread_;
};

double resident_mib() {
  const double page_mib = static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1u << 20);
  std::size_t all = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return static_cast<double>(resident) * page_mib;
}

void print(const bench::Measured& found) {
  std::string threads;
  for (const auto& [name, us] : found.cpu_us_of) {
    threads += fmt::format("{}\"{}\": {:.2f}", threads.empty() ? "" : ", ", name, us);
  }
  fmt::print(
      "{{\"rate\": {:.1f}, \"accepted\": {}, \"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"lag_s\": {:.3f}, "
      "\"commits_per_sync\": {:.1f}, \"append_us\": {:.0f}, \"cpu_us\": {:.2f}, \"cpu_us_of\": {{{}}}, "
      "\"resident_mib\": {:.1f}}}\n",
      found.rate(), found.accepted, found.p50_ms, found.p99_ms, found.lag_s, found.commits_per_sync, found.append_us,
      found.cpu_us, threads, resident_mib());
}

server::DeploymentOptions deployment(const Options& options, const TemporaryFolder& folder) {
  server::DeploymentOptions made;
  made.directory = folder.path();
  made.master_key = options.master_key;
  made.kafka.brokers = options.brokers;
  made.kafka.topic = options.topic;
  made.kafka.copies = 1;
  return made;
}

/// The same load before the measurement, so that caches are warm and what was placed before is `placed` claims.
void measure(bench::City& city, const Options& options, std::uint64_t first, const bench::ClosedLoop::Make& make) {
  bench::ClosedLoop before(city.node(), {.in_flight = options.in_flight, .count_max = first, .seconds = 1e9});
  before.run(make);
  // The thread that projects has nothing left, and ends; the Writer knows what is not projected by itself.
  if (options.without_projections) city.node().stop_projecting();
  bench::ClosedLoop loop(city.node(), {.in_flight = options.in_flight,
                                       .seconds = options.seconds,
                                       .rate = options.rate,
                                       .projecting = !options.without_projections});
  print(loop.run([&](std::uint64_t number) { return make(first + number); }));
}

int claims(const Options& options, std::size_t products, std::uint64_t first) {
  const TemporaryFolder folder;
  bench::City city(deployment(options, folder));
  city.found();
  city.add_members(members);
  city.add_products(products, places);
  // A step that is prime to the number of products: neighbours in time are not neighbours in the store.
  std::optional<Signing> signing;
  if (options.checkpoints) signing.emplace(city.node().log(), folder.path());
  const auto product = [&](std::uint64_t number) { return city.products()[number * 7919 % products]; };
  measure(city, options, first, [&](std::uint64_t number) { return city.claim(number, product(number)); });
  return 0;
}

int requests(const Options& options) {
  const TemporaryFolder folder;
  bench::City city(deployment(options, folder));
  city.found();
  city.add_members(members);
  measure(city, options, 1'000, [&](std::uint64_t number) { return city.request(number); });
  return 0;
}

}  // namespace

int main(int count, char** words) {
  CLI::App app("Measures the write path in process.");
  app.require_subcommand(1);
  Options options;
  auto* hot = app.add_subcommand("claim-hot");
  auto* spread = app.add_subcommand("claim-spread");
  auto* streams = app.add_subcommand("append-new-streams");
  for (auto* command : {hot, spread, streams}) {
    command->add_option("--seconds", options.seconds)->capture_default_str();
    command->add_option("--in-flight", options.in_flight)->capture_default_str();
    command->add_option("--rate", options.rate, "commands a second; 0: as many as can be")->capture_default_str();
    command->add_flag("--without-projections", options.without_projections);
    auto* const brokers = command->add_option("--kafka", options.brokers, "HOST:PORT,… of the brokers");
    command->add_option("--topic", options.topic)->needs(brokers);
    command->add_option("--master-key", options.master_key, "file; made where it is missing");
  }
  hot->add_flag("--checkpoints", options.checkpoints, "a checkpoint is signed each second");
  hot->add_option("--placed", options.placed, "claims placed before")->capture_default_str();
  CLI11_PARSE(app, count, words);
  if (*hot) return claims(options, 1, options.placed);
  if (*spread) return claims(options, 10'000, 20'000);
  return requests(options);
}
