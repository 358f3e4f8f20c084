#include "api/edge/draft.hpp"
#include "api/edge/edge.hpp"
#include "api/edge/fields.hpp"
#include "domain/common/limits.hpp"
#include "domain/streams.hpp"

namespace pioneer::api {
namespace {

domain::Decided<domain::Role::Value> role_named(std::string_view text) {
  return checks::named<domain::Role::Value>(text, "role", domain::Role::Value_Parse);
}

}  // namespace

// The id follows from the caller and the command's id, the key from the member's id: a repeat finds both again, and
// `same`, which holds a name and a number, is a MAC under the key that is destroyed with this person.
Commanded Edge::register_member(const Call& call, const RegisterMemberBody& body) {
  Draft draft(*sealing_, call);
  domain::RegisterMember command;
  const auto name = draft.take(checks::line(body.name(), "name", domain::limits::name_chars_max));
  const auto phone = body.phone().empty() ? std::string() : draft.take(checks::phone(body.phone(), "phone"));
  command.set_organisation(draft.id(body.organisation(), "organisation"));
  const domain::Id member = draft.new_id("member");
  const SealKey key = draft.new_person_key(member);
  const std::string stream = domain::stream_of(domain::stream_kind::member, member);
  command.set_id(std::string(member.view()));
  command.set_key(std::string(key.id.view()));
  draft.seal(*command.mutable_name(), key, stream, field::member_name, name);
  if (!phone.empty()) draft.seal(*command.mutable_phone(), key, stream, field::member_phone, phone);
  auto finished = draft.finish(std::move(command), &body, &key.material);
  if (finished && !phone.empty()) finished->phone_token = sealing_->opener.phone_token(phone);
  return finished;
}

Commanded Edge::grant_role(const Call& call, std::string_view member, const GrantRoleBody& body) {
  Draft draft(*sealing_, call);
  domain::GrantRole command;
  command.set_member(draft.path_id(member));
  command.set_grant(std::string(draft.new_id("grant").view()));
  command.set_role(draft.take(role_named(body.role())));
  command.set_organisation(draft.id(body.organisation(), "organisation"));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::revoke_role(const Call& call, std::string_view member, std::string_view role,
                            const RevokeRoleBody& body) {
  Draft draft(*sealing_, call);
  domain::RevokeRole command;
  command.set_member(draft.path_id(member));
  const auto named = role_named(role);
  if (!named) return std::unexpected(checks::not_found());
  command.set_role(*named);
  command.set_organisation(draft.id(body.organisation(), "organisation"));
  // The role stands in the path: the command says more than the body.
  const domain::RevokeRole content = command;
  return draft.finish(std::move(command), &content);
}

Commanded Edge::issue_token(const Call& call, std::string_view member, std::string_view token_hash,
                            const IssueTokenBody& body) {
  Draft draft(*sealing_, call);
  domain::IssueToken command;
  command.set_member(draft.path_id(member));
  if (token_hash.size() != 32) draft.refuse(checks::invalid("malformed", "tokenHash", "A SHA-256 has 32 bytes."));
  command.set_token_hash(std::string(token_hash));
  if (body.has_expires()) command.set_expires_us(draft.take(checks::instant(body.expires(), "expires")));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::revoke_token(const Call& call, std::string_view member, const RevokeTokenBody& body) {
  Draft draft(*sealing_, call);
  domain::RevokeToken command;
  command.set_member(draft.path_id(member));
  command.set_token_hash(draft.take(checks::hash(body.token_hash(), "tokenHash")));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::issue_sign_in(const Call& call, std::string_view member, std::string_view code_hash,
                              std::int64_t expires_us, const IssueSignInBody& body) {
  Draft draft(*sealing_, call);
  domain::IssueSignIn command;
  command.set_member(draft.path_id(member));
  command.set_code_hash(std::string(code_hash));
  command.set_expires_us(expires_us);
  if (body.has_expires()) command.set_expires_us(draft.take(checks::instant(body.expires(), "expires")));
  return draft.finish(std::move(command), &body);
}

Commanded Edge::open_session(const Call& call, const domain::Id& member, const NewSession& wanted) {
  Draft draft(*sealing_, call);
  domain::OpenSession command;
  command.set_member(std::string(member.view()));
  command.set_given_hash(wanted.given_hash);
  // A repeat is of the same code; when it comes and from where is not part of it.
  const domain::OpenSession content = command;
  command.set_token_hash(wanted.token_hash);
  command.set_expires_us(wanted.expires_us);
  command.set_device(wanted.device);
  return draft.finish(std::move(command), &content);
}

domain::Decided<std::string> Edge::secret_for(const Call& call, std::string_view purpose,
                                              std::string_view about) const {
  const auto key = sealing_->keyring.get(reserved_key::tokens);
  if (!key || call.command_id.empty()) {
    return std::unexpected(domain::Refusal{
        domain::RefusalKind::conflict, "keys_unavailable", "No secret can be made now; try again later.", {}});
  }
  const domain::Id sender = call.sender ? call.sender->member : domain::Id{};
  constexpr std::string_view end("\0", 1);
  const Secret secret = sealing_->cryptography.derive(
      key->hashing, {"secret", sealing_->log_id, purpose, end, sender.view(), call.command_id, end, about});
  return std::string(secret.view());
}

Commanded Edge::erase_member(const Call& call, std::string_view member) {
  Draft draft(*sealing_, call);
  domain::EraseMember command;
  command.set_member(draft.path_id(member));
  return draft.finish(std::move(command), nullptr);
}

Commanded Edge::record_personal_data_opened(const Call& call, const domain::Id& organisation, std::string_view purpose,
                                            std::span<const Sender> subjects) {
  Draft draft(*sealing_, call);
  domain::RecordPersonalDataOpened command;
  command.set_organisation(std::string(organisation.view()));
  command.set_purpose(draft.take(checks::line(purpose, "purpose", domain::limits::title_chars_max)));
  if (subjects.empty() || subjects.size() > Opener::batch_max) {
    draft.refuse(checks::invalid("out_of_bounds", "subjects", "From 1 to 200 persons can be named at once."));
  }
  const std::string stream = domain::stream_of(domain::stream_kind::access, organisation);
  for (const Sender& subject : subjects) {
    if (draft.refused()) break;
    const auto key = sealing_->keyring.get(subject.key);
    if (!key) continue;  // erased meanwhile: nothing of this person will be opened
    draft.seal_fixed(*command.add_subjects(), {subject.key, *key}, stream, field::opened_subject,
                     subject.member.view());
  }
  return draft.finish(std::move(command), nullptr);
}

Commanded Edge::record_entries_fetched(const Call& call, const domain::Id& root, std::uint64_t first,
                                       std::uint64_t last) {
  Draft draft(*sealing_, call);
  domain::RecordEntriesFetched command;
  command.set_organisation(std::string(root.view()));
  command.set_first(first);
  command.set_last(last);
  return draft.finish(std::move(command), nullptr);
}

}  // namespace pioneer::api
