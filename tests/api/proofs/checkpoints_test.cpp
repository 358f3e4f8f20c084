// What is signed once is never contradicted: not by a crash, not by a full disk, not by another log in the same place.
#include "api/proofs/checkpoints.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/api/proofs/followed.hpp"

namespace pioneer::api {
namespace {

using eventstore::MemoryLog;
using tests::Followed;
using tests::SimulatedDisk;

TEST(Checkpoints, SignWhatTheLogHolds) {
  Followed f;
  ASSERT_TRUE(f.open());
  EXPECT_EQ(f.checkpoints->newest(), nullptr);
  EXPECT_EQ(f.checkpoints->follow().value(), 10u);
  const auto first = f.checkpoints->newest();
  const auto text = parse_checkpoint(*first);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->origin, "test.log");
  EXPECT_EQ(text->size, 10u);
  EXPECT_EQ(*first, f.key.note(eventstore::checkpoint_text("test.log", 10, text->root)));
  ASSERT_TRUE(f.checkpoints->follow());
  EXPECT_EQ(f.checkpoints->newest(), first) << "nothing happened";
  f.append(f.chain.commits(300));
  EXPECT_EQ(f.checkpoints->follow().value(), 310u);
  EXPECT_EQ(f.checkpoints->tile(0, {0, 256}).value()->size(), 256u * 32);
  EXPECT_EQ(f.checkpoints->tile(1, {0, 1}).value()->size(), 32u);
  EXPECT_FALSE(f.checkpoints->tile(0, {1, 55}).value());
}

TEST(Checkpoints, GiveBundlesOfWhatTheyCover) {
  Followed f;
  f.append(f.chain.commits(300));
  ASSERT_TRUE(f.open());
  EXPECT_FALSE(f.checkpoints->bundle({0, 1}).value()) << "nothing is signed yet";
  ASSERT_TRUE(f.checkpoints->follow());
  f.append(f.chain.commits(300));
  EXPECT_EQ(f.checkpoints->covered(), 310u);
  for (const eventstore::TileName bundle :
       std::vector<eventstore::TileName>{{0, 256}, {1, 54}, {0, 1}, {0, 255}, {0, 256}, {1, 54}, {1, 1}, {1, 1}}) {
    const auto bytes = f.checkpoints->bundle(bundle).value();
    ASSERT_TRUE(bytes) << bundle.index << " " << bundle.width;
    std::string_view rest(*bytes);
    const auto first = bundle.index * eventstore::tile_width;
    for (auto i = first; i < first + bundle.width; ++i)
      EXPECT_EQ(eventstore::take_record(rest), *f.log.read(eventstore::Sequence{i}));
    EXPECT_TRUE(rest.empty());
  }
  for (const eventstore::TileName beyond :
       std::vector<eventstore::TileName>{{1, 55}, {1, 256}, {2, 1}, {2, 256}, {~std::uint64_t{0} / 256, 256}})
    EXPECT_FALSE(f.checkpoints->bundle(beyond).value()) << eventstore::bundle_path(beyond.index, beyond.width);
}

TEST(Checkpoints, GoOnAfterARestart) {
  Followed f;
  ASSERT_TRUE(f.open());
  ASSERT_TRUE(f.checkpoints->follow());
  const auto before = *f.checkpoints->newest();
  f.append(f.chain.commits(500));
  ASSERT_TRUE(f.open());
  EXPECT_EQ(*f.checkpoints->newest(), before) << "served at once, before the log is followed";
  ASSERT_TRUE(f.checkpoints->follow());
  Followed whole;
  whole.append(whole.chain.commits(500));
  ASSERT_TRUE(whole.open());
  ASSERT_TRUE(whole.checkpoints->follow());
  EXPECT_EQ(*f.checkpoints->newest(), *whole.checkpoints->newest());
}

TEST(Checkpoints, MakeDamagedOrLostHashesAnew) {
  for (const bool lost : {false, true}) {
    Followed f;
    f.append(f.chain.commits(300));
    ASSERT_TRUE(f.open());
    ASSERT_TRUE(f.checkpoints->follow());
    const auto before = *f.checkpoints->newest();
    if (lost)
      ASSERT_TRUE(f.disk.remove("/data/checkpoints/level-0"));
    else
      f.disk.bytes("/data/checkpoints/level-0").back() ^= 1;
    ASSERT_TRUE(f.open());
    f.append(f.chain.commits(1));
    ASSERT_TRUE(f.checkpoints->follow());
    EXPECT_EQ(parse_checkpoint(*f.checkpoints->newest())->size, 311u);
    EXPECT_NE(*f.checkpoints->newest(), before);
  }
}

TEST(Checkpoints, RefuseALogThatIsShorterOrAnother) {
  Followed f;
  f.append(f.chain.commits(300));
  ASSERT_TRUE(f.open());
  ASSERT_TRUE(f.checkpoints->follow());

  MemoryLog shorter{tests::test_log_id()};
  EXPECT_EQ(Checkpoints::open(shorter, f.disk, f.key, "/data/checkpoints").error().code, "log_behind_checkpoint");

  MemoryLog another{tests::test_log_id()};
  tests::Chain chain{another.state()};
  ASSERT_TRUE(another.append(chain.epoch(2, 400)));
  EXPECT_EQ(Checkpoints::open(another, f.disk, f.key, "/data/checkpoints").error().code, "history_differs");
  EXPECT_TRUE(f.open()) << "the right one is still taken";

  f.disk.bytes("/data/checkpoints/checkpoint") = "no note";
  EXPECT_EQ(f.open().error().code, "bad_checkpoint");
}

TEST(Checkpoints, ProveEachRecordBelowTheNewest) {
  Followed f;
  ASSERT_TRUE(f.open());
  EXPECT_FALSE(f.checkpoints->inclusion(eventstore::Sequence{0}).value()) << "nothing is signed yet";
  f.append(f.chain.commits(590));
  ASSERT_TRUE(f.checkpoints->follow());
  const auto root = f.root();
  for (std::uint64_t i = 0; i < 600; ++i) {
    const auto inclusion = f.checkpoints->inclusion(eventstore::Sequence{i}).value();
    ASSERT_TRUE(inclusion) << i;
    EXPECT_EQ(inclusion->leaf, eventstore::leaf_hash(eventstore::bytes_of(*f.log.read(eventstore::Sequence{i}))));
    EXPECT_EQ(inclusion->size, 600u);
    EXPECT_EQ(inclusion->checkpoint, f.checkpoints->newest());
    EXPECT_EQ(eventstore::root_by_inclusion(i, 600, inclusion->leaf, inclusion->path), root) << i;
  }
  f.append(f.chain.commits(1));
  EXPECT_FALSE(f.checkpoints->inclusion(eventstore::Sequence{600}).value()) << "not signed yet";
  EXPECT_FALSE(f.checkpoints->inclusion(eventstore::Sequence{~std::uint64_t{0}}).value());
}

TEST(Checkpoints, GiveNoProofFromDamagedHashes) {
  Followed f;
  f.append(f.chain.commits(590));
  ASSERT_TRUE(f.open());
  ASSERT_TRUE(f.checkpoints->follow());
  f.disk.bytes("/data/checkpoints/level-0")[32 * 300] ^= 1;
  EXPECT_EQ(f.checkpoints->inclusion(eventstore::Sequence{301}).error().code, "tree_damaged");
}

/// Everything that anybody could have seen, in all lives, is one history.
TEST(Checkpoints, NeverSignTwoHistoriesWhateverCrashes) {
  std::size_t crashes = 0;
  for (std::uint64_t call = 1; call < 60; ++call) {
    Followed f;
    std::map<std::uint64_t, std::string> seen;
    std::uint64_t newest = 0;
    const auto look = [&] {
      const auto note = f.checkpoints->newest();
      if (note == nullptr) return;
      const auto text = parse_checkpoint(*note);
      ASSERT_TRUE(text);
      EXPECT_GE(text->size, newest) << "call " << call;
      newest = text->size;
      EXPECT_EQ(seen.try_emplace(text->size, *note).first->second, *note) << "call " << call;
    };
    f.disk.fail_call(call, true);
    for (int turn = 0; turn < 5; ++turn) {
      if (!f.disk.powered()) {
        f.disk.crash(SimulatedDisk::Unsynced::torn, call);
        ++crashes;
      }
      ASSERT_TRUE(f.open()) << "call " << call;
      look();
      if (f.checkpoints->follow()) look();
      f.append(f.chain.commits(150));
    }
    if (!f.checkpoints->follow()) {  // it was the last call that failed
      f.disk.crash(SimulatedDisk::Unsynced::torn, call);
      ASSERT_TRUE(f.open());
      ASSERT_TRUE(f.checkpoints->follow());
    }
    look();
    const auto last = parse_checkpoint(*f.checkpoints->newest());
    EXPECT_EQ(last->size, f.log.end().value);
  }
  EXPECT_GT(crashes, 10u);
}

TEST(Checkpoints, ServeWhatWasSignedWhileTheDiskIsFull) {
  Followed f;
  f.append(f.chain.commits(300));
  ASSERT_TRUE(f.open());
  ASSERT_TRUE(f.checkpoints->follow());
  const auto before = f.checkpoints->newest();
  f.append(f.chain.commits(300));
  f.disk.limit_bytes(f.disk.bytes_in_all());
  EXPECT_FALSE(f.checkpoints->follow());
  EXPECT_EQ(f.checkpoints->newest(), before);
  EXPECT_TRUE(f.checkpoints->tile(0, {0, 256}).value());
  f.disk.limit_bytes(~std::uint64_t{0});
  EXPECT_EQ(f.checkpoints->follow().value(), 610u);
}

TEST(ParseCheckpoint, TakesOnlyWhatTheFormatAllows) {
  const std::string root(43, 'A');
  const std::string good = "origin\n7\n" + root + "=\n\n\u2014 a b\n";
  EXPECT_EQ(parse_checkpoint(good)->size, 7u);
  for (const std::string& bad :
       {std::string(), "origin\n07\n" + root + "=\n\n", "origin\n+7\n" + root + "=\n\n", "origin\n7\n" + root + "\n\n",
        "\n7\n" + root + "=\n\n", "origin\n7\n" + root + "=\n", "origin\n99999999999999999999\n" + root + "=\n\n",
        "origin\n7 \n" + root + "=\n\n", "origin\n7\n" + root + "=\nextension\n\n"})
    EXPECT_FALSE(parse_checkpoint(bad)) << bad;
}

}  // namespace
}  // namespace pioneer::api
