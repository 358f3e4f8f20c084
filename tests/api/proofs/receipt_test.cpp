// A receipt that was changed in any way is refused, with words: a verifier that skips one part accepts falsified
// proofs.
#include "api/proofs/receipt.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/proofs/cosignature.hpp"
#include "api/text/bytes.hpp"
#include "tests/api/proofs/followed.hpp"

namespace pioneer::api {
namespace {

using eventstore::Hash;
using tests::Followed;

constexpr std::uint64_t index = 77;
constexpr std::uint64_t size = 310;

/// A log of 310 records, and the receipt of one of them.
struct Given {
  Given() {
    log.append(log.chain.commits(size - 10));
    EXPECT_TRUE(log.open());
    EXPECT_TRUE(log.checkpoints->follow());
    file = write_receipt(of(index));
  }

  Receipt of(std::uint64_t at) const {
    const auto inclusion = log.checkpoints->inclusion(eventstore::Sequence{at}).value();
    EXPECT_TRUE(inclusion);
    return {*log.log.read(eventstore::Sequence{at}), at, inclusion->path, *inclusion->checkpoint};
  }
  /// The code of what is wrong with it; empty: it is good.
  std::string fault(std::string_view text, const adapters::SigningKey& key, std::string_view origin) const {
    const auto verifier = adapters::VerifierKey::parse(key.verifier()).value();
    const std::array<const Verifier*, 1> keys{&verifier};
    const auto receipt = parse_receipt(text);
    if (!receipt) return told(receipt.error());
    const auto checked = check_receipt(*receipt, origin, keys);
    return checked ? std::string() : told(checked.error());
  }
  std::string fault(std::string_view text) const { return fault(text, log.key, "test.log"); }
  static std::string told(const eventstore::Error& error) {
    EXPECT_GT(error.detail.size(), 20u) << error.code;
    return error.code;
  }

  Followed log;
  std::string file;
};

TEST(Receipt, ProvesARecordWithNothingElse) {
  const Given given;
  for (const std::uint64_t at : {0u, 1u, 77u, 255u, 256u, 308u, 309u}) {
    const auto written = write_receipt(given.of(at));
    const auto receipt = parse_receipt(written);
    ASSERT_TRUE(receipt) << receipt.error().detail;
    EXPECT_EQ(write_receipt(*receipt), written);
    const auto verifier = adapters::VerifierKey::parse(given.log.key.verifier()).value();
    const std::array<const Verifier*, 1> keys{&verifier};
    const auto proven = check_receipt(*receipt, "test.log", keys);
    ASSERT_TRUE(proven) << proven.error().detail;
    EXPECT_EQ(proven->header.sequence.value, at);
    EXPECT_EQ(proven->checkpoint.size, size);
    EXPECT_EQ(proven->checkpoint.root, given.log.root());
    EXPECT_TRUE(proven->cosigners.empty());
  }
}

TEST(Receipt, IsWrittenAsTheFormatSays) {
  const Given given;
  EXPECT_TRUE(given.file.starts_with("c2sp.org/tlog-proof@v1\nextra ")) << given.file;
  EXPECT_NE(given.file.find("\nindex 77\n"), std::string::npos);
  EXPECT_TRUE(given.file.ends_with("\n\n" + *given.log.checkpoints->newest())) << given.file;
  EXPECT_EQ(receipt_file_name(77), "pioneer-77.tlog-proof");
}

TEST(Receipt, SaysWhenAWitnessSigned) {
  const Given given;
  auto receipt = given.of(index);
  const auto key = adapters::SigningKey::parse(
                       "PRIVATE+KEY+witness.example/w1+eb762cc2+BJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g")
                       .value();
  const auto text = receipt.checkpoint.substr(0, receipt.checkpoint.find("\n\n") + 1);
  receipt.checkpoint += cosignature_line(key, text, 1'700'000'060) + cosignature_line(key, text, 1'700'000'000);
  const auto own = adapters::VerifierKey::parse(given.log.key.verifier()).value();
  const auto other = adapters::VerifierKey::parse_witness(key.verifier()).value();
  const std::array<const Verifier*, 2> keys{&own, &other};
  const auto proven = check_receipt(receipt, "test.log", keys);
  ASSERT_TRUE(proven) << proven.error().detail;
  ASSERT_EQ(proven->cosigners.size(), 1u);
  EXPECT_EQ(proven->cosigners[0].name, "witness.example/w1");
  EXPECT_EQ(proven->cosigners[0].time_s, 1'700'000'000u) << "the first time that it says";
}

TEST(Receipt, NamesThoseWhoCosigned) {
  const Given given;
  auto receipt = given.of(index);
  const auto cosigner = tests::test_key("witness.example", 7);
  const auto text = receipt.checkpoint.substr(0, receipt.checkpoint.find("\n\n") + 1);
  const auto both = receipt.checkpoint + cosigner.note(text).substr(text.size() + 1);
  receipt.checkpoint = both;
  const auto own = adapters::VerifierKey::parse(given.log.key.verifier()).value();
  const auto other = adapters::VerifierKey::parse(cosigner.verifier()).value();
  const std::array<const Verifier*, 2> keys{&own, &other};
  const auto proven = check_receipt(receipt, "test.log", keys);
  ASSERT_TRUE(proven) << proven.error().detail;
  ASSERT_EQ(proven->cosigners.size(), 1u);
  EXPECT_EQ(proven->cosigners[0].name, "witness.example");
  EXPECT_FALSE(proven->cosigners[0].time_s) << "this key signs without a time";
  EXPECT_TRUE(check_receipt(receipt, "test.log", std::span(keys).first(1))->cosigners.empty())
      << "unknown: says nothing";
  EXPECT_EQ(check_receipt(receipt, "test.log", std::span(keys).last(1)).error().code, "not_signed")
      << "a cosigner does not speak for the log";
  receipt.checkpoint[both.size() - 10] ^= 1;
  EXPECT_FALSE(check_receipt(receipt, "test.log", keys)) << "a cosigner's signature that is known must hold";
}

/// Whatever is written in another way, is not taken, even where it would mean the same.
TEST(Receipt, IsTakenInOneFormOnly) {
  const Given given;
  const auto& good = given.file;
  const auto with = [&](std::string_view what, std::string_view by) {
    auto text = good;
    const auto at = text.find(what);
    EXPECT_NE(at, text.npos) << what;
    return text.replace(at, what.size(), by);
  };
  const auto after_extra = good.substr(good.find("\nindex") + 1);
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  for (const auto& [text, code] :
       std::map<std::string, std::string>{{"", "bad_receipt"},
                                          {"\n" + good, "bad_receipt"},
                                          {"\xEF\xBB\xBF" + good, "bad_receipt"},
                                          {good + "\n", "bad_note"},
                                          {good + "x", "bad_note"},
                                          {good.substr(0, good.size() - 1), "bad_note"},
                                          {with("@v1", "@v2"), "bad_receipt"},
                                          {with("@v1\n", "@v1\r\n"), "bad_receipt"},
                                          {with("@v1\n", "@v1 \n"), "bad_receipt"},
                                          {with("extra ", "extra  "), "bad_receipt"},
                                          {with("extra ", "Extra "), "bad_receipt"},
                                          {with("index 77", "index 077"), "bad_receipt"},
                                          {with("index 77", "index +77"), "bad_receipt"},
                                          {with("index 77", "index 77 "), "bad_receipt"},
                                          {with("index 77", "index -1"), "bad_receipt"},
                                          {with("index 77", "index "), "bad_receipt"},
                                          {with("index 77", "index 99999999999999999999"), "bad_receipt"},
                                          {with("index 77", "index 310"), "wrong_path"},
                                          {with("index 77", "index 76"), "not_in_tree"},
                                          {with("index 77\n", "index 77\nindex 77\n"), "bad_receipt"},
                                          {with("index 77\n", "index 77\n\n"), "bad_signature"},
                                          {with("\n310\n", "\n0310\n"), "bad_signature"},
                                          {with("\n310\n", "\n311\n"), "bad_signature"},
                                          {with("\n\ntest.log", "\n\nrest.log"), "bad_signature"},
                                          {head + after_extra, "no_record"},
                                          {head + "extra \n" + after_extra, "bad_receipt"},
                                          {head + "extra AA\n" + after_extra, "bad_receipt"},
                                          {head + "extra AB==\n" + after_extra, "bad_receipt"},
                                          {head + "extra AA==\n" + after_extra, "not_in_tree"},
                                          {std::string(receipt_bytes_max + 1, 'a'), "bad_receipt"}}) {
    EXPECT_EQ(given.fault(text), code) << text.substr(0, 60);
  }
}

/// A checkpoint that the log's own key signed, and that is none: leading zeros, a root that is too short, another log.
TEST(Receipt, RefusesWhatTheRightKeySignedWrongly) {
  const Given given;
  auto receipt = given.of(index);
  const auto root = base64(given.log.root().view());
  for (const auto& [text, code] : std::map<std::string, std::string>{
           {"test.log\n0310\n" + root + "\n", "bad_checkpoint"},
           {"test.log\n310\n" + base64(given.log.root().view().substr(0, 31)) + "\n", "bad_checkpoint"},
           {"test.log\n310\n" + base64(std::string(given.log.root().view()) + "x") + "\n", "bad_checkpoint"},
           {"test.log\n310\n" + root + "\nmore\n", "bad_checkpoint"},
           {"test.log\n310\n" + root.substr(0, 43) + "\n", "bad_checkpoint"},
           {"other.log\n310\n" + root + "\n", "other_origin"},
           {"test.log\n256\n" + root + "\n", "wrong_path"},
           {"test.log\n77\n" + root + "\n", "wrong_path"},
           {"test.log\n1000000\n" + root + "\n", "wrong_path"},
           {"test.log\n0\n" + root + "\n", "wrong_path"}}) {
    receipt.checkpoint = given.log.key.note(text);
    EXPECT_EQ(given.fault(write_receipt(receipt)), code) << text;
  }
}

TEST(Receipt, RefusesARecordOfAnotherPlace) {
  // The hashes are right and signed: only the record says that it stands elsewhere.
  eventstore::MerkleFrontier tree;
  const auto record = tests::Followed().chain.commits(1).front();
  tree.add(eventstore::leaf_hash(eventstore::bytes_of(record)));
  const auto key = tests::test_key();
  const Receipt receipt{record, 0, {}, key.note("test.log\n1\n" + base64(tree.root().view()) + "\n")};
  EXPECT_EQ(Given().fault(write_receipt(receipt), key, "test.log"), "bad_record");
}

class Mutations {
 public:
  explicit Mutations(const Given& given) : given_(given), whole_(given.of(index)) {}

  std::string next() {
    switch (dice_.below(12)) {
      case 0:
      case 1:
      case 2:
        return flipped();
      case 3:
        return cut();
      case 4: {
        auto r = whole_;
        r.index = dice_.below(size * 2);
        return write_receipt(r);
      }
      case 5: {
        auto r = whole_;
        r.path.erase(r.path.begin() + static_cast<std::ptrdiff_t>(dice_.below(r.path.size())));
        return write_receipt(r);
      }
      case 6: {
        auto r = whole_;
        const auto at = r.path.begin() + static_cast<std::ptrdiff_t>(dice_.below(r.path.size() + 1));
        r.path.insert(at, dice_.below(2) == 0 ? r.path.front() : some_hash());
        return write_receipt(r);
      }
      case 7: {
        auto r = whole_;
        std::swap(r.path[dice_.below(r.path.size())], r.path[dice_.below(r.path.size())]);
        return write_receipt(r);
      }
      case 8:
        return signed_otherwise();
      case 9: {
        auto r = whole_;
        r.record = given_.of(dice_.below(size)).record;
        return write_receipt(r);
      }
      case 10: {
        auto r = whole_;
        r.path = given_.of(dice_.below(size)).path;
        return write_receipt(r);
      }
      default:
        return doubled_line();
    }
  }

 private:
  std::string flipped() {
    auto text = given_.file;
    const auto at = dice_.below(text.size());
    text[at] = static_cast<char>(text[at] ^ (1 << dice_.below(8)));
    return text;
  }
  std::string cut() {
    auto text = given_.file;
    const auto at = dice_.below(text.size());
    return dice_.below(2) == 0 ? text.substr(0, at) : text.erase(at, 1 + dice_.below(50));
  }
  std::string signed_otherwise() {
    auto r = whole_;
    const auto other = tests::test_key("test.log", 2 + dice_.below(100));
    const auto text = r.checkpoint.substr(0, r.checkpoint.find("\n\n") + 1);
    r.checkpoint = other.note(text);
    return write_receipt(r);
  }
  /// A line twice, or in another's place.
  std::string doubled_line() {
    std::vector<std::string> lines(1);
    for (const char c : given_.file) {
      lines.back() += c;
      if (c == '\n') lines.emplace_back();
    }
    lines.pop_back();
    const auto from = dice_.below(lines.size());
    const auto to = dice_.below(lines.size());
    if (dice_.below(2) == 0)
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(to), lines[from]);
    else
      std::swap(lines[from], lines[to]);
    std::string text;
    for (const auto& line : lines) text += line;
    return text;
  }
  Hash some_hash() {
    Hash hash;
    for (auto& byte : hash.bytes) byte = static_cast<std::byte>(dice_.below(256));
    return hash;
  }

  const Given& given_;
  const Receipt whole_;
  tests::Dice dice_{20'260'301};
};

TEST(Receipt, RefusesTenThousandMutations) {
  const Given given;
  ASSERT_EQ(given.fault(given.file), "");
  Mutations mutations(given);
  std::map<std::string, std::size_t> faults;
  for (std::size_t refused = 0; refused < 10'000;) {
    const auto text = mutations.next();
    if (text == given.file) continue;  // a swap with itself, an index that was moved to where it was
    const auto fault = given.fault(text);
    ASSERT_NE(fault, "") << text;
    ++faults[fault];
    ++refused;
  }
  for (const auto* code : {"bad_receipt", "bad_note", "bad_signature", "not_signed", "wrong_path", "not_in_tree"})
    EXPECT_GT(faults[code], 50u) << code;
}

TEST(Receipt, ThePathOfAnotherSizeIsNotTaken) {
  // A proof of size 310 and a checkpoint of size 311, both good.
  Given given;
  auto receipt = given.of(index);
  given.log.append(given.log.chain.commits(1));
  ASSERT_TRUE(given.log.checkpoints->follow());
  receipt.checkpoint = *given.log.checkpoints->newest();
  EXPECT_EQ(given.fault(write_receipt(receipt)), "not_in_tree");
}

}  // namespace
}  // namespace pioneer::api
