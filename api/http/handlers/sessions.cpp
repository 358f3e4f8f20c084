// Signing in: one-time codes, and the sessions that they open. A session is a token of the log like any other; only its
// secret travels in a cookie.
#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "api/http/handlers/service.hpp"
#include "api/http/handlers/session_uses.hpp"
#include "api/http/sign_in_code.hpp"
#include "api/queries/community_view.hpp"
#include "api/queries/names.hpp"
#include "api/queries/session_view.hpp"
#include "api/text/bytes.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"

namespace pioneer::api::http {
namespace {

using domain::members::Token;

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 24LL * 3600 * second_us;
/// A phone that is used once a season stays signed in.
constexpr std::int64_t session_valid_us = 90 * day_us;
/// Who holds an official's role can do more harm from a lost phone; the application renews its session as it is used.
constexpr std::int64_t official_valid_us = 7 * day_us;
/// Of a code that is made for somebody who was proven elsewhere, and opened in the same breath.
constexpr std::int64_t breath_us = 60 * second_us;
/// From one address in a minute: room for a household's mistakes, none for guessing.
constexpr std::uint32_t wrong_codes_max = 10;
constexpr std::size_t addresses_max = 10'000;

/// Counts wrong codes by address. Any thread.
class WrongCodes {
 public:
  bool too_many(const std::string& address, std::int64_t now_us) {
    const std::lock_guard lock(mutex_);
    begin_minute(now_us);
    const auto found = wrong_.find(address);
    return found != wrong_.end() && found->second >= wrong_codes_max;
  }
  void count(const std::string& address, std::int64_t now_us) {
    const std::lock_guard lock(mutex_);
    begin_minute(now_us);
    if (wrong_.size() < addresses_max || wrong_.contains(address)) ++wrong_[address];
  }

 private:
  void begin_minute(std::int64_t now_us) {
    if (now_us / (60 * second_us) == minute_) return;
    minute_ = now_us / (60 * second_us);
    wrong_.clear();
  }

  std::mutex mutex_;
  std::int64_t minute_ = 0;
  std::unordered_map<std::string, std::uint32_t> wrong_;
};

std::int64_t now_us(const Service& service) { return service.node.clock().now().value; }

std::int64_t valid_us(const node::Caller& caller) {
  const bool official =
      std::ranges::any_of(caller.actor.grants, [](const auto& grant) { return grant.role != domain::Role::member; });
  return official ? official_valid_us : session_valid_us;
}

/// The session with what only this server knows of it.
void complete(const Service& service, const Incoming& incoming, SignInView& view) {
  view.set_current(!incoming.credentials.secret.empty() && view.id() == hex(hash_of(incoming.credentials.secret)));
  if (service.uses == nullptr) return;
  const auto hash = from_hex(view.id());
  if (const auto used = hash ? service.uses->last(*hash) : std::nullopt)
    queries::set_time(*view.mutable_last_used_at(), *used);
}

SignInView session_of(const Service& service, const node::Caller& caller, const std::string& hash, const Token& token,
                      bool with_me) {
  auto view = queries::session_view(service.node, hash, token);
  if (!with_me) return view;
  if (auto me = queries::me(service.node, caller)) *view.mutable_me() = std::move(me->view);
  return view;
}

/// Gives the code or session for a new session, as the member whose it is.
void exchange(const Service& service, const IncomingPointer& incoming, const std::string& given,
              const node::Caller& caller) {
  const auto secret = service.node.edge().secret_for(call_of(*incoming, caller), "session", given);
  if (!secret) return incoming->refuse(secret.error());
  const auto cookie = base64url(*secret);
  const Edge::NewSession wanted{.given_hash = given,
                                .token_hash = hash_of(cookie),
                                .expires_us = now_us(service) + valid_us(caller),
                                .device = device_of(incoming->request.headers.find("User-Agent"))};
  send_as(
      service, incoming, caller,
      [&](Edge& edge, const Call& call) { return edge.open_session(call, call.sender->member, wanted); },
      [&service, incoming, cookie](const node::Caller& who, const node::Outcome& outcome) {
        const auto hash = hash_of(cookie);
        const auto token = queries::token_with(service.node, hash);
        if (!token) return incoming->problem({.code = "internal"});
        auto view = session_of(service, who, hash, *token, true);
        view.set_current(true);
        incoming->set_cookie = set_session_cookie(cookie, (token->expires.us - now_us(service)) / second_us);
        incoming->view(view, {.revision = outcome.revision, .position = outcome.answer.position.value});
      });
}

void refuse_code(WrongCodes& wrong, const Service& service, const Incoming& incoming) {
  const auto& address = incoming.request.peer;
  const auto now = now_us(service);
  if (wrong.too_many(address, now))
    return incoming.problem(
        {.code = "too_many_wrong_codes", .detail = "Please try again in a minute.", .retry_after_s = 60});
  wrong.count(address, now);
  incoming.problem({.code = "code_unknown", .detail = "There is no such code. Scan it again, or ask for a new one."});
}

/// Lets in whom another way has proven: with a one-time code of their own, so that the log knows one kind of session.
void let_in(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto secret = service.node.edge().secret_for(call_of(*incoming, caller), "sign-in", "elsewhere");
  if (!secret) return incoming->refuse(secret.error());
  const auto given = hash_of(code_of(*secret));
  send_as(
      service, incoming, caller,
      [&](Edge& edge, const Call& call) {
        Call issuing = call;
        issuing.command_id += "/code";  // the session that it opens has the client's own
        return edge.issue_sign_in(issuing, caller.sender->member.text(), given, now_us(service) + breath_us, {});
      },
      [&service, incoming, given](const node::Caller& who, const node::Outcome&) {
        exchange(service, incoming, given, who);
      });
}

void open(const Service& service, const std::shared_ptr<WrongCodes>& wrong, const IncomingPointer& incoming) {
  OpenSessionBody body;
  if (!incoming->read_body(body) || !identify(service, *incoming)) return;
  const auto code = normal_code(body.code());
  const auto given = hash_of(code);
  const auto token = code.empty() ? std::nullopt : queries::token_with(service.node, given);
  // A right code opens, whoever else behind the same address guesses: codes have 100 bits.
  if (token && token->purpose == domain::TokenPurpose::sign_in) {
    const auto caller = service.node.caller_of(token->member);
    if (caller.sender) return exchange(service, incoming, given, caller);
  }
  if (service.sign_in == nullptr || wrong->too_many(incoming->request.peer, now_us(service)))
    return refuse_code(*wrong, service, *incoming);
  service.sign_in->prove(body.code(), [&service, wrong, incoming](const std::optional<domain::Id>& member) {
    const auto caller = member ? service.node.caller_of(*member) : node::Caller{};
    caller.sender ? let_in(service, incoming, caller) : refuse_code(*wrong, service, *incoming);
  });
}

void rotate(const Service& service, const IncomingPointer& incoming) {
  const auto given = hash_of(incoming->credentials.secret);
  const auto token = queries::token_with(service.node, given);
  // A session that has ended may be the first half of a repeat: the Writer says whether it is.
  if (token && token->purpose == domain::TokenPurpose::session) {
    const auto caller = service.node.caller_of(token->member);
    if (caller.sender) return exchange(service, incoming, given, caller);
  }
  const auto caller = identify(service, *incoming);
  if (!caller) return;
  if (!caller->sender)
    return incoming->problem({.code = "not_signed_in", .detail = domain::refusals::not_signed_in.sentence});
  incoming->problem({.code = "not_a_session", .detail = "A program's token is not given for another."});
}

/// Ends a session or token of the caller's.
void revoke(const Service& service, const IncomingPointer& incoming, const std::string& hash) {
  send(
      service, incoming,
      [&](Edge& edge, const Call& call) {
        RevokeTokenBody body;
        body.set_token_hash(hex(hash));
        const auto member = call.sender ? call.sender->member : domain::Id{};
        return edge.revoke_token(call, member.text(), body);
      },
      [&service, incoming, hash](const node::Caller& caller, const node::Outcome& outcome) {
        const auto token = queries::token_with(service.node, hash);
        if (!token) return incoming->problem({.code = "internal"});
        auto view = session_of(service, caller, hash, *token, false);
        complete(service, *incoming, view);
        if (view.current()) incoming->set_cookie = set_session_cookie({}, 0);
        incoming->view(view, {.revision = outcome.revision, .position = outcome.answer.position.value});
      });
}

void end(const Service& service, const IncomingPointer& incoming) {
  const auto hash = hash_of(incoming->credentials.secret);
  const auto token = queries::token_with(service.node, hash);
  if (!token || token->purpose == domain::TokenPurpose::session) return revoke(service, incoming, hash);
  if (identify(service, *incoming))
    incoming->problem({.code = "not_a_session", .detail = "A program's token is revoked by its own call."});
}

void show(const Service& service, const Incoming& incoming, const node::Caller& caller) {
  const auto hash = hash_of(incoming.credentials.secret);
  const auto token = queries::token_with(service.node, hash);
  if (!caller.sender || !token)
    return incoming.problem({.code = "not_signed_in", .detail = domain::refusals::not_signed_in.sentence});
  auto view = session_of(service, caller, hash, *token, true);
  complete(service, incoming, view);
  incoming.view(view, {.revision = view.revision()});
}

void list_mine(const Service& service, const Incoming& incoming, const node::Caller& caller) {
  auto list = queries::my_sessions(service.node, caller);
  if (!list) return incoming.refuse(list.error());
  for (auto& item : *list->mutable_items()) complete(service, incoming, item);
  incoming.view(*list);
}

void issue(const Service& service, const IncomingPointer& incoming) {
  IssueSignInBody body;
  if (!incoming->read_body(body)) return;
  const auto code = std::make_shared<std::string>();
  send(
      service, incoming,
      [&](Edge& edge, const Call& call) -> Commanded {
        const auto secret = edge.secret_for(call, "sign-in", incoming->path[0]);
        if (!secret) return std::unexpected(secret.error());
        *code = code_of(*secret);
        return edge.issue_sign_in(call, incoming->path[0], hash_of(*code), now_us(service) + sign_in_valid_us, body);
      },
      [&service, incoming, code](const node::Caller&, const node::Outcome& outcome) {
        const auto hash = hash_of(*code);
        const auto token = queries::token_with(service.node, hash);
        if (!token) return incoming->problem({.code = "internal"});
        SignInLinkView view;
        view.set_id(hex(hash));
        view.set_state(token->revoked ? SignInState::ended : SignInState::active);
        view.set_revision(outcome.revision);
        view.set_member(token->member.text());
        view.set_code(spaced(*code));
        view.set_link(sign_in_link(service.origin, *code));
        queries::set_time(*view.mutable_expires(), token->expires.us);
        incoming->view(view, {.revision = outcome.revision, .position = outcome.answer.position.value});
      });
}

}  // namespace

void register_sessions(Router& router, const Service& service) {
  router.on(Operation::issue_sign_in, [&service](const IncomingPointer& incoming) { issue(service, incoming); });
  router.on(Operation::open_session, [&service, wrong = std::make_shared<WrongCodes>()](
                                         const IncomingPointer& incoming) { open(service, wrong, incoming); });
  router.on(Operation::rotate_session, [&service](const IncomingPointer& incoming) { rotate(service, incoming); });
  router.on(Operation::end_session, [&service](const IncomingPointer& incoming) { end(service, incoming); });
  router.on(Operation::get_session, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { show(service, *incoming, caller); });
  });
  router.on(Operation::list_my_sessions, [&service](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, incoming](const node::Caller& caller) { list_mine(service, *incoming, caller); });
  });
  router.on(Operation::revoke_my_session, [&service](const IncomingPointer& incoming) {
    const auto hash = from_hex(incoming->path[0]);
    if (!hash || hash->size() != 32)
      return incoming->problem({.code = "not_found", .detail = "There is no such session."});
    revoke(service, incoming, *hash);
  });
}

}  // namespace pioneer::api::http
