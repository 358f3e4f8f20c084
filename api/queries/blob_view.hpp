// An upload that a request or a product uses: who may see that may see it, nobody else learns that there is one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/node/node.hpp"
#include "domain/common/common.pb.h"

namespace pioneer::queries {

/// What it takes to open an upload.
struct BlobPlace {
  domain::Sealed key;
  std::string stream;       ///< the one that the key is sealed for
  std::uint32_t field = 0;  ///< and the number of its seal
  std::string media_type;
};

/// `name`: 32 bytes. Refusals: not_found, also for those who may not know and while nothing uses it; not_signed_in.
domain::Decided<BlobPlace> blob_place(const node::Node& node, const node::Caller& caller, std::string_view name);

/// The same for a picture of a product that the caller may see; nothing: there is none.
std::optional<BlobPlace> picture_place(const node::Node& node, const node::Caller& caller, std::string_view name);

}  // namespace pioneer::queries
