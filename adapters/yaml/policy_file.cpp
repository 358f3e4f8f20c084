#include "adapters/yaml/policy_file.hpp"

#include <set>

#include "adapters/yaml/strict_yaml.hpp"

namespace pioneer::adapters::yaml {
namespace {

void read_category(StrictFile& file, const YAML::Node& node, const std::string& name, domain::Category& into) {
  StrictMap fields(file, node, name);
  into.set_code(fields.code("code"));
  StrictMap names = fields.map("name");
  into.set_name_zh(names.text("zh"));
  into.set_name_en(names.text("en"));
  names.no_others();
  into.set_group(fields.code("group"));
  into.set_icon(fields.code("icon"));
  into.set_accept_within_minutes(fields.minutes("accept_within"));
  into.set_resolve_within_minutes(fields.minutes("resolve_within"));
  if (into.accept_within_minutes() > into.resolve_within_minutes() && into.resolve_within_minutes() != 0) {
    file.found(fields.at("accept_within"), name + ".accept_within: is longer than resolve_within");
  }
  fields.no_others();
}

}  // namespace

api::Checked<domain::Policy> load_policy(const std::string& path) {
  StrictFile file(path);
  if (!file.clean()) return std::unexpected(file.take_findings());
  domain::Policy policy;
  StrictMap top(file, file.root(), "");
  policy.set_confirm_within_minutes(top.minutes("confirm_within"));
  policy.set_feedback_category(top.code("feedback_category"));
  std::set<std::string> codes;
  for (const YAML::Node& node : top.list("categories")) {
    auto& category = *policy.add_categories();
    read_category(file, node, "categories[" + std::to_string(policy.categories_size() - 1) + "]", category);
    if (!category.code().empty() && !codes.insert(category.code()).second) {
      file.found(node, "categories: the code " + category.code() + " stands there twice");
    }
  }
  if (!policy.feedback_category().empty() && !codes.contains(policy.feedback_category())) {
    file.found(top.at("feedback_category"),
               "feedback_category: expected the code of a category of this file, found \"" +
                   policy.feedback_category() + "\"");
  }
  top.no_others();
  if (!file.clean()) return std::unexpected(file.take_findings());
  return policy;
}

}  // namespace pioneer::adapters::yaml
