#include "adapters/csv/derived_tree.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace pioneer::adapters::csv {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

std::string most_frequent(const Counts& areas) {
  const auto most = std::ranges::max_element(areas, {}, [](const auto& entry) { return entry.second; });
  return most->first;  // max_element gives the first of equals, and the map is in order of names
}

}  // namespace

std::string derived_code(const api::DerivedTree& tree, std::string_view name) {
  std::string code = tree.root_code + "-";
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       static_cast<unsigned char>(c) >= 0x80;
    if (plain) {
      code.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    } else if (code.back() != '-') {
      code.push_back('-');
    }
  }
  while (code.back() == '-') code.pop_back();
  return code;
}

eventstore::Result<std::vector<api::OrganisationRow>> derive_organisations(const std::string& path,
                                                                           const api::RequestMapping& mapping,
                                                                           std::int64_t now_us) {
  auto file = RequestFile::open(path, mapping, now_us);
  if (!file) return std::unexpected(file.error());
  const api::DerivedTree& tree = *mapping.tree;
  std::set<std::string> areas;
  std::map<std::string, Counts> councils;
  while (auto next = file->next()) {
    if (!*next) continue;
    const std::string &area = file->area(), &council = file->council();
    if (!area.empty()) areas.insert(area);
    if (council.empty()) continue;
    Counts& counts = councils[council];
    if (!area.empty()) ++counts[area];
  }
  std::vector<api::OrganisationRow> rows;
  rows.push_back({0, tree.root_code, tree.root_name, "", domain::Level::city});
  for (const auto& name : areas) {
    rows.push_back({0, derived_code(tree, name), name, tree.root_code, domain::Level::district});
  }
  for (const auto& [name, counts] : councils) {
    const std::string parent = counts.empty() ? tree.root_code : derived_code(tree, most_frequent(counts));
    rows.push_back({0, derived_code(tree, name), name, parent, domain::Level::community});
  }
  std::map<std::string, std::string> name_of;
  for (const auto& row : rows) {
    if (const auto [first, is_new] = name_of.emplace(row.code, row.name); !is_new) {
      return eventstore::failure(
          "ambiguous_name", path + ": " + first->second + " and " + row.name + " would both have the code " + row.code);
    }
  }
  return rows;
}

}  // namespace pioneer::adapters::csv
