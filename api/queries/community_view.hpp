// Organisations, members and categories: what every node keeps folded, as views.
#pragma once

#include "api/messages/views.pb.h"
#include "api/node/node.hpp"
#include "api/queries/answer.hpp"

namespace pioneer::queries {

/// Items in one page of any list.
inline constexpr std::size_t list_page_max = 100;

struct OrganisationFilter {
  std::optional<domain::Id> parent;  ///< children of this one
  domain::Level::Value level = domain::Level::unspecified;
  std::string text;   ///< in the name, without regard to case of ASCII letters
  std::string code;   ///< exactly
  std::string after;  ///< the last page's cursor
  std::size_t limit = list_page_max;
};

/// Active ones only, in order of code, then name. Anybody may ask.
api::OrganisationList list_organisations(const node::Node& node, const OrganisationFilter& filter);
/// Merged and closed ones too. Refusal: not_found.
domain::Decided<api::OrganisationView> organisation(const node::Node& node, const domain::Id& id);

/// Refusals: not_found, also for those who may not know of the member.
Answered<api::MemberView> member(const node::Node& node, const node::Caller& caller, const domain::Id& id);
/// The member who registered with this number, however it is written. Refusals: as of member().
Answered<api::MemberView> member_by_phone(const node::Node& node, const node::Caller& caller, std::string_view phone);
/// The caller's own record. Refusal: not_signed_in.
Answered<api::MemberView> me(const node::Node& node, const node::Caller& caller);

/// Where "near me" is: the district of the caller's organisation, which is a city's child; the organisation itself
/// where it stands as high or higher; nothing for strangers.
std::optional<domain::Id> district_of(const node::Node& node, const node::Caller& caller);

api::CategoryList categories(const node::Node& node);

}  // namespace pioneer::queries
