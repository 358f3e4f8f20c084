// Policies as specs write them.
#pragma once

#include "domain/policy/decide.hpp"
#include "domain/policy/state.hpp"
#include "tests/domain/spec.hpp"

namespace pioneer::domain::specs {

using PolicySpec = Spec<policy::State, policy::Event>;

inline AdoptPolicy adopt() {
  AdoptPolicy c;
  Category* category = c.mutable_policy()->add_categories();
  category->set_code("repair");
  category->set_name_zh("报修");
  category->set_name_en("Repairs");
  category->set_accept_within_minutes(30);
  category->set_resolve_within_minutes(300);
  c.mutable_policy()->set_confirm_within_minutes(10'080);
  c.mutable_policy()->set_feedback_category("repair");
  return c;
}

inline RaiseFeatureLevel raise_to(std::uint32_t level) {
  RaiseFeatureLevel c;
  c.set_level(level);
  return c;
}

}  // namespace pioneer::domain::specs
