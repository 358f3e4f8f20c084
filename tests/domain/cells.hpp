// The table state × command × role → events or refusal: every cell is run, and compared with the part's README.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/common/refusal.hpp"

namespace pioneer::domain::specs {

/// A table per command: a row a state, a column a role. `cell` answers what happens there.
std::string cells(const std::vector<std::string>& commands, const std::vector<std::string>& states,
                  const std::vector<std::string>& roles,
                  const std::function<std::string(std::size_t command, std::size_t state, std::size_t role)>& cell);

template <class Case>
std::vector<std::string> names(const std::vector<std::pair<std::string, Case>>& cases) {
  std::vector<std::string> out;
  for (const auto& entry : cases) out.push_back(entry.first);
  return out;
}

/// "ClaimCancelled, PlacesPromoted" or "`product_full`".
template <class Outcome>
std::string cell_of(const Outcome& outcome) {
  if (!outcome) return "`" + outcome.error().code + "`";
  std::string text;
  for (const auto& event : outcome->events) {
    if (!text.empty()) text += ", ";
    text += std::visit([](const auto& e) { return e.GetDescriptor()->name(); }, event);
  }
  return text;
}

}  // namespace pioneer::domain::specs
