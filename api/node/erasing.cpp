#include "api/node/erasing.hpp"

#include <future>
#include <utility>

#include "api/node/refusals.hpp"
#include "domain/members/decide.hpp"
#include "domain/streams.hpp"

namespace pioneer::node {
namespace {

using domain::Id;
using Kind = eventstore::Answer::Kind;

/// How long the end of one round waits to be projected; then the erasure is left to a repeat.
constexpr std::int64_t projection_wait_us = 30'000'000;
constexpr std::size_t participations_page = 200;

struct OpenEnds {
  std::vector<domain::Command> claims;
  std::vector<domain::Command> requests;
};

bool is_open(domain::RequestState::Value state) {
  using domain::RequestState;
  return state == RequestState::submitted || state == RequestState::accepted || state == RequestState::in_progress ||
         state == RequestState::awaiting_confirmation;
}

bool is_open(domain::ClaimState::Value state) {
  return state == domain::ClaimState::confirmed || state == domain::ClaimState::waitlisted;
}

api::Call as_system() {
  api::Call call;
  call.system = true;
  return call;
}

Outcome failed(eventstore::Error error) {
  Outcome outcome;
  outcome.answer = {Kind::unavailable, {}, std::move(error)};
  return outcome;
}

/// Each stream of a kind in which the member takes part.
template <class Each>
eventstore::Result<void> each_participation(const Node& node, const Id& member, std::string_view kind, Each each) {
  std::string cursor;
  do {
    const auto page = node.people().streams_of(member, kind, cursor, participations_page);
    for (const auto& in : page.items) {
      const auto id = domain::id_in(in.stream, kind.substr(0, kind.size() - 1));
      if (!id) continue;
      if (auto done = each(*id, in.pseudonym); !done) return done;
    }
    cursor = page.next;
  } while (!cursor.empty());
  return {};
}

eventstore::Result<OpenEnds> open_ends(Node& node, const Id& member) {
  OpenEnds open;
  auto read =
      each_participation(node, member, "product/", [&](const Id& id, const Id& pseudonym) -> eventstore::Result<void> {
        const auto product = node.models().products().get(id);
        if (!product) return std::unexpected(product.error());
        if (!*product || (*product)->counts.state != domain::ProductState::published) return {};
        const auto claims = node.models().claims().of(id, pseudonym);
        if (!claims) return std::unexpected(claims.error());
        for (const auto& claim : *claims) {
          if (!is_open(claim.state)) continue;
          auto command = node.edge().cancel_claim(as_system(), id.text(), std::to_string(claim.ticket));
          if (command) open.claims.push_back(std::move(*command));
        }
        return {};
      });
  if (!read) return std::unexpected(read.error());
  read =
      each_participation(node, member, "request/", [&](const Id& id, const Id& pseudonym) -> eventstore::Result<void> {
        const auto request = node.models().requests().get(id);
        if (!request) return std::unexpected(request.error());
        if (!*request || (*request)->asker != pseudonym || !is_open((*request)->state)) return {};
        auto command = node.edge().withdraw_request(as_system(), id.text(), {});
        if (command) open.requests.push_back(std::move(*command));
        return {};
      });
  if (!read) return std::unexpected(read.error());
  return open;
}

/// Why the domain would refuse it as everything stands now. The Writer has the last word; but who may not erase shall
/// not cancel either.
std::optional<domain::Refusal> refused_today(const Node& node, const domain::Command& erase, const Id& member) {
  auto refused = node.projector().with_community([&](const Community& community) -> std::optional<domain::Refusal> {
    domain::Actor actor = community.actor(erase.member);
    if (erase.system) actor.kind = domain::Actor::Kind::system;
    actor.pseudonym = erase.pseudonym;
    actor.is_self = !erase.member.is_zero() && erase.member == member;
    const auto* known = community.roster.member(member);
    const domain::Context context{
        {node.clock().now().value}, actor, community.directory, community.policy, community.roster};
    const auto decided = domain::members::decide(known == nullptr ? domain::members::State{} : *known,
                                                 std::get<domain::EraseMember>(erase.what), context);
    if (decided) return std::nullopt;
    return decided.error();
  });
  if (refused || erase.expected_revision < 0) return refused;
  // Only who may erase learns that the revision is another one.
  const auto revision = node.index().revision(domain::primary_stream(erase.what));
  if (revision && *revision != static_cast<std::uint64_t>(erase.expected_revision))
    refused = domain::refuse(refusals::revision_mismatch).error();
  return refused;
}

bool projected(Node& node, eventstore::Sequence position) {
  std::promise<bool> promise;
  auto done = promise.get_future();
  node.projector().when_projected(position, eventstore::Instant{node.clock().now().value + projection_wait_us},
                                  [&promise](bool in_time) { promise.set_value(in_time); });
  return done.get();
}

/// Carries the commands out and counts those accepted. A refusal says that it ended otherwise meanwhile. Nothing: go
/// on.
std::optional<Outcome> end_all(std::vector<domain::Command> commands, const CarryOut& carry_out, std::uint64_t& count,
                               std::optional<eventstore::Sequence>& last) {
  for (auto& command : commands) {
    auto outcome = carry_out(std::move(command));
    if (outcome.answer.kind == Kind::unavailable || outcome.answer.kind == Kind::unknown) return outcome;
    if (outcome.answer.kind == Kind::refused) continue;
    ++count;
    last = outcome.answer.position;
  }
  return std::nullopt;
}

bool is_repeat(const Node& node, const domain::Command& command) {
  if (command.once.empty()) return false;
  const auto before = node.index().once(eventstore::CommandMac::of(command.once));
  return before && *before;
}

}  // namespace

Erased erase_member(Node& node, domain::Command erase, const CarryOut& carry_out) {
  Erased erased;
  const Id member = Id::of(std::get<domain::EraseMember>(erase.what).member());
  if (!is_repeat(node, erase)) {
    if (auto refusal = refused_today(node, erase, member)) {
      erased.outcome.answer.kind = Kind::refused;
      erased.outcome.refusal = std::move(refusal);
      return erased;
    }
    // Until a round finds nothing: a claim may come while others are cancelled, and what is not yet projected is not
    // seen.
    while (true) {
      auto open = open_ends(node, member);
      if (!open) {
        erased.outcome = failed(open.error());
        return erased;
      }
      std::optional<eventstore::Sequence> last;
      auto stopped = end_all(std::move(open->claims), carry_out, erased.claims_cancelled, last);
      if (!stopped) stopped = end_all(std::move(open->requests), carry_out, erased.requests_withdrawn, last);
      if (stopped) {
        erased.outcome = std::move(*stopped);
        return erased;
      }
      if (!last) break;
      if (!projected(node, *last)) {
        erased.outcome =
            failed({"not_yet_projected", "What was cancelled is not projected yet.", eventstore::Retry::can_help});
        return erased;
      }
    }
  }
  erased.outcome = carry_out(std::move(erase));
  return erased;
}

}  // namespace pioneer::node
