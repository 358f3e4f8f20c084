// Members as specs write them: decided on the world's roster, which the outcome then changes.
#pragma once

#include "domain/members/decide.hpp"
#include "domain/members/refusals.hpp"
#include "tests/domain/spec.hpp"

namespace pioneer::domain::specs {

inline RegisterMember register_member(std::string_view name, std::string_view organisation = "community_a") {
  RegisterMember c;
  c.set_id(bytes(name));
  c.set_key(bytes("key of " + std::string(name)));
  *c.mutable_name() = sealed(name);
  c.set_organisation(bytes(organisation));
  return c;
}
inline GrantRole grant_role(std::string_view member, Role::Value role, std::string_view organisation) {
  GrantRole c;
  c.set_member(bytes(member));
  c.set_grant(bytes(grant_id(member, role)));
  c.set_role(role);
  c.set_organisation(bytes(organisation));
  return c;
}
inline RevokeRole revoke_role(std::string_view member, Role::Value role, std::string_view organisation) {
  RevokeRole c;
  c.set_member(bytes(member));
  c.set_role(role);
  c.set_organisation(bytes(organisation));
  return c;
}
inline std::string token_hash(std::string_view token = "token") { return bytes(token) + bytes("hash"); }
inline IssueToken issue_token(std::string_view member, std::int64_t expires_us = 0, std::string_view token = "token") {
  IssueToken c;
  c.set_member(bytes(member));
  c.set_token_hash(token_hash(token));
  c.set_expires_us(expires_us);
  return c;
}
inline RevokeToken revoke_token(std::string_view member, std::string_view token = "token") {
  RevokeToken c;
  c.set_member(bytes(member));
  c.set_token_hash(token_hash(token));
  return c;
}
inline IssueSignIn issue_sign_in(std::string_view member, std::string_view code = "code",
                                 std::int64_t expires_us = after(7 * day_us).us) {
  IssueSignIn c;
  c.set_member(bytes(member));
  c.set_code_hash(token_hash(code));
  c.set_expires_us(expires_us);
  return c;
}
inline OpenSession open_session(std::string_view member, std::string_view given = "code",
                                std::string_view secret = "session") {
  OpenSession c;
  c.set_member(bytes(member));
  c.set_given_hash(token_hash(given));
  c.set_token_hash(token_hash(secret));
  c.set_expires_us(after(90 * day_us).us);
  c.set_device(Device::phone);
  return c;
}
inline EraseMember erase_member(std::string_view member) {
  EraseMember c;
  c.set_member(bytes(member));
  return c;
}

/// Like Spec, over all members at once.
class RosterSpec {
 public:
  template <class Command>
  RosterSpec& when(const Command& command, const Actor& actor) {
    if constexpr (requires { command.member(); }) {
      member_ = Id::of(command.member());
    } else {
      member_ = Id::of(command.id());
    }
    const auto* state = world.roster.member(member_);
    outcome_ = members::decide(state == nullptr ? members::State{} : *state, command, world.context(actor, now));
    return *this;
  }
  RosterSpec& then(const std::vector<members::Event>& expected) {
    if (outcome_) {
      EXPECT_EQ(told(outcome_->events), told(expected));
    }
    return happened();
  }
  RosterSpec& happened() {
    if (!outcome_) {
      ADD_FAILURE() << "refused: " << outcome_.error().code << " " << outcome_.error().field;
      return *this;
    }
    for (const auto& event : outcome_->events) world.roster.evolve(member_, event, {outcome_->acting_as, now});
    return *this;
  }
  RosterSpec& refused(const RefusalText& expected, std::string_view field = {}) {
    EXPECT_FALSE(outcome_);
    if (outcome_) return *this;
    EXPECT_EQ(outcome_.error().code, expected.code);
    if (!field.empty()) {
      EXPECT_EQ(outcome_.error().field, field);
    }
    return *this;
  }
  const members::Outcome& outcome() const { return outcome_; }

  World world;
  Instant now = start;

 private:
  Id member_;
  members::Outcome outcome_ = std::unexpected(Refusal{});
};

}  // namespace pioneer::domain::specs
