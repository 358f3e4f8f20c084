#include "projections/engine/engine.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "adapters/memory/memory_store.hpp"
#include "projections/engine/codec.hpp"
#include "projections/engine/replay.hpp"
#include "tests/projections/commits.hpp"

namespace pioneer::projections {
namespace {

/// Keeps the name of each organisation, and drops it when it closes. Fails at the name "bad".
class Names final : public Projection {
 public:
  explicit Names(std::uint32_t version = 1, std::string name = "names") : version_(version), name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  std::uint32_t version() const override { return version_; }
  void apply(const Commit& commit, Batch& batch) const override {
    for (const auto& part : commit.parts) {
      const std::string key(part.id.view());
      for (const auto& event : part.events) {
        if (const auto* const named = std::get_if<domain::OrganisationRenamed>(&event)) {
          const auto* const old = batch.get(key);
          if (named->name() == "bad" && name_ == "names") return batch.fail("bad");
          batch.put(key, (old ? *old + "," : "") + named->name());
        }
        if (std::holds_alternative<domain::OrganisationClosed>(event)) batch.erase(key);
      }
    }
  }

 private:
  std::uint32_t version_;
  std::string name_;
};

/// Version 2 of the same: in capitals.
class Capitals final : public Projection {
 public:
  std::string_view name() const override { return "names"; }
  std::uint32_t version() const override { return 2; }
  void apply(const Commit& commit, Batch& batch) const override {
    for (const auto& part : commit.parts) {
      for (const auto& event : part.events) {
        const auto* const named = std::get_if<domain::OrganisationRenamed>(&event);
        if (named == nullptr) continue;
        const std::string key(part.id.view());
        const auto* const old = batch.get(key);
        std::string capitals = old ? *old + "," : "";
        for (const char c : named->name()) capitals.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
        batch.put(key, std::move(capitals));
      }
    }
  }
};

/// Calls a function before it gives the next commits.
class Interrupted final : public CommitSource {
 public:
  Interrupted(std::unique_ptr<CommitSource> source, std::function<void()> before)
      : source_(std::move(source)), before_(std::move(before)) {}
  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override {
    before_();
    return source_->next();
  }

 private:
  std::unique_ptr<CommitSource> source_;
  std::function<void()> before_;
};

/// Fails the nth write or run, and every one after it.
class FailingStore final : public eventstore::KeyValueStore {
 public:
  explicit FailingStore(KeyValueStore& store) : store_(store) {}
  int writes_left = 1'000'000;
  eventstore::Result<eventstore::Table> table(std::string_view name) override { return store_.table(name); }
  eventstore::Result<void> drop_table(std::string_view name) override { return store_.drop_table(name); }
  std::vector<std::string> tables() const override { return store_.tables(); }
  eventstore::Result<std::optional<std::string>> get(eventstore::Table t, std::string_view key) const override {
    return store_.get(t, key);
  }
  eventstore::Result<void> write(const eventstore::WriteBatch& batch) override {
    if (writes_left-- <= 0) return eventstore::failure("database_full", "injected");
    return store_.write(batch);
  }
  std::unique_ptr<eventstore::Cursor> cursor(eventstore::Table t) const override { return store_.cursor(t); }
  eventstore::Result<void> ingest_sorted(eventstore::Table t, const eventstore::SortedChanges& next) override {
    if (writes_left-- <= 0) return eventstore::failure("database_full", "injected");
    return store_.ingest_sorted(t, next);
  }
  eventstore::Result<void> flush() override { return store_.flush(); }

 private:
  KeyValueStore& store_;
};

std::vector<std::unique_ptr<Projection>> names(std::uint32_t version = 1) {
  std::vector<std::unique_ptr<Projection>> all;
  all.push_back(std::make_unique<Names>(version));
  return all;
}

domain::OrganisationRenamed renamed(const std::string& name) {
  domain::OrganisationRenamed event;
  event.set_name(name);
  return event;
}

std::string row_in(const Engine& engine, char letter) {
  return engine.view("names").get(id_of(letter).view()).value().value_or("-");
}

std::string replayed_digest(const std::vector<eventstore::AcceptedCommit>& all) {
  adapters::MemoryStore scratch;
  CommitsAgain source(all, 0);
  return replay(scratch, names(), source).value()->digests().value().by_name.at("names");
}

class EngineTest : public ::testing::Test {
 protected:
  adapters::MemoryStore store;
  Commits commits;

  std::unique_ptr<Engine> open(eventstore::KeyValueStore& in, std::uint32_t version = 1) {
    return Engine::open(in, names(version)).value();
  }
  void rename(char letter, const std::string& name) { commits.add("organisation", id_of(letter), {}, renamed(name)); }
  CommitSourceFrom again() {
    return [this](eventstore::Sequence from) { return std::make_unique<CommitsAgain>(commits.all, from.value); };
  }
};

TEST_F(EngineTest, AppliesInOrderAndRemembersWhere) {
  {
    const auto engine = open(store);
    rename('a', "x");
    commits.opened();
    rename('a', "y");
    ASSERT_TRUE(engine->apply(commits.take()));
    EXPECT_EQ(engine->position(), eventstore::Sequence(3));
    EXPECT_EQ(row_in(*engine, 'a'), "x,y");
  }
  const auto engine = open(store);
  EXPECT_EQ(engine->position(), eventstore::Sequence(3));
  EXPECT_EQ(row_in(*engine, 'a'), "x,y");
  rename('a', "z");
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(row_in(*engine, 'a'), "x,y,z");
}

TEST_F(EngineTest, SkipsWhatItHasAndRefusesAGap) {
  const auto engine = open(store);
  rename('a', "x");
  rename('a', "y");
  const auto two = commits.take();
  ASSERT_TRUE(engine->apply(two));
  ASSERT_TRUE(engine->apply(two));
  EXPECT_EQ(row_in(*engine, 'a'), "x,y");
  rename('a', "lost");
  commits.take();
  rename('a', "z");
  EXPECT_EQ(engine->apply(commits.take()).error().code, "out_of_order");
}

TEST_F(EngineTest, StopsBeforeAnUnknownEvent) {
  const auto engine = open(store);
  rename('a', "x");
  rename('a', "from the future");
  commits.all.back().body.mutable_parts(0)->mutable_events(0)->set_type("FromTheFuture");
  rename('a', "z");
  EXPECT_EQ(engine->apply(commits.take()).error().code, "unknown_event");
  EXPECT_EQ(engine->position(), eventstore::Sequence(1));
  EXPECT_EQ(row_in(*engine, 'a'), "x");
  EXPECT_TRUE(engine->status().front().stopped);
}

TEST_F(EngineTest, OneProjectionStopsAndTheOthersGoOn) {
  auto two = names();
  two.push_back(std::make_unique<Names>(1, "others"));
  const auto engine = Engine::open(store, std::move(two)).value();
  rename('a', "x");
  ASSERT_TRUE(engine->apply(commits.take()));
  rename('b', "y");
  rename('a', "bad");
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(engine->status()[0].stopped->code, "corrupt_projection");
  EXPECT_EQ(engine->status()[0].position, eventstore::Sequence(1));
  EXPECT_EQ(row_in(*engine, 'b'), "-");
  EXPECT_EQ(engine->position(), eventstore::Sequence(3));
  EXPECT_EQ(engine->view("others").get(id_of('a').view()).value(), "x,bad");
}

TEST_F(EngineTest, EveryFailedWriteLeavesRowsAndPositionTogether) {
  for (int i = 0; i < 20; ++i) rename(static_cast<char>('a' + i % 3), std::to_string(i));
  const auto& all = commits.all;
  const auto run = [&](eventstore::KeyValueStore& in) -> eventstore::Result<void> {
    auto engine = Engine::open(in, names());
    if (!engine) return std::unexpected(engine.error());
    while ((*engine)->position().value < all.size()) {
      const auto from = static_cast<std::ptrdiff_t>((*engine)->position().value);
      const auto to = std::min(from + 3, static_cast<std::ptrdiff_t>(all.size()));
      if (auto applied = (*engine)->apply(std::vector(all.begin() + from, all.begin() + to)); !applied) return applied;
    }
    return (*engine)->close();
  };
  // The nth write fails, for every n, until the run succeeds; what was written goes on to the same end.
  for (int n = 0;; ++n) {
    adapters::MemoryStore under;
    FailingStore failing(under);
    failing.writes_left = n;
    const auto first = run(failing);
    ASSERT_TRUE(run(under)) << n;
    const auto engine = Engine::open(under, names()).value();
    EXPECT_EQ(row_in(*engine, 'b'), "1,4,7,10,13,16,19") << n;
    EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(all)) << n;
    if (first) break;
    EXPECT_EQ(first.error().code, "database_full");
    ASSERT_LT(n, 100);
  }
}

TEST_F(EngineTest, LiveDigestIsTheReplayedOne) {
  const auto engine = open(store);
  for (int i = 0; i < 50; ++i) {
    rename(static_cast<char>('a' + i % 5), std::to_string(i));
    if (i % 11 == 0) commits.add("organisation", id_of('b'), {}, domain::OrganisationClosed{});
    if (i % 3 == 0) {
      ASSERT_TRUE(engine->apply(commits.take()));
    }
  }
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
}

TEST_F(EngineTest, KnowsItsDigestAfterACrash) {
  {
    const auto engine = open(store);
    for (int i = 0; i < 13; ++i) rename('a', std::to_string(i));
    ASSERT_TRUE(engine->apply(commits.take()));
  }  // not closed
  const auto engine = open(store);
  // What is counted anew would see this row; what is known does not.
  eventstore::WriteBatch tampered;
  tampered.put(store.table("names.1").value(), "extra", "row");
  ASSERT_TRUE(store.write(tampered));
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
  for (int i = 0; i < 7; ++i) rename('b', std::to_string(i));
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
}

TEST_F(EngineTest, CountsADigestThatIsNotThere) {
  {
    const auto engine = open(store);
    rename('a', "x");
    ASSERT_TRUE(engine->apply(commits.take()));
  }
  eventstore::WriteBatch lost;
  lost.erase(store.table("projections").value(), "sums/names.1");
  ASSERT_TRUE(store.write(lost));
  const auto engine = open(store);
  rename('b', "y");
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
  rename('b', "z");
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
}

TEST_F(EngineTest, ForgetsRowsThatNoLongerFitAndReadsThemAgain) {
  EngineOptions small;
  small.rows_bytes_max = 1;
  const auto engine = Engine::open(store, names(), small).value();
  for (int i = 0; i < 20; ++i) {
    rename(static_cast<char>('a' + i % 3), std::to_string(i));
    ASSERT_TRUE(engine->apply(commits.take()));
  }
  EXPECT_EQ(row_in(*engine, 'b'), "1,4,7,10,13,16,19");
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
}

TEST_F(EngineTest, AReplayInLittleMemoryGivesTheSameRows) {
  for (int i = 0; i < 200; ++i) {
    rename(static_cast<char>('a' + i % 7), std::to_string(i));
    if (i % 5 == 0) commits.add("organisation", id_of('c'), {}, domain::OrganisationClosed{});
  }
  EngineOptions little;
  little.rebuild_bytes_max = 1;
  adapters::MemoryStore scratch;
  CommitsAgain source(commits.all, 0);
  const auto engine = replay(scratch, names(), source, {}, little).value();
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
}

TEST_F(EngineTest, AReplayGoesOnWhereAnotherEnded) {
  for (int i = 0; i < 50; ++i) rename(static_cast<char>('a' + i % 7), std::to_string(i));
  adapters::MemoryStore scratch;
  CommitsAgain all(commits.all, 0);
  ASSERT_TRUE(replay(scratch, names(), all, {eventstore::Sequence(20), {}}));
  const auto copy = scratch.copy();
  CommitsAgain rest(commits.all, 20);
  const auto engine = replay(*copy, names(), rest).value();
  EXPECT_EQ(engine->position(), eventstore::Sequence(50));
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
  EXPECT_EQ(scratch.get(scratch.table("names.1").value(), id_of('a').view()).value(), "0,7,14");
}

TEST_F(EngineTest, RebuildsBesideTheLiveRowsAndSwaps) {
  const auto engine = open(store);
  for (int i = 0; i < 20; ++i) rename(static_cast<char>('a' + i % 4), std::to_string(i));
  ASSERT_TRUE(engine->apply(commits.take()));
  bool told = false;
  engine->on_rows_changed("names", [&](const RowsChanged& changed) { told = told || changed.rebuilt; });
  const auto report = engine->rebuild("names", again()).value();
  EXPECT_TRUE(report.live);
  EXPECT_TRUE(told);
  EXPECT_EQ(report.digest, report.live_digest);
  EXPECT_EQ(report.position, eventstore::Sequence(20));
  EXPECT_EQ(row_in(*engine, 'a'), "0,4,8,12,16");
  EXPECT_EQ(engine->status().front().generation, 2u);
  EXPECT_EQ(store.tables(), (std::vector<std::string>{"names.2", "projections"}));
  rename('a', "after");
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(row_in(*engine, 'a'), "0,4,8,12,16,after");
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(commits.all));
  EXPECT_EQ(open(store)->status().front().generation, 2u);
}

TEST_F(EngineTest, KeepsTheLiveRowsIfTheRebuiltOnesDiffer) {
  const auto engine = open(store);
  rename('a', "x");
  ASSERT_TRUE(engine->apply(commits.take()));
  eventstore::WriteBatch tampered;
  tampered.put(store.table("names.1").value(), "extra", "row");
  tampered.erase(store.table("projections").value(), "sums/names.1");
  ASSERT_TRUE(store.write(tampered));
  const auto reopened = open(store);  // the digest is counted from these rows
  rename('a', "y");
  ASSERT_TRUE(reopened->apply(commits.take()));
  const auto report = reopened->rebuild("names", again()).value();
  EXPECT_FALSE(report.live);
  EXPECT_NE(report.digest, report.live_digest);
  EXPECT_EQ(row_in(*reopened, 'a'), "x,y");
  EXPECT_EQ(store.tables(), (std::vector<std::string>{"names.1", "projections"}));
}

TEST_F(EngineTest, RebuildsWhileCommitsArrive) {
  const auto engine = open(store);
  for (int i = 0; i < 3000; ++i) rename(static_cast<char>('a' + i % 7), std::to_string(i % 10));
  const auto& all = commits.all;
  std::thread feed([&] {
    for (std::ptrdiff_t i = 0; i < 3000; i += 10) {
      EXPECT_TRUE(engine->apply(std::vector(all.begin() + i, all.begin() + i + 10)));
    }
  });
  const auto during = engine->rebuild("names", again());
  feed.join();
  ASSERT_TRUE(during);
  EXPECT_TRUE(during->live);
  EXPECT_EQ(engine->digests().value().by_name.at("names"), replayed_digest(all));
}

TEST_F(EngineTest, StartsAnewWithAVersionThatNobodyCanGoOnWithAndKeepsTheOldOneUntilItIsLevel) {
  {
    const auto engine = open(store);
    rename('a', "x");
    rename('a', "y");
    ASSERT_TRUE(engine->apply(commits.take()));
  }
  {
    const auto engine = open(store, 2);
    EXPECT_EQ(engine->position(), eventstore::Sequence(0));
    EXPECT_EQ(row_in(*engine, 'a'), "-");
    ASSERT_TRUE(engine->apply(std::vector(commits.all.begin(), commits.all.begin() + 1)));
    EXPECT_EQ(store.tables(), (std::vector<std::string>{"names.1", "names.2", "projections"}));
  }
  // A crash in the middle: it goes on where it was.
  {
    const auto engine = open(store, 2);
    EXPECT_EQ(engine->position(), eventstore::Sequence(1));
    EXPECT_EQ(row_in(*engine, 'a'), "x");
  }
  // A step back to the older build finds its rows as they were; forward again, it begins anew.
  EXPECT_EQ(row_in(*open(store), 'a'), "x,y");
  EXPECT_EQ(store.tables(), (std::vector<std::string>{"names.1", "projections"}));
  const auto engine = open(store, 2);
  ASSERT_TRUE(engine->apply(commits.all));
  ASSERT_TRUE(engine->caught_up());
  EXPECT_EQ(row_in(*engine, 'a'), "x,y");
  EXPECT_EQ(store.tables(), (std::vector<std::string>{"names.2", "projections"}));
  EXPECT_EQ(open(store, 2)->position(), eventstore::Sequence(2));
}

/// As a build that brings version 2 and can still go on with version 1.
std::vector<std::unique_ptr<Projection>> both_versions() {
  std::vector<std::unique_ptr<Projection>> both;
  both.push_back(std::make_unique<Names>(1));
  both.push_back(std::make_unique<Capitals>());
  return both;
}

TEST_F(EngineTest, ANewVersionIsBuiltBesideTheLiveOneWhichGoesOn) {
  {
    const auto engine = open(store);
    for (int i = 0; i < 20; ++i) rename('a', "x" + std::to_string(i % 10));
    ASSERT_TRUE(engine->apply(commits.take()));
  }
  const auto engine = Engine::open(store, both_versions()).value();
  EXPECT_EQ(engine->outdated(), std::vector<std::string>{"names"});
  EXPECT_EQ(engine->position(), eventstore::Sequence(20));
  bool rebuilt = false;
  engine->on_rows_changed("names", [&](const RowsChanged& changed) { rebuilt = rebuilt || changed.rebuilt; });
  // Half way through, commits still arrive, and the answers are the old version's, up to date.
  std::size_t asked = 0;
  const auto source = [&](eventstore::Sequence from) {
    return std::make_unique<Interrupted>(std::make_unique<CommitsAgain>(commits.all, from.value), [&] {
      if (++asked != 2) return;
      EXPECT_FALSE(rebuilt);
      rename('b', "live");
      EXPECT_TRUE(engine->apply(commits.take()));
      EXPECT_EQ(row_in(*engine, 'b'), "live");
      EXPECT_TRUE(row_in(*engine, 'a').starts_with("x0,x1"));
    });
  };
  const auto report = engine->rebuild("names", source).value();
  EXPECT_TRUE(report.live);
  EXPECT_TRUE(rebuilt);
  EXPECT_NE(report.digest, report.live_digest);
  EXPECT_EQ(report.position, eventstore::Sequence(21));
  EXPECT_TRUE(row_in(*engine, 'a').starts_with("X0,X1"));
  EXPECT_EQ(row_in(*engine, 'b'), "LIVE");
  EXPECT_TRUE(engine->outdated().empty());
  EXPECT_EQ(engine->status().front().version, 2u);
  rename('b', "after");
  ASSERT_TRUE(engine->apply(commits.take()));
  EXPECT_EQ(row_in(*engine, 'b'), "LIVE,AFTER");
  // The digest that it went live with has followed since.
  const auto followed = engine->digests().value().by_name.at("names");
  const auto reopened = Engine::open(store, both_versions()).value();
  EXPECT_TRUE(reopened->outdated().empty());
  EXPECT_EQ(reopened->digests().value().by_name.at("names"), followed);
  adapters::MemoryStore scratch;
  CommitsAgain again_all(commits.all, 0);
  EXPECT_EQ(replay(scratch, both_versions(), again_all).value()->digests().value().by_name.at("names"), followed);
}

TEST_F(EngineTest, AVersionWhoseBuildingFailsAtAnyWriteLeavesTheOldOneOrTheNewOneWhole) {
  for (int i = 0; i < 20; ++i) rename(static_cast<char>('a' + i % 3), std::to_string(i));
  for (int n = 0;; ++n) {
    adapters::MemoryStore under;
    ASSERT_TRUE(open(under)->apply(commits.all));
    FailingStore failing(under);
    failing.writes_left = n;
    bool done = false;
    if (const auto engine = Engine::open(failing, both_versions()))
      done = (*engine)->rebuild("names", again()).has_value();
    // As after a crash: opened anew, and asked again.
    const auto engine = Engine::open(under, both_versions()).value();
    EXPECT_EQ(row_in(*engine, 'b'), "1,4,7,10,13,16,19") << n;
    EXPECT_EQ(under.tables().size(), 2u) << n;
    if (!engine->outdated().empty()) {
      EXPECT_TRUE(engine->rebuild("names", again()).value().live) << n;
    }
    EXPECT_EQ(engine->status().front().version, 2u) << n;
    if (done) break;
    ASSERT_LT(n, 100);
  }
}

TEST_F(EngineTest, ReplaysUpToASequenceOrAnInstant) {
  for (int i = 0; i < 20; ++i) rename('a', std::to_string(i));
  const auto as_of = [&](AsOf when) {
    adapters::MemoryStore scratch;
    CommitsAgain source(commits.all, 0);
    const auto engine = replay(scratch, names(), source, when).value();
    return row_in(*engine, 'a');
  };
  EXPECT_EQ(as_of({eventstore::Sequence(3), {}}), "0,1,2");
  EXPECT_EQ(as_of({{}, domain::Instant{commits.all[1].body.recorded_at_us()}}), "0,1");
  EXPECT_EQ(as_of({eventstore::Sequence(0), {}}), "-");
}

}  // namespace
}  // namespace pioneer::projections
