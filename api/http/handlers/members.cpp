// Members, their roles and tokens.
#include <algorithm>
#include <memory>
#include <string>
#include <variant>

#include "api/edge/checks.hpp"
#include "api/http/handlers/service.hpp"
#include "api/node/erasing.hpp"
#include "api/queries/community_view.hpp"
#include "api/text/bytes.hpp"
#include "domain/streams.hpp"

namespace pioneer::api::http {
namespace {

Show member_shown(const Service& service, const IncomingPointer& incoming) {
  return [&service, incoming](const node::Caller& caller, const node::Outcome& outcome) {
    const auto id = domain::id_in(outcome.stream, domain::stream_kind::member).value_or(domain::Id{});
    auto answered = queries::member(service.node, caller, id);
    if (answered) return give(service, incoming, caller, std::move(answered), outcome.answer.position.value);
    // Done, but nobody may see it any more: the member was erased, or the caller lost the role that allowed it.
    MemberView view;
    view.set_id(id.text());
    view.set_state(incoming->route->operation == Operation::erase_member ? domain::MemberState::erased
                                                                         : domain::MemberState::active);
    view.set_revision(outcome.revision);
    incoming->view(view, {.revision = outcome.revision, .position = outcome.answer.position.value});
  };
}

template <class Body>
Handler with_body(const Service& service, Commanded (*build)(Edge&, const Call&, const Incoming&, const Body&)) {
  return [&service, build](const IncomingPointer& incoming) {
    Body body;
    if (!incoming->read_body(body)) return;
    send(
        service, incoming, [&](Edge& edge, const Call& call) { return build(edge, call, *incoming, body); },
        member_shown(service, incoming));
  };
}

/// A repeat's first outcome issued this very token; not where it was made otherwise, or the key is another.
bool issued(const node::Outcome& outcome, std::string_view hash) {
  return std::ranges::any_of(outcome.events, [&](const domain::AnyEvent& event) {
    const auto* issue = std::get_if<domain::TokenIssued>(&event);
    return issue != nullptr && issue->token_hash() == hash;
  });
}

/// The token is shown once and kept by nobody: it follows from the call, so that a repeat shows it again. The log keeps
/// the SHA-256 of its text.
void issue_token(const Service& service, const IncomingPointer& incoming) {
  IssueTokenBody body;
  if (!incoming->read_body(body)) return;
  const auto token = std::make_shared<std::string>();
  const auto hash = std::make_shared<std::string>();
  send(
      service, incoming,
      [&](Edge& edge, const Call& call) -> Commanded {
        const auto secret = edge.secret_for(call, "bearer", incoming->path[0]);
        if (!secret) return std::unexpected(secret.error());
        *token = base64url(*secret);
        *hash = eventstore::sha256(eventstore::bytes_of(*token)).view();
        return edge.issue_token(call, incoming->path[0], *hash, body);
      },
      [incoming, token, hash, body](const node::Caller&, const node::Outcome& outcome) {
        if (!issued(outcome, *hash))
          return incoming->problem({.code = "token_not_repeatable",
                                    .detail = "This token was shown when it was made and cannot be shown again. Make "
                                              "another, with another Idempotency-Key."});
        TokenView view;
        view.set_id(incoming->path[0]);
        view.set_state(domain::MemberState::active);
        view.set_revision(outcome.revision);
        view.set_token(*token);
        view.set_token_hash(hex(*hash));
        if (body.has_expires()) *view.mutable_expires() = body.expires();
        incoming->view(view, {.revision = outcome.revision, .position = outcome.answer.position.value});
      });
}

void erase(const Service& service, const IncomingPointer& incoming) {
  EmptyBody body;
  if (!incoming->read_body(body)) return;
  send_in_steps(
      service, incoming, [&](Edge& edge, const Call& call) { return edge.erase_member(call, incoming->path[0]); },
      [&service](domain::Command command) {
        return node::erase_member(service.node, std::move(command),
                                  [&service](domain::Command step) { return service.node.execute(std::move(step)); })
            .outcome;
      },
      member_shown(service, incoming));
}

}  // namespace

void register_members(Router& router, const Service& service) {
  router.on(Operation::register_member,
            with_body<RegisterMemberBody>(
                service, [](Edge& edge, const Call& call, const Incoming&, const RegisterMemberBody& body) {
                  return edge.register_member(call, body);
                }));
  router.on(Operation::grant_role, with_body<GrantRoleBody>(service, [](Edge& edge, const Call& call,
                                                                        const Incoming& in, const GrantRoleBody& body) {
              return edge.grant_role(call, in.path[0], body);
            }));
  router.on(Operation::revoke_role,
            with_body<RevokeRoleBody>(service,
                                      [](Edge& edge, const Call& call, const Incoming& in, const RevokeRoleBody& body) {
                                        return edge.revoke_role(call, in.path[0], in.path[1], body);
                                      }));
  router.on(Operation::revoke_token,
            with_body<RevokeTokenBody>(
                service, [](Edge& edge, const Call& call, const Incoming& in, const RevokeTokenBody& body) {
                  return edge.revoke_token(call, in.path[0], body);
                }));
  router.on(Operation::erase_member, [&service](const IncomingPointer& incoming) { erase(service, incoming); });
  router.on(Operation::issue_token, [&service](const IncomingPointer& incoming) { issue_token(service, incoming); });
  router.on(Operation::get_member, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) {
      if (const auto id = id_in_path(*incoming))
        give(service, incoming, caller, queries::member(service.node, caller, *id));
    });
  });
  router.on(Operation::find_member, [&service](const IncomingPointer& incoming) {
    FindMemberBody body;
    if (!incoming->read_body(body)) return;
    if (const auto phone = checks::phone(body.phone(), "phone"); !phone) return incoming->refuse(phone.error());
    query(service, incoming, [&service, incoming, phone = body.phone()](const node::Caller& caller) {
      give(service, incoming, caller, queries::member_by_phone(service.node, caller, phone));
    });
  });
  router.on(Operation::get_me, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) {
      give(service, incoming, caller, queries::me(service.node, caller));
    });
  });
}

}  // namespace pioneer::api::http
