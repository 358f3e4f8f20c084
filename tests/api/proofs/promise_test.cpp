// A promise says one thing in one way, and what breaks it is what the log itself, or a witness, signed.
#include "api/proofs/breach.hpp"

#include <gtest/gtest.h>

#include "adapters/sodium/verifier_key.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/merkle.hpp"
#include "eventstore/tree_proofs.hpp"
#include "tests/api/proofs/followed.hpp"

namespace pioneer::api {
namespace {

using Kind = Judgement::Kind;
constexpr std::int64_t start_us = 1'800'000'000'000'000;
constexpr std::int64_t second_us = 1'000'000;

/// A witness as the format has it, whose signature carries a time.
class Witness final : public Verifier {
 public:
  std::string name() const override { return "witness.example"; }
  std::string key_id() const override { return "wits"; }
  bool signed_this(std::string_view text, std::string_view signature) const override {
    return signature.size() == 72 && signature.substr(8) == mark(text, signature.substr(0, 8));
  }
  std::string line(std::string_view text, std::uint64_t at_s) const {
    std::string time;
    for (int shift = 56; shift >= 0; shift -= 8) time.push_back(static_cast<char>(at_s >> shift));
    return "\u2014 " + name() + " " + base64(key_id() + time + mark(text, time)) + "\n";
  }

 private:
  static std::string mark(std::string_view text, std::string_view time) {
    const auto half = eventstore::sha256(eventstore::bytes_of(std::string(text) + std::string(time)));
    return std::string(half.view()) + std::string(half.view());
  }
};

/// Commits a second apart, under one key.
struct World {
  explicit World(std::size_t commits = 20) {
    chain.fence(1);
    records.push_back(chain.opened());
    while (records.size() < commits) {
      eventstore::CommitBody body;
      body.set_recorded_at_us(stamp_of(records.size()));
      records.push_back(chain.commit(body.SerializeAsString()));
    }
  }
  static std::int64_t stamp_of(std::size_t position) {
    return start_us + static_cast<std::int64_t>(position) * second_us;
  }
  eventstore::Hash leaf(std::size_t at) const { return eventstore::leaf_hash(eventstore::bytes_of(records[at])); }
  std::string checkpoint(std::size_t size) const {
    return key.note(eventstore::checkpoint_text(key.name(), size, base64(root(size).view())));
  }
  std::string cosigned(std::size_t size, std::int64_t at_us) const {
    const auto note = checkpoint(size);
    return note + witness.line(note.substr(0, note.find("\n\n") + 1), static_cast<std::uint64_t>(at_us / second_us));
  }
  std::string receipt(std::size_t at, std::size_t size, const std::string& note) const {
    const auto hashes = [&](unsigned, std::uint64_t first, std::size_t count) -> eventstore::Result<std::string> {
      std::string all;
      for (std::size_t i = 0; i < count; ++i) all += leaf(first + i).view();
      return all;
    };
    return write_receipt({records[at], at, eventstore::inclusion_path(at, size, hashes).value(), note});
  }
  std::string receipt(std::size_t at, std::size_t size) const { return receipt(at, size, checkpoint(size)); }
  std::string promised(std::size_t at) const { return write_promise(key, at, leaf(at), stamp_of(at)); }

  Promise promise(std::size_t at) const { return check_promise(promised(at), "test.log", keys()).value(); }
  std::vector<const Verifier*> keys() const { return {&verifier, &witness}; }
  Kind judged(std::size_t promise_at, const std::vector<std::string>& files) const {
    std::vector<Evidence> evidence;
    for (const auto& file : files) {
      auto piece = read_evidence(file, "test.log", keys());
      EXPECT_TRUE(piece) << piece.error().detail;
      if (piece) evidence.push_back(std::move(*piece));
    }
    const auto judgement = judge(promise(promise_at), evidence);
    EXPECT_GT(judgement.why.size(), 20u);
    return judgement.kind;
  }

  adapters::SigningKey key = tests::test_key();
  adapters::VerifierKey verifier = adapters::VerifierKey::parse(key.verifier()).value();
  Witness witness;
  tests::Chain chain{eventstore::LogState::genesis(tests::test_log_id())};
  std::vector<std::string> records;

 private:
  eventstore::Hash root(std::size_t size) const {
    eventstore::MerkleFrontier tree;
    for (std::size_t i = 0; i < size; ++i) tree.add(leaf(i));
    return tree.root();
  }
};

TEST(Promise, SaysWhatWhereAndByWhen) {
  const World world;
  const auto note = world.promised(7);
  EXPECT_TRUE(note.starts_with("test.log/promise\nposition 7\n" + base64(world.leaf(7).view()) +
                               "\nreceived 2027-01-15T08:00:07Z\nby 2027-01-15T08:01:07Z\n\n\u2014 test.log "))
      << note;
  const auto promise = world.promise(7);
  EXPECT_EQ(promise.position, 7u);
  EXPECT_EQ(promise.leaf, world.leaf(7));
  EXPECT_EQ(promise.by_us - promise.received_us, promise_within_us);
}

TEST(Promise, IsTakenInOneFormOnly) {
  const World world;
  const auto good = "test.log/promise\nposition 7\n" + base64(world.leaf(7).view()) +
                    "\nreceived 2027-01-15T08:00:07Z\nby 2027-01-15T08:01:07Z\n";
  const auto keys = world.keys();
  EXPECT_TRUE(check_promise(world.key.note(good), "test.log", keys));
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {"position 7", "position 07"},
           {"position 7", "position +7"},
           {"position 7", "position 7 "},
           {"position 7", "position "},
           {"position 7", "position"},
           {"position 7", "index 7"},
           {"received 2027", "received  2027"},
           {"07Z\nby", "07.000Z\nby"},
           {"07Z\nby", "07+00:00\nby"},
           {"by 2027", "by 2026"},
           {"by 2027-01-15T08:01:07Z\n", ""},
           {"by 2027-01-15T08:01:07Z\n", "by 2027-01-15T08:01:07Z\nmore\n"},
           {"=\n", "\n"},
           {"/promise", "/promises"},
           {"/promise", ""}}) {
    auto text = good;
    text.replace(text.find(what), what.size(), by);
    EXPECT_EQ(check_promise(world.key.note(text), "test.log", keys).error().code, "bad_promise") << text;
  }
  EXPECT_EQ(check_promise(world.key.note("other.log" + good.substr(8)), "test.log", keys).error().code, "other_origin");
  auto changed = world.promised(7);
  changed[20] ^= 1;
  EXPECT_FALSE(check_promise(changed, "test.log", keys));
  const auto other = tests::test_key("test.log", 9);
  EXPECT_EQ(check_promise(other.note(good), "test.log", keys).error().code, "not_signed");
}

TEST(Promise, IsNoCheckpointAndNoCheckpointIsAPromise) {
  const World world;
  const auto keys = world.keys();
  EXPECT_EQ(check_promise(world.checkpoint(7), "test.log", keys).error().code, "bad_promise");
  const auto note = parse_note(world.promised(7)).value();
  EXPECT_FALSE(read_checkpoint(note, "test.log"));
  EXPECT_FALSE(read_checkpoint(note, "test.log/promise"));
}

TEST(Breach, AnotherRecordInThePlace) {
  const World world;
  World forged(8);
  eventstore::CommitBody body;
  body.set_recorded_at_us(World::stamp_of(8));
  body.set_cause(1);
  forged.records.push_back(forged.chain.commit(body.SerializeAsString()));
  EXPECT_EQ(world.judged(8, {forged.receipt(8, 9)}), Kind::breach);
  EXPECT_EQ(world.judged(8, {world.receipt(8, 9), forged.receipt(8, 9)}), Kind::breach) << "a fork keeps no promise";
  EXPECT_EQ(world.judged(8, {forged.promised(8)}), Kind::breach);
  EXPECT_EQ(world.judged(8, {world.receipt(8, 9)}), Kind::there);
  EXPECT_EQ(world.judged(8, {world.promised(8)}), Kind::open);
}

TEST(Breach, ATreeThatIsTooSmallTooLate) {
  World world;
  const auto late = World::stamp_of(8) + promise_within_us + second_us;
  EXPECT_EQ(world.judged(8, {world.checkpoint(8)}), Kind::open) << "nothing tells when it was made";
  EXPECT_EQ(world.judged(8, {world.cosigned(8, late)}), Kind::breach);
  EXPECT_EQ(world.judged(8, {world.cosigned(8, late - 2 * second_us)}), Kind::open) << "in time it may be so";
  EXPECT_EQ(world.judged(8, {world.cosigned(9, late)}), Kind::open) << "it covers the position, with whatever";
  // By its own words: a tree of ten records, one of them received long after the promise for the eleventh.
  const auto over = World::stamp_of(10) + promise_within_us + second_us;
  World later(9);
  eventstore::CommitBody body;
  body.set_recorded_at_us(over);
  later.records.push_back(later.chain.commit(body.SerializeAsString()));
  EXPECT_EQ(world.judged(10, {later.receipt(9, 10)}), Kind::breach) << "the record itself tells the time";
  const auto promised_late = write_promise(world.key, 3, world.leaf(3), over);
  EXPECT_EQ(world.judged(10, {world.checkpoint(10), promised_late}), Kind::breach);
  EXPECT_EQ(world.judged(10, {world.checkpoint(3), promised_late}), Kind::open) << "it does not hold that one";
}

TEST(Breach, IsNotWhatAWitnessOutOfReachSaw) {
  const World world;
  const auto in_time = World::stamp_of(8) + 2 * second_us;
  const auto late = World::stamp_of(8) + promise_within_us + second_us;
  const auto seen = world.receipt(8, 12, world.cosigned(12, in_time));
  EXPECT_EQ(world.judged(8, {seen}), Kind::kept);
  EXPECT_EQ(world.judged(8, {world.cosigned(8, late), seen}), Kind::kept);
  EXPECT_EQ(world.judged(8, {world.receipt(8, 12, world.cosigned(12, late))}), Kind::there);
}

TEST(Breach, EvidenceMustBeSignedByTheLog) {
  const World world;
  World other;
  other.key = tests::test_key("test.log", 5);
  for (const auto& file : {other.checkpoint(8), other.receipt(8, 9), other.promised(8), std::string("nothing")})
    EXPECT_FALSE(read_evidence(file, "test.log", world.keys())) << file;
}

}  // namespace
}  // namespace pioneer::api
