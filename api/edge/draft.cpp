#include "api/edge/draft.hpp"

#include "api/edge/fields.hpp"
#include "api/edge/seal_format.hpp"
#include "domain/common/limits.hpp"
#include "domain/streams.hpp"

namespace pioneer::api {
namespace {

using domain::Id;
using domain::Refusal;
using domain::RefusalKind;

Refusal refusal_of(KeyState state) {
  if (state == KeyState::unknown) {
    return {RefusalKind::conflict, "key_missing", "The key that seals this is not on this machine.", {}};
  }
  return {RefusalKind::conflict, "erased", "What this is about was erased for ever.", {}};
}

std::string four_bytes(std::uint32_t number) {
  std::string out;
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(number >> shift));
  return out;
}

}  // namespace

Id Sealing::under_system_key(Cryptography::Parts parts) const {
  const auto key = keyring.get(reserved_key::system);
  return key ? Id{cryptography.mac(key->hashing, parts)} : Id{};
}

Id Sealing::case_key_id(const Id& request, std::uint32_t generation) const {
  return under_system_key({"case", log_id, request.view(), four_bytes(generation)});
}

domain::Introduction Sealing::introduce(const Sender& who, const KeyMaterial& key, std::string_view stream) const {
  domain::Introduction introduction;
  introduction.pseudonym = Opener::pseudonym(cryptography, key, log_id, stream);
  introduction.sealed_member = std::string(who.key.view());
  introduction.sealed_member +=
      cryptography.seal(key.sealing, associated_bytes(log_id, stream, field::introduction, who.key), who.member.view());
  return introduction;
}

Draft::Draft(Sealing& sealing, const Call& call) : sealing_(sealing), call_(call) {
  caller_ = fetch(call.sender ? call.sender->key : reserved_key::system);
}

Draft::~Draft() {
  if (!proposed_.is_zero()) sealing_.keyring.release(proposed_);
}

void Draft::refuse(Refusal refusal) {
  if (!refusal_) refusal_ = std::move(refusal);
}

SealKey Draft::fetch(const Id& id) {
  if (refused()) return {};
  auto key = sealing_.keyring.get(id);
  if (key) return {id, *key};
  refuse(refusal_of(key.error()));
  return {};
}

std::string Draft::path_id(std::string_view text) {
  const Id id = take(checks::path_id(text));
  about_.append(id.view());
  return std::string(id.view());
}

std::uint32_t Draft::path_ticket(std::string_view text) {
  const auto ticket = take(checks::path_ticket(text));
  about_.append(four_bytes(ticket));
  return ticket;
}

Id Draft::new_id(std::string_view what) {
  if (refused()) return {};
  if (call_.command_id.empty()) return Id::of(sealing_.cryptography.make_secret().view().substr(0, 16));
  return {sealing_.cryptography.mac(caller_.material.hashing,
                                    {"id", sealing_.log_id, what, std::string_view("\0", 1), call_.command_id})};
}

SealKey Draft::author_key() {
  if (!call_.sender) refuse({RefusalKind::forbidden, "no_author", "Only a member can write this.", {}});
  return refused() ? SealKey{} : caller_;
}

SealKey Draft::create(const Id& id, KeyKind kind) {
  if (refused()) return {};
  const auto state = sealing_.keyring.propose(id, kind);
  if (!state) {
    refuse({RefusalKind::conflict, "keys_unavailable", "No key can be made now; try again later.", {}});
    return {};
  }
  proposed_ = id;
  return fetch(id);
}

SealKey Draft::new_person_key(const Id& member) {
  return create(sealing_.under_system_key({"person", sealing_.log_id, member.view()}), KeyKind::person);
}

SealKey Draft::new_case_key(const Id& request) { return create(sealing_.case_key_id(request, 0), KeyKind::case_); }

// The last generation that exists; a request that has none was never made.
SealKey Draft::case_key(std::string_view request) {
  if (refused()) return {};
  const Id id = Id::of(request);
  Id newest;
  for (std::uint32_t generation = 0;; ++generation) {
    const Id key = sealing_.case_key_id(id, generation);
    if (sealing_.keyring.state(key) == KeyState::unknown) break;
    newest = key;
  }
  if (newest.is_zero()) {
    refuse(checks::not_found());
    return {};
  }
  return fetch(newest);
}

void Draft::seal_fixed(domain::Sealed& into, const SealKey& key, std::string_view stream, std::uint32_t field,
                       std::string_view value) {
  if (refused()) return;
  into.set_key(key.id.bytes.data(), key.id.bytes.size());
  into.set_box(sealing_.cryptography.seal(key.material.sealing,
                                          associated_bytes(sealing_.log_id, stream, field, key.id), value));
}

void Draft::seal(domain::Sealed& into, const SealKey& key, std::string_view stream, std::uint32_t field,
                 std::string_view value) {
  std::string whole = padded(value);
  seal_fixed(into, key, stream, field, whole);
  wipe(whole);
}

void Draft::attach_photo(google::protobuf::RepeatedPtrField<domain::Blob>& into, const std::string& name,
                         const SealKey& key, std::string_view stream) {
  if (static_cast<std::size_t>(into.size()) >= domain::limits::photos_max) {
    refuse(checks::invalid("too_many", "photos",
                           "At most " + std::to_string(domain::limits::photos_max) + " photos fit here."));
  }
  const std::string hash = take(checks::hash(name, "photos"));
  if (refused()) return;
  const auto staged = staged_upload(hash);
  if (!staged)
    return refuse(checks::invalid("unknown_blob", "photos", "This photo was not uploaded, or too long ago."));
  domain::Blob& blob = *into.Add();
  blob.set_name(hash);
  blob.set_media_type(staged->media_type);
  seal_fixed(*blob.mutable_key(), key, stream, field::blob_key, staged->key.view());
}

std::optional<StagedBlob> Draft::staged_upload(const std::string& hash) const {
  return sealing_.blobs != nullptr ? sealing_.blobs->staged(hash) : std::nullopt;
}

void Draft::attach_pictures(google::protobuf::RepeatedPtrField<domain::Picture>& into,
                            const google::protobuf::RepeatedPtrField<std::string>& names, std::string_view stream,
                            const FindPicture& find) {
  if (names.empty()) return;
  constexpr auto most = domain::limits::pictures_max;
  if (static_cast<std::size_t>(names.size()) > most)
    refuse(checks::invalid("too_many", "pictures", "At most " + std::to_string(most) + " pictures fit here."));
  const SealKey key = fetch(reserved_key::system);
  for (const auto& name : names) {
    if (refused()) return;
    attach_picture(*into.Add(), name, key, stream, find);
  }
}

void Draft::attach_picture(domain::Picture& into, const std::string& name, const SealKey& key, std::string_view stream,
                           const FindPicture& find) {
  const std::string hash = take(checks::hash(name, "pictures"));
  if (refused()) return;
  auto upload = staged_upload(hash);
  if (const auto kept = upload || !find ? std::nullopt : find(hash)) {
    auto opened = sealing_.opener.open_upload_key(kept->key, kept->stream, field::picture_key);
    if (opened) upload = StagedBlob{std::move(*opened), kept->media_type};
  }
  if (!upload)
    return refuse(checks::invalid("unknown_blob", "pictures", "This picture was not uploaded, or too long ago."));
  if (!upload->media_type.starts_with("image/"))
    return refuse(checks::invalid("not_a_photo", "pictures", "Only a photo can be the picture of a product."));
  into.set_name(hash);
  into.set_media_type(upload->media_type);
  seal_fixed(*into.mutable_key(), key, stream, field::picture_key, upload->key.view());
}

void Draft::add_macs(domain::Command& command, const google::protobuf::MessageLite* body,
                     const KeyMaterial& same_key) const {
  if (call_.command_id.empty()) return;
  const auto& cryptography = sealing_.cryptography;
  const Id once{cryptography.mac(caller_.material.hashing, {"once", sealing_.log_id, call_.command_id})};
  std::string content = body != nullptr ? body->SerializeAsString() : std::string();
  const auto& type =
      std::visit([](const auto& c) -> const std::string& { return c.GetDescriptor()->name(); }, command.what);
  const Id same{cryptography.mac(same_key.hashing, {"same", type, std::string_view("\0", 1), about_, content})};
  wipe(content);
  command.once = std::string(once.view());
  command.same = std::string(same.view());
}

domain::Decided<domain::Command> Draft::finish(domain::AnyCommand what, const google::protobuf::MessageLite* body,
                                               const KeyMaterial* same_key) {
  if (refused()) return refusal();
  domain::Command command;
  command.what = std::move(what);
  const auto bytes = std::visit([](const auto& c) { return c.ByteSizeLong(); }, command.what);
  if (bytes > domain::limits::command_bytes_max) {
    return std::unexpected(checks::invalid("command_too_large", {}, "This is more than one command may hold."));
  }
  command.system = call_.system;
  command.expected_revision = call_.expected_revision;
  if (call_.sender) {
    std::string stream = domain::primary_stream(command.what);
    // The month in the name is the Writer's to choose; pseudonym and introduction hold for every month.
    const auto in_access = [&](const auto* noted) {
      if (noted != nullptr) stream = domain::stream_of(domain::stream_kind::access, Id::of(noted->organisation()));
    };
    in_access(std::get_if<domain::RecordPersonalDataOpened>(&command.what));
    in_access(std::get_if<domain::RecordEntriesFetched>(&command.what));
    command.member = call_.sender->member;
    command.introductions.push_back(sealing_.introduce(*call_.sender, caller_.material, stream));
    command.pseudonym = command.introductions.back().pseudonym;
    if (call_.record_refusal) {
      const auto id = new_id("refusal");
      command.record_refusal = {
          id, sealing_.introduce(*call_.sender, caller_.material, domain::stream_of(domain::stream_kind::refusal, id))};
    }
  }
  add_macs(command, body, same_key != nullptr ? *same_key : caller_.material);
  proposed_ = {};  // from here the command's fate decides
  return command;
}

}  // namespace pioneer::api
