#include "api/cli/where.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "adapters/yaml/settings_file.hpp"
#include "api/cli/console.hpp"

namespace pioneer::cli {
namespace {

struct Works {
  bool data_only = false;
  bool alone = false;
  bool over_bus = false;
};

/// Only reads the files of a directory, without a lock.
bool reads_beside(const CLI::App& app) {
  static constexpr std::array<std::string_view, 11> those{"verify",   "log show",     "log stream",     "log tail",
                                                          "log info", "audit mirror", "policy history", "bus show",
                                                          "bus list", "bus allow",    "bus remove"};
  const auto above = app.get_parent() == nullptr || app.get_parent()->get_parent() == nullptr
                         ? std::string()
                         : app.get_parent()->get_name() + " ";
  return std::ranges::find(those, above + app.get_name()) != those.end();
}

void add_footers_below(CLI::App& app, Works works) {
  const auto& told = app.get_description();
  works.data_only = works.data_only || told.find("data only") != std::string::npos;
  works.alone = works.alone || told.find(alone) != std::string::npos;
  works.over_bus = works.over_bus || told.find(over_bus) != std::string::npos;
  if (works.over_bus) {
    app.footer(
        "Where: --bus tcp://HOST:PORT with --server-key and --key; --token T is who asks; --json answers in JSON.");
  } else if (works.alone) {
    app.footer("Where: the files named, without a log or a server; --json answers in JSON.");
  } else {
    const std::string data = reads_beside(app) ? "--data DIR (beside a server too)" : "--data DIR (stopped server)";
    app.footer("Where: " + data + (works.data_only ? "" : " or --server URL --token T") + "; --json answers in JSON.");
  }
  for (auto* command : app.get_subcommands({})) add_footers_below(*command, works);
}

}  // namespace

void add_footers(CLI::App& app) { add_footers_below(app, {}); }

bool is_of_directory_only(const CLI::App& app) {
  return app.get_description().find("data only") != std::string::npos ||
         std::ranges::any_of(app.get_subcommands(),
                             [](const CLI::App* chosen) { return is_of_directory_only(*chosen); });
}

std::optional<std::string> use_settings(const std::string& file, Place& place) {
  if (file.empty()) return std::nullopt;
  const auto settings = adapters::yaml::load_settings(file);
  if (!settings) return settings.error().front().text();
  if (place.data.empty()) place.data = settings->data;
  place.kafka = settings->kafka;
  place.master_key = settings->master_key;
  return std::nullopt;
}

int misread(const CLI::App& app, const CLI::ParseError& error) {
  const auto unknown = app.remaining(true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unknown.empty())
    return static_cast<int>(fail(Exit::usage, "There is no command " + unknown.front() + ". --help lists all."));
  return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
}

}  // namespace pioneer::cli
