// What stands at one position of the log, for whom a receipt of it is: asked before a proof is made.
#pragma once

#include <string>

#include "api/messages/views.pb.h"
#include "api/node/node.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

struct ReceiptSource {
  api::ReceiptView view;  ///< but for what a checkpoint says
  std::string record;     ///< its exact bytes
  domain::Id root;        ///< zero: it is the caller's own; else that they audit: the log says first who fetched it
};

/// A record leaves whole or not at all, so a person gets only those that hold their own data and nobody else's: one
/// stream, one actor, and no other events than those of asking (submitted, confirmed, disputed, rated, withdrawn), of
/// claiming (placed, given back, checked in by oneself, rated), and of a refusal that was asked for. It is theirs where
/// they acted in it, or where a reaction asked in their name. An auditor of a root gets every record, and of those all
/// of whose streams they audit an auditor sees what stands there (`get_receipt`), without the record itself. Refusals:
/// not_found for everybody else, also where there is nothing, and as the table says.
domain::Decided<ReceiptSource> receipt_source(const node::Node& node, const node::Caller& caller, domain::Action action,
                                              eventstore::Sequence position);

}  // namespace pioneer::queries
