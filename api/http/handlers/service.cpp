#include "api/http/handlers/service.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "api/http/handlers/session_uses.hpp"
#include "api/proofs/contradictions.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/promise.hpp"
#include "api/text/bytes.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"
#include "eventstore/ports/log.hpp"
#include "eventstore/record.hpp"

namespace pioneer::api::http {
namespace {

/// How long a query waits for the position that it names.
constexpr std::int64_t projection_wait_us = 2'000'000;

void run_guarded(const IncomingPointer& incoming, const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception&) {
    incoming->problem({.code = "internal"});
  }
}

/// 503 with the reason, where clients know it by its code; or whoever can carry it out does.
void refuse_unwritable(const Service& service, const IncomingPointer& incoming, std::string_view code) {
  static constexpr std::array known{"disk_full",
                                    "sync_failed",
                                    "clock_jumped",
                                    "clock_behind_log",
                                    "read_only",
                                    "projection_stopped",
                                    "stopping",
                                    "newer_feature_level",
                                    "taking_over",
                                    "elsewhere",
                                    eventstore::broker_unreachable};
  if (code == "elsewhere" && service.elsewhere) return service.elsewhere(incoming);
  const bool is_known = std::ranges::any_of(known, [&](const char* one) { return code == one; });
  incoming->problem({.code = is_known ? code : "not_writable",
                     .detail = "Nothing can be recorded just now; reading goes on. Please try again later.",
                     .retry_after_s = 5});
}

bool settled(const Service& service, const IncomingPointer& incoming, const node::Outcome& outcome) {
  using Kind = eventstore::Answer::Kind;
  switch (outcome.answer.kind) {
    case Kind::accepted:
    case Kind::repeated:
      return true;
    case Kind::refused:
      incoming->refuse(outcome.refusal.value_or(domain::Refusal{domain::RefusalKind::conflict, "internal", "", ""}),
                       outcome.refusal_recorded ? std::optional(outcome.answer.position.value) : std::nullopt);
      return false;
    case Kind::unknown:
      incoming->problem(
          {.code = "outcome_unknown", .detail = "Send it again with the same Idempotency-Key.", .retry_after_s = 1});
      return false;
    case Kind::unavailable:
      break;
  }
  if (outcome.answer.error.code == "queue_full")
    refuse_full(*incoming);
  else
    refuse_unwritable(service, incoming, outcome.answer.error.code);
  return false;
}

struct Made {
  node::Caller caller;
  domain::Command command;
};

/// What the caller asks for, as a command; nothing where that was answered already.
std::optional<Made> make_command(const Service& service, const IncomingPointer& incoming,
                                 std::optional<node::Caller> caller, const Make& make) {
  if (!caller) return std::nullopt;
  if (!caller->sender && !domain::permission(incoming->route->action).anyone) {
    incoming->problem({.code = "not_signed_in", .detail = domain::refusals::not_signed_in.sentence});
    return std::nullopt;
  }
  // Before anything is sealed: keys that no commit will use would only pile up.
  if (const auto code = service.node.unwritable(); !code.empty()) {
    refuse_unwritable(service, incoming, code);
    return std::nullopt;
  }
  auto command = make(service.node.edge(), call_of(*incoming, *caller));
  if (!command) {
    incoming->refuse(command.error());
    return std::nullopt;
  }
  command->token_hash = caller->token_hash;
  return Made{std::move(*caller), std::move(*command)};
}

/// What stands in the log, whether it was done or refused, is promised to whoever wants that.
void promise(const Service& service, Incoming& incoming, const node::Outcome& outcome) {
  using Kind = eventstore::Answer::Kind;
  const auto& answer = outcome.answer;
  const bool stands = answer.kind == Kind::accepted || answer.kind == Kind::repeated || outcome.refusal_recorded;
  if (!incoming.receipt.promise || !stands || service.signer == nullptr) return;
  incoming.promise = base64(write_promise(*service.signer, answer.position.value, answer.leaf, outcome.recorded.us));
}

void submit(const Service& service, const IncomingPointer& incoming, std::optional<node::Caller> caller,
            const Make& make, std::function<void(const node::Caller&, const node::Outcome&)> accepted) {
  auto made = make_command(service, incoming, std::move(caller), make);
  if (!made) return;
  service.node.submit(std::move(made->command), [&service, incoming, caller = std::move(made->caller),
                                                 accepted = std::move(accepted)](const node::Outcome& outcome) {
    if (!incoming->receipt.promise) {
      if (settled(service, incoming, outcome)) accepted(caller, outcome);
      return;
    }
    // A signature costs more than the node's threads have to give.
    service.executor.run_promised([&service, incoming, caller, accepted, outcome] {
      run_guarded(incoming, [&] {
        promise(service, *incoming, outcome);
        if (settled(service, incoming, outcome)) accepted(caller, outcome);
      });
    });
  });
}

void show_projected(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                    const node::Outcome& outcome, const Show& show) {
  // Roles may have changed by this very command: the view is for who the caller is now.
  const auto member = caller.sender ? caller.sender->member : domain::Id{};
  after_projection(
      service, incoming, outcome.answer.position,
      [&service, show, member, outcome] {
        show(member.is_zero() ? node::Caller{} : service.node.caller_of(member), outcome);
      },
      Asked::promised);
}

/// Who sends a command. A token that is new may not have come to a node that only follows yet: the one that writes
/// knows. Nothing: answered, there or here.
std::optional<node::Caller> sender(const Service& service, const IncomingPointer& incoming) {
  const auto& credentials = incoming->credentials;
  const auto unknown = [&] {
    return credentials.kind != Credentials::Kind::none && !service.node.caller(hash_of(credentials.secret)).sender;
  };
  if (service.elsewhere && service.node.unwritable() == "elsewhere" && unknown()) {
    service.elsewhere(incoming);
    return std::nullopt;
  }
  return identify(service, *incoming);
}

}  // namespace

Handler changes(const Service& service, Commanded (Edge::*edged)(const Call&, std::string_view), Shown shown) {
  return [&service, edged, shown](const IncomingPointer& incoming) {
    EmptyBody body;
    if (!incoming->read_body(body)) return;
    send(
        service, incoming, [&](Edge& edge, const Call& call) { return (edge.*edged)(call, incoming->path[0]); },
        shown(service, incoming));
  };
}

void after_projection(const Service& service, const IncomingPointer& incoming, eventstore::Sequence position,
                      std::function<void()> then, Asked asked) {
  const eventstore::Instant deadline{service.node.clock().now().value + projection_wait_us};
  service.node.projector().when_projected(
      position, deadline, [&service, incoming, then = std::move(then), asked](bool projected) mutable {
        if (!projected) {
          incoming->problem({.code = "not_yet_projected",
                             .detail = "It is recorded, but not yet to be seen. Ask again in a moment.",
                             .retry_after_s = 1});
          return;
        }
        auto work = [incoming, then = std::move(then)] { run_guarded(incoming, then); };
        if (asked == Asked::promised)
          service.executor.run_promised(std::move(work));
        else if (!service.executor.run(std::move(work)))
          refuse_full(*incoming);
      });
}

void refuse_full(const Incoming& incoming) {
  incoming.problem({.code = "queue_full", .detail = "Please try again in a moment.", .retry_after_s = 1});
}

std::string new_command_id(eventstore::Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  auto digits = hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t at : {8U, 13U, 18U, 23U}) digits.insert(at, "-");
  return digits;
}

Call call_of(const Incoming& incoming, const node::Caller& caller) {
  return {.sender = caller.sender,
          .system = false,
          .command_id = incoming.command_id,
          .expected_revision = incoming.expected_revision,
          .record_refusal = incoming.receipt.refusal};
}

void show_witnessed(const Service& service, WitnessedView& view) {
  const auto status = service.cosignatures->status();
  view.set_needed(static_cast<std::uint32_t>(status.needed));
  view.set_have(static_cast<std::uint32_t>(status.have));
  view.set_size(status.size);
  if (status.time_s != 0) view.mutable_time()->set_seconds(static_cast<std::int64_t>(status.time_s));
  if (service.contradictions != nullptr && service.contradictions->any()) {
    view.set_reason("contradicted");
  } else if (status.ahead) {
    view.set_reason("ahead");
  }
}

std::string hash_of(std::string_view secret) {
  return std::string(eventstore::sha256(eventstore::bytes_of(secret)).view());
}

std::optional<node::Caller> identify(const Service& service, const Incoming& incoming) {
  using Kind = Credentials::Kind;
  if (incoming.credentials.kind == Kind::none) return node::Caller{};
  const auto hash = hash_of(incoming.credentials.secret);
  auto caller = service.node.caller(hash);
  if (caller.sender) {
    if (service.uses != nullptr && incoming.credentials.kind == Kind::session)
      service.uses->note(hash, service.node.clock().now().value);
    return caller;
  }
  if (incoming.credentials.kind == Kind::bearer) {
    incoming.problem({.code = "token_invalid", .detail = "This token is unknown, has expired or was revoked."});
    return std::nullopt;
  }
  if (domain::permission(incoming.route->action).anyone) return node::Caller{};
  incoming.problem({.code = "session_ended", .detail = "You are no longer signed in here. Please sign in again."});
  return std::nullopt;
}

void send_at_once(const Service& service, const IncomingPointer& incoming, const Make& make, Show show) {
  submit(service, incoming, sender(service, incoming), make, std::move(show));
}

void send(const Service& service, const IncomingPointer& incoming, const Make& make, Show show) {
  send_as(service, incoming, sender(service, incoming), make, std::move(show));
}

void send_as(const Service& service, const IncomingPointer& incoming, std::optional<node::Caller> caller,
             const Make& make, Show show) {
  submit(service, incoming, std::move(caller), make,
         [&service, incoming, show = std::move(show)](const node::Caller& who, const node::Outcome& outcome) {
           show_projected(service, incoming, who, outcome, show);
         });
}

void send_in_steps(const Service& service, const IncomingPointer& incoming, const Make& make, CarryOut carry_out,
                   Show show) {
  auto made = make_command(service, incoming, sender(service, incoming), make);
  if (!made) return;
  const bool taken = service.executor.run([&service, incoming, made = std::move(*made),
                                           carry_out = std::move(carry_out), show = std::move(show)]() mutable {
    run_guarded(incoming, [&] {
      const auto outcome = carry_out(std::move(made.command));
      promise(service, *incoming, outcome);
      if (settled(service, incoming, outcome)) show_projected(service, incoming, made.caller, outcome, show);
    });
  });
  if (!taken) refuse_full(*incoming);
}

void query(const Service& service, const IncomingPointer& incoming, std::function<void(const node::Caller&)> answer) {
  auto work = [&service, incoming, answer = std::move(answer)] {
    if (const auto caller = identify(service, *incoming)) answer(*caller);
  };
  if (incoming->wait_for)
    after_projection(service, incoming, eventstore::Sequence{*incoming->wait_for}, std::move(work));
  else if (!service.executor.run([incoming, work = std::move(work)] { run_guarded(incoming, work); }))
    refuse_full(*incoming);
}

void give_journalled(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                     std::shared_ptr<google::protobuf::Message> view, const queries::Journal& journal,
                     Standing standing) {
  const Call call{.sender = caller.sender, .system = false, .command_id = new_command_id(service.random)};
  auto record =
      service.node.edge().record_personal_data_opened(call, journal.organisation, journal.purpose, journal.subjects);
  if (!record) {
    queries::hide_personal(*view);
    return incoming->view(*view, standing);
  }
  // Before anything was shown: the node that writes shows it, and records that it did.
  if (service.elsewhere && service.node.unwritable() == "elsewhere") return service.elsewhere(incoming);
  service.node.submit(std::move(*record), [&service, incoming, view = std::move(view),
                                           standing](const node::Outcome& outcome) {
    const auto kind = outcome.answer.kind;
    if (service.elsewhere && kind == eventstore::Answer::Kind::unavailable && outcome.answer.error.code == "elsewhere")
      return service.elsewhere(incoming);
    if (kind != eventstore::Answer::Kind::accepted && kind != eventstore::Answer::Kind::repeated)
      queries::hide_personal(*view);
    incoming->view(*view, standing);
  });
}

std::optional<domain::Id> id_in_path(const Incoming& incoming, std::size_t index) {
  auto id = domain::Id::parse(incoming.path[index]);
  if (!id) incoming.problem({.code = "not_found", .detail = domain::refusals::not_found.sentence});
  return id;
}

std::optional<domain::Id> organisation_named(const Service& service, std::string_view id_or_code) {
  return service.node.projector().with_community([&](const node::Community& community) -> std::optional<domain::Id> {
    if (const auto id = domain::Id::parse(id_or_code); id && community.directory.find(*id) != nullptr) return id;
    const auto id = community.directory.by_code(id_or_code);
    return id.is_zero() ? std::nullopt : std::optional(id);
  });
}

void malformed(const Incoming& incoming, std::string_view parameter, std::string_view sentence) {
  incoming.problem({.code = "malformed_parameter", .detail = sentence, .field = parameter});
}

std::optional<bool> flag_in(const Incoming& incoming, std::string_view parameter, bool usual) {
  const auto text = incoming.request.parameter(parameter);
  if (text.empty()) return usual;
  if (text == "true" || text == "false") return text == "true";
  malformed(incoming, parameter, "true or false stands here.");
  return std::nullopt;
}

std::optional<std::size_t> limit_of(const Incoming& incoming, std::size_t usual, std::size_t most) {
  const auto text = incoming.request.parameter("limit");
  if (text.empty()) return usual;
  const auto number = whole_number(text);
  if (number && *number >= 1) return std::min<std::size_t>(static_cast<std::size_t>(*number), most);
  malformed(incoming, "limit", "A whole number from 1 stands here.");
  return std::nullopt;
}

void register_handlers(Router& router, const Service& service) {
  register_organisations(router, service);
  register_members(router, service);
  register_sessions(router, service);
  register_requests(router, service);
  register_boards(router, service);
  register_supermarket(router, service);
  register_blobs(router, service);
  register_tickets(router, service);
  register_live(router, service);
  register_history(router, service);
  register_audit(router, service);
  register_receipts(router, service);
  register_operations(router, service);
}

}  // namespace pioneer::api::http
