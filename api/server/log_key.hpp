// The key by which a log signs its checkpoints, as whoever needs it first makes it.
#pragma once

#include <string>

#include "adapters/sodium/signing.hpp"
#include "api/server/deployment.hpp"

namespace pioneer::server {

/// The one in DIR/keys; where there never was one it is made: by chance for a log that nobody else has, and for a log
/// on Kafka from the deployment's own key, so that all its nodes come to the same. `name`: of a new one; empty: after
/// the log, as all nodes of one call it. Errors: "name_of_many" where a log on Kafka is given another name,
/// "no_system_key", and those of SigningKey::settle().
eventstore::Result<adapters::SigningKey> settle_log_key(Deployment& deployment, const std::string& name = {});

/// For a node of a log on Kafka: the verifier key of the one that settle_log_key() would make; empty: there is one.
/// Error "no_system_key".
eventstore::Result<std::string> log_key_to_be(Deployment& deployment);

}  // namespace pioneer::server
