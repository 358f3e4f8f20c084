// Photos through libvips.
#pragma once

#include <memory>

#include "api/ports/photos.hpp"

namespace pioneer::adapters::vips {

/// Once in a process. `at_once`: photos worked on at the same time; each needs tens of megabytes.
std::unique_ptr<api::Photos> make_photos(unsigned at_once = 1);

}  // namespace pioneer::adapters::vips
