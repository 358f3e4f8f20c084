// Read models in process: how fast they are built from a log, and how fast a board's first page is. The last line is
// JSON.
//
//   projection_bench rebuild [--events N]      all projections from N mixed events into RocksDB, digests included
//   projection_bench live    [--events N]      the same events as they arrive, 64 commits at a time
//   projection_bench board   [--requests N]    first page of a city of 500 communities, and of one community
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "adapters/rocksdb/rocksdb_store.hpp"
#include "projections/read_models.hpp"

namespace {

using namespace pioneer;
using namespace pioneer::projections;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::exit(3);
}

template <class T>
T must(eventstore::Result<T> result) {
  if (!result) fail(result.error().code + ": " + result.error().detail);
  return std::move(*result);
}
void must(eventstore::Result<void> result) {
  if (!result) fail(result.error().code + ": " + result.error().detail);
}

/// Processor time, which other programs on the machine do not change: of all threads, or of the calling one.
double cpu_seconds(clockid_t whose) {
  timespec t{};
  ::clock_gettime(whose, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Resident memory of this process, MiB.
double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  statm >> pages >> pages;
  return pages * 4096 / (1 << 20);
}

domain::Id id_of(char kind, std::uint64_t n) {
  // Spread as random ids are: two steps of splitmix64.
  std::uint64_t state = n * 256 + static_cast<unsigned char>(kind);
  domain::Id id;
  for (std::size_t i = 0; i < id.bytes.size(); i += 8) {
    auto z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    std::memcpy(id.bytes.data() + i, &z, sizeof z);
  }
  return id;
}

/// A log as it is read from the disk: bodies in protobuf.
class Log {
 public:
  std::uint64_t events = 0;
  std::vector<std::string> bodies;

  template <class... Events>
  void add(std::string_view kind, const domain::Id& id, std::uint64_t& revision, const domain::Id& actor,
           const Events&... all) {
    eventstore::CommitBody body;
    body.set_recorded_at_us(now_us_ += 1000);
    body.set_once(std::string(16, 'o'));
    body.set_same(std::string(16, 's'));
    auto* const part = body.add_parts();
    part->set_stream(std::string(kind) + "/" + id.text());
    part->set_first_revision(revision);
    part->set_actor(std::string(actor.view()));
    const auto add_event = [&](const auto& event) {
      auto* const raw = part->add_events();
      raw->set_type(event.GetDescriptor()->name());
      raw->set_payload(event.SerializeAsString());
    };
    (add_event(all), ...);
    revision += sizeof...(all);
    events += sizeof...(all);
    bodies.push_back(body.SerializeAsString());
  }
  std::int64_t now_us() const { return now_us_; }

 private:
  std::int64_t now_us_ = 1'700'000'000'000'000;
};

class LogSource final : public CommitSource {
 public:
  explicit LogSource(const Log& log, std::size_t from = 0, std::size_t to = SIZE_MAX)
      : log_(log), at_(from), to_(std::min(to, log.bodies.size())) {}
  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override { return take(512); }
  std::vector<eventstore::AcceptedCommit> take(std::size_t count) {
    std::vector<eventstore::AcceptedCommit> some(std::min(count, to_ - at_));
    for (auto& commit : some) {
      commit.sequence = eventstore::Sequence(at_);
      if (!commit.body.ParseFromString(log_.bodies[at_++])) fail("a body does not parse");
    }
    return some;
  }

 private:
  const Log& log_;
  std::size_t at_;
  std::size_t to_;
};

domain::Sealed sealed(std::size_t bytes, std::uint64_t n) {
  domain::Sealed value;
  value.set_key(std::string(id_of('k', n).view()));
  value.set_box(std::string(bytes, static_cast<char>(n)));
  return value;
}

/// Plays lives of requests and products, many at once, in turn.
class Life {
 public:
  explicit Life(Log& log, std::size_t communities) : log_(log) {
    for (std::size_t i = 0; i < communities; ++i) communities_.push_back(id_of('o', i));
    domain::OrganisationRegistered city;
    city.set_name("City");
    city.set_level(domain::Level::city);
    std::uint64_t revision = 0;
    log_.add("organisation", city_, revision, {}, city);
    for (std::size_t i = 0; i < communities; ++i) {
      domain::OrganisationRegistered one;
      one.set_name("Community " + std::to_string(i));
      one.set_level(domain::Level::community);
      one.set_parent(std::string(city_.view()));
      revision = 0;
      log_.add("organisation", communities_[i], revision, {}, one);
    }
  }
  const domain::Id& city() const { return city_; }
  const std::vector<domain::Id>& communities() const { return communities_; }

  void submit() {
    const auto n = requests_++;
    Request request{id_of('r', n), 0, 0};
    domain::SubjectKeyIssued key;
    key.set_key(std::string(id_of('k', n).view()));
    domain::RequestSubmitted e;
    *e.mutable_title() = sealed(120, n);
    *e.mutable_description() = sealed(300, n);
    *e.mutable_location() = sealed(120, n);
    e.set_category("street_light");
    e.set_organisation(std::string(communities_[random_() % communities_.size()].view()));
    e.set_channel(domain::Channel::app);
    const auto asker = id_of('a', n);
    e.set_asker(std::string(asker.view()));
    log_.add("request", request.id, request.revision, asker, key, e, deadline(1, domain::DeadlineKind::accept),
             deadline(2, domain::DeadlineKind::resolve));
    open_.push_back(request);
  }

  /// The next step of some open request.
  void work() {
    if (open_.size() < 2'000) return submit();
    const auto at = random_() % open_.size();
    auto& request = open_[at];
    const auto cadre = id_of('g', at % 1000);
    const auto then = [&](const auto&... e) { log_.add("request", request.id, request.revision, cadre, e...); };
    domain::RequestProgressed progressed;
    *progressed.mutable_text() = sealed(200, at);
    domain::RequestResolved resolved;
    *resolved.mutable_text() = sealed(200, at);
    domain::RequestRated rated;
    rated.set_stars(4);
    switch (request.step++) {
      case 0:
        return then(domain::RequestAccepted{});
      case 1:
        return then(progressed);
      case 2:
        return then(resolved, deadline(3, domain::DeadlineKind::confirm));
      case 3:
        return then(domain::RequestConfirmed{});
      default:
        then(rated);
        open_[at] = open_.back();
        open_.pop_back();
    }
  }

  void claim() {
    if (products_.empty()) offer(2'000);
    // One in four goes to the hot product.
    auto& product = products_[random_() % 4 == 0 ? 0 : random_() % products_.size()];
    if (product.tickets > 0 && random_() % 10 == 0) {
      domain::CheckedIn e;
      e.set_ticket(static_cast<std::uint32_t>(random_() % product.tickets) + 1);
      return log_.add("product", product.id, product.revision, id_of('g', 1), e);
    }
    domain::ClaimPlaced e;
    e.set_ticket(++product.tickets);
    e.set_places(1);
    e.set_state(domain::ClaimState::confirmed);
    log_.add("product", product.id, product.revision, id_of('a', log_.events), e);
  }

  /// About half of the events each.
  void mixed(std::uint64_t events) {
    while (log_.events < events) random_() % 10 < 3 ? work() : claim();
  }

 private:
  struct Request {
    domain::Id id;
    std::uint64_t revision;
    int step;
  };
  struct Product {
    domain::Id id;
    std::uint64_t revision;
    std::uint32_t tickets;
  };
  domain::RequestDeadlineSet deadline(std::uint32_t number, domain::DeadlineKind::Value kind) {
    domain::RequestDeadlineSet e;
    e.set_deadline(number);
    e.set_kind(kind);
    e.set_due_us(log_.now_us() + static_cast<std::int64_t>(random_() % 1'000'000'000'000));
    return e;
  }
  void offer(std::uint64_t count) {
    for (std::uint64_t n = 0; n < count; ++n) {
      Product product{id_of('p', n), 0, 0};
      domain::ProductCreated e;
      e.mutable_terms()->set_title("Pottery class " + std::to_string(n));
      e.mutable_terms()->set_description(std::string(200, 'd'));
      e.mutable_terms()->set_kind("activity");
      e.mutable_terms()->set_organisation(std::string(communities_[n % communities_.size()].view()));
      e.mutable_terms()->set_capacity(1'000'000);
      e.mutable_terms()->add_sessions()->set_starts_us(log_.now_us());
      log_.add("product", product.id, product.revision, id_of('g', 1), e);
      log_.add("product", product.id, product.revision, id_of('g', 1), domain::ProductPublished{});
      products_.push_back(product);
    }
  }

  Log& log_;
  std::mt19937_64 random_{7};
  domain::Id city_ = id_of('c', 0);
  std::vector<domain::Id> communities_;
  std::uint64_t requests_ = 0;
  std::vector<Request> open_;
  std::vector<Product> products_;
};

class Store {
 public:
  explicit Store(const adapters::RocksDbOptions& options) {
    std::string pattern = (std::filesystem::temp_directory_path() / "pioneer-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) fail("no temporary folder can be made");
    path_ = pattern;
    store_ = must(adapters::RocksDbStore::open(path_ / "db", options));
  }
  ~Store() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  eventstore::KeyValueStore& get() { return *store_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<adapters::RocksDbStore> store_;
};

int rebuild(std::uint64_t events) {
  Log log;
  Life(log, 500).mixed(events);
  const auto before = resident_mib();
  Store store({.compact = false});
  LogSource source(log);
  const auto start = Clock::now();
  const auto cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  const auto applying = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  const auto models = must(ReadModels::replayed(store.get(), source));
  const auto applied = seconds_since(start);
  const auto apply_cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - applying;
  const auto replay_cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  const auto digests = must(models->engine().digests());
  const auto all = seconds_since(start);
  const auto memory = resident_mib() - before;
  for (const auto& [name, digest] : digests.by_name) fmt::print("{} {}\n", name, digest);
  fmt::print(
      "{{\"events_per_s\": {:.0f}, \"events\": {}, \"commits\": {}, \"apply_s\": {:.2f}, \"digest_s\": {:.2f}, "
      "\"memory_mib\": {:.0f}, \"cpu_s\": {:.2f}, \"replay_cpu_s\": {:.2f}, \"apply_cpu_s\": {:.2f}}}\n",
      static_cast<double>(log.events) / all, log.events, log.bodies.size(), applied, all - applied, memory,
      cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, replay_cpu, apply_cpu);
  return 0;
}

int live(std::uint64_t events, std::size_t piece) {
  Log log;
  Life(log, 500).mixed(events);
  Store store({});
  const auto models = must(ReadModels::open(store.get()));
  LogSource source(log);
  const auto start = Clock::now();
  const auto cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (auto some = source.take(piece); !some.empty(); some = source.take(piece)) must(models->engine().apply(some));
  const auto digests = must(models->engine().digests());
  const auto all = seconds_since(start);
  for (const auto& [name, digest] : digests.by_name) fmt::print("{} {}\n", name, digest);
  fmt::print("{{\"events_per_s\": {:.0f}, \"events\": {}, \"commits\": {}, \"cpu_s\": {:.2f}}}\n",
             static_cast<double>(log.events) / all, log.events, log.bodies.size(),
             cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  return 0;
}

struct Latency {
  double p50_ms;
  double p99_ms;
};

/// First pages with a batch of commits between any two of them, as in a running node.
Latency first_page(ReadModels& models, const std::vector<domain::Id>& organisations, LogSource& commits) {
  std::vector<double> ms;
  for (int i = 0; i < 3000; ++i) {
    must(models.engine().apply(commits.take(4)));
    const auto start = Clock::now();
    const auto board = must(models.boards().board(organisations));
    ms.push_back(seconds_since(start) * 1000);
    if (board.size() != 7) fail("a board has seven columns");
  }
  ms.erase(ms.begin(), ms.begin() + 10);  // the first ones read the cards
  std::ranges::sort(ms);
  return {ms[ms.size() / 2], ms[ms.size() * 99 / 100]};
}

int board(std::uint64_t requests) {
  Log log;
  Life life(log, 500);
  for (std::uint64_t i = 0; i < requests; ++i) life.submit();
  for (std::uint64_t i = 0; i < requests / 2; ++i) life.work();
  const auto built = log.bodies.size();
  for (int i = 0; i < 24'000; ++i) life.work();
  const auto before = resident_mib();
  Store store({});
  const auto start = Clock::now();
  {
    LogSource source(log, 0, built);
    must(must(ReadModels::replayed(store.get(), source))->engine().close());
  }
  const auto seconds = seconds_since(start);
  const auto models = must(ReadModels::open(store.get()));
  LogSource commits(log, built);
  const auto of_city = models->organisations().subtree(life.city());
  const std::vector<domain::Id> of_one{life.communities().front()};
  const auto first = Clock::now();
  must(models->boards().board(of_city));
  const auto cold = seconds_since(first) * 1000;
  const auto city = first_page(*models, of_city, commits);
  const auto one = first_page(*models, of_one, commits);
  ::malloc_trim(0);
  fmt::print(
      "{{\"requests\": {}, \"city_p50_ms\": {:.3f}, \"city_p99_ms\": {:.3f}, \"one_p50_ms\": {:.3f}, \"one_p99_ms\": "
      "{:.3f}, "
      "\"first_ms\": {:.1f}, \"built_s\": {:.1f}, \"memory_mib\": {:.0f}}}\n",
      requests, city.p50_ms, city.p99_ms, one.p50_ms, one.p99_ms, cold, seconds, resident_mib() - before);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  CLI::App app("Measures the read models in process.");
  app.require_subcommand(1);
  std::uint64_t events = 1'000'000;
  std::uint64_t requests = 10'000;
  std::size_t piece = 64;
  auto* const rebuilding = app.add_subcommand("rebuild", "all projections from the log");
  auto* const living = app.add_subcommand("live", "all projections as commits arrive");
  auto* const boards = app.add_subcommand("board", "first pages");
  for (auto* command : {rebuilding, living}) command->add_option("--events", events)->capture_default_str();
  living->add_option("--piece", piece, "commits at a time")->capture_default_str();
  boards->add_option("--requests", requests)->capture_default_str();
  CLI11_PARSE(app, count, words);
  if (*rebuilding) return rebuild(events);
  if (*living) return live(events, piece);
  return board(requests);
}
