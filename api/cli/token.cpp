#include "api/cli/token.hpp"

#include <algorithm>
#include <optional>

#include "adapters/posix/clock.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/remote.hpp"
#include "api/http/rfc3339.hpp"
#include "api/http/sign_in_code.hpp"
#include "api/ports/origin.hpp"
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

struct Named {
  domain::Id member;
  std::optional<domain::Command> registration;  ///< of an unknown name; not sent yet
};

/// Whoever is called so, or the command that registers them.
std::expected<Named, NotDone> member_named(server::Deployment& local, const TokenOptions& options,
                                           const domain::Id& organisation) {
  const auto found = find_members(local, options.member);
  if (found.size() == 1) return Named{found.front(), {}};
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
  if (!command) return std::unexpected(NotDone{Exit::no, sentence_of(command.error())});
  const domain::Id id = domain::Id::of(std::get<domain::RegisterMember>(command->what).id());
  return Named{id, std::move(*command)};
}

api::Commanded granting(server::Deployment& local, const domain::Id& member, const std::string& role,
                        const domain::Id& organisation) {
  api::GrantRoleBody body;
  body.set_role(role);
  body.set_organisation(organisation.text());
  return local.node().edge().grant_role(system_call(), member.text(), body);
}

std::expected<void, NotDone> grant(server::Deployment& local, domain::Command command) {
  const auto granted = local.execute(std::move(command));
  if (granted.refusal && granted.refusal->code == "already_granted") return {};
  if (const auto done = accepted(granted); !done) return std::unexpected(done.error());
  return {};
}

/// Registers if need be, grants, issues. All three are built before the first is sent: what can be refused by its form
/// leaves nothing behind.
std::expected<MadeToken, NotDone> make_token_for(server::Deployment& local, const TokenOptions& options,
                                                 const domain::Id& organisation, std::int64_t expires) {
  auto named = member_named(local, options, organisation);
  if (!named) return std::unexpected(named.error());
  api::IssueTokenBody body;
  if (expires != 0) {
    body.mutable_expires()->set_seconds(expires / 1'000'000);
    body.mutable_expires()->set_nanos(static_cast<std::int32_t>(expires % 1'000'000) * 1'000);
  }
  MadeToken made;
  made.token = make_token(local.cryptography());
  auto granted = granting(local, named->member, options.role, organisation);
  if (!granted) return std::unexpected(NotDone{Exit::usage, sentence_of(granted.error())});
  auto issued = local.node().edge().issue_token(system_call(), named->member.text(), token_hash(made.token), body);
  if (!issued) return std::unexpected(NotDone{Exit::usage, sentence_of(issued.error())});
  made.registered = named->registration.has_value();
  if (made.registered) {
    const auto registered = carry_out(local, std::move(*named->registration));
    if (!registered) return std::unexpected(registered.error());
  }
  if (const auto done = grant(local, std::move(*granted)); !done) return std::unexpected(done.error());
  if (const auto done = carry_out(local, std::move(issued)); !done) return std::unexpected(done.error());
  made.member = named->member.text();
  made.role = options.role;
  made.organisation = organisation.text();
  made.where = name_of(local, organisation);
  if (expires != 0) made.expires = api::http::rfc3339_of_us(expires);
  return made;
}

std::string_view kind_of(const domain::members::Token& token) {
  if (token.purpose == domain::TokenPurpose::session) return "session";
  return token.purpose == domain::TokenPurpose::sign_in ? "sign_in" : "bearer";
}

/// What lets an operator know whose a token is, without opening a name: "cadre of 350203, member of 3502".
std::string roles_of(const node::Community& community, const domain::Id& member) {
  std::string text;
  for (const auto& grant : community.roster.grants(member)) {
    const auto* where = community.directory.find(community.directory.resolve(grant.organisation));
    if (where == nullptr) continue;
    text += (text.empty() ? "" : ", ") + domain::Role::Value_Name(grant.role) + " of " +
            (where->code.empty() ? where->name : where->code);
  }
  return text;
}

struct TokenRow {
  std::string hash;
  domain::members::Token token;
  bool erased = false;
  std::string roles;
};

std::vector<TokenRow> tokens_of(server::Deployment& local) {
  std::vector<TokenRow> rows;
  local.node().projector().with_community([&](const node::Community& community) {
    community.roster.for_each_token([&](std::string_view hash, const domain::members::Token& token) {
      rows.push_back(
          {std::string(hash), token, !community.roster.is_member(token.member), roles_of(community, token.member)});
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

}  // namespace

void tell(const Place& place, const MadeToken& made) {
  if (!place.json) {
    say(std::string(made.registered ? "Registered a new member. " : "") + "Member " + made.member + ", " + made.role +
        " of " + made.where + ". The token is shown only now: " + made.token);
    return;
  }
  JsonObject out;
  out.text("member", made.member)
      .yes_no("registered", made.registered)
      .text("role", made.role)
      .text("organisation", made.organisation)
      .text("tokenHash", api::hex(token_hash(made.token)))
      .text("token", made.token);
  if (!made.expires.empty()) out.text("expires", made.expires);
  say(out.str());
}

std::expected<std::int64_t, Exit> expires_us(const TokenOptions& options, std::int64_t now_us) {
  if (options.expires.empty()) return 0;
  const auto us = time_or_date_us(options.expires);
  if (!us)
    return std::unexpected(fail(
        Exit::usage, "--expires is a time such as 2027-01-31T12:00:00Z, or a date such as 2027-01-31: its beginning."));
  if (*us > 0 && *us > now_us) return *us;
  return std::unexpected(fail(Exit::no, "--expires: " + options.expires + " has passed. Nothing was written."));
}

Exit create_token(const Place& place, const TokenOptions& options) {
  if (!place.server.empty()) return remote::create_token(place, options);
  const auto expires = expires_us(options, adapters::posix::PosixClock().now().value);
  if (!expires) return expires.error();
  auto local = open_local(place);
  if (!local) return fail(local.error());
  const domain::Id organisation = find_organisation(**local, options.organisation);
  if (organisation.is_zero()) {
    return fail(Exit::no, "There is no organisation " + options.organisation + ". Give its code, or its id.");
  }
  const auto made = make_token_for(**local, options, organisation, *expires);
  if (!made) return fail(made.error().exit, made.error().sentence);
  (*local)->stop();
  tell(place, *made);
  return Exit::done;
}

Exit make_link(const Place& place, const SignInLinkOptions& options) {
  if (!api::is_origin(options.origin)) {
    return fail(Exit::usage, "--origin is " + std::string(api::origin_wanted) + "; found " + options.origin);
  }
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
      const std::string_view kind = kind_of(token);
      say(api::hex(hash) + "  " + token.member.text() + "  " + std::string(state) + "  " +
          std::string(kind == "sign_in" ? "sign-in code" : kind) + (expires.empty() ? "" : "  until " + expires) +
          (row.roles.empty() ? "" : "  " + row.roles));
      continue;
    }
    JsonObject shown;
    shown.text("tokenHash", api::hex(hash))
        .text("member", token.member.text())
        .text("state", state)
        .text("kind", kind_of(token))
        .text("roles", row.roles);
    if (!expires.empty()) shown.text("expires", expires);
    list.add(shown.str());
  }
  if (place.json) say(JsonObject().raw("items", list.str()).str());
  return Exit::done;
}

}  // namespace pioneer::cli
