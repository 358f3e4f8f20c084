#include "api/cli/policy.hpp"

#include "adapters/yaml/policy_file.hpp"

namespace pioneer::cli {

std::expected<domain::Policy, std::string> settle_policy(server::Deployment& local, Imports& imports,
                                                         const std::string& services, Tally& tally) {
  const auto current =
      local.node().projector().with_community([](const node::Community& community) { return community.policy; });
  if (current.adopted && services.empty()) return current.policy;
  const std::string file = services.empty() ? shipped("config/services.yaml") : services;
  if (file.empty()) {
    return std::unexpected("There is no services.yaml here. Name one with --services FILE.");
  }
  const auto loaded = adapters::yaml::load_policy(file);
  if (!loaded) {
    std::string text = "The rules in " + file + " cannot be used. Correct this and try again:";
    for (const auto& finding : loaded.error()) text += "\n  " + finding.text();
    return std::unexpected(text);
  }
  if (!current.adopted || current.policy.SerializeAsString() != loaded->SerializeAsString()) {
    imports.adopt(*loaded, tally);
  }
  return *loaded;
}

}  // namespace pioneer::cli
