#include "api/cli/remote.hpp"

#include <unordered_map>

#include "adapters/csv/organisation_file.hpp"
#include "adapters/posix/clock.hpp"
#include "api/cli/imports.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"
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

/// POST, and the view that comes back.
template <class View>
std::expected<View, Exit> post(const Place& place, const std::string& path, const google::protobuf::Message& body) {
  const auto reply = call(place, "POST", path, api::http::to_json(body));
  if (!reply) return std::unexpected(cli::fail(Exit::could_not_run, reply.error()));
  if (!good(*reply)) return std::unexpected(fail(*reply));
  View view;
  if (!api::http::from_json(reply->body, view)) {
    return std::unexpected(
        cli::fail(Exit::could_not_run, "The server's answer is of another version. Use its own pioneer."));
  }
  return view;
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

}  // namespace

std::string command_id_of(std::string_view words) {
  const auto hash = eventstore::sha256(eventstore::bytes_of(words));
  std::string text = api::hex(hash.view().substr(0, 16));
  text[12] = '8';  // RFC 9562: version 8, our own
  text[16] = 'a';
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != plain.npos) {
      out.push_back(c);
    } else {
      out += "%" + api::hex(std::string_view(&c, 1));
    }
  }
  return out;
}

Exit fail(const Reply& reply) {
  const bool unreachable = reply.status >= 500 || reply.status == 429;
  return cli::fail(unreachable ? Exit::could_not_run : Exit::no, sentence_of(reply));
}

Exit show(const Place& place, const std::string& path) {
  const auto reply = call(place, "GET", path);
  if (!reply) return cli::fail(Exit::could_not_run, reply.error());
  if (!good(*reply)) return fail(*reply);
  say(reply->body);
  return Exit::done;
}

std::expected<std::string, std::string> organisation(const Place& place, std::string_view id_or_code) {
  if (domain::Id::parse(id_or_code)) return std::string(id_or_code);
  const auto reply = call(place, "GET", "/api/v1/organisations?code=" + escaped(id_or_code));
  if (!reply) return std::unexpected(reply.error());
  if (!good(*reply)) return std::unexpected(sentence_of(*reply));
  api::OrganisationList list;
  if (!api::http::from_json(reply->body, list) || list.items().empty()) return std::string();
  return list.items(0).id();
}

Exit import_organisations(const Place& place, const std::string& file) {
  const auto rows = adapters::csv::read_organisations(file);
  if (!rows) return cli::fail(rows.error());
  Tally tally;
  for (const auto& finding : rows->findings) tally.refuse(finding);
  std::unordered_map<std::string, std::string> ids;
  Progress progress("organisations", rows->rows.size());
  for (std::uint64_t done = 0; const auto& row : rows->rows) {
    progress.at(done++);
    const auto known = organisation(place, row.code);
    if (!known) return cli::fail(Exit::could_not_run, known.error());
    if (!known->empty()) {
      ids[row.code] = *known;
      ++tally.unchanged;
      continue;
    }
    api::RegisterOrganisationBody body;
    body.set_name(row.name);
    body.set_level(domain::Level::Value_Name(row.level));
    body.set_code(row.code);
    if (!row.parent_code.empty()) body.set_parent(ids[row.parent_code]);
    const auto reply = call(place, "POST", "/api/v1/organisations", api::http::to_json(body),
                            command_id_of("organisation:" + row.code));
    if (!reply) return cli::fail(Exit::could_not_run, reply.error());
    api::OrganisationView view;
    if (good(*reply) && api::http::from_json(reply->body, view)) {
      ids[row.code] = view.id();
      ++tally.added;
    } else {
      tally.refuse({file, row.line, sentence_of(*reply)});
    }
  }
  return report(tally, "organisations", place.json);
}

Exit create_token(const Place& place, const TokenOptions& options) {
  const auto organisation_id = organisation(place, options.organisation);
  if (!organisation_id) return cli::fail(Exit::could_not_run, organisation_id.error());
  if (organisation_id->empty()) return cli::fail(Exit::no, "There is no organisation " + options.organisation + ".");
  const auto member = known_member(place, options, *organisation_id);
  if (!member) return member.error();
  const bool registered = *member != options.member;
  api::GrantRoleBody role;
  role.set_role(options.role);
  role.set_organisation(*organisation_id);
  const auto granted = call(place, "POST", "/api/v1/members/" + escaped(*member) + "/roles", api::http::to_json(role));
  if (!granted) return cli::fail(Exit::could_not_run, granted.error());
  if (!good(*granted) && code_of(*granted) != "already_granted") return fail(*granted);
  api::IssueTokenBody body;
  if (!options.expires.empty()) {
    const auto expires = api::http::parse_rfc3339(options.expires);
    if (!expires) return cli::fail(Exit::usage, "--expires is a time such as 2027-01-31T00:00:00Z.");
    body.mutable_expires()->set_seconds(expires->seconds);
  }
  const auto token = post<api::TokenView>(place, "/api/v1/members/" + escaped(*member) + "/tokens", body);
  if (!token) return token.error();
  if (place.json) {
    say(api::http::to_json(*token));
  } else {
    say(std::string(registered ? "Registered a new member. " : "") + "Member " + token->id() + ", " + options.role +
        " of " + options.organisation + ". The token is shown only now: " + token->token());
  }
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
