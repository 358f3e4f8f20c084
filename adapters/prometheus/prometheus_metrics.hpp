// Metrics on prometheus-cpp's registry.
#pragma once

#include <memory>

#include "api/ports/metrics.hpp"

namespace pioneer::adapters::prometheus {

std::unique_ptr<api::Metrics> make_metrics();

}  // namespace pioneer::adapters::prometheus
