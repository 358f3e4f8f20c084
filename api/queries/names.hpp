// Names of organisations where a view mentions one. Joined when asked, so a rename rewrites nothing.
#pragma once

#include "api/messages/views.pb.h"
#include "api/node/community.hpp"

namespace pioneer::queries {

/// The organisation as it is called today; of a merged one, the one that answers for it.
void name_organisation(const domain::organisations::Directory& directory, const domain::Id& id,
                       api::OrganisationName& into);
api::OrganisationView organisation_view(const domain::organisations::Directory& directory, const domain::Id& id,
                                        std::uint64_t revision);
void set_time(google::protobuf::Timestamp& into, std::int64_t us);

}  // namespace pioneer::queries
