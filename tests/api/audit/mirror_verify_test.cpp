// What is wrong with a mirror is found, located, and said in words; and whatever it holds, the check ends.
#include "api/audit/mirror_verify.hpp"

#include <sys/stat.h>

#include "tests/api/audit/written_mirror.hpp"

namespace pioneer::api {
namespace {

using tests::WrittenMirror;

/// 600 entries; 300 and 256 were signed before.
struct Grown : WrittenMirror {
  Grown() {
    add(256);
    sign();
    add(44);
    sign();
    add(300);
    sign();
  }
};

/// Where the entry begins that holds this byte of a bundle.
std::uint64_t entry_around(const std::string& bundle, std::size_t at) {
  std::size_t begin = 0;
  for (;;) {
    const auto end = begin + 2 + eventstore::read_big_endian<std::uint16_t>(std::string_view(bundle).substr(begin));
    if (at < end) return begin;
    begin = end;
  }
}

TEST(MirrorVerify, FindsAGoodOneGood) {
  Grown mirror;
  for (const unsigned workers : {1u, 3u}) {
    const auto found = mirror.verify(workers);
    ASSERT_FALSE(found.fault) << found.fault->file << ": " << found.fault->sentence;
    EXPECT_EQ(found.proven, 600u);
    EXPECT_EQ(found.checkpoint.size, 600u);
    EXPECT_EQ(found.checkpoints, 3u);
    EXPECT_EQ(found.last.value, mirror.stamp());
    EXPECT_EQ(found.older_files, 3u) << "a tile of leaves, the one above, a bundle";
    EXPECT_EQ(found.unsigned_files + found.unknown_files, 0u);
  }
}

TEST(MirrorVerify, FindsAndLocatesEachFlippedBit) {
  Grown mirror;
  std::size_t flips = 0;
  for (const auto& file : mirror.files()) {
    const auto content = mirror.read(file);
    const bool entries = file.starts_with("tile/entries/");
    for (std::size_t at = flips % 7; at < content.size(); at += entries ? 211 : 17) {
      auto changed = content;
      changed[at] = static_cast<char>(changed[at] ^ 1 << flips % 8);
      mirror.write(file, changed);
      const auto found = mirror.verify();
      ASSERT_TRUE(found.fault) << file << " byte " << at;
      EXPECT_EQ(found.fault->file, file) << "byte " << at << ": " << found.fault->sentence;
      EXPECT_FALSE(found.fault->sentence.empty());
      const bool older = file.ends_with(".p/44") || file.ends_with("000.p/1");
      if (file.starts_with("tile/")) {
        const auto begin = entries ? entry_around(content, at) : at / 32 * 32;
        EXPECT_EQ(found.fault->byte, older ? at : begin) << file << " byte " << at;
      }
      ++flips;
    }
    mirror.write(file, content);
  }
  EXPECT_GT(flips, 1'000u);
  EXPECT_FALSE(mirror.verify().fault);
}

/// Every bit of every file; `older` ends the names of those of the size before.
void flip_each_bit(const WrittenMirror& mirror, const std::string& older_end, bool any_entries) {
  for (const auto& file : mirror.files()) {
    const auto content = mirror.read(file);
    const bool entries = file.starts_with("tile/entries/");
    const bool older = file.ends_with(older_end);
    auto changed = content;
    for (std::size_t at = 0; at < content.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        changed[at] = static_cast<char>(content[at] ^ static_cast<char>(1u << bit));
        mirror.write(file, changed);
        const auto found = mirror.verify(1, any_entries);
        ASSERT_TRUE(found.fault) << file << " byte " << at << " bit " << bit;
        ASSERT_EQ(found.fault->file, file) << "byte " << at << " bit " << bit << ": " << found.fault->sentence;
        if (!file.starts_with("tile/")) continue;
        const auto begin = older ? at : entries ? entry_around(content, at) : at / 32 * 32;
        // A changed length of another's entry is told where its bytes stop making sense.
        const bool length = entries && at - entry_around(content, at) < 2;
        if (any_entries && length) continue;
        ASSERT_EQ(found.fault->byte, begin) << file << " byte " << at << " bit " << bit;
      }
      changed[at] = content[at];
    }
    mirror.write(file, content);
  }
  ASSERT_FALSE(mirror.verify(1, any_entries).fault);
}

TEST(MirrorVerify, FindsAndLocatesEverySingleBitOfASmallMirror) {
  WrittenMirror mirror;
  mirror.add(3);
  mirror.sign();
  mirror.add(2);
  mirror.sign();
  flip_each_bit(mirror, ".p/3", false);
}

/// A changed bit of what stands beside: a fault there, or whose name it made of a signature's is told as unchecked.
TEST(MirrorVerify, FindsEverySingleBitOfWhatOutsidersSignedOrSaysThatNobodyCheckedIt) {
  WrittenMirror mirror;
  mirror.add(2);
  mirror.sign();
  mirror.add_outside();
  const auto good = mirror.verify();
  ASSERT_FALSE(good.fault) << good.fault->file << ": " << good.fault->sentence;
  ASSERT_TRUE(good.strangers.empty());
  ASSERT_EQ(good.stamps, 1u);
  ASSERT_EQ(good.unknown_files, 0u);
  ASSERT_EQ(good.cosigners.size(), 1u);
  std::size_t found_there = 0, told = 0;
  for (const auto& file : mirror.files()) {
    if (file.starts_with("tile/") || file.ends_with(".tsr")) continue;
    const auto content = mirror.read(file);
    auto changed = content;
    // The same note stands in several places: all of its bits are changed in one.
    const std::size_t step = file != "witnessed" && content == mirror.read("witnessed") ? 13 : 1;
    for (std::size_t at = 0; at < content.size(); at += step) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        changed[at] = static_cast<char>(content[at] ^ static_cast<char>(1u << bit));
        mirror.write(file, changed);
        const auto found = mirror.verify();
        if (found.fault) {
          ASSERT_EQ(found.fault->file, file) << "byte " << at << " bit " << bit << ": " << found.fault->sentence;
          ++found_there;
        } else {
          ASSERT_FALSE(found.strangers.empty()) << file << " byte " << at << " bit " << bit;
          ++told;
        }
      }
      changed[at] = content[at];
    }
    mirror.write(file, content);
  }
  EXPECT_GT(found_there, 5'000u);
  EXPECT_GT(told, 100u) << "the witness's name and key id";
  EXPECT_FALSE(mirror.verify().fault);
}

TEST(MirrorVerify, TellsWhoCosignedTheNewestOfWhatTheySigned) {
  WrittenMirror mirror;
  mirror.add(2);
  mirror.sign();
  mirror.add_outside();
  const auto older = mirror.size();
  mirror.add(3);
  mirror.sign();
  auto found = mirror.verify();
  ASSERT_FALSE(found.fault) << found.fault->sentence;
  ASSERT_EQ(found.cosigners.size(), 1u);
  EXPECT_EQ(found.cosigners[0].witness, "witness.example");
  EXPECT_EQ(found.cosigners[0].size, older);
  EXPECT_EQ(found.cosigners[0].time_s, 1'700'000'000u);
  mirror.put_checkpoint(mirror.key.note(mirror.text()) +
                        api::cosignature_line(mirror.witness, mirror.text(), 1'700'000'060));
  found = mirror.verify();
  ASSERT_FALSE(found.fault) << found.fault->sentence;
  EXPECT_EQ(found.cosigners[0].size, mirror.size());
  // Over another text: the line of a known witness is not passed over.
  mirror.put_checkpoint(mirror.key.note(mirror.text()) +
                        api::cosignature_line(mirror.witness, "another\n", 1'700'000'060));
  found = mirror.verify();
  ASSERT_TRUE(found.fault);
  EXPECT_EQ(found.fault->code, "bad_cosignature");
}

TEST(MirrorVerify, FindsAndLocatesEverySingleBitOfAnyLog) {
  WrittenMirror mirror;
  mirror.add(1);
  mirror.sign();
  mirror.add(2);
  mirror.sign();
  flip_each_bit(mirror, ".p/1", true);
}

TEST(MirrorVerify, JudgesNoEntriesOfALogThatIsNotOurs) {
  WrittenMirror mirror;
  mirror.add(300);
  mirror.put_bytes("anything that somebody logged");
  mirror.put_bytes("");
  mirror.add(10);
  mirror.sign();
  EXPECT_EQ(mirror.verify().fault->code, "entry_damaged");
  EXPECT_EQ(mirror.verify().fault->entry, 300u);
  const auto found = mirror.verify(2, true);
  ASSERT_FALSE(found.fault) << found.fault->sentence;
  EXPECT_EQ(found.proven, 312u);
  auto bundle = mirror.read("tile/entries/000");
  bundle[entry_around(bundle, 5'000) + 40] ^= 1;
  mirror.write("tile/entries/000", bundle);
  const auto changed = mirror.verify(2, true);
  ASSERT_TRUE(changed.fault);
  EXPECT_EQ(changed.fault->code, "entry_differs");
  EXPECT_EQ(changed.fault->byte, entry_around(bundle, 5'000));
}

TEST(MirrorVerify, NamesTheFirstFileThatIsNotThere) {
  for (const std::string gone : {"tile/entries/002.p/88", "tile/0/002.p/88", "tile/0/001", "tile/1/000.p/2"}) {
    Grown mirror;
    std::filesystem::remove(mirror.folder() / gone);
    const auto found = mirror.verify();
    ASSERT_TRUE(found.fault) << gone;
    EXPECT_EQ(found.fault->code, "missing_file");
    EXPECT_EQ(found.fault->file, gone);
  }
  Grown mirror;
  const auto last = mirror.read("tile/entries/002.p/88");
  mirror.write("tile/entries/002.p/88", std::string_view(last).substr(0, last.size() - 1));
  const auto found = mirror.verify();
  EXPECT_EQ(found.fault->code, "bundle_cut_off");
  EXPECT_EQ(found.fault->entry, 599u);
  EXPECT_EQ(found.proven, 512u);
  mirror.write("tile/entries/002.p/88", last + "x");
  EXPECT_EQ(mirror.verify().fault->code, "bundle_too_long");
}

/// Whole bundles of a log, so that a test may lay entries elsewhere.
std::vector<std::string> entries_of(const std::string& bundle) {
  std::vector<std::string> entries;
  for (std::size_t at = 0; at < bundle.size(); at += entries.back().size())
    entries.push_back(
        bundle.substr(at, 2u + eventstore::read_big_endian<std::uint16_t>(std::string_view(bundle).substr(at))));
  return entries;
}

TEST(MirrorVerify, FindsAMovedEntryAlsoWhereItsHashMovedWithIt) {
  for (const bool with_hash : {false, true}) {
    Grown mirror;
    auto entries = entries_of(mirror.read("tile/entries/001"));
    std::swap(entries[10], entries[11]);
    std::string bundle;
    for (const auto& entry : entries) bundle += entry;
    mirror.write("tile/entries/001", bundle);
    if (with_hash) {
      auto tile = mirror.read("tile/0/001");
      std::swap_ranges(tile.begin() + 320, tile.begin() + 352, tile.begin() + 352);
      mirror.write("tile/0/001", tile);
    }
    const auto found = mirror.verify();
    ASSERT_TRUE(found.fault);
    EXPECT_EQ(found.fault->code, "entry_moved");
    EXPECT_EQ(found.fault->entry, 266u);
    EXPECT_EQ(found.proven, 256u);
  }
}

TEST(MirrorVerify, FindsAnEntryThatWasWrittenAnewWithItsChecksum) {
  Grown mirror;
  auto entries = entries_of(mirror.read("tile/entries/001"));
  const auto record = std::string_view(entries[10]).substr(2);
  auto header = eventstore::inspect_record(eventstore::bytes_of(record)).value();
  auto body = std::string(eventstore::record_body(record));
  body.back() ^= 1;
  entries[10] = entries[10].substr(0, 2) + eventstore::encode_record(header, body);
  std::string bundle;
  for (const auto& entry : entries) bundle += entry;
  mirror.write("tile/entries/001", bundle);
  auto found = mirror.verify();
  EXPECT_EQ(found.fault->code, "entry_differs");
  EXPECT_EQ(found.fault->entry, 266u);
  // With its hash: the next entry tells, for it holds the hash of this one.
  auto tile = mirror.read("tile/0/001");
  const auto leaf = eventstore::leaf_hash(eventstore::bytes_of(std::string_view(entries[10]).substr(2)));
  mirror.write("tile/0/001", tile.replace(320, 32, leaf.view()));
  found = mirror.verify();
  EXPECT_EQ(found.fault->code, "chain_broken");
  EXPECT_EQ(found.fault->entry, 267u);
}

TEST(MirrorVerify, RefusesCheckpointsThatAreNotExactlyAsTheFormatWantsThem) {
  Grown mirror;
  const auto root = api::base64(std::string(32, 'r'));
  const std::map<std::string, std::string> signed_texts{
      {"test.log\n0600\n" + root + "\n", "bad_checkpoint"},
      {"test.log\n+600\n" + root + "\n", "bad_checkpoint"},
      {"test.log\n600\n" + api::base64(std::string(31, 'r')) + "\n", "bad_checkpoint"},
      {"test.log\n600\n" + api::base64(std::string(33, 'r')) + "\n", "bad_checkpoint"},
      {"test.log\n600\n" + root + "\nextension\n", "bad_checkpoint"},
      {"test.log\n600\n", "bad_checkpoint"},
      {"other.log\n600\n" + root + "\n", "other_origin"},
      {"test.log\n600\n" + root + "\n", "root_differs"}};
  for (const auto& [text, code] : signed_texts) {
    mirror.write("checkpoint", mirror.key.note(text));
    const auto found = mirror.verify();
    ASSERT_TRUE(found.fault) << text;
    EXPECT_EQ(found.fault->code, code) << text;
    EXPECT_EQ(found.fault->file, "checkpoint");
  }
  mirror.write("checkpoint", tests::key_of("test.log", 2).note(mirror.text()));
  EXPECT_EQ(mirror.verify().fault->code, "not_signed") << "another key of the same name";
  const auto note = mirror.key.note(mirror.text());
  mirror.write("checkpoint", note + note.substr(note.find("\u2014")));
  EXPECT_FALSE(mirror.verify().fault) << "signed twice";
  mirror.write("checkpoint", tests::key_of("witness", 3).note(mirror.text()) + note.substr(note.find("\u2014")));
  EXPECT_FALSE(mirror.verify().fault) << "a key that is not known says nothing";
}

TEST(MirrorVerify, ReportsTwoCheckpointsThatCannotBothBeTrue) {
  Grown mirror;
  const auto other = mirror.key.note("test.log\n300\n" + api::base64(std::string(32, 'f')) + "\n");
  mirror.write("checkpoints/300-other", other);
  const auto found = mirror.verify();
  ASSERT_TRUE(found.fault);
  EXPECT_EQ(found.fault->code, "contradiction");
  EXPECT_EQ(found.fault->file, "checkpoints/300-other");
  EXPECT_NE(found.fault->sentence.find("first 300 records"), std::string::npos) << found.fault->sentence;
  EXPECT_EQ(found.proven, 600u) << "the files are of one piece";
}

TEST(MirrorVerify, FindsThatASmallerTreeWasSignedAnew) {
  Grown mirror;
  WrittenMirror smaller;
  smaller.add(256);
  smaller.sign();
  mirror.write("checkpoint", smaller.read("checkpoint"));
  const auto found = mirror.verify();
  ASSERT_TRUE(found.fault);
  EXPECT_EQ(found.fault->code, "history_shorter");
  EXPECT_TRUE(found.fault->file.starts_with("checkpoints/300-")) << found.fault->file;
}

TEST(MirrorVerify, FindsTimeThatGoesBack) {
  WrittenMirror mirror;
  mirror.add(300);
  mirror.put_entry(eventstore::RecordKind::commit, mirror.stamp() - 1);
  mirror.add(10);
  mirror.sign();
  const auto found = mirror.verify();
  ASSERT_TRUE(found.fault);
  EXPECT_EQ(found.fault->code, "time_goes_back");
  EXPECT_EQ(found.fault->entry, 300u);
}

TEST(MirrorVerify, ChecksPartsSideBySideAndTellsTheFirstFault) {
  WrittenMirror mirror;
  mirror.add(3 * entries_per_part + 1'000);
  mirror.sign();
  const auto good = mirror.verify(3);
  ASSERT_FALSE(good.fault) << good.fault->file << ": " << good.fault->sentence;
  EXPECT_EQ(good.proven, 3 * entries_per_part + 1'000);
  const auto flip = [&](const std::string& file) {
    auto content = mirror.read(file);
    content.at(50) ^= 4;
    mirror.write(file, content);
  };
  for (const std::string file :
       {"tile/2/000.p/3", "tile/1/002", "tile/entries/400", "tile/0/300", "tile/entries/256"}) {
    flip(file);  // each before those that were flipped already
    const auto found = mirror.verify(3);
    ASSERT_TRUE(found.fault);
    EXPECT_EQ(found.fault->file, file) << found.fault->sentence;
  }
  // The chain is followed from part to part, too.
  mirror.write("tile/entries/256", mirror.read("tile/entries/512"));
  EXPECT_EQ(mirror.verify(3).fault->code, "entry_moved");
}

TEST(MirrorVerify, EndsWhateverTheFolderHolds) {
  Grown mirror;
  mirror.write("checkpoint",
               mirror.key.note("test.log\n1152921504606846976\n" + api::base64(std::string(32, 'r')) + "\n"));
  EXPECT_EQ(mirror.verify(2).fault->code, "missing_file") << "2^60 entries";
  Grown pipes;
  std::filesystem::remove(pipes.folder() / "tile/entries/001");
  ASSERT_EQ(::mkfifo((pipes.folder() / "tile/entries/001").c_str(), 0600), 0);
  EXPECT_EQ(pipes.verify().fault->code, "not_a_file");
  Grown foreign;
  std::filesystem::create_directory_symlink(foreign.folder(), foreign.folder() / "tile/0/x001");
  foreign.write("notes.txt", "mine");
  foreign.write("tile/0/002.p/99", "a run that was interrupted");
  const auto found = foreign.verify();
  ASSERT_FALSE(found.fault) << found.fault->sentence;
  EXPECT_EQ(found.unknown_files, 2u);
  EXPECT_EQ(found.unsigned_files, 1u);
  WrittenMirror empty;
  EXPECT_EQ(empty.verify().fault->code, "missing_file");
  empty.sign();
  EXPECT_FALSE(empty.verify().fault) << "a log without entries";
}

TEST(MirrorVerify, ChecksHashesAloneToo) {
  Grown mirror;
  std::filesystem::remove_all(mirror.folder() / "tile/entries");
  const auto found = mirror.verify();
  EXPECT_FALSE(found.fault);
  EXPECT_FALSE(found.with_entries);
  auto tile = mirror.read("tile/0/001");
  tile[7] ^= 1;
  mirror.write("tile/0/001", tile);
  EXPECT_EQ(mirror.verify().fault->code, "tile_differs");
}

}  // namespace
}  // namespace pioneer::api
