// services.yaml: the categories of requests with their deadlines, and how long an asker may dispute a resolution.
#pragma once

#include <string>

#include "api/ports/imports.hpp"
#include "domain/policy/policy.pb.h"

namespace pioneer::adapters::yaml {

/// The whole file, or every finding. Categories keep the file's order. Any thread; reads the disk.
api::Checked<domain::Policy> load_policy(const std::string& path);

}  // namespace pioneer::adapters::yaml
