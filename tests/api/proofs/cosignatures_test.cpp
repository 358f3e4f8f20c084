// Which checkpoint counts as witnessed, also after a crash, and what is believed of a file.
#include "api/proofs/cosignatures.hpp"

#include <gtest/gtest.h>

#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/tiles.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::api {
namespace {

using adapters::SigningKey;
using adapters::VerifierKey;

constexpr std::uint64_t then_s = 1'700'000'000;

SigningKey key_of(const std::string& name, unsigned seed, const adapters::KeyFiles& files) {
  tests::SimulatedDisk disk;
  EXPECT_TRUE(disk.make_directory("/keys"));
  tests::SeededRandom random(seed);
  return SigningKey::settle(disk, random, "/keys", name, files).value();
}

struct Collecting {
  Collecting() {
    EXPECT_TRUE(disk.make_directory("/checkpoints"));
    for (unsigned i = 0; i < 3; ++i) {
      signers.push_back(key_of("w" + std::to_string(i), 10 + i, adapters::witness_key_files));
      keys.push_back(VerifierKey::parse_witness(signers.back().verifier()).value());
    }
  }
  void open(std::size_t needed, std::size_t witnesses = 3) {
    Cosignatures::Policy policy;
    policy.needed = needed;
    for (std::size_t i = 0; i < witnesses; ++i) policy.witnesses.push_back(&keys[i]);
    const std::vector<const Verifier*> log{&log_verifier};
    cosignatures = Cosignatures::open(disk, "/checkpoints", log, std::move(policy)).value();
  }
  std::string note(std::uint64_t size) const {
    return log_key.note(eventstore::checkpoint_text("log.example", size, base64(std::string(32, 'r'))));
  }
  std::string line(std::uint64_t size, std::size_t witness, std::uint64_t time_s = then_s) const {
    return cosignature_line(signers[witness], parse_note(note(size))->text, time_s);
  }
  eventstore::Result<void> add(std::uint64_t size, std::size_t witness, std::uint64_t time_s = then_s) {
    const auto cosigned = parse_note(note(size) + line(size, witness, time_s)).value();
    return cosignatures->add(note(size), read_checkpoint(cosigned, "log.example").value(),
                             check_cosignature(cosigned, keys[witness]).value());
  }
  std::string shown(std::uint64_t size) const {
    return *cosignatures->with_cosignatures(std::make_shared<const std::string>(note(size)));
  }

  SigningKey log_key = key_of("log.example", 1, adapters::log_key_files);
  VerifierKey log_verifier = VerifierKey::parse(log_key.verifier()).value();
  std::vector<SigningKey> signers;
  std::vector<VerifierKey> keys;
  tests::SimulatedDisk disk;
  std::unique_ptr<Cosignatures> cosignatures;
};

TEST(Cosignatures, CountWhenAsManySignedAsAreNeeded) {
  Collecting c;
  c.open(2);
  EXPECT_EQ(c.cosignatures->witnessed(), nullptr);
  EXPECT_EQ(c.shown(7), c.note(7));
  ASSERT_TRUE(c.add(7, 2));
  EXPECT_EQ(c.shown(7), c.note(7) + c.line(7, 2)) << "below the checkpoint as they come";
  EXPECT_EQ(c.cosignatures->witnessed(), nullptr);
  EXPECT_EQ(c.cosignatures->status().have, 1u);
  EXPECT_EQ(c.cosignatures->status().size, 0u);
  EXPECT_FALSE(c.cosignatures->enough(c.note(7)));
  ASSERT_TRUE(c.add(7, 2, then_s + 1)) << "the same one again";
  EXPECT_EQ(c.cosignatures->status().have, 1u);
  ASSERT_TRUE(c.add(7, 0, then_s + 9));
  EXPECT_TRUE(c.cosignatures->enough(c.note(7)));
  const auto status = c.cosignatures->status();
  EXPECT_EQ(status.needed, 2u);
  EXPECT_EQ(status.have, 2u);
  EXPECT_EQ(status.size, 7u);
  EXPECT_EQ(status.time_s, then_s + 9) << "when the second had signed";
  EXPECT_EQ(*c.cosignatures->witnessed(), c.note(7) + c.line(7, 0, then_s + 9) + c.line(7, 2, then_s + 1));
  EXPECT_EQ(c.cosignatures->covering(6), c.cosignatures->witnessed());
  EXPECT_EQ(c.cosignatures->covering(7), nullptr);
}

TEST(Cosignatures, AnOlderCheckpointReplacesNoNewer) {
  Collecting c;
  c.open(1);
  ASSERT_TRUE(c.add(9, 0));
  ASSERT_TRUE(c.add(7, 1));
  EXPECT_EQ(c.cosignatures->status().size, 9u);
  EXPECT_EQ(c.shown(7), c.note(7) + c.line(7, 1));
}

TEST(Cosignatures, AreThereAfterACrash) {
  Collecting c;
  c.open(2);
  ASSERT_TRUE(c.add(7, 0));
  ASSERT_TRUE(c.add(7, 1));
  const auto witnessed = *c.cosignatures->witnessed();
  c.disk.crash(tests::SimulatedDisk::Unsynced::lost);
  c.open(2);
  ASSERT_NE(c.cosignatures->witnessed(), nullptr);
  EXPECT_EQ(*c.cosignatures->witnessed(), witnessed);
  EXPECT_EQ(c.cosignatures->status().have, 2u);
  ASSERT_TRUE(c.add(7, 2));
  EXPECT_EQ(c.cosignatures->status().have, 3u) << "and go on";
}

TEST(Cosignatures, AreNotGivenAwayBeforeTheyAreOnTheDisk) {
  Collecting c;
  c.open(1);
  c.disk.fail_call(c.disk.calls() + 1);
  EXPECT_FALSE(c.add(7, 0));
  EXPECT_EQ(c.cosignatures->witnessed(), nullptr);
  EXPECT_TRUE(c.add(7, 0));
  EXPECT_NE(c.cosignatures->witnessed(), nullptr);
}

TEST(Cosignatures, OfAFileOnlyWhatIsTrueIsBelieved) {
  Collecting c;
  c.open(2);
  ASSERT_TRUE(c.add(7, 0));
  ASSERT_TRUE(c.add(7, 2));
  auto& bytes = c.disk.bytes("/checkpoints/witnessed");
  const auto good = bytes;
  for (std::size_t at = 0; at < good.size(); ++at) {
    bytes = good;
    bytes[at] = bytes[at] == 'x' ? 'y' : 'x';
    c.open(2);
    ASSERT_EQ(c.cosignatures->witnessed(), nullptr) << at;
  }
  bytes = good;
  c.open(2, 2);
  EXPECT_EQ(c.cosignatures->witnessed(), nullptr) << "one of the two does not count any more";
  c.open(3);
  EXPECT_EQ(c.cosignatures->witnessed(), nullptr) << "more are needed now";
  c.open(2);
  EXPECT_NE(c.cosignatures->witnessed(), nullptr);
}

}  // namespace
}  // namespace pioneer::api
