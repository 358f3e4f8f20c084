// A command on its way through the edge. The first refusal stands; after it nothing more is checked, made or sealed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message_lite.h>

#include "api/edge/call.hpp"
#include "api/edge/checks.hpp"
#include "api/edge/kept_picture.hpp"
#include "api/edge/opener.hpp"
#include "api/ports/keyring.hpp"
#include "api/ports/people.hpp"
#include "api/ports/staged_blobs.hpp"
#include "domain/commands.hpp"

namespace pioneer::api {

/// What all drafts of one edge share. Any thread.
struct Sealing {
  Cryptography& cryptography;
  Keyring& keyring;
  const People* people;
  const StagedBlobs* blobs;
  std::string log_id;
  Opener opener;

  /// A request's case key by its generation: masking makes the next one.
  domain::Id case_key_id(const domain::Id& request, std::uint32_t generation) const;
  /// 16 bytes that follow from the system's key and these parts.
  domain::Id under_system_key(Cryptography::Parts parts) const;
  domain::Introduction introduce(const Sender& who, const KeyMaterial& key, std::string_view stream) const;
};

/// A key that values are sealed under, fetched once a command.
struct SealKey {
  domain::Id id;
  KeyMaterial material;
};

/// One thread; lives for one call.
class Draft {
 public:
  Draft(Sealing& sealing, const Call& call);
  /// A key that was proposed for a command which is not made is let go.
  ~Draft();
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  bool refused() const { return refusal_.has_value(); }
  void refuse(domain::Refusal refusal);
  std::unexpected<domain::Refusal> refusal() const { return std::unexpected(*refusal_); }

  /// The value, or an empty one after noting the refusal.
  template <class T>
  T take(domain::Decided<T> value) {
    if (value) return std::move(*value);
    refuse(std::move(value.error()));
    return T{};
  }
  /// Ids that name what the command is about; part of what `same` compares.
  std::string path_id(std::string_view text);
  std::uint32_t path_ticket(std::string_view text);
  std::string id(std::string_view text, std::string_view field) {
    return std::string(take(checks::id(text, field)).view());
  }

  /// The id of something that this command makes: the same for a repeat.
  domain::Id new_id(std::string_view what);

  /// The caller's own key; refuses a caller without one.
  SealKey author_key();
  SealKey new_person_key(const domain::Id& member);
  SealKey new_case_key(const domain::Id& request);
  SealKey case_key(std::string_view request);
  SealKey fetch(const domain::Id& id);

  void seal(domain::Sealed& into, const SealKey& key, std::string_view stream, std::uint32_t field,
            std::string_view value);
  /// Without padding: for values of one fixed size.
  void seal_fixed(domain::Sealed& into, const SealKey& key, std::string_view stream, std::uint32_t field,
                  std::string_view value);
  /// Sealed under the deployment's key for the stream of their product. `find` knows those that products show already.
  void attach_pictures(google::protobuf::RepeatedPtrField<domain::Picture>& into,
                       const google::protobuf::RepeatedPtrField<std::string>& names, std::string_view stream,
                       const FindPicture& find);
  template <class Names>
  void attach_photos(google::protobuf::RepeatedPtrField<domain::Blob>& into, const Names& names, const SealKey& key,
                     std::string_view stream) {
    for (const auto& name : names) attach_photo(into, name, key, stream);
  }

  /// The command, with everything about its sender. `body` is what the client sent, for `same`, which is a MAC under
  /// `same_key` (the caller's, unless the call makes the person that it describes).
  domain::Decided<domain::Command> finish(domain::AnyCommand what, const google::protobuf::MessageLite* body,
                                          const KeyMaterial* same_key = nullptr);

 private:
  void attach_photo(google::protobuf::RepeatedPtrField<domain::Blob>& into, const std::string& name, const SealKey& key,
                    std::string_view stream);
  std::optional<StagedBlob> staged_upload(const std::string& hash) const;
  void attach_picture(domain::Picture& into, const std::string& name, const SealKey& key, std::string_view stream,
                      const FindPicture& find);
  void add_macs(domain::Command& command, const google::protobuf::MessageLite* body, const KeyMaterial& same_key) const;
  SealKey create(const domain::Id& id, KeyKind kind);

  Sealing& sealing_;
  const Call& call_;
  std::optional<domain::Refusal> refusal_;
  SealKey caller_;
  std::string about_;
  domain::Id proposed_;  ///< the key that the command makes, until it is finished
};

}  // namespace pioneer::api
