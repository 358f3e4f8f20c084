#include "api/edge/made_key.hpp"

#include <variant>

namespace pioneer::api {

domain::Id made_key(const domain::Command& command) {
  if (const auto* made = std::get_if<domain::RegisterMember>(&command.what)) return domain::Id::of(made->key());
  if (const auto* made = std::get_if<domain::SubmitRequest>(&command.what)) return domain::Id::of(made->case_key());
  if (const auto* made = std::get_if<domain::ImportRequest>(&command.what)) return domain::Id::of(made->case_key());
  return {};
}

}  // namespace pioneer::api
