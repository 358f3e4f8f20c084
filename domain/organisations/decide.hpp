// What may be done with organisations. A merge writes two streams in one commit, so each event names its stream.
// Pure; refusals in organisations/refusals.hpp.
#pragma once

#include "domain/common/decision.hpp"
#include "domain/organisations/state.hpp"

namespace pioneer::domain::organisations {

/// An event and the stream organisation/<id> that it belongs to.
struct InStream {
  Id organisation;
  Event event;
};
using Outcome = Decided<Decision<InStream>>;

/// An administrator over the parent, or the system; roots by the system only.
Outcome decide(const Directory& directory, const RegisterOrganisation& command, const Context& context);
Outcome decide(const Directory& directory, const RenameOrganisation& command, const Context& context);
/// An administrator over both the organisation and its new parent.
Outcome decide(const Directory& directory, const MoveOrganisation& command, const Context& context);
/// An administrator over both. Children, roles, requests and products count as `into`'s from here on.
Outcome decide(const Directory& directory, const MergeOrganisation& command, const Context& context);
Outcome decide(const Directory& directory, const CloseOrganisation& command, const Context& context);

}  // namespace pioneer::domain::organisations
