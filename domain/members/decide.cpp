#include "domain/members/decide.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "domain/authorisation/authorisation.hpp"
#include "domain/common/limits.hpp"
#include "domain/common/text.hpp"
#include "domain/members/refusals.hpp"
#include "domain/organisations/state.hpp"

namespace pioneer::domain::members {
namespace {

namespace shared = domain::refusals;

Relation relation(const Context& context) { return context.actor.is_self ? Relation::own : Relation::none; }

/// Refused unless the member is registered and not erased.
Decided<void> present(const State& state) {
  if (!state.exists) return refuse(shared::not_found);
  if (state.erased) return refuse(refusals::member_erased);
  return {};
}

/// An organisation named by a command, resolved and active.
Decided<Id> organisation_of(const std::string& bytes, const Context& context) {
  const Id id = context.directory.resolve(Id::of(bytes));
  if (id.is_zero()) return refuse(shared::unknown_organisation, "organisation");
  if (context.directory.active(id) == nullptr) return refuse(shared::organisation_closed, "organisation");
  return id;
}

/// The member's active grant of this role there; zero: none.
Id grant_held(const Id& member, Role::Value role, const Id& organisation, const Context& context) {
  for (const Grant& grant : context.roster.grants(member)) {
    if (grant.role == role && context.directory.resolve(grant.organisation) == organisation) return grant.grant;
  }
  return {};
}

bool is_root(const Id& organisation, const Context& context) { return context.directory.depth(organisation) == 1; }

bool is_last_administrator(const Grant& grant, const Context& context) {
  return grant.role == Role::administrator && is_root(grant.organisation, context) &&
         context.roster.administrators_besides(grant.grant, grant.organisation, context.directory) == 0;
}

/// The system may take the last one away: an operator at the console makes the next.
Rules stays_rule(const Context& context) {
  return context.actor.kind == Actor::Kind::system ? Rules{} : Rules{Rule::last_administrator_stays};
}

/// Who makes or ends tokens of another person must have a right over all that the person is.
Rules over_all_roles(const Context& context) {
  const bool for_another = context.actor.kind == Actor::Kind::person && !context.actor.is_self;
  return for_another ? Rules{Rule::right_over_all_roles} : Rules{};
}

/// For tokens: whoever could act as the member must already be allowed all that the member is.
Decided<Id> authorise_tokens(Action action, const State& state, const Id& member, const Context& context) {
  const auto acting = authorise(action, context.actor, relation(context), state.organisation, context.directory);
  if (!acting || context.actor.is_self || context.actor.kind == Actor::Kind::system) return acting;
  for (const Grant& grant : context.roster.grants(member)) {
    const auto there = authorise(action, context.actor, Relation::none, grant.organisation, context.directory);
    if (!there) return there;
  }
  return acting;
}

/// For sign-in codes: their maker holds, there or above, every role that the member holds, or administers it.
Decided<Id> authorise_sign_in(const State& state, const Id& member, const Context& context) {
  const Actor& actor = context.actor;
  const auto acting = authorise(Action::issue_sign_in, actor, relation(context), state.organisation, context.directory);
  if (!acting || actor.is_self || actor.kind == Actor::Kind::system) return acting;
  for (const Grant& grant : context.roster.grants(member)) {
    if (grant.role == Role::member) continue;
    const bool covered = covering_grant(actor, grant.role, grant.organisation, context.directory) != nullptr ||
                         covering_grant(actor, Role::administrator, grant.organisation, context.directory) != nullptr;
    if (!covered) return refuse(shared::forbidden);
  }
  return acting;
}

/// The hashes of all that the member could act with now, in order. An office begins with a new sign-in: whoever could
/// act as the member before (a cadre who made the link, a phone that was lent) does not come into the office with them.
std::vector<std::string> all_signed_out(const Id& member, const Context& context) {
  std::vector<std::string> hashes;
  context.roster.for_each_token([&](std::string_view hash, const Token& token) {
    if (token.member == member && token.valid(context.now)) hashes.emplace_back(hash);
  });
  std::ranges::sort(hashes);
  return hashes;
}

/// Refused unless it ends between now and `valid_us_max` from now.
Decided<void> ends_in_time(std::int64_t expires_us, std::int64_t valid_us_max, const Context& context) {
  if (expires_us < 0 || expires_us > context.now.us + valid_us_max) return refuse(shared::out_of_bounds, "expires");
  if (expires_us <= context.now.us) return refuse(refusals::token_expired, "expires");
  return {};
}

/// Refused unless a session may be had for it.
Decided<void> may_open(const Token* given, const Id& member, const Context& context) {
  if (given == nullptr || given->member != member || given->purpose == TokenPurpose::unspecified) {
    return refuse(refusals::no_such_code);
  }
  if (given->purpose == TokenPurpose::session) {
    if (!given->valid(context.now)) return refuse(refusals::session_over);
    return {};
  }
  if (given->revoked) return refuse(refusals::code_used);
  if (!given->valid(context.now)) return refuse(refusals::code_expired);
  return {};
}

template <class E>
Decision<Event> one(const Id& acting_as, E event, Rules rules = {}) {
  return {acting_as, {std::move(event)}, rules};
}

}  // namespace

Outcome decide(const State& state, const RegisterMember& command, const Context& context, bool phone_taken) {
  const auto acting = authorise(Action::register_member, context.actor, Relation::none, Id::of(command.organisation()),
                                context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (state.erased) return refuse(refusals::member_erased);
  if (state.exists) return refuse(refusals::already_registered);
  const auto organisation = organisation_of(command.organisation(), context);
  if (!organisation) return std::unexpected(organisation.error());
  if (Id::of(command.key()).is_zero()) return refuse(shared::out_of_bounds, "key");
  if (!command.has_name()) return refuse(shared::out_of_bounds, "name");
  if (phone_taken) return refuse(refusals::phone_taken, "phone");
  SubjectKeyIssued key;
  key.set_key(command.key());
  key.set_kind(KeyKind::person);
  MemberRegistered registered;
  *registered.mutable_name() = command.name();
  if (command.has_phone()) *registered.mutable_phone() = command.phone();
  registered.set_organisation(std::string(organisation->view()));
  Rules rules{Rule::organisation_active};
  if (registered.has_phone()) rules.add(Rule::phone_held_once);
  return Decision<Event>{*acting, {std::move(key), std::move(registered)}, rules};
}

Outcome decide(const State& state, const GrantRole& command, const Context& context) {
  const auto acting =
      authorise(Action::grant_role, context.actor, Relation::none, Id::of(command.organisation()), context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = present(state); !ok) return std::unexpected(ok.error());
  const auto organisation = organisation_of(command.organisation(), context);
  if (!organisation) return std::unexpected(organisation.error());
  if (command.role() == Role::unspecified || !Role::Value_IsValid(command.role()))
    return refuse(shared::out_of_bounds, "role");
  if (context.actor.is_self) return refuse(refusals::not_for_oneself);
  const Id grant = Id::of(command.grant());
  if (grant.is_zero()) return refuse(shared::out_of_bounds, "grant");
  if (context.roster.holding(grant) != nullptr) return refuse(shared::already_exists);
  if (!grant_held(Id::of(command.member()), command.role(), *organisation, context).is_zero()) {
    return refuse(refusals::already_granted);
  }
  RoleGranted event;
  event.set_grant(command.grant());
  event.set_role(command.role());
  event.set_organisation(std::string(organisation->view()));
  Decision<Event> decision{*acting, {}, {Rule::organisation_active, Rule::not_for_oneself}};
  decision.events.emplace_back(std::move(event));
  if (command.role() != Role::member) {
    decision.rules.add(Rule::office_begins_signed_out);
    auto ended = all_signed_out(Id::of(command.member()), context);
    if (ended.size() > limits::tokens_ended_at_once_max) return refuse(refusals::too_many_tokens);
    for (auto& hash : ended) {
      TokenRevoked revoked;
      revoked.set_token_hash(std::move(hash));
      decision.events.emplace_back(std::move(revoked));
    }
  }
  return decision;
}

Outcome decide(const State& state, const RevokeRole& command, const Context& context) {
  const auto acting =
      authorise(Action::revoke_role, context.actor, Relation::none, Id::of(command.organisation()), context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = present(state); !ok) return std::unexpected(ok.error());
  // A role in a closed organisation can still be taken away, so the organisation need not be active.
  const Id organisation = context.directory.resolve(Id::of(command.organisation()));
  if (organisation.is_zero()) return refuse(shared::unknown_organisation, "organisation");
  const Id grant = grant_held(Id::of(command.member()), command.role(), organisation, context);
  if (grant.is_zero()) return refuse(refusals::not_granted);
  if (context.actor.kind != Actor::Kind::system &&
      is_last_administrator({grant, command.role(), organisation}, context)) {
    return refuse(refusals::last_administrator);
  }
  RoleRevoked event;
  event.set_grant(std::string(grant.view()));
  return one(*acting, std::move(event), stays_rule(context));
}

Outcome decide(const State& state, const IssueToken& command, const Context& context) {
  const auto acting = authorise_tokens(Action::issue_token, state, Id::of(command.member()), context);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = present(state); !ok) return std::unexpected(ok.error());
  if (command.token_hash().size() != 32) return refuse(shared::out_of_bounds, "tokenHash");
  if (command.expires_us() < 0) return refuse(shared::out_of_bounds, "expires");
  if (command.expires_us() != 0 && command.expires_us() <= context.now.us)
    return refuse(refusals::token_expired, "expires");
  if (context.roster.token(command.token_hash()) != nullptr) return refuse(refusals::token_exists);
  TokenIssued event;
  event.set_token_hash(command.token_hash());
  event.set_expires_us(command.expires_us());
  return one(*acting, std::move(event), over_all_roles(context));
}

Outcome decide(const State& state, const RevokeToken& command, const Context& context) {
  const auto acting = authorise_tokens(Action::revoke_token, state, Id::of(command.member()), context);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = present(state); !ok) return std::unexpected(ok.error());
  const Token* token = context.roster.token(command.token_hash());
  if (token == nullptr || token->member != Id::of(command.member())) return refuse(refusals::no_such_token);
  if (token->revoked) return refuse(refusals::token_revoked);
  TokenRevoked event;
  event.set_token_hash(command.token_hash());
  return one(*acting, std::move(event), over_all_roles(context));
}

Outcome decide(const State& state, const IssueSignIn& command, const Context& context) {
  const auto acting = authorise_sign_in(state, Id::of(command.member()), context);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = present(state); !ok) return std::unexpected(ok.error());
  if (command.code_hash().size() != 32) return refuse(shared::out_of_bounds, "codeHash");
  if (const auto ok = ends_in_time(command.expires_us(), limits::sign_in_valid_us_max, context); !ok) {
    return std::unexpected(ok.error());
  }
  if (context.roster.token(command.code_hash()) != nullptr) return refuse(refusals::token_exists);
  TokenIssued event;
  event.set_token_hash(command.code_hash());
  event.set_expires_us(command.expires_us());
  event.set_purpose(TokenPurpose::sign_in);
  return one(*acting, std::move(event), over_all_roles(context));
}

Outcome decide(const State& state, const OpenSession& command, const Context& context) {
  const auto acting =
      authorise(Action::open_session, context.actor, relation(context), state.organisation, context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = present(state); !ok) return std::unexpected(ok.error());
  const Token* given = context.roster.token(command.given_hash());
  if (const auto ok = may_open(given, Id::of(command.member()), context); !ok) return std::unexpected(ok.error());
  if (command.token_hash().size() != 32) return refuse(shared::out_of_bounds, "tokenHash");
  if (const auto ok = ends_in_time(command.expires_us(), limits::session_valid_us_max, context); !ok) {
    return std::unexpected(ok.error());
  }
  if (!Device::Value_IsValid(command.device())) return refuse(shared::out_of_bounds, "device");
  if (context.roster.token(command.token_hash()) != nullptr) return refuse(refusals::token_exists);
  TokenRevoked ended;
  ended.set_token_hash(command.given_hash());
  TokenIssued issued;
  issued.set_token_hash(command.token_hash());
  issued.set_expires_us(command.expires_us());
  issued.set_purpose(TokenPurpose::session);
  issued.set_device(command.device());
  return Decision<Event>{*acting, {std::move(ended), std::move(issued)}};
}

Outcome decide(const State& state, const EraseMember& command, const Context& context) {
  const auto acting =
      authorise(Action::erase_member, context.actor, relation(context), state.organisation, context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (const auto ok = present(state); !ok) return std::unexpected(ok.error());
  if (context.actor.kind != Actor::Kind::system) {
    for (const Grant& grant : context.roster.grants(Id::of(command.member()))) {
      if (is_last_administrator(grant, context)) return refuse(refusals::last_administrator);
    }
  }
  return one(*acting, MemberErased{}, stays_rule(context));
}

Decided<Decision<AccessEvent>> decide(const RecordPersonalDataOpened& command, const Context& context) {
  const auto acting = authorise(Action::record_personal_data_opened, context.actor, Relation::none,
                                Id::of(command.organisation()), context.directory);
  if (!acting) return std::unexpected(acting.error());
  if (context.directory.resolve(Id::of(command.organisation())).is_zero()) {
    return refuse(shared::unknown_organisation, "organisation");
  }
  if (!is_text(command.purpose(), limits::reason_chars_max)) return refuse(shared::out_of_bounds, "purpose");
  if (command.subjects_size() < 1 || command.subjects_size() > limits::subjects_opened_max) {
    return refuse(shared::out_of_bounds, "subjects");
  }
  PersonalDataOpened event;
  event.set_purpose(command.purpose());
  *event.mutable_subjects() = command.subjects();
  return Decision<AccessEvent>{*acting, {std::move(event)}};
}

Decided<Decision<AccessEvent>> decide(const RecordEntriesFetched& command, const Context& context) {
  const Id root = context.directory.resolve(Id::of(command.organisation()));
  const auto acting = authorise(Action::record_entries_fetched, context.actor, Relation::none,
                                Id::of(command.organisation()), context.directory);
  if (!acting) return std::unexpected(acting.error());
  // The log is of all; who audits a part of it reads that part in its streams.
  if (!is_root(root, context)) return refuse(shared::forbidden);
  if (command.last() < command.first() || command.last() - command.first() >= limits::entries_fetched_max) {
    return refuse(shared::out_of_bounds, "last");
  }
  EntriesFetched event;
  event.set_first(command.first());
  event.set_last(command.last());
  return Decision<AccessEvent>{*acting, {std::move(event)}};
}

}  // namespace pioneer::domain::members
