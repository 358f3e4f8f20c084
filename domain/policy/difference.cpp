#include "domain/policy/difference.hpp"

#include <algorithm>

namespace pioneer::domain::policy {
namespace {

std::string text_of(const std::string& value) { return value; }
std::string text_of(std::uint32_t value) { return std::to_string(value); }

std::string text_of(const PermissionRow& row) {
  std::string text;
  for (const int may : row.may())
    text += (text.empty() ? "" : ", ") + Standing::Value_Name(static_cast<Standing::Value>(may));
  return row.hidden() ? text + " (hidden)" : text;
}

std::string summary(const Category& category) {
  return category.name_en() + ", " + std::to_string(category.accept_within_minutes()) + " and " +
         std::to_string(category.resolve_within_minutes()) + " minutes";
}

class Found {
 public:
  template <class Value>
  void compare(std::string what, const std::string& of, const Value& before, const Value& after) {
    if (before != after) all_.push_back({std::move(what), of, text_of(before), text_of(after)});
  }
  void add(Difference difference) { all_.push_back(std::move(difference)); }
  std::vector<Difference> take() { return std::move(all_); }

 private:
  std::vector<Difference> all_;
};

template <class Rows, class Same>
auto find_in(const Rows& rows, Same same) {
  const auto found = std::ranges::find_if(rows, same);
  return found == rows.end() ? nullptr : &*found;
}

void compare_category(const Category& before, const Category& after, Found& found) {
  const auto& of = after.code();
  found.compare("name_zh", of, before.name_zh(), after.name_zh());
  found.compare("name_en", of, before.name_en(), after.name_en());
  found.compare("group", of, before.group(), after.group());
  found.compare("icon", of, before.icon(), after.icon());
  found.compare("accept_within_minutes", of, before.accept_within_minutes(), after.accept_within_minutes());
  found.compare("resolve_within_minutes", of, before.resolve_within_minutes(), after.resolve_within_minutes());
}

void compare_categories(const Policy& before, const Policy& after, Found& found) {
  const auto in = [](const Policy& policy, const std::string& code) {
    return find_in(policy.categories(), [&](const Category& c) { return c.code() == code; });
  };
  for (const auto& category : after.categories()) {
    if (const auto* then = in(before, category.code()))
      compare_category(*then, category, found);
    else
      found.add({"category", category.code(), {}, summary(category)});
  }
  for (const auto& category : before.categories())
    if (in(after, category.code()) == nullptr) found.add({"category", category.code(), summary(category), {}});
}

void compare_permissions(const PolicyAdopted& before, const PolicyAdopted& after, Found& found) {
  if (before.permissions().empty() || after.permissions().empty()) return;
  const auto in = [](const PolicyAdopted& policy, const std::string& action) {
    return find_in(policy.permissions(), [&](const PermissionRow& row) { return row.action() == action; });
  };
  for (const auto& row : after.permissions()) {
    const auto* then = in(before, row.action());
    const auto was = then == nullptr ? std::string() : text_of(*then);
    if (was != text_of(row)) found.add({"permission", row.action(), was, text_of(row)});
  }
  for (const auto& row : before.permissions())
    if (in(after, row.action()) == nullptr) found.add({"permission", row.action(), text_of(row), {}});
}

}  // namespace

std::vector<Difference> differences(const PolicyAdopted& before, const PolicyAdopted& after) {
  Found found;
  found.compare("confirm_within_minutes", {}, before.policy().confirm_within_minutes(),
                after.policy().confirm_within_minutes());
  found.compare("feedback_category", {}, before.policy().feedback_category(), after.policy().feedback_category());
  compare_categories(before.policy(), after.policy(), found);
  compare_permissions(before, after, found);
  return found.take();
}

}  // namespace pioneer::domain::policy
