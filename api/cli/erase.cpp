// Erasing a person, in an order that a crash may interrupt anywhere: open claims cancelled and open requests withdrawn,
// then EraseMember; with it the node destroys the keys, and the people store forgets. Run again, it goes on.
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/remote.hpp"
#include "api/people/erasure.hpp"
#include "api/queries/history.hpp"
#include "domain/requests/state.hpp"
#include "domain/streams.hpp"
#include "domain/supermarket/state.hpp"

namespace pioneer::cli {
namespace {

template <class State, class Event>
eventstore::Result<State> state_of(const node::Node& node, const std::string& stream) {
  State state;
  const auto read =
      queries::read_history(node, stream, eventstore::Revision{0}, {}, [&](const queries::HistoryEntry& entry) {
        for (const auto& part : entry.accepted.body.parts()) {
          if (part.stream() != stream) continue;
          for (const auto& event : part.events()) {
            const auto any = domain::parse_event(event.type(), event.payload());
            const auto own = any ? domain::as_part<Event>(*any) : std::nullopt;
            if (own) evolve(state, *own, {domain::Id::of(part.actor()), {entry.accepted.body.recorded_at_us()}});
          }
        }
        return true;
      });
  if (!read) return std::unexpected(read.error());
  return state;
}

struct Counts {
  std::uint64_t claims = 0;
  std::uint64_t requests = 0;
};

std::expected<void, NotDone> cancel_claims(server::Deployment& local, const api::Participation& in, Counts& counts) {
  const auto product = domain::id_in(in.stream, domain::stream_kind::product);
  if (!product) return {};
  const auto state = state_of<domain::supermarket::State, domain::supermarket::Event>(local.node(), in.stream);
  if (!state) return std::unexpected(NotDone{Exit::could_not_run, sentence_of(state.error())});
  if (state->state != domain::ProductState::published) return {};
  for (std::uint32_t ticket = 1; ticket <= state->tickets.size(); ++ticket) {
    const auto& claim = state->tickets[ticket - 1];
    const auto now = claim_state(*state, claim);
    const bool open = now == domain::ClaimState::confirmed || now == domain::ClaimState::waitlisted;
    if (claim.owner != in.pseudonym || !open) continue;
    auto command = local.node().edge().cancel_claim(system_call(), product->text(), std::to_string(ticket));
    if (const auto done = carry_out(local, std::move(command)); !done) return std::unexpected(done.error());
    ++counts.claims;
  }
  return {};
}

std::expected<void, NotDone> withdraw(server::Deployment& local, const api::Participation& in, Counts& counts) {
  const auto request = domain::id_in(in.stream, domain::stream_kind::request);
  if (!request) return {};
  const auto state = state_of<domain::requests::State, domain::requests::Event>(local.node(), in.stream);
  if (!state) return std::unexpected(NotDone{Exit::could_not_run, sentence_of(state.error())});
  if (state->asker != in.pseudonym || !domain::requests::is_open(*state)) return {};
  auto command = local.node().edge().withdraw_request(system_call(), request->text(), {});
  if (const auto done = carry_out(local, std::move(command)); !done) return std::unexpected(done.error());
  ++counts.requests;
  return {};
}

/// All streams of a kind in which the member takes part.
std::vector<api::Participation> taking_part(const api::People& people, const domain::Id& member,
                                            std::string_view kind) {
  constexpr std::size_t page_max = 200;
  std::vector<api::Participation> all;
  std::string cursor;
  do {
    auto page = people.streams_of(member, kind, cursor, page_max);
    for (auto& item : page.items) all.push_back(std::move(item));
    cursor = page.next;
  } while (!cursor.empty());
  return all;
}

/// A member of this id who is erased already.
bool is_erased(server::Deployment& local, std::string_view text) {
  const auto id = domain::Id::parse(text);
  return id && local.node().projector().with_community([&](const node::Community& community) {
    const auto* state = community.roster.member(*id);
    return state != nullptr && state->erased;
  });
}

std::expected<Counts, NotDone> erase_member(server::Deployment& local, const domain::Id& member) {
  Counts counts;
  for (const auto& in : taking_part(local.people(), member, "product/")) {
    if (const auto done = cancel_claims(local, in, counts); !done) return std::unexpected(done.error());
  }
  for (const auto& in : taking_part(local.people(), member, "request/")) {
    if (const auto done = withdraw(local, in, counts); !done) return std::unexpected(done.error());
  }
  const auto done = carry_out(local, local.node().edge().erase_member(system_call(), member.text()));
  if (!done) return std::unexpected(done.error());
  return counts;
}

Exit finish(const Place& place, server::Deployment& local, const std::string& member, const Counts& counts) {
  local.stop();
  if (const std::string why = local.node().projector().stopped_because(); !why.empty()) {
    return fail(Exit::could_not_run, "The erasure is in the log, but not ended (" + why + "). Run it again.");
  }
  if (place.json) {
    say(JsonObject()
            .text("member", member)
            .text("state", "erased")
            .number("claimsCancelled", counts.claims)
            .number("requestsWithdrawn", counts.requests)
            .str());
  } else {
    say("Erased " + member + ": " + grouped(counts.claims) + " claims cancelled, " + grouped(counts.requests) +
        " requests withdrawn, the keys destroyed.");
  }
  return Exit::done;
}

}  // namespace

Exit erase(const Place& place, const EraseOptions& options) {
  if (!place.server.empty()) return remote::erase(place, options);
  auto local = open_local(place);
  if (!local) return fail(local.error());
  // Opening has ended whatever erasure was interrupted.
  if (is_erased(**local, options.member)) return finish(place, **local, options.member, {});
  const auto found = find_members(**local, options.member);
  if (found.empty())
    return fail(Exit::no, "There is no member " + options.member + ". Give the whole name, or the id.");
  if (found.size() > 1) {
    std::string text = "Several members are called so. Name one by its id:";
    for (const auto& id : found) text += "\n  " + id.text();
    return fail(Exit::no, text);
  }
  const auto counts = erase_member(**local, found.front());
  if (!counts) return fail(counts.error().exit, counts.error().sentence);
  return finish(place, **local, found.front().text(), *counts);
}

}  // namespace pioneer::cli
