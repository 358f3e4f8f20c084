// Commands that read what left the machine, and need neither a log nor a server. main.cpp reads the command line into
// them.
#pragma once

#include <string>
#include <vector>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

struct AuditVerifyOptions {
  std::string mirror;
  std::vector<std::string> verifiers;    ///< keys, or files with a key in each line; empty: as the mirror was told
  std::vector<std::string> checkpoints;  ///< files: signed checkpoints that somebody else has
  unsigned threads = 2;
};
Exit audit_verify(const Place& place, const AuditVerifyOptions& options);

}  // namespace pioneer::cli
