// The demo: real organisations and real requests imported, then sixty days of whole lives, in a log of its own whose
// clock is driven, and which says so.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

#include "adapters/csv/organisation_file.hpp"
#include "adapters/posix/clock.hpp"
#include "adapters/yaml/demo_texts_file.hpp"
#include "adapters/yaml/policy_file.hpp"
#include "adapters/yaml/request_mapping_file.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/demo/product_lives.hpp"
#include "api/cli/demo/request_lives.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/token.hpp"
#include "api/http/rfc3339.hpp"
#include "api/http/sign_in_code.hpp"
#include "domain/streams.hpp"

namespace pioneer::cli {
namespace {

namespace fs = std::filesystem;
using demo::Minute;

constexpr unsigned days_least = 30, days_most = 365;
constexpr int busy_open = 300, busy_overdue = 40;
/// The demo's rows are all of the past.
constexpr std::int64_t any_time = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view tokens_file = "demo-tokens.txt";
/// One for a phone, one for a desktop, one for whoever looks over the shoulder.
constexpr int links_each = 3;
constexpr std::int64_t link_valid_us = 30LL * 24 * 3600 * 1'000'000;

/// Everything that is read before anything is made.
struct Script {
  domain::Policy policy;
  api::DemoTexts texts;
  api::RequestMapping mapping;
  std::vector<api::OrganisationRow> organisations;
  std::vector<api::OrganisationRow> derived;
  std::string requests_file;
};

template <class T>
std::expected<T, std::string> checked(api::Checked<T> loaded) {
  if (loaded) return std::move(*loaded);
  std::string text = "The demo's files cannot be used:";
  for (const auto& finding : loaded.error()) text += "\n  " + finding.text();
  return std::unexpected(text);
}

std::expected<Script, std::string> read_script(const std::string& content) {
  Script script;
  auto policy = checked(adapters::yaml::load_policy(shipped("config/services.yaml")));
  if (!policy) return std::unexpected(policy.error());
  script.policy = std::move(*policy);
  auto texts = checked(adapters::yaml::load_demo_texts(content, script.policy));
  if (!texts) return std::unexpected(texts.error());
  script.texts = std::move(*texts);
  auto mapping = checked(adapters::yaml::load_request_mapping(content + "/la311.yaml", script.policy));
  if (!mapping) return std::unexpected(mapping.error());
  script.mapping = std::move(*mapping);
  auto organisations = adapters::csv::read_organisations(content + "/organisations.csv");
  if (!organisations) return std::unexpected(content + "/organisations.csv: " + sentence_of(organisations.error()));
  script.organisations = std::move(organisations->rows);
  script.requests_file = content + "/la311-2020-01.csv";
  auto derived = derived_rows(script.requests_file, script.mapping, any_time);
  if (!derived) return std::unexpected(script.requests_file + ": " + sentence_of(derived.error()));
  script.derived = std::move(*derived);
  return script;
}

std::expected<OrganisationsByCode, std::string> import_all(demo::Stage& stage, const Script& script,
                                                           const std::string& content) {
  Tally tally;
  Imports imports(stage.edge(), stage.pipeline(), {});
  imports.adopt(script.policy, tally);
  const std::string file = content + "/organisations.csv";
  imports.organisations(script.organisations, file, tally);
  imports.organisations(script.derived, script.requests_file, tally);
  const auto requests = import_request_rows(imports, script.requests_file, script.mapping, any_time, tally);
  if (!requests) return std::unexpected(sentence_of(requests.error()));
  if (tally.stopped) return std::unexpected(sentence_of(*tally.stopped));
  if (!tally.findings.empty()) return std::unexpected("The demo's rows were refused: " + tally.findings.front().text());
  return imports.by_code();
}

/// Problems told in ratings become requests by themselves; somebody has to work on them.
void follow_feedback(demo::Stage& stage, demo::Cast& cast, demo::RequestLives& requests,
                     const demo::ProductLives& products) {
  stage.local().node().projector().listen([&](std::span<const eventstore::AcceptedCommit> commits) {
    for (const auto& commit : commits) {
      for (const auto& part : commit.body.parts()) {
        const auto id = domain::id_in(part.stream(), domain::stream_kind::request);
        if (!id || commit.body.cause() == 0) continue;
        for (const auto& event : part.events()) {
          domain::RequestSubmitted submitted;
          if (event.type() != "RequestSubmitted" || !submitted.ParseFromString(event.payload())) continue;
          demo::Place* place = cast.place(domain::Id::of(submitted.organisation()));
          if (place != nullptr) requests.work_feedback(*id, *place, products.rater_at(commit.body.cause() - 1));
        }
      }
    }
  });
}

struct Pass {
  std::string role;
  std::string member;
  std::string name;
  std::string where;
  std::string page;
  std::vector<std::string> sign_in;  ///< links, each good once
  std::string token;
};

Pass issue(demo::Stage& stage, const demo::Person& person, std::string role, std::string where, const std::string& url,
           const std::string& page) {
  const std::string member = person.sender.member.text();
  Pass pass{std::move(role), member, person.name, std::move(where), url + page, {}, {}};
  pass.token = make_token(stage.local().cryptography());
  stage.send(stage.edge().issue_token(stage.as_system(), member, token_hash(pass.token), {}));
  for (int i = 0; i < links_each; ++i) {
    const std::string code = make_code(stage.local().cryptography());
    stage.send(stage.edge().issue_sign_in(stage.as_system(), member, token_hash(code),
                                          stage.local().clock().now().value + link_valid_us, {}));
    pass.sign_in.push_back(api::http::sign_in_link(url, code));
  }
  return pass;
}

/// Without names: this text outlives an erasure, in a file.
std::string text_of(const std::vector<Pass>& passes) {
  std::string text;
  for (const auto& pass : passes) {
    text += pass.role + " of " + pass.where + "\n";
    for (const auto& link : pass.sign_in) text += "  " + link + "\n";
    text += "  token " + pass.token + "\n";
  }
  return text;
}

bool write_private(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) return false;
  out << text;
  out.close();
  return out.good();
}

std::string json_of(const std::vector<Pass>& passes, const demo::Stage& stage) {
  JsonArray list;
  for (const auto& pass : passes) {
    JsonArray links;
    for (const auto& link : pass.sign_in) links.add("\"" + link + "\"");
    list.add(JsonObject()
                 .text("role", pass.role)
                 .text("member", pass.member)
                 .text("name", pass.name)
                 .text("organisation", pass.where)
                 .text("page", pass.page)
                 .raw("signIn", links.str())
                 .text("token", pass.token)
                 .str());
  }
  JsonObject refused;
  for (const auto& [code, count] : stage.refused()) refused.number(code, count);
  return JsonObject()
      .number("accepted", stage.accepted())
      .raw("refused", refused.str())
      .raw("passes", list.str())
      .str();
}

Exit play(const Place& place, const DemoOptions& options, const Script& script, const std::string& content,
          std::int64_t until_us) {
  demo::DrivenClock clock;
  server::DeploymentOptions where;
  where.directory = place.data;
  where.make = true;
  where.clock = &clock;
  clock.set(until_us - std::int64_t{options.days} * demo::day * 60'000'000, 0);
  auto local = server::Deployment::open(where);
  if (!local) return fail(local.error());
  demo::Stage stage(**local, clock, until_us, options.days, options.seed);
  const auto by_code = import_all(stage, script, content);
  if (!by_code) return fail(Exit::could_not_run, by_code.error());

  demo::Cast cast(stage, script.texts, script.organisations, *by_code);
  stage.settle();
  demo::RequestLives requests(stage, cast, script.texts, script.policy);
  demo::ProductLives products(stage, cast, script.texts);
  follow_feedback(stage, cast, requests, products);
  requests.plan_busy(busy_open - demo::RequestLives::shown_open, busy_overdue);
  requests.plan_shown(cast.shown_member(), cast.busy());
  requests.plan_ordinary();
  products.plan(cast.shown_member());
  {
    Progress progress("minutes played", static_cast<std::uint64_t>(stage.end()));
    stage.play([&](Minute minute) { progress.at(static_cast<std::uint64_t>(minute)); });
  }
  auto& busy = cast.busy();
  const std::string url = "http://" + options.listen;
  const std::vector<Pass> passes{
      issue(stage, cast.shown_member(), "member", busy.name, url, "/"),
      issue(stage, busy.cadre, "cadre", busy.name, url, "/boards/" + busy.organisation.text()),
      issue(stage, cast.auditor(), "auditor", "厦门市", url, "/audit"),
      issue(stage, cast.administrator(), "administrator", "厦门市", url, "/organisations")};
  stage.settle();
  // The threads only to end as a server ends: all projected, the log closed.
  (*local)->start();
  (*local)->stop();
  const std::string text = text_of(passes);
  if (!write_private(place.data + "/" + std::string(tokens_file), text)) {
    return fail(Exit::could_not_run, "The tokens could not be written beside the log. They are:\n" + text);
  }
  if (place.json) {
    say(json_of(passes, stage));
  } else {
    say(grouped(stage.accepted()) + " commands of " + std::to_string(options.days) + " days, beside " +
        grouped(by_code->size()) + " organisations and the requests of Los Angeles.");
    say(text + "Each link signs in once, for thirty days. All stand in " + place.data + "/" + std::string(tokens_file) +
        " too.");
  }
  return Exit::done;
}

}  // namespace

Exit make_demo(const Place& place, const DemoOptions& options) {
  if (!place.server.empty()) return fail(Exit::usage, "The demo makes a directory of its own. Use --data DIR.");
  if (options.days < days_least || options.days > days_most) {
    return fail(Exit::usage, "--days is from 30 to 365: fewer hold no whole lives.");
  }
  std::int64_t until_us = adapters::posix::PosixClock().now().value;
  if (!options.until.empty()) {
    const auto until = api::http::parse_rfc3339(options.until);
    if (!until || until->seconds * 1'000'000 > until_us) {
      return fail(Exit::usage, "--until is a time that has passed, such as 2026-03-01T12:00:00Z.");
    }
    until_us = until->seconds * 1'000'000;
  }
  const std::string content = options.content.empty() ? shipped("demo") : options.content;
  if (content.empty())
    return fail(Exit::could_not_run, "The demo's files are not here. Name their directory with --files.");
  std::error_code none;
  if (fs::exists(place.data + "/log", none) && !fs::is_empty(place.data + "/log", none)) {
    return fail(Exit::could_not_run, "There is a log in " + place.data + " already. Choose an empty directory.");
  }
  const auto script = read_script(content);
  if (!script) return fail(Exit::could_not_run, script.error());
  return play(place, options, *script, content, until_us);
}

}  // namespace pioneer::cli
