// api/ports/media.hpp by a process for each upload, with limits of its own: a file that crashes a library, or makes it
// run for ever, takes nothing else with it.
#pragma once

#include <memory>
#include <string>

#include "api/ports/media.hpp"

namespace pioneer::adapters::media {

/// `program` is the path of pioneer_media; empty: beside the running program.
std::unique_ptr<api::Media> make_media(std::string program = {});

}  // namespace pioneer::adapters::media
