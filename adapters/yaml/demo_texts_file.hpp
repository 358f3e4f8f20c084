// requests.yaml, products.yaml and names.yaml of the demo.
#pragma once

#include <string>

#include "api/ports/demo_texts.hpp"
#include "api/ports/imports.hpp"
#include "domain/policy/policy.pb.h"

namespace pioneer::adapters::yaml {

/// The three files of `folder`, or every finding. A category that `policy` does not have is a dangling reference.
api::Checked<api::DemoTexts> load_demo_texts(const std::string& folder, const domain::Policy& policy);

}  // namespace pioneer::adapters::yaml
