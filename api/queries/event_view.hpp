// Events as people read them: as they are recorded, with what helps to understand them. What is sealed stays sealed
// but where it is opened by name.
#pragma once

#include <vector>

#include "api/messages/views.pb.h"
#include "api/node/node.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::queries {

/// One commit's events of one stream, as frames of GET /events show them.
void show_events(const projections::Part& part, google::protobuf::RepeatedPtrField<api::EventView>& into);

/// Adds to the views of the part's events, in their order, what is RESTRICTED and under a key that is here, as text.
/// For those who may see the stream's texts; nothing personal, so nothing to journal.
void open_values(const projections::Part& part, const api::Edge& edge,
                 google::protobuf::RepeatedPtrField<api::EventView>& views);

/// The office under which somebody acted, though it be revoked; false: a person acted, or the system.
bool show_post(const node::Community& community, const domain::Id& actor, api::RoleView& view);

/// Which organisations events mention. One thread; each call while the community is held.
class Mentioned {
 public:
  void note(const projections::Part& part, const domain::organisations::Directory& directory);
  void name_all(const domain::organisations::Directory& directory,
                google::protobuf::RepeatedPtrField<api::OrganisationName>& into);

 private:
  std::vector<domain::Id> ids_;
};

}  // namespace pioneer::queries
