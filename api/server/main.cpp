// pioneerd: serves one data directory over HTTP until it is told to stop.
#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "adapters/yaml/policy_file.hpp"
#include "adapters/yaml/settings_file.hpp"
#include "api/http/openapi.hpp"
#include "api/ports/origin.hpp"
#include "api/server/cluster.hpp"
#include "api/server/front.hpp"
#include "api/server/known_elsewhere.hpp"
#include "api/server/log_key.hpp"
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

/// The file of rules: as told, or the one that comes with pioneer.
const std::string& services_of(const api::Settings& settings) {
  static const std::string shipped = "ops/config/services.yaml";
  return settings.services.empty() ? shipped : settings.services;
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
  if (!options.origin.empty()) settings.origin = options.origin;
  if (settings.origin.empty()) settings.origin = "http://" + settings.listen;
  return settings;
}

/// The rules as their file has them, read before the log is touched: a refused start leaves nothing behind. Nothing
/// where no file is named and the one that comes with pioneer is not here: the rules of the log stay.
eventstore::Result<std::optional<domain::Policy>> read_rules(const api::Settings& settings) {
  std::error_code none;
  const std::string& file = services_of(settings);
  if (settings.services.empty() && !std::filesystem::exists(file, none)) {
    const bool joins = !settings.kafka.brokers.empty();  // the topic may hold a log, and its rules
    if (!joins && !std::filesystem::exists(settings.data + "/log", none)) {
      return eventstore::failure("bad_services",
                                 "There is no log in " + settings.data + ", and no " + file +
                                     " whose rules a new one could begin with. Name one with --services.");
    }
    say("pioneerd: there is no " + file + " here: the rules of the log stay");
    return std::nullopt;
  }
  auto rules = adapters::yaml::load_policy(file);
  if (!rules) return eventstore::failure("bad_services", "The rules cannot be used:" + all_of(rules.error()));
  return std::move(*rules);
}

/// Adopts the rules if they are not those that the log has; none: the log's own stay.
eventstore::Result<void> adopt_rules(server::Deployment& deployment, const std::optional<domain::Policy>& rules,
                                     const std::string& file) {
  const auto current =
      deployment.node().projector().with_community([](const node::Community& community) { return community.policy; });
  if (!rules && current.adopted) return {};
  if (!rules) return eventstore::failure("bad_services", "The log has no rules. Name a file with --services.");
  if (current.adopted && current.policy.SerializeAsString() == rules->SerializeAsString()) return {};
  api::Call console;
  console.system = true;
  const auto command = deployment.node().edge().adopt_policy(console, *rules);
  if (!command) return eventstore::failure(command.error().code, command.error().sentence);
  const auto outcome = deployment.execute(*command);
  if (outcome.refusal) return eventstore::failure(outcome.refusal->code, outcome.refusal->sentence);
  if (outcome.answer.kind == eventstore::Answer::Kind::accepted) return {};
  if (deployment.shared()) {
    say("The rules in " + file +
        " are not those of the log; a node adopts its own when it starts and is the one that writes.");
    return {};
  }
  if (deployment.node().unwritable().empty()) return std::unexpected(outcome.answer.error);
  say("The rules in " + file + " are not adopted before the next start: " + outcome.answer.error.detail);
  return {};
}

/// Hears SIGINT and SIGTERM, which every thread of this process has blocked, from its making on.
class End {
 public:
  /// `while_starting`: called when it is wanted before the start is over.
  explicit End(std::function<void()> while_starting) : while_starting_(std::move(while_starting)) {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    listening_ = std::jthread([this](const std::stop_token& stop) { listen(stop); });
  }

  bool wanted() const { return wanted_; }
  void started() { starting_ = false; }
  void wait() { wanted_.wait(false); }

 private:
  void listen(const std::stop_token& stop) {
    constexpr timespec look_every{0, 100'000'000};
    while (!stop.stop_requested()) {
      if (sigtimedwait(&signals_, nullptr, &look_every) < 0) continue;
      wanted_ = true;
      wanted_.notify_all();
      if (starting_) while_starting_();
      return;
    }
  }

  sigset_t signals_{};
  std::function<void()> while_starting_;
  std::atomic<bool> wanted_{false};
  std::atomic<bool> starting_{true};
  std::jthread listening_;
};

/// Nodes reach each other by an address that says which one it is.
std::string address_of_nobody(const api::Settings& settings) {
  if (settings.kafka.brokers.empty() || !settings.kafka.address.empty()) return {};
  const auto host = settings.listen.substr(0, settings.listen.rfind(':'));
  if (!host.empty() && host != "0.0.0.0" && host != "[::]") return {};
  return "other nodes cannot reach this one at " + settings.listen +
         ": say how, with `kafka: {address: \"http://HOST:PORT\"}` in the settings";
}

server::DeploymentOptions deployment_options(const api::Settings& settings) {
  server::DeploymentOptions options;
  options.directory = settings.data;
  options.master_key = settings.master_key;
  options.blobs = settings.blobs;
  options.share_uploads = settings.blobs.empty();
  options.kafka = settings.kafka;
  options.make = true;
  options.cache_bytes = std::size_t{settings.cache_mebibytes} << 20;
  options.headroom_bytes = std::uint64_t{settings.disk_headroom_mebibytes} << 20;
  options.tell = [](const std::string& sentence) { say("pioneerd: " + sentence); };
  return options;
}

/// What is asked of the brokers may take so long after somebody asked for the end.
constexpr std::chrono::seconds brokers_at_the_end{5};
constexpr std::chrono::seconds brokers_at_an_early_end{1};

eventstore::Result<void> serve_until(End& end, const api::Settings& settings,
                                     const std::optional<domain::Policy>& rules,
                                     const std::shared_ptr<adapters::kafka::WaitLimit>& limit) {
  auto options = deployment_options(settings);
  options.wait_limit = limit;
  options.known_elsewhere = [&settings, &options] {
    return server::known_to_witnesses(settings.data, settings, options.tell);
  };
  auto deployment = server::Deployment::open(options);
  if (!deployment) return std::unexpected(deployment.error());
  std::unique_ptr<server::Cluster> cluster;
  if (!settings.kafka.brokers.empty()) {
    auto joined = server::Cluster::join(**deployment, settings.kafka, options.tell, limit);
    if (!joined) return std::unexpected(joined.error());
    cluster = std::move(*joined);
  }
  (*deployment)->start();
  if (cluster) cluster->wait_for_a_writer(std::chrono::seconds(settings.kafka.session_seconds + 5));
  if (auto adopted = adopt_rules(**deployment, rules, services_of(settings)); !adopted) return adopted;
  server::Front::Owner owner;
  if (cluster) owner = [&cluster = *cluster] { return cluster.owner(); };
  auto front = server::Front::start(**deployment, settings, options.tell, std::move(owner));
  if (!front) return std::unexpected(front.error());

  const auto host = settings.listen.substr(0, settings.listen.rfind(':'));
  say("pioneerd " + std::string(server::version) + " serves " + settings.data + " on http://" + host + ":" +
      std::to_string((*front)->port()));
  if (cluster) {
    const auto here = "http://" + host + ":" + std::to_string((*front)->port());
    const auto key = server::settle_log_key(**deployment);
    if (!key) return std::unexpected(key.error());
    cluster->announce(settings.kafka.address.empty() ? here : settings.kafka.address, key->verifier());
  }
  end.started();
  end.wait();
  say("pioneerd stops: open requests end first");
  if (cluster) cluster->yield();
  limit->set(brokers_at_the_end);
  (*front)->stop();
  if (cluster) cluster->leave();
  (*deployment)->stop();
  return {};
}

int serve(const api::Settings& settings) {
  const auto rules = read_rules(settings);
  if (!rules) return give_up(rules.error().detail);
  if (const auto wrong = address_of_nobody(settings); !wrong.empty()) return give_up(wrong);
  const auto limit = std::make_shared<adapters::kafka::WaitLimit>();
  End end([&limit = *limit] { limit.set(brokers_at_an_early_end); });
  const auto served = serve_until(end, settings, *rules, limit);
  if (served) return 0;
  const int failed = give_up(served.error().detail);
  return end.wanted() ? 0 : failed;  // asked to stop, it need not have come to serve
}

int run(int argc, char** argv) {
  CLI::App app{"pioneerd serves a Pioneer data directory over HTTP."};
  Options options;
  bool print_openapi = false;
  app.add_option("--config", options.config, "settings (YAML); the options below win over it");
  app.add_option("--data", options.data, "data directory; an empty one gets a new log");
  app.add_option("--listen", options.listen, "HOST:PORT; port 0 takes any free one");
  app.add_option("--origin", options.origin, "how browsers reach us, http(s)://HOST[:PORT]; else http:// and --listen");
  app.add_option("--web", options.web, "folder of the web application; else ../share/web beside the program");
  app.add_option("--services", options.services, "categories and deadlines (YAML), adopted if the log has others");
  app.add_flag("--print-openapi", print_openapi, "print the contract (OpenAPI 3.1) and end; clients are made from it");
  app.set_version_flag("--version", std::string(server::version));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : exit_usage;
  }
  if (!options.origin.empty() && !api::is_origin(options.origin)) {
    give_up("--origin is " + std::string(api::origin_wanted) + "; found " + options.origin);
    return exit_usage;
  }
  if (print_openapi) {
    say(api::http::openapi_document(std::string(server::version)));
    return 0;
  }
  const auto settings = settings_of(options);
  if (!settings) return give_up("the settings cannot be used:" + all_of(settings.error()));
  return serve(*settings);
}

}  // namespace

int main(int argc, char** argv) {
  // What a library throws while a server is made: no file or thread is left for it.
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    return give_up(std::string("the server could not be started: ") + e.what());
  }
}
