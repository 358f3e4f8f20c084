// A city with many requests, and what reading it costs. The last line is JSON.
//
//   bench_stored fill FOLDER --requests N   makes it: requests, each fourth taken on, and a claim for each eighth
//   bench_stored market FOLDER              one product of 1,000,000 places and 10,000 members; prints its id, and
//   their
//                                           tokens into FOLDER.tokens
//   bench_stored rebuild FOLDER             all projections from the log, into an empty database
//   bench_stored board FOLDER               the board's first page, as its JSON, again and again
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "adapters/rocksdb/rocksdb_store.hpp"
#include "api/edge/opener.hpp"
#include "api/node/commits_of_log.hpp"
#include "api/queries/board_view.hpp"
#include "projections/read_models.hpp"
#include "tests/bench/city.hpp"

namespace {

using namespace pioneer;

constexpr std::size_t members = 10'000;
constexpr std::size_t products = 100;
constexpr std::uint32_t places = 10'000;

/// Whom and what the other subcommands ask for; stands beside the city's folder.
std::string notes_path(const std::string& folder) { return folder + ".notes"; }

int fill(const std::string& folder, std::uint64_t requests) {
  bench::City city(folder);
  city.found();
  city.add_members(members);
  city.add_products(products, places);
  std::vector<domain::Id> submitted(requests);
  bench::ClosedLoop submit(city.node(), {.in_flight = 1024, .count_max = requests});
  submit.run([&](std::uint64_t number) { return city.request(number); },
             [&](std::uint64_t number, const node::Outcome& o) { submitted[number] = bench::id_in(o.stream); });
  bench::ClosedLoop accept(city.node(), {.in_flight = 1024, .count_max = requests / 4});
  accept.run([&](std::uint64_t number) { return city.accept(submitted[number * 4]); });
  bench::ClosedLoop claim(city.node(), {.in_flight = 1024, .count_max = requests / 8});
  const auto found = claim.run([&](std::uint64_t n) { return city.claim(n, city.products()[n % products]); });
  std::ofstream(notes_path(folder)) << city.organisation().text() << ' ' << city.cadre().text() << '\n';
  city.deployment().stop();
  fmt::print("{{\"accepted\": {}}}\n", requests + requests / 4 + found.accepted);
  return 0;
}

int market(const std::string& folder) {
  // A hundred places each: enough for all rounds on a faster machine than ours.
  constexpr std::size_t buyers = 10'000;
  bench::City city(folder);
  city.found();
  city.add_members(buyers);
  city.add_products(1, 1'000'000);
  std::ofstream tokens(folder + ".tokens");
  bench::ClosedLoop issue(city.node(), {.in_flight = 64, .count_max = buyers});
  issue.run([&](std::uint64_t number) {
    const std::string token = fmt::format("bench{:059}", number);
    tokens << token << '\n';
    return city.token(number, eventstore::sha256(eventstore::bytes_of(token)).view());
  });
  city.deployment().stop();
  fmt::print("{{\"product\": \"{}\"}}\n", city.products().front().text());
  return 0;
}

/// Reads the log as the server does, and counts its events.
class CountedCommits final : public projections::CommitSource {
 public:
  explicit CountedCommits(const eventstore::Log& log) : source_(log, eventstore::Sequence{0}) {}

  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override {
    auto commits = source_.next();
    if (!commits) return commits;
    for (const auto& commit : *commits) {
      for (const auto& part : commit.body.parts()) events += static_cast<std::uint64_t>(part.events_size());
    }
    return commits;
  }

  std::uint64_t events = 0;

 private:
  node::CommitsOfLog source_;
};

std::unique_ptr<server::Deployment> open(const std::string& folder) {
  server::DeploymentOptions options;
  options.directory = folder;
  options.read_only = true;
  auto opened = server::Deployment::open(options);
  if (!opened) bench::fail(opened.error().code + ": " + opened.error().detail);
  return std::move(*opened);
}

int rebuild(const std::string& folder) {
  const auto deployment = open(folder);
  const std::string scratch = folder + ".scratch";
  {
    auto store = adapters::RocksDbStore::open(scratch, {.compact = false});
    if (!store) bench::fail(store.error().detail);
    const auto start = bench::Clock::now();
    CountedCommits source(deployment->node().log());
    const auto models = projections::ReadModels::replayed(**store, source);
    if (!models) bench::fail(models.error().detail);
    const double seconds = std::chrono::duration<double>(bench::Clock::now() - start).count();
    fmt::print("{{\"rate\": {:.1f}, \"events\": {}, \"seconds\": {:.3f}}}\n",
               static_cast<double>(source.events) / seconds, source.events, seconds);
  }
  std::filesystem::remove_all(scratch);
  return 0;
}

int board(const std::string& folder) {
  const auto deployment = open(folder);
  auto& node = deployment->node();
  std::string organisation;
  std::string cadre;
  std::ifstream(notes_path(folder)) >> organisation >> cadre;
  queries::BoardQuery query;
  query.organisation = domain::Id::parse(organisation).value_or(domain::Id{});
  const domain::Actor actor = node.caller_of(domain::Id::parse(cadre).value_or(domain::Id{})).actor;
  const api::Opener opener(deployment->cryptography(), deployment->keyring(), node.log().state().log_id);

  constexpr int times = 20'000;
  std::vector<double> taken;
  for (int turn = 0; turn < times; ++turn) {
    const auto start = bench::Clock::now();
    const auto page = node.projector().with_community([&](const node::Community& community) {
      return queries::board_json({community, node.models(), opener, node.projector().projected().value, 0}, actor,
                                 query);
    });
    taken.push_back(std::chrono::duration<double, std::milli>(bench::Clock::now() - start).count());
    if (!page) bench::fail("the board is refused: " + std::string(page.error().code));
  }
  std::ranges::sort(taken);
  fmt::print("{{\"p50_ms\": {:.4f}, \"p99_ms\": {:.4f}}}\n", taken[times / 2], taken[times * 99 / 100]);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  CLI::App app("Measures what reading a large city costs.");
  app.require_subcommand(1);
  std::string folder;
  std::uint64_t requests = 10'000;
  auto* filling = app.add_subcommand("fill");
  auto* rebuilding = app.add_subcommand("rebuild");
  auto* looking = app.add_subcommand("board");
  auto* marketing = app.add_subcommand("market");
  for (auto* command : {filling, rebuilding, looking, marketing}) command->add_option("FOLDER", folder)->required();
  filling->add_option("--requests", requests)->capture_default_str();
  CLI11_PARSE(app, count, words);
  if (*filling) return fill(folder, requests);
  if (*marketing) return market(folder);
  if (*rebuilding) return rebuild(folder);
  return board(folder);
}
