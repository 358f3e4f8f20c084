#include "api/cli/remote.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "adapters/csv/organisation_file.hpp"
#include "adapters/posix/clock.hpp"
#include "api/cli/imports.hpp"
#include "api/cli/json.hpp"
#include "api/cli/token.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"
#include "api/text/address.hpp"
#include "api/text/bytes.hpp"
#include "domain/common/id.hpp"
#include "eventstore/record.hpp"

namespace pioneer::cli::remote {
namespace {

bool good(const Reply& reply) { return reply.status >= 200 && reply.status < 300; }

std::string sentence_of(const Reply& reply) {
  api::ProblemView problem;
  if (!api::http::from_json(reply.body, problem)) {
    return "The server answered with status " + std::to_string(reply.status) + ".";
  }
  const std::string& text = problem.detail().empty() ? problem.title() : problem.detail();
  return (problem.has_field() ? problem.field() + ": " : std::string()) + text + " (" + problem.code() + ")";
}

std::string code_of(const Reply& reply) {
  api::ProblemView problem;
  return api::http::from_json(reply.body, problem) ? problem.code() : std::string();
}

/// One call, and the view that comes back.
template <class View>
std::expected<View, Exit> ask(const Place& place, const std::string& method, const std::string& path,
                              const std::string& body = {}) {
  const auto reply = call(place, method, path, body);
  if (!reply) return std::unexpected(cli::fail(Exit::could_not_run, reply.error()));
  if (!good(*reply)) return std::unexpected(fail(*reply));
  View view;
  if (!api::http::from_json(reply->body, view)) {
    return std::unexpected(
        cli::fail(Exit::could_not_run, "The server's answer is of another version. Use its own pioneer."));
  }
  return view;
}

template <class View>
std::expected<View, Exit> post(const Place& place, const std::string& path, const google::protobuf::Message& body) {
  return ask<View>(place, "POST", path, api::http::to_json(body));
}

template <class View>
std::expected<View, Exit> get(const Place& place, const std::string& path) {
  return ask<View>(place, "GET", path);
}

/// The organisation as it is today: where it was merged, what it was merged into.
std::expected<api::OrganisationView, Exit> organisation_today(const Place& place, const std::string& id) {
  auto view = get<api::OrganisationView>(place, "/api/v1/organisations/" + escaped(id));
  if (view && view->has_merged_into()) {
    return get<api::OrganisationView>(place, "/api/v1/organisations/" + escaped(view->merged_into()));
  }
  return view;
}

bool administers(const api::MemberView& me, const api::OrganisationView& organisation) {
  return std::ranges::any_of(me.roles(), [&](const api::RoleView& held) {
    if (held.role() != domain::Role::administrator) return false;
    const std::string& there = held.organisation().id();
    return there == organisation.id() ||
           std::ranges::any_of(organisation.ancestors(), [&](const auto& above) { return above.id() == there; });
  });
}

/// Whether the caller may grant a role there and then make the token, asked before anything is written: a server takes
/// three calls for it, and a refusal of the last would leave what the first two did.
std::expected<void, Exit> may_make_token(const Place& place, const TokenOptions& options,
                                         const api::OrganisationView& organisation) {
  const auto me = get<api::MemberView>(place, "/api/v1/me");
  if (!me) return std::unexpected(me.error());
  const auto forbidden = [](const std::string& where) {
    return std::unexpected(cli::fail(
        Exit::no, "Only an administrator of " + where + ", or of what is above it, can do this. Nothing was written."));
  };
  if (!administers(*me, organisation)) return forbidden(organisation.name());
  if (!domain::Id::parse(options.member) || options.member == me->id()) return {};
  const auto member = get<api::MemberView>(place, "/api/v1/members/" + escaped(options.member));
  if (!member) return std::unexpected(member.error());
  std::set<std::string> places{member->organisation().id()};
  for (const auto& held : member->roles()) places.insert(held.organisation().id());
  for (const auto& id : places) {
    const auto there = organisation_today(place, id);
    if (!there) return std::unexpected(there.error());
    if (!administers(*me, *there)) return forbidden(there->name());
  }
  return {};
}

std::expected<std::string, Exit> known_member(const Place& place, const TokenOptions& options,
                                              const std::string& organisation) {
  if (domain::Id::parse(options.member)) return options.member;
  api::RegisterMemberBody body;
  body.set_name(options.member);
  if (!options.phone.empty()) body.set_phone(options.phone);
  body.set_organisation(organisation);
  const auto view = post<api::MemberView>(place, "/api/v1/members", body);
  if (!view) return std::unexpected(view.error());
  return view->id();
}

/// What the server has under a code; nothing if it has none. The error is a sentence.
std::expected<std::optional<api::OrganisationView>, std::string> with_code(const Place& place, std::string_view code) {
  const auto reply = call(place, "GET", "/api/v1/organisations?code=" + escaped(code));
  if (!reply) return std::unexpected(reply.error());
  if (!good(*reply)) return std::unexpected(sentence_of(*reply));
  api::OrganisationList list;
  if (!api::http::from_json(reply->body, list) || list.items().empty()) return std::nullopt;
  return list.items(0);
}

using IdsByCode = std::unordered_map<std::string, std::string>;

/// The rows of a file whose parents stand in it or are the server's; the latter's ids come into `ids`.
std::expected<adapters::csv::OrganisationFile, Exit> rows_for(const Place& place, const std::string& file,
                                                              IdsByCode& ids) {
  auto alone = adapters::csv::read_organisations(file);
  if (!alone) return std::unexpected(cli::fail(alone.error()));
  std::vector<std::string> known;
  for (const auto& code : alone->unknown_parents) {
    const auto there = with_code(place, code);
    if (!there) return std::unexpected(cli::fail(Exit::could_not_run, there.error()));
    if (!*there) continue;
    ids[code] = (*there)->id();
    known.push_back(code);
  }
  if (known.empty()) return std::move(*alone);
  auto rows = adapters::csv::read_organisations(file, known);
  if (!rows) return std::unexpected(cli::fail(rows.error()));
  return std::move(*rows);
}

/// One row: told to the server, or found there already.
std::expected<void, std::string> import_row(const Place& place, const std::string& file,
                                            const api::OrganisationRow& row, IdsByCode& ids, Tally& tally) {
  const auto parent = row.parent_code.empty() ? ids.end() : ids.find(row.parent_code);
  if (!row.parent_code.empty() && parent == ids.end()) {
    tally.refuse({file, row.line, "The parent " + row.parent_code + " is not there."});
    return {};
  }
  const std::string parent_id = row.parent_code.empty() ? std::string() : parent->second;
  const auto known = with_code(place, row.code);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    const auto& there = **known;
    ids[row.code] = there.id();
    tally.found(file, row.line, there.name() == row.name && there.level() == row.level && there.parent() == parent_id);
    return {};
  }
  api::RegisterOrganisationBody body;
  body.set_name(row.name);
  body.set_level(domain::Level::Value_Name(row.level));
  body.set_code(row.code);
  if (!parent_id.empty()) body.set_parent(parent_id);
  const auto reply =
      call(place, "POST", "/api/v1/organisations", api::http::to_json(body), command_id_of("organisation:" + row.code));
  if (!reply) return std::unexpected(reply.error());
  api::OrganisationView view;
  if (good(*reply) && api::http::from_json(reply->body, view)) {
    ids[row.code] = view.id();
    ++tally.added;
  } else {
    tally.refuse({file, row.line, sentence_of(*reply)});
  }
  return {};
}

}  // namespace

std::string command_id_of(std::string_view words) {
  const auto hash = eventstore::sha256(eventstore::bytes_of(words));
  std::string text = api::hex(hash.view().substr(0, 16));
  text[12] = '8';  // RFC 9562: version 8, our own
  text[16] = 'a';
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

std::string escaped(std::string_view text) { return api::percent_encoded(text); }

Exit fail(const Reply& reply) {
  const bool unreachable = reply.status >= 500 || reply.status == 429;
  return cli::fail(unreachable ? Exit::could_not_run : Exit::no, sentence_of(reply));
}

Exit show(const Place& place, const std::string& path) {
  const auto reply = call(place, "GET", path);
  if (!reply) return cli::fail(Exit::could_not_run, reply.error());
  if (!good(*reply)) return fail(*reply);
  say_json(place, reply->body);
  return Exit::done;
}

std::expected<std::string, std::string> organisation(const Place& place, std::string_view id_or_code) {
  if (domain::Id::parse(id_or_code)) return std::string(id_or_code);
  const auto found = with_code(place, id_or_code);
  if (!found) return std::unexpected(found.error());
  return *found ? (*found)->id() : std::string();
}

Exit import_organisations(const Place& place, const std::string& file) {
  IdsByCode ids;
  const auto rows = rows_for(place, file, ids);
  if (!rows) return rows.error();
  Tally tally;
  for (const auto& finding : rows->findings) tally.refuse(finding);
  Progress progress("organisations", rows->rows.size());
  for (std::uint64_t done = 0; const auto& row : rows->rows) {
    progress.at(done++);
    if (const auto told = import_row(place, file, row, ids, tally); !told) {
      return cli::fail(Exit::could_not_run, told.error());
    }
  }
  return report(tally, "organisation", place.json);
}

Exit create_token(const Place& place, const TokenOptions& options) {
  const auto expires = expires_us(options, adapters::posix::PosixClock().now().value);
  if (!expires) return expires.error();
  const auto organisation_id = organisation(place, options.organisation);
  if (!organisation_id) return cli::fail(Exit::could_not_run, organisation_id.error());
  if (organisation_id->empty()) return cli::fail(Exit::no, "There is no organisation " + options.organisation + ".");
  const auto where = organisation_today(place, *organisation_id);
  if (!where) return where.error();
  if (const auto may = may_make_token(place, options, *where); !may) return may.error();
  const auto member = known_member(place, options, where->id());
  if (!member) return member.error();
  api::GrantRoleBody role;
  role.set_role(options.role);
  role.set_organisation(where->id());
  const auto granted = call(place, "POST", "/api/v1/members/" + escaped(*member) + "/roles", api::http::to_json(role));
  if (!granted) return cli::fail(Exit::could_not_run, granted.error());
  if (!good(*granted) && code_of(*granted) != "already_granted") return fail(*granted);
  api::IssueTokenBody body;
  if (*expires != 0) body.mutable_expires()->set_seconds(*expires / 1'000'000);
  const auto token = post<api::TokenView>(place, "/api/v1/members/" + escaped(*member) + "/tokens", body);
  if (!token) return token.error();
  MadeToken made{*member, *member != options.member, options.role, where->id(), where->name(), token->token(), {}};
  if (*expires != 0) made.expires = api::http::rfc3339_of_us(*expires / 1'000'000 * 1'000'000);
  tell(place, made);
  return Exit::done;
}

Exit make_link(const Place& place, const SignInLinkOptions& options) {
  if (!domain::Id::parse(options.member)) {
    return cli::fail(Exit::usage,
                     "Over a server a member is named by its id. Names are looked up with --data DIR only.");
  }
  api::IssueSignInBody body;
  const auto now_s = adapters::posix::PosixClock().now().value / 1'000'000;
  body.mutable_expires()->set_seconds(now_s + std::int64_t{options.days} * 24 * 3600);
  const auto link = post<api::SignInLinkView>(place, "/api/v1/members/" + options.member + "/sign-in-links", body);
  if (!link) return link.error();
  say(place.json ? api::http::to_json(*link) : "Good once, shown only now: " + link->link());
  return Exit::done;
}

Exit revoke_token(const Place& place, const RevokeTokenOptions&) {
  static_cast<void>(place);
  return cli::fail(Exit::usage,
                   "Over a server a member's token is revoked by POST /api/v1/members/{id}/tokens/revoke; "
                   "without the member's id use --data DIR.");
}

Exit erase(const Place& place, const EraseOptions& options) {
  if (!domain::Id::parse(options.member)) {
    return cli::fail(Exit::usage,
                     "Over a server a member is named by its id. Names are looked up with --data DIR only.");
  }
  const auto reply = call(place, "POST", "/api/v1/members/" + options.member + "/erase");
  if (!reply) return cli::fail(Exit::could_not_run, reply.error());
  if (!good(*reply)) return fail(*reply);
  say(place.json ? reply->body
                 : "Erased " + options.member +
                       ": their open claims cancelled, their open requests withdrawn, the keys destroyed.");
  return Exit::done;
}

}  // namespace pioneer::cli::remote
