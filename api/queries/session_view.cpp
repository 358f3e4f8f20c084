#include "api/queries/session_view.hpp"
#include "api/text/bytes.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "api/queries/names.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::members::Token;

bool good_now(const node::Node& node, const Token& token) { return token.valid({node.clock().now().value}); }

}  // namespace

std::optional<Token> token_with(const node::Node& node, std::string_view hash) {
  return node.projector().with_community([&](const node::Community& community) -> std::optional<Token> {
    const Token* token = community.roster.token(hash);
    return token == nullptr ? std::nullopt : std::optional(*token);
  });
}

api::SignInView session_view(const node::Node& node, std::string_view hash, const Token& token) {
  api::SignInView view;
  view.set_id(api::hex(hash));
  view.set_state(good_now(node, token) ? api::SignInState::active : api::SignInState::ended);
  view.set_revision(node.index().revision(domain::stream_of(domain::stream_kind::member, token.member)).value_or(0));
  view.set_kind(token.purpose == domain::TokenPurpose::session ? api::SignInKind::session : api::SignInKind::token);
  view.set_member(token.member.text());
  view.set_device(token.device);
  set_time(*view.mutable_made_at(), token.issued.us);
  if (token.expires.us != 0) set_time(*view.mutable_expires(), token.expires.us);
  return view;
}

domain::Decided<api::SignInList> my_sessions(const node::Node& node, const node::Caller& caller) {
  if (!caller.sender) return domain::refuse(domain::refusals::not_signed_in);
  std::vector<std::pair<std::string, Token>> mine;
  node.projector().with_community([&](const node::Community& community) {
    community.roster.for_each_token([&](std::string_view hash, const Token& token) {
      if (token.member == caller.sender->member && token.purpose != domain::TokenPurpose::sign_in)
        mine.emplace_back(hash, token);
    });
  });
  std::erase_if(mine, [&](const auto& row) { return !good_now(node, row.second); });
  std::ranges::sort(mine, [](const auto& a, const auto& b) {
    return std::pair(b.second.issued.us, std::string_view(a.first)) <
           std::pair(a.second.issued.us, std::string_view(b.first));
  });
  api::SignInList list;
  for (const auto& [hash, token] : mine) *list.add_items() = session_view(node, hash, token);
  return list;
}

}  // namespace pioneer::queries
