#include "api/queries/names.hpp"

namespace pioneer::queries {

void name_organisation(const domain::organisations::Directory& directory, const domain::Id& id,
                       api::OrganisationName& into) {
  const domain::Id today = directory.resolve(id);
  const auto* organisation = directory.find(today);
  into.set_id((organisation == nullptr ? id : today).text());
  if (organisation != nullptr) into.set_name(organisation->name);
}

api::OrganisationView organisation_view(const domain::organisations::Directory& directory, const domain::Id& id,
                                        std::uint64_t revision) {
  api::OrganisationView view;
  const auto* organisation = directory.find(id);
  if (organisation == nullptr) return view;
  view.set_id(id.text());
  view.set_state(organisation->state);
  view.set_revision(revision);
  view.set_name(organisation->name);
  view.set_level(organisation->level);
  if (!organisation->parent.is_zero()) view.set_parent(organisation->parent.text());
  if (!organisation->code.empty()) view.set_code(organisation->code);
  if (!organisation->merged_into.is_zero()) view.set_merged_into(organisation->merged_into.text());
  const auto ancestors = directory.ancestors(id);
  for (auto a = ancestors.rbegin(); a != ancestors.rend(); ++a) name_organisation(directory, *a, *view.add_ancestors());
  view.set_children(static_cast<std::uint32_t>(organisation->children.size()));
  return view;
}

void set_time(google::protobuf::Timestamp& into, std::int64_t us) {
  std::int64_t seconds = us / 1'000'000;
  std::int64_t rest = us % 1'000'000;
  if (rest < 0) {
    --seconds;
    rest += 1'000'000;
  }
  into.set_seconds(seconds);
  into.set_nanos(static_cast<std::int32_t>(rest * 1'000));
}

}  // namespace pioneer::queries
