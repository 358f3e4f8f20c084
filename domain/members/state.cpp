#include "domain/members/state.hpp"

#include <algorithm>

#include "domain/organisations/state.hpp"

namespace pioneer::domain::members {
namespace {

void apply(State& state, const SubjectKeyIssued& e) { state.key = Id::of(e.key()); }
void apply(State& state, const MemberRegistered& e) {
  state.exists = true;
  state.organisation = Id::of(e.organisation());
}
void apply(State& state, const MemberErased&) { state.erased = true; }
// Roles and tokens are the roster's.
void apply(State&, const RoleGranted&) {}
void apply(State&, const RoleRevoked&) {}
void apply(State&, const TokenIssued&) {}
void apply(State&, const TokenRevoked&) {}

}  // namespace

void evolve(State& state, const Event& event, const Happened&) {
  std::visit([&](const auto& e) { apply(state, e); }, event);
}

void Roster::evolve(const Id& member, const Event& event, const Happened& happened) {
  members::evolve(members_[member], event, happened);
  std::visit(
      [&](const auto& e) {
        if constexpr (requires { apply(member, e, happened.at); }) {
          apply(member, e, happened.at);
        } else {
          apply(member, e);
        }
      },
      event);
}

const State* Roster::member(const Id& member) const {
  const auto found = members_.find(member);
  return found == members_.end() ? nullptr : &found->second;
}

bool Roster::is_member(const Id& id) const {
  const State* state = member(id);
  return state != nullptr && state->exists && !state->erased;
}

std::vector<Grant> Roster::grants(const Id& member) const {
  std::vector<Grant> out;
  const auto found = active_.find(member);
  if (found == active_.end()) return out;
  for (const Id& grant : found->second) {
    const Holding& holding = holdings_.at(grant);
    out.push_back({grant, holding.role, holding.organisation});
  }
  return out;
}

const Holding* Roster::holding(const Id& grant) const {
  const auto found = holdings_.find(grant);
  return found == holdings_.end() ? nullptr : &found->second;
}

const Token* Roster::token(std::string_view token_hash) const {
  const auto found = tokens_.find(std::string(token_hash));
  return found == tokens_.end() ? nullptr : &found->second;
}

Id Roster::member_of_token(std::string_view token_hash, Instant now) const {
  const Token* found = token(token_hash);
  const bool identifies = found != nullptr && found->purpose != TokenPurpose::sign_in && found->valid(now);
  return identifies && is_member(found->member) ? found->member : Id{};
}

std::size_t Roster::administrators_besides(const Id& grant, const Id& organisation,
                                           const organisations::Directory& directory) const {
  const Id at = directory.resolve(organisation);
  return static_cast<std::size_t>(std::count_if(holdings_.begin(), holdings_.end(), [&](const auto& entry) {
    const Holding& h = entry.second;
    return h.active && h.role == Role::administrator && entry.first != grant && directory.resolve(h.organisation) == at;
  }));
}

void Roster::apply(const Id&, const SubjectKeyIssued&) {}
void Roster::apply(const Id&, const MemberRegistered&) {}

void Roster::apply(const Id& member, const RoleGranted& e) {
  const Id grant = Id::of(e.grant());
  const auto [at, fresh] = holdings_.try_emplace(grant, Holding{member, e.role(), Id::of(e.organisation()), true});
  if (fresh) active_[member].push_back(grant);
}

void Roster::apply(const Id& member, const RoleRevoked& e) {
  const Id grant = Id::of(e.grant());
  const auto held = holdings_.find(grant);
  const auto active = active_.find(member);
  if (held == holdings_.end() || held->second.member != member || active == active_.end()) return;
  held->second.active = false;
  std::erase(active->second, grant);
  if (active->second.empty()) active_.erase(active);
}

void Roster::apply(const Id& member, const TokenIssued& e, Instant at) {
  tokens_.try_emplace(e.token_hash(), Token{member, Instant{e.expires_us()}, false, e.purpose(), e.device(), at});
}

void Roster::apply(const Id& member, const TokenRevoked& e) {
  const auto found = tokens_.find(e.token_hash());
  if (found != tokens_.end() && found->second.member == member) found->second.revoked = true;
}

// Tokens stay and stop counting through is_member(): a revoked hash is never free again.
void Roster::apply(const Id& member, const MemberErased&) {
  const auto found = active_.find(member);
  if (found == active_.end()) return;
  for (const Id& grant : found->second) holdings_.at(grant).active = false;
  active_.erase(found);
}

void Roster::for_each(const std::function<void(const Id&, const State&)>& visit) const {
  for (const auto& [id, state] : members_) visit(id, state);
}

void Roster::for_each_token(const std::function<void(std::string_view, const Token&)>& visit) const {
  for (const auto& [hash, token] : tokens_) visit(hash, token);
}

}  // namespace pioneer::domain::members
