#include "api/audit/rerun/refused_attempts.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "domain/common/limits.hpp"
#include "domain/streams.hpp"

namespace pioneer::api::rerun {
namespace {

using domain::Actor;
using domain::Id;

/// Ids that no log has, for people of whom only their standing matters.
Id stand_in(std::uint8_t number) {
  Id id;
  id.bytes.fill(0xFF);
  id.bytes.back() = number;
  return id;
}

Actor person(const domain::Pseudonym& pseudonym) {
  Actor actor;
  actor.kind = Actor::Kind::person;
  actor.pseudonym = pseudonym;
  return actor;
}

Actor official(domain::Role::Value role, const Id& organisation) {
  auto actor = person(stand_in(1));
  actor.member = stand_in(2);
  actor.grants.push_back({stand_in(3), role, organisation});
  return actor;
}

class OfRequest {
 public:
  OfRequest(std::string id, const Before& before) : id_(std::move(id)), state_(before.request), before_(before) {}

  std::optional<std::vector<Attempt>> attempts(const std::string& command) {
    if (command == "AcceptRequest") return by_officials(about<domain::AcceptRequest>());
    if (command == "ReportProgress") return by_officials(told<domain::ReportProgress>());
    if (command == "ResolveRequest") return by_officials(told<domain::ResolveRequest>());
    if (command == "ConfirmRequest") return by_asker(about<domain::ConfirmRequest>());
    if (command == "WithdrawRequest") return by_asker(about<domain::WithdrawRequest>());
    if (command == "DisputeRequest") {
      auto c = about<domain::DisputeRequest>();
      c.mutable_reason();
      return by_asker(std::move(c));
    }
    if (command == "RateRequest") {
      auto c = about<domain::RateRequest>();
      c.set_stars(5);
      return by_asker(std::move(c));
    }
    return std::nullopt;
  }

 private:
  template <class Command>
  Command about() const {
    Command c;
    c.set_request(id_);
    return c;
  }
  template <class Command>
  Command told() const {
    auto c = about<Command>();
    c.mutable_text();
    return c;
  }
  /// A cadre over its holder; and one of elsewhere who may see it, as an auditor there.
  std::vector<Attempt> by_officials(const domain::AnyCommand& what) const {
    auto elsewhere = official(domain::Role::auditor, state_.organisation);
    elsewhere.grants.push_back({stand_in(4), domain::Role::cadre, stand_in(5)});
    return {{what, official(domain::Role::cadre, state_.organisation)}, {what, std::move(elsewhere)}};
  }
  /// Who asked: somebody else than those who worked on it, or one of them.
  std::vector<Attempt> by_asker(const domain::AnyCommand& what) const {
    std::vector<Attempt> all{{what, person(state_.asker)}};
    for (const auto& worker : state_.workers) {
      const auto* holding = before_.community.roster.holding(worker);
      if (holding == nullptr) continue;
      all.push_back({what, person(state_.asker)});
      all.back().who.member = holding->member;
    }
    return all;
  }

  const std::string id_;
  const domain::requests::State& state_;
  const Before& before_;
};

class OfProduct {
 public:
  OfProduct(std::string id, const Before& before) : id_(std::move(id)), state_(before.product) {}

  std::optional<std::vector<Attempt>> attempts(const std::string& command) {
    if (command == "PublishProduct") return by_cadre({about<domain::PublishProduct>()});
    if (command == "CompleteProduct") return by_cadre({about<domain::CompleteProduct>()});
    if (command == "CancelProduct") {
      auto c = about<domain::CancelProduct>();
      c.set_reason("-");
      return by_cadre({std::move(c)});
    }
    if (command == "ChangePictures") {
      auto some = about<domain::ChangePictures>();
      some.add_pictures();
      return by_cadre({about<domain::ChangePictures>(), std::move(some)});
    }
    if (command == "ChangeCapacity") return by_cadre(capacities());
    if (command == "PlaceClaim") return claims();
    if (command == "CancelClaim") return on_claims<domain::CancelClaim>(true, false);
    if (command == "CompleteClaim") return on_claims<domain::CompleteClaim>(false, true);
    if (command == "MarkNoShow") return on_claims<domain::MarkNoShow>(false, true);
    if (command == "RateClaim") return on_claims<domain::RateClaim>(true, false);
    if (command == "CheckIn") return on_claims<domain::CheckIn>(true, true);
    return std::nullopt;
  }

 private:
  template <class Command>
  Command about() const {
    Command c;
    c.set_product(id_);
    return c;
  }
  std::vector<Attempt> by_cadre(const std::vector<domain::AnyCommand>& commands) const {
    std::vector<Attempt> all;
    for (const auto& what : commands) all.push_back({what, official(domain::Role::cadre, state_.organisation)});
    return all;
  }
  /// On both sides of each number with which a change of capacity is compared.
  std::vector<domain::AnyCommand> capacities() const {
    const auto taken = static_cast<std::uint32_t>(state_.taken);
    std::vector<domain::AnyCommand> all;
    for (const auto places : std::set<std::uint32_t>{1, taken == 0 ? 1 : taken - 1, taken, state_.capacity,
                                                     state_.capacity + 1, domain::limits::capacity_max}) {
      auto c = about<domain::ChangeCapacity>();
      c.set_capacity(places);
      all.emplace_back(std::move(c));
    }
    return all;
  }
  /// As many places as one claim may have and one more, by somebody who holds as many as somebody holds, or none.
  std::vector<Attempt> claims() const {
    std::set<std::uint32_t> held;
    std::vector<domain::Pseudonym> people{stand_in(6)};
    for (const auto& [who, places] : state_.held)
      if (held.insert(places).second) people.push_back(who);
    std::vector<Attempt> all;
    for (const auto& who : people)
      for (std::uint32_t places = 1; places <= state_.max_per_member + 1; ++places)
        for (const bool only_if_free : {false, true}) {
          auto c = about<domain::PlaceClaim>();
          c.set_places(places);
          c.set_only_if_free(only_if_free);
          all.push_back({std::move(c), person(who)});
        }
    return all;
  }
  /// One claim of each kind that is there, by its owner or by a cadre.
  template <class Command>
  std::vector<Attempt> on_claims(bool by_owner, bool by_cadre) const {
    std::set<std::tuple<int, bool>> seen;
    std::vector<Attempt> all;
    for (std::uint32_t number = 1; number <= state_.tickets.size(); ++number) {
      const auto& ticket = state_.tickets[number - 1];
      if (!seen.emplace(domain::supermarket::claim_state(state_, ticket), ticket.rated).second) continue;
      auto c = about<Command>();
      c.set_ticket(number);
      if constexpr (std::is_same_v<Command, domain::RateClaim>) c.set_stars(5);
      if (by_owner) add(all, c, person(ticket.owner), domain::DoorCode::venue);
      if (by_cadre) add(all, c, official(domain::Role::cadre, state_.organisation), domain::DoorCode::unspecified);
    }
    return all;
  }
  /// A check-in is made now, or told of a time that is long over.
  template <class Command>
  static void add(std::vector<Attempt>& all, Command c, Actor who, domain::DoorCode::Value code) {
    if constexpr (std::is_same_v<Command, domain::CheckIn>) {
      c.set_code(code);
      all.push_back({c, who});
      c.set_occurred_us(1);
    }
    all.push_back({std::move(c), std::move(who)});
  }

  const std::string id_;
  const domain::supermarket::State& state_;
};

}  // namespace

std::optional<std::vector<Attempt>> refused_attempts(const domain::CommandRefused& refused, const Before& before) {
  if (const auto id = domain::id_in(refused.stream(), domain::stream_kind::request))
    return OfRequest(std::string(id->view()), before).attempts(refused.command());
  if (const auto id = domain::id_in(refused.stream(), domain::stream_kind::product))
    return OfProduct(std::string(id->view()), before).attempts(refused.command());
  return std::nullopt;
}

}  // namespace pioneer::api::rerun
