// FILE.yaml of `pioneer import requests`: which column of a CSV of service requests means what.
#pragma once

#include <string>

#include "api/ports/imports.hpp"
#include "domain/policy/policy.pb.h"

namespace pioneer::adapters::yaml {

/// The whole file, or every finding. A category that `policy` does not have is a dangling reference.
/// Whether the columns exist is seen when a CSV is read with it.
api::Checked<api::RequestMapping> load_request_mapping(const std::string& path, const domain::Policy& policy);

}  // namespace pioneer::adapters::yaml
