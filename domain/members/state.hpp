// Members: one State a stream member/<id>, and the Roster of all, folded in log order, which tells who holds which role
// and whose a token is. One writer at a time; const calls from several threads only while nobody evolves.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "domain/common/context.hpp"
#include "domain/common/instant.hpp"
#include "domain/members/members.pb.h"

namespace pioneer::domain::members {

using Event =
    std::variant<SubjectKeyIssued, MemberRegistered, RoleGranted, RoleRevoked, TokenIssued, TokenRevoked, MemberErased>;
/// Of a stream access/<organisation>-<yyyymm>.
using AccessEvent = std::variant<PersonalDataOpened, EntriesFetched>;

struct State {
  bool exists = false;
  bool erased = false;
  Id key;           ///< the person's key
  Id organisation;  ///< where registered
};

void evolve(State& state, const Event& event, const Happened& happened);

/// A role that a member holds or held.
struct Holding {
  Id member;
  Role::Value role = Role::unspecified;
  Id organisation;
  bool active = false;
};

struct Token {
  Id member;
  Instant expires;  ///< zero: never
  bool revoked = false;
  TokenPurpose::Value purpose = TokenPurpose::unspecified;
  Device::Value device = Device::unspecified;
  Instant issued = {};
  /// Neither revoked nor expired. Whether the member is erased is the roster's to say.
  bool valid(Instant now) const { return !revoked && (expires.us == 0 || now < expires); }
};

class Roster {
 public:
  /// Total. `member` is the stream's id.
  void evolve(const Id& member, const Event& event, const Happened& happened);

  /// The member's record; null: never registered.
  const State* member(const Id& member) const;
  /// Registered and not erased.
  bool is_member(const Id& member) const;
  /// Active roles, oldest first; empty for an erased member. Ready for Actor::grants.
  std::vector<Grant> grants(const Id& member) const;
  /// Also of revoked grants: who acted under it; null: no such grant.
  const Holding* holding(const Id& grant) const;
  /// The token with this SHA-256 hash, revoked and expired ones too; null: none.
  const Token* token(std::string_view token_hash) const;
  /// The member's id if the token is valid now, no sign-in code, and its member not erased; zero: no.
  Id member_of_token(std::string_view token_hash, Instant now) const;
  /// Active administrators of exactly this organisation (merged ones resolved), the given grant not counted.
  std::size_t administrators_besides(const Id& grant, const Id& organisation,
                                     const organisations::Directory& directory) const;
  std::size_t size() const { return members_.size(); }
  /// All ever registered, erased ones too, in no order.
  void for_each(const std::function<void(const Id&, const State&)>& visit) const;
  /// All tokens ever issued, by their hashes, in no order.
  void for_each_token(const std::function<void(std::string_view, const Token&)>& visit) const;

 private:
  void apply(const Id& member, const SubjectKeyIssued& e);
  void apply(const Id& member, const MemberRegistered& e);
  void apply(const Id& member, const RoleGranted& e);
  void apply(const Id& member, const RoleRevoked& e);
  void apply(const Id& member, const TokenIssued& e, Instant at);
  void apply(const Id& member, const TokenRevoked& e);
  void apply(const Id& member, const MemberErased& e);

  std::unordered_map<Id, State, IdHash> members_;
  std::unordered_map<Id, Holding, IdHash> holdings_;
  std::unordered_map<Id, std::vector<Id>, IdHash> active_;  // member → active grants; members without have no entry
  std::unordered_map<std::string, Token> tokens_;
};

}  // namespace pioneer::domain::members
