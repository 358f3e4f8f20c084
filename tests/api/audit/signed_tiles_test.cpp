// What a server sends is kept only where the checkpoint that was signed proves it, and kept files are not fetched
// again.
#include "api/audit/signed_tiles.hpp"

#include <map>
#include <random>

#include "tests/api/audit/written_mirror.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;
using tests::WrittenMirror;

/// A server's files and a mirror's, in memory.
struct Between final : MirroredFiles {
  bool has(const std::string& name) const override { return mirror.contains(name); }
  std::optional<std::string> kept(const std::string& name, std::size_t bytes_max) const override {
    const auto found = mirror.find(name);
    if (found == mirror.end() || found->second.size() > bytes_max) return std::nullopt;
    return found->second;
  }
  Result<std::string> fetch(const std::string& name, std::size_t) override {
    ++fetched;
    if (fetched > ends_after) return failure("server_unreachable", "it went away");
    const auto found = server.find(name);
    if (found == server.end()) return failure("not_found", name);
    return found->second;
  }
  Result<void> keep(const std::string& name, std::string_view bytes) override {
    mirror[name] = bytes;
    return {};
  }

  std::map<std::string, std::string> server, mirror;
  std::uint64_t fetched = 0;
  std::uint64_t ends_after = ~std::uint64_t{0};
};

struct Log : WrittenMirror {
  explicit Log(std::size_t entries) { more(entries); }
  void more(std::size_t entries) {
    add(entries);
    sign();
    for (const auto& file : files())
      if (file.starts_with("tile/")) between.server[file] = read(file);
    const adapters::VerifierKey verifier = adapters::VerifierKey::parse(key.verifier()).value();
    const std::array<const Verifier*, 1> keys{&verifier};
    checkpoint = check_checkpoint(read("checkpoint"), keys).value();
  }
  /// Until something fails; "" if nothing does.
  std::string mirrored(std::uint64_t before = 0, bool entries = true) {
    SignedTiles tiles(between, checkpoint.size, checkpoint.root, before);
    if (const auto begun = tiles.begin(); !begun) return begun.error().code;
    if (const auto kept = tiles.keep_edge(); !kept) return kept.error().code;
    for (std::uint64_t i = 0; i < tiles.stretches(); ++i) {
      const auto stretch = tiles.stretch(i);
      if (!stretch) return stretch.error().code;
      if (const auto taken = SignedTiles::take(between, *stretch, entries); !taken) return taken.error().code;
    }
    return "";
  }
  /// What the newest size needs.
  std::map<std::string, std::string> needed() {
    auto all = std::exchange(between.mirror, {});
    EXPECT_EQ(mirrored(), "");
    return std::exchange(between.mirror, std::move(all));
  }

  Between between;
  SignedCheckpoint checkpoint;
};

TEST(SignedTiles, TakeAllThatTheCheckpointCovers) {
  for (const std::size_t entries : {1, 255, 256, 257, 600, 65'536, 66'000}) {
    Log log(entries);
    EXPECT_EQ(log.mirrored(), "") << entries;
    EXPECT_EQ(log.between.mirror, log.between.server) << entries;
    log.between.fetched = 0;
    EXPECT_EQ(log.mirrored(entries), "") << entries;
    EXPECT_EQ(log.between.fetched, 0u) << "all is there";
  }
}

TEST(SignedTiles, KeepNothingThatIsNotProven) {
  Log log(600);
  std::size_t flips = 0;
  for (const auto& [name, content] : log.between.server) {
    const bool entries = name.starts_with("tile/entries/");
    for (std::size_t at = flips % 5; at < content.size(); at += entries ? 311 : 23, ++flips) {
      auto changed = content;
      changed[at] = static_cast<char>(changed[at] ^ 1 << flips % 8);
      auto good = std::exchange(log.between.server[name], changed);
      EXPECT_EQ(log.mirrored(), "wrong_file") << name << " byte " << at;
      EXPECT_FALSE(log.between.mirror.contains(name));
      for (const auto& [kept, bytes] : log.between.mirror) EXPECT_NE(bytes, changed) << kept;
      log.between.server[name] = std::move(good);
      log.between.mirror.clear();
    }
    for (const auto& cut : {content.substr(0, content.size() - 1), content + "x", std::string()}) {
      auto good = std::exchange(log.between.server[name], cut);
      EXPECT_EQ(log.mirrored(), "wrong_file") << name;
      EXPECT_FALSE(log.between.mirror.contains(name));
      log.between.server[name] = std::move(good);
      log.between.mirror.clear();
    }
  }
  EXPECT_GT(flips, 500u);
}

TEST(SignedTiles, GoOnWhereverTheyWereEnded) {
  Log log(700);
  const auto whole = log.needed();
  for (std::uint64_t ends = 0;; ++ends) {
    log.between.mirror.clear();
    log.between.fetched = 0;
    log.between.ends_after = ends;
    const bool done = log.mirrored().empty();
    for (const auto& [name, bytes] : log.between.mirror) EXPECT_EQ(bytes, log.between.server.at(name));
    log.between.ends_after = ~std::uint64_t{0};
    log.between.fetched = 0;
    const auto kept = log.between.mirror.size();
    EXPECT_EQ(log.mirrored(), "");
    EXPECT_EQ(log.between.mirror, whole);
    EXPECT_EQ(log.between.fetched, whole.size() - kept) << "after " << ends;
    if (done) break;
  }
}

TEST(SignedTiles, FetchAgainWhatACrashCutOffButNotWhatWasCoveredBefore) {
  Log log(600);
  ASSERT_EQ(log.mirrored(), "");
  for (auto& [name, bytes] : log.between.mirror) {
    const auto good = bytes;
    bytes.resize(bytes.size() / 2);
    EXPECT_EQ(log.mirrored(), "") << name;
    EXPECT_EQ(bytes, good) << name;
  }
  // 300 entries were covered by a checkpoint: what stood there cannot have been cut off by a crash.
  log.between.mirror["tile/entries/000"][500] ^= 1;
  log.between.mirror.erase("tile/0/000");
  EXPECT_EQ(log.mirrored(300), "mirror_differs");
  log.between.mirror["tile/entries/000"] = log.between.server["tile/entries/000"];
  log.between.mirror["tile/0/000"] = std::string(8'192, 'x');
  log.between.mirror.erase("tile/entries/000");
  EXPECT_EQ(log.mirrored(300), "mirror_differs");
}

TEST(SignedTiles, KnowTheRootOfEverySmallerTree) {
  Log log(300);
  const auto then = log.checkpoint;
  log.more(66'000);
  SignedTiles tiles(log.between, log.checkpoint.size, log.checkpoint.root, 0);
  ASSERT_TRUE(tiles.begin());
  EXPECT_EQ(tiles.root_at(then.size).value(), then.root);
  EXPECT_NE(tiles.root_at(then.size - 1).value(), then.root);
  EXPECT_EQ(tiles.root_at(log.checkpoint.size).value(), log.checkpoint.root);
}

TEST(SignedTiles, NeedNoEntriesForHashesAlone) {
  Log log(600);
  std::erase_if(log.between.server, [](const auto& file) { return file.first.starts_with("tile/entries/"); });
  EXPECT_EQ(log.mirrored(), "not_found");
  EXPECT_EQ(log.mirrored(0, false), "");
}

}  // namespace
}  // namespace pioneer::api
