// pioneerd: serves one data directory over HTTP until it is told to stop.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "adapters/yaml/policy_file.hpp"
#include "adapters/yaml/settings_file.hpp"
#include "api/http/openapi.hpp"
#include "api/server/front.hpp"
#include "api/server/version.hpp"

namespace {

using namespace pioneer;

constexpr int exit_usage = 2;
constexpr int exit_could_not_run = 3;

struct Options {
  std::string config, data, listen, services, origin, web;
};

void say(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

int give_up(const std::string& text) {
  std::fprintf(stderr, "pioneerd: %s\n", text.c_str());
  return exit_could_not_run;
}

std::string all_of(const std::vector<api::Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) text += "\n  " + finding.text();
  return text;
}

api::Checked<api::Settings> settings_of(const Options& options) {
  api::Settings settings;
  if (!options.config.empty()) {
    auto loaded = adapters::yaml::load_settings(options.config);
    if (!loaded) return loaded;
    settings = *loaded;
  }
  if (!options.data.empty()) settings.data = options.data;
  if (!options.listen.empty()) settings.listen = options.listen;
  if (!options.services.empty()) settings.services = options.services;
  if (!options.web.empty()) settings.web = options.web;
  // Whoever listens elsewhere than the file says is reached there too, unless told otherwise.
  if (!options.listen.empty()) settings.origin = "http://" + options.listen;
  if (!options.origin.empty()) settings.origin = options.origin;
  return settings;
}

/// Adopts the rules of `file` if they are not those that the log has; no file: the log's own stay.
eventstore::Result<void> adopt_rules(server::Deployment& deployment, const std::string& file) {
  const auto current =
      deployment.node().projector().with_community([](const node::Community& community) { return community.policy; });
  const auto rules = adapters::yaml::load_policy(file);
  if (!rules) {
    if (current.adopted && rules.error().front().line == 0) return {};
    return eventstore::failure("bad_services", "The rules cannot be used:" + all_of(rules.error()));
  }
  if (current.adopted && current.policy.SerializeAsString() == rules->SerializeAsString()) return {};
  api::Call console;
  console.system = true;
  const auto command = deployment.node().edge().adopt_policy(console, *rules);
  if (!command) return eventstore::failure(command.error().code, command.error().sentence);
  const auto outcome = deployment.execute(*command);
  if (outcome.refusal) return eventstore::failure(outcome.refusal->code, outcome.refusal->sentence);
  if (outcome.answer.kind == eventstore::Answer::Kind::accepted) return {};
  if (deployment.node().unwritable().empty()) return std::unexpected(outcome.answer.error);
  say("The rules in " + file + " are not adopted before the next start: " + outcome.answer.error.detail);
  return {};
}

/// Waits for SIGINT or SIGTERM, which every thread of this process has blocked.
void wait_for_the_end(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
}

int serve(const api::Settings& settings) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  server::DeploymentOptions options;
  options.directory = settings.data;
  options.master_key = settings.master_key;
  options.make = true;
  options.cache_bytes = std::size_t{settings.cache_mebibytes} << 20;
  options.headroom_bytes = std::uint64_t{settings.disk_headroom_mebibytes} << 20;
  options.tell = [](const std::string& sentence) { say("pioneerd: " + sentence); };
  auto deployment = server::Deployment::open(options);
  if (!deployment) return give_up(deployment.error().detail);
  (*deployment)->start();
  if (auto adopted = adopt_rules(**deployment, settings.services); !adopted) return give_up(adopted.error().detail);
  auto front = server::Front::start(**deployment, settings);
  if (!front) return give_up(front.error().detail);

  const auto host = settings.listen.substr(0, settings.listen.rfind(':'));
  say("pioneerd " + std::string(server::version) + " serves " + settings.data + " on http://" + host + ":" +
      std::to_string((*front)->port()));
  wait_for_the_end(signals);
  say("pioneerd stops: open requests end first");
  (*front)->stop();
  (*deployment)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"pioneerd serves a Pioneer data directory over HTTP."};
  Options options;
  bool print_openapi = false;
  app.add_option("--config", options.config, "settings (YAML); the options below win over it");
  app.add_option("--data", options.data, "data directory; an empty one gets a new log");
  app.add_option("--listen", options.listen, "HOST:PORT; port 0 takes any free one");
  app.add_option("--origin", options.origin, "how browsers reach us, https://HOST; else http:// and --listen");
  app.add_option("--web", options.web, "folder of the web application; else ../share/web beside the program");
  app.add_option("--services", options.services, "categories and deadlines (YAML)");
  app.add_flag("--print-openapi", print_openapi, "print the contract (OpenAPI 3.1) and end; clients are made from it");
  app.set_version_flag("--version", std::string(server::version));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : exit_usage;
  }
  if (print_openapi) {
    say(api::http::openapi_document(std::string(server::version)));
    return 0;
  }
  const auto settings = settings_of(options);
  if (!settings) return give_up("the settings cannot be used:" + all_of(settings.error()));
  return serve(*settings);
}
