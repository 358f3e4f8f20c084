// Fills a listed row's slots for one caller: sealed values opened where the caller may read them, organisations by
// name.
#pragma once

#include "api/edge/edge.hpp"
#include "api/node/community.hpp"
#include "projections/engine/row.hpp"

namespace pioneer::queries {

/// One answer, one thread, while the community is held.
class Slots final : public projections::SlotFiller {
 public:
  /// `opener`: null where the caller may see no sealed value.
  Slots(const domain::organisations::Directory& directory, const api::Opener* opener)
      : directory_(directory), opener_(opener) {}

  bool sealed(std::string_view stream, const projections::SealedSlot& slot, std::string& to) override;
  void organisation(const domain::Id& id, std::string& to) override;

 private:
  const domain::organisations::Directory& directory_;
  const api::Opener* opener_;
};

/// {"id": …, "name": …}
void append_organisation(const domain::organisations::Directory& directory, const domain::Id& id, std::string& to);

}  // namespace pioneer::queries
