// A picture that a product shows already, for a command that shows it again: there, or at another product.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/common/common.pb.h"

namespace pioneer::api {

struct KeptPicture {
  domain::Sealed key;
  std::string stream;  ///< the one that the key is sealed for
  std::string media_type;
};

/// By its name, 32 bytes; nothing: no product that the caller may see shows it.
using FindPicture = std::function<std::optional<KeptPicture>(std::string_view name)>;

}  // namespace pioneer::api
