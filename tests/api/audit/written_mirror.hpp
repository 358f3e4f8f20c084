// A mirror in a new folder, written without a log: entries that chain, their tiles, signed checkpoints. For tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "adapters/posix/executor.hpp"
#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/audit/mirror_verify.hpp"
#include "api/audit/published_digests.hpp"
#include "api/proofs/cosignature.hpp"
#include "api/proofs/key_history.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/tiles.hpp"
#include "eventstore/varint.hpp"
#include "tests/eventstore/chain.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::tests {

inline adapters::SigningKey key_of(const std::string& name, std::uint64_t seed = 1,
                                   const adapters::KeyFiles& files = adapters::log_key_files) {
  SimulatedDisk disk;
  EXPECT_TRUE(disk.make_directory("/keys"));
  SeededRandom random(seed);
  return adapters::SigningKey::settle(disk, random, "/keys", name, files).value();
}

class WrittenMirror {
 public:
  WrittenMirror() {
    std::string name = (std::filesystem::temp_directory_path() / "pioneer-mirror-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~WrittenMirror() { std::filesystem::remove_all(folder_); }
  WrittenMirror(const WrittenMirror&) = delete;
  WrittenMirror& operator=(const WrittenMirror&) = delete;

  /// As many entries more; the first opens an epoch. Stamps go on by one.
  void add(std::size_t entries) {
    if (!chain_.state().open) {
      chain_.fence(1);
      put_entry(eventstore::RecordKind::opened, ++stamp_);
      --entries;
    }
    for (; entries > 0; --entries) put_entry(eventstore::RecordKind::commit, ++stamp_);
  }
  void put_entry(eventstore::RecordKind kind, std::int64_t stamp) {
    std::string body("\x08");
    eventstore::put_varint(body, static_cast<std::uint64_t>(stamp));
    body.push_back('\x12');  // field 2, bytes: something that is an entry's own
    const auto own = Chain::body(chain_.state().next, 60);
    eventstore::put_varint(body, own.size());
    EXPECT_TRUE(tree_.add(chain_.leaf(kind, body + own)));
  }
  /// No record of ours; none of them may follow.
  void put_bytes(std::string_view entry) { EXPECT_TRUE(tree_.add(entry)); }
  /// Partial files and a checkpoint, kept as well.
  void sign() {
    EXPECT_TRUE(tree_.finish());
    put_checkpoint(key.note(text()));
  }
  std::string text() const {
    return eventstore::checkpoint_text(key.name(), tree_.size(), api::base64(tree_.root().view()));
  }
  void put_checkpoint(const std::string& note) {
    write("checkpoint", note);
    const adapters::VerifierKey verifier = adapters::VerifierKey::parse(key.verifier()).value();
    const std::array<const api::Verifier*, 1> keys{&verifier};
    if (const auto read = api::check_checkpoint(note, keys)) write(api::kept_checkpoint_file(*read), note);
  }

  /// What a mirror holds besides: keys, their history, digests, and a checkpoint that a witness signed and an authority
  /// stamped.
  void add_outside() {
    const auto cosigned = key.note(text()) + api::cosignature_line(witness, text(), 1'700'000'000);
    write("witnessed", cosigned);
    write(api::kept_checkpoint_file({key.name(), tree_.size(), tree_.root()}), cosigned);
    write("stamps/" + std::to_string(tree_.size()), cosigned);
    write("stamps/" + std::to_string(tree_.size()) + ".tsr", "not looked at");
    write("verifier", key.verifier() + "\n");
    write("key-history", key.note(api::key_history_text(key.name(), key.verifier() + " 0 0 - -\n")));
    write("digests/" + std::to_string(tree_.size()),
          key.note(api::digests_text(key.name(), {tree_.size(), {{"boards", std::string(64, 'a')}}})));
  }

  void write(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    EXPECT_TRUE(
        api::MirrorFolder(folder_).each("", [&](const std::string& name) { return names.insert(name).second; }));
    return names;
  }
  const std::filesystem::path& folder() const { return folder_; }
  std::uint64_t size() const { return tree_.size(); }
  std::int64_t stamp() const { return stamp_; }

  api::MirrorVerification verify(unsigned workers = 1, bool any_entries = false) const {
    const adapters::VerifierKey verifier = adapters::VerifierKey::parse(key.verifier()).value();
    const std::array<const api::Verifier*, 1> keys{&verifier};
    adapters::posix::ThreadPool beside(workers);
    api::MirrorVerifyOptions how;
    how.keys = keys;
    const auto witness_key = adapters::VerifierKey::parse_witness(witness.verifier()).value();
    const std::array<const api::Verifier*, 1> witnesses{&witness_key};
    how.witnesses = witnesses;
    how.is_key = [](const std::string& line) { return adapters::VerifierKey::parse(line).has_value(); };
    how.workers = workers;
    how.any_entries = any_entries;
    how.beside = workers > 1 ? &beside : nullptr;
    return api::verify_mirror(api::MirrorFolder(folder_), how);
  }

  const adapters::SigningKey key = key_of("test.log");
  const adapters::SigningKey witness = key_of("witness.example", 2, adapters::witness_key_files);

 private:
  std::filesystem::path folder_;
  Chain chain_{eventstore::LogState::genesis(test_log_id())};
  std::int64_t stamp_ = 1'700'000'000'000'000;
  eventstore::TileTree tree_{[this](const std::string& path, std::string_view bytes) -> eventstore::Result<void> {
    write(path, bytes);
    return {};
  }};
};

}  // namespace pioneer::tests
