#include "api/cli/policy.hpp"

#include <filesystem>

#include "adapters/yaml/policy_file.hpp"

namespace pioneer::cli {
namespace {

std::expected<domain::Policy, std::string> rules_in(const std::string& services) {
  const std::string file = services.empty() ? shipped("config/services.yaml") : services;
  if (file.empty()) {
    return std::unexpected("There is no services.yaml here. Name one with --services FILE.");
  }
  const auto loaded = adapters::yaml::load_policy(file);
  if (loaded) return *loaded;
  std::string text = "The rules in " + file + " cannot be used. Correct this and try again:";
  for (const auto& finding : loaded.error()) text += "\n  " + finding.text();
  return std::unexpected(text);
}

bool has_log(const Place& place) {
  std::error_code none;
  const std::filesystem::path log = std::filesystem::path(place.data) / "log";
  return std::filesystem::is_directory(log, none) && !std::filesystem::is_empty(log, none);
}

}  // namespace

std::expected<std::optional<domain::Policy>, std::string> read_rules(const Place& place, const std::string& services) {
  if (services.empty() && has_log(place)) return std::nullopt;
  auto rules = rules_in(services);
  if (!rules) return std::unexpected(rules.error());
  return std::move(*rules);
}

std::expected<domain::Policy, std::string> settle_policy(server::Deployment& local, Imports& imports,
                                                         std::optional<domain::Policy> rules, Tally& tally) {
  const auto current =
      local.node().projector().with_community([](const node::Community& community) { return community.policy; });
  if (!rules) {
    if (current.adopted) return current.policy;
    auto shipped_rules = rules_in({});
    if (!shipped_rules) return std::unexpected(shipped_rules.error());
    rules = std::move(*shipped_rules);
  }
  if (!current.adopted || current.policy.SerializeAsString() != rules->SerializeAsString()) {
    imports.adopt(*rules, tally);
  }
  return *rules;
}

}  // namespace pioneer::cli
