#include "api/queries/policy_view.hpp"

#include <algorithm>
#include <optional>

#include "api/queries/names.hpp"
#include "api/text/bytes.hpp"
#include "domain/common/refusals.hpp"
#include "domain/policy/difference.hpp"
#include "domain/streams.hpp"
#include "eventstore/record.hpp"

namespace pioneer::queries {
namespace {

/// Of the rows as they stand in the log, each behind its length: who has the event computes the same.
std::string digest_of(const google::protobuf::RepeatedPtrField<domain::PermissionRow>& rows) {
  if (rows.empty()) return {};
  domain::PolicyAdopted table;
  *table.mutable_permissions() = rows;
  const auto bytes = table.SerializeAsString();
  return api::hex(eventstore::sha256(eventstore::bytes_of(bytes)).view());
}

}  // namespace

void show_category(const domain::Category& category, api::CategoryView& view) {
  view.set_code(category.code());
  view.set_name_zh(category.name_zh());
  view.set_name_en(category.name_en());
  view.set_group(category.group());
  view.set_icon(category.icon());
  view.set_accept_within_minutes(category.accept_within_minutes());
  view.set_resolve_within_minutes(category.resolve_within_minutes());
}

void show_policy(const Adoption& adoption, const domain::PolicyAdopted* before, api::PolicyView& view) {
  const auto& policy = adoption.event.policy();
  view.set_position(adoption.position);
  set_time(*view.mutable_recorded_at(), adoption.recorded_at_us);
  view.set_revision(adoption.revision);
  view.set_confirm_within_minutes(policy.confirm_within_minutes());
  view.set_feedback_category(policy.feedback_category());
  for (const auto& category : policy.categories()) show_category(category, *view.add_categories());
  view.set_permissions(digest_of(adoption.event.permissions()));
  if (before == nullptr) return;
  for (auto& difference : domain::policy::differences(*before, adoption.event)) {
    auto& told = *view.add_differences();
    told.set_what(std::move(difference.what));
    told.set_of(std::move(difference.of));
    told.set_before(std::move(difference.before));
    told.set_after(std::move(difference.after));
  }
}

domain::Decided<api::PolicyList> policies(const node::Node& node, eventstore::Revision from, std::size_t limit) {
  api::PolicyList list;
  limit = std::clamp<std::size_t>(limit, 1, policies_page_max);
  std::optional<domain::PolicyAdopted> before;
  const eventstore::Revision first{from.value == 0 ? 0 : from.value - 1};  // what the page's first differs from
  const auto read = read_history(node, domain::policy_stream, first, {}, [&](const HistoryEntry& entry) {
    auto revision = entry.part->first_revision;
    for (const auto& event : entry.part->events) {
      const auto* adopted = std::get_if<domain::PolicyAdopted>(&event);
      if (adopted != nullptr && revision >= from.value) {
        if (static_cast<std::size_t>(list.items_size()) == limit) {
          list.set_next_cursor(std::to_string(revision));
          return false;
        }
        show_policy({entry.commit.sequence.value, entry.commit.recorded_at.us, revision, *adopted},
                    before ? &*before : nullptr, *list.add_items());
      }
      if (adopted != nullptr) before = *adopted;
      ++revision;
    }
    return true;
  });
  if (!read) return domain::refuse(domain::refusals::not_found);
  return list;
}

}  // namespace pioneer::queries
