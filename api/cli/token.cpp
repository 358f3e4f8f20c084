#include <algorithm>

#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/remote.hpp"
#include "api/cli/token.hpp"
#include "api/http/rfc3339.hpp"
#include "api/http/sign_in_code.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/record.hpp"

namespace pioneer::cli {

std::string token_hash(std::string_view token) {
  return std::string(eventstore::sha256(eventstore::bytes_of(token)).view());
}

std::string make_token(api::Cryptography& cryptography) {
  return "pioneer_" + api::base64url(cryptography.make_secret().view());
}

std::string make_code(api::Cryptography& cryptography) { return api::http::code_of(cryptography.make_secret().view()); }

namespace {

constexpr std::string_view expires_wanted = "--expires is a time such as 2027-01-31T00:00:00Z.";

struct Named {
  domain::Id member;
  bool registered = false;  ///< just now
};

/// Whoever is called so; an unknown name is registered.
std::expected<Named, NotDone> member_named(server::Deployment& local, const TokenOptions& options,
                                           const domain::Id& organisation) {
  const auto found = find_members(local, options.member);
  if (found.size() == 1) return Named{found.front()};
  if (found.size() > 1) {
    std::string text = "Several members are called " + options.member + ". Name one by its id:";
    for (const auto& id : found) text += "\n  " + id.text();
    return std::unexpected(NotDone{Exit::no, text});
  }
  if (domain::Id::parse(options.member)) {
    return std::unexpected(
        NotDone{Exit::no, "There is no member " + options.member + ". Check the id, or give a name to register."});
  }
  api::RegisterMemberBody body;
  body.set_name(options.member);
  if (!options.phone.empty()) body.set_phone(options.phone);
  body.set_organisation(organisation.text());
  auto command = local.node().edge().register_member(system_call(), body);
  const domain::Id id = command ? domain::Id::of(std::get<domain::RegisterMember>(command->what).id()) : domain::Id{};
  const auto outcome = carry_out(local, std::move(command));
  if (!outcome) return std::unexpected(outcome.error());
  return Named{id, true};
}

std::expected<void, NotDone> grant(server::Deployment& local, const domain::Id& member, const std::string& role,
                                   const domain::Id& organisation) {
  api::GrantRoleBody body;
  body.set_role(role);
  body.set_organisation(organisation.text());
  auto command = local.node().edge().grant_role(system_call(), member.text(), body);
  if (!command) return std::unexpected(NotDone{Exit::usage, sentence_of(command.error())});
  const node::Outcome outcome = local.execute(std::move(*command));
  if (outcome.answer.kind == eventstore::Answer::Kind::refused && outcome.refusal->code == "already_granted") return {};
  if (outcome.answer.kind == eventstore::Answer::Kind::accepted) return {};
  if (outcome.refusal) return std::unexpected(NotDone{Exit::no, sentence_of(*outcome.refusal)});
  return std::unexpected(NotDone{Exit::could_not_run, sentence_of(outcome.answer.error)});
}

struct TokenRow {
  std::string hash;
  domain::members::Token token;
  bool erased = false;
};

std::vector<TokenRow> tokens_of(server::Deployment& local) {
  std::vector<TokenRow> rows;
  local.node().projector().with_community([&](const node::Community& community) {
    community.roster.for_each_token([&](std::string_view hash, const domain::members::Token& token) {
      rows.push_back({std::string(hash), token, !community.roster.is_member(token.member)});
    });
  });
  std::ranges::sort(rows, {}, &TokenRow::hash);
  return rows;
}

std::string_view state_of(const TokenRow& row, domain::Instant now) {
  const auto& token = row.token;
  if (row.erased) return "erased";  // its member is: the server takes it no more
  if (token.revoked) return "revoked";
  return token.valid(now) ? "valid" : "expired";
}

std::string kind_of(const domain::members::Token& token) {
  if (token.purpose == domain::TokenPurpose::session) return "  session";
  return token.purpose == domain::TokenPurpose::sign_in ? "  sign-in code" : "";
}

}  // namespace

Exit create_token(const Place& place, const TokenOptions& options) {
  if (!place.server.empty()) return remote::create_token(place, options);
  api::IssueTokenBody body;
  if (!options.expires.empty()) {
    const auto expires = api::http::parse_rfc3339(options.expires);
    if (!expires) return fail(Exit::usage, expires_wanted);
    body.mutable_expires()->set_seconds(expires->seconds);
    body.mutable_expires()->set_nanos(expires->nanos);
  }
  auto local = open_local(place);
  if (!local) return fail(local.error());
  const domain::Id organisation = find_organisation(**local, options.organisation);
  if (organisation.is_zero()) {
    return fail(Exit::no, "There is no organisation " + options.organisation + ". Give its code, or its id.");
  }
  const auto named = member_named(**local, options, organisation);
  if (!named) return fail(named.error().exit, named.error().sentence);
  const domain::Id member = named->member;
  if (const auto granted = grant(**local, member, options.role, organisation); !granted) {
    return fail(granted.error().exit, granted.error().sentence);
  }
  const std::string token = make_token((*local)->cryptography());
  auto command = (*local)->node().edge().issue_token(system_call(), member.text(), token_hash(token), body);
  if (const auto issued = carry_out(**local, std::move(command)); !issued) {
    return fail(issued.error().exit, issued.error().sentence);
  }
  const std::string where = name_of(**local, organisation);
  (*local)->stop();
  if (place.json) {
    say(JsonObject()
            .text("member", member.text())
            .yes_no("registered", named->registered)
            .text("role", options.role)
            .text("organisation", organisation.text())
            .text("tokenHash", api::hex(token_hash(token)))
            .text("token", token)
            .str());
  } else {
    say(std::string(named->registered ? "Registered a new member. " : "") + "Member " + member.text() + ", " +
        options.role + " of " + where + ". The token is shown only now: " + token);
  }
  return Exit::done;
}

Exit make_link(const Place& place, const SignInLinkOptions& options) {
  if (!place.server.empty()) return remote::make_link(place, options);
  auto local = open_local(place);
  if (!local) return fail(local.error());
  const auto found = find_members(**local, options.member);
  if (found.size() != 1) {
    return fail(Exit::no, found.empty() ? "There is no member " + options.member + "."
                                        : "Several members are called " + options.member + ". Name one by its id.");
  }
  const std::string code = make_code((*local)->cryptography());
  const std::int64_t expires_us = (*local)->clock().now().value + std::int64_t{options.days} * 24 * 3600 * 1'000'000;
  auto command =
      (*local)->node().edge().issue_sign_in(system_call(), found.front().text(), token_hash(code), expires_us, {});
  if (const auto issued = carry_out(**local, std::move(command)); !issued) {
    return fail(issued.error().exit, issued.error().sentence);
  }
  (*local)->stop();
  const std::string link = api::http::sign_in_link(options.origin, code);
  if (place.json) {
    say(JsonObject()
            .text("member", found.front().text())
            .text("link", link)
            .text("code", api::http::spaced(code))
            .text("expires", api::http::rfc3339_of_us(expires_us))
            .str());
  } else {
    say("Good once, shown only now: " + link);
  }
  return Exit::done;
}

Exit revoke_token(const Place& place, const RevokeTokenOptions& options) {
  if (!place.server.empty()) return remote::revoke_token(place, options);
  auto local = open_local(place);
  if (!local) return fail(local.error());
  const auto given = api::from_hex(options.token);
  const std::string hash = given && given->size() == 32 ? *given : token_hash(options.token);
  const auto rows = tokens_of(**local);
  const auto row = std::ranges::find(rows, hash, &TokenRow::hash);
  if (row == rows.end()) return fail(Exit::no, "There is no such token. `pioneer token list` shows all.");
  api::RevokeTokenBody body;
  body.set_token_hash(api::hex(hash));
  auto command = (*local)->node().edge().revoke_token(system_call(), row->token.member.text(), body);
  if (const auto revoked = carry_out(**local, std::move(command)); !revoked) {
    return fail(revoked.error().exit, revoked.error().sentence);
  }
  say(place.json ? JsonObject().text("tokenHash", body.token_hash()).text("state", "revoked").str()
                 : "Revoked. Whoever holds it is signed out.");
  return Exit::done;
}

Exit list_tokens(const Place& place) {
  if (!place.server.empty()) return fail(Exit::usage, "Tokens are listed with --data DIR only; no server shows them.");
  auto local = open_to_read(place);
  if (!local) return fail(local.error());
  const domain::Instant now{(*local)->clock().now().value};
  JsonArray list;
  for (const auto& row : tokens_of(**local)) {
    const auto& hash = row.hash;
    const auto& token = row.token;
    const std::string expires = token.expires.us == 0 ? "" : api::http::rfc3339_of_us(token.expires.us);
    const std::string_view state = state_of(row, now);
    if (!place.json) {
      say(api::hex(hash) + "  " + token.member.text() + "  " + std::string(state) + kind_of(token) +
          (expires.empty() ? "" : "  until " + expires));
      continue;
    }
    JsonObject shown;
    shown.text("tokenHash", api::hex(hash)).text("member", token.member.text()).text("state", state);
    if (!expires.empty()) shown.text("expires", expires);
    list.add(shown.str());
  }
  if (place.json) say(JsonObject().raw("items", list.str()).str());
  return Exit::done;
}

}  // namespace pioneer::cli
