// An edge over a real keyring and real cryptography, on a disk in memory.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "adapters/keyring/file_keyring.hpp"
#include "adapters/sodium/sodium.hpp"
#include "api/edge/edge.hpp"
#include "tests/adapters/keyring/faulty_disk.hpp"

namespace pioneer::testing {

/// Takes an opened value out, as no code outside tests and answers may.
class Revealed final : public api::OpenedReader {
 public:
  void read_opened(std::string_view value) override { text = value; }
  std::string text;
};

inline std::string revealed(const std::optional<api::OpenedText>& opened) {
  Revealed reader;
  if (opened) opened->reveal_to(reader);
  return opened ? reader.text : "(closed)";
}

class Uploads final : public api::StagedBlobs {
 public:
  std::optional<api::StagedBlob> staged(std::string_view name) const override {
    const auto found = blobs.find(std::string(name));
    return found == blobs.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<std::string, api::StagedBlob> blobs;
};

struct SealedWorld {
  static api::Edge::Parts parts(SealedWorld& world, const api::People* people) {
    return {world.cryptography, *world.keyring, people, &world.uploads, world.log_id};
  }

  SealedWorld() { use(nullptr); }
  void use(const api::People* people) { edge = std::make_unique<api::Edge>(parts(*this, people)); }

  /// A member with an active key, as if registered.
  api::Sender person(const std::string& command_id) {
    auto command = registered(command_id);
    const auto& what = std::get<domain::RegisterMember>(command.what);
    return {domain::Id::of(what.id()), domain::Id::of(what.key())};
  }
  domain::Command registered(const std::string& command_id, const std::string& name = "王小明",
                             const std::string& phone = "13800000001") {
    api::RegisterMemberBody body;
    body.set_name(name);
    body.set_phone(phone);
    body.set_organisation(organisation.text());
    auto command = edge->register_member(api::Call{{}, false, command_id, -1}, body);
    EXPECT_TRUE(command) << command.error().code;
    return std::move(*command);
  }
  api::Call call(const api::Sender& who, const std::string& command_id) { return {who, false, command_id, -1}; }
  const api::Opener& opener() const { return opener_; }

  eventstore::LogId log_id = eventstore::LogId::of("a log of 16 byte");
  FaultyDisk disk;
  SeededRandom random;
  adapters::SodiumCryptography cryptography{random};
  std::unique_ptr<adapters::FileKeyring> keyring =
      *adapters::FileKeyring::make(disk, cryptography, log_id, {"keys", "", 256});
  Uploads uploads;
  api::Opener opener_{cryptography, *keyring, log_id};
  std::unique_ptr<api::Edge> edge;
  domain::Id organisation = domain::Id::of("an organisation.");
  domain::Id product = domain::Id::of("a product 16 byt");
};

}  // namespace pioneer::testing
