// Where an upload is shown: a row of any read model whose things show uploads. Whoever may see the thing may see the
// upload. Its key in the table: a prefix of that table, the upload's name, the thing's id (16 bytes).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/common/id.hpp"
#include "projections/engine/engine.hpp"
#include "projections/engine/sealed_value.hpp"

namespace pioneer::projections {

struct UploadUse {
  domain::Id shown_by;      ///< a request or a product
  bool taken_away = false;  ///< it was shown once; then there is no key
  SealedValue key;          ///< of the upload's bytes, as sealed in the stream of what shows it
  std::string media_type;

  std::string encode() const;
  static std::optional<UploadUse> decode(const domain::Id& shown_by, std::string_view row);
};

/// The uses under `prefix` (which ends with the upload's name), by id, `limit` at most.
/// Errors: corrupt_row; those of the store.
eventstore::Result<std::vector<UploadUse>> upload_uses(const View& rows, std::string_view prefix, std::size_t limit);

}  // namespace pioneer::projections
