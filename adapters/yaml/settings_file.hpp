// pioneerd.yaml: where the server keeps its data, where it listens, and its limits.
#pragma once

#include <string>

#include "api/ports/imports.hpp"
#include "api/ports/settings.hpp"

namespace pioneer::adapters::yaml {

/// The whole file, or every finding. Every key may be absent and has then the default of api::Settings.
api::Checked<api::Settings> load_settings(const std::string& path);

}  // namespace pioneer::adapters::yaml
