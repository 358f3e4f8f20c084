// The policies that a deployment ever had, oldest first, each with what it says otherwise than the one before it.
#pragma once

#include "api/messages/views.pb.h"
#include "api/queries/history.hpp"
#include "domain/common/refusal.hpp"
#include "domain/policy/policy.pb.h"

namespace pioneer::queries {

/// Policies in one page: each tells all its categories.
inline constexpr std::size_t policies_page_max = 20;

/// A policy and where it was adopted.
struct Adoption {
  std::uint64_t position = 0;
  std::int64_t recorded_at_us = 0;
  std::uint64_t revision = 0;
  domain::PolicyAdopted event;
};
/// `before`: the one that it replaced; null: it is the first.
void show_policy(const Adoption& adoption, const domain::PolicyAdopted* before, api::PolicyView& view);
void show_category(const domain::Category& category, api::CategoryView& view);

/// Everyone may read them. `from`: the first revision wanted. Refusal: not_found, where the log cannot be read.
domain::Decided<api::PolicyList> policies(const node::Node& node, eventstore::Revision from, std::size_t limit);

}  // namespace pioneer::queries
