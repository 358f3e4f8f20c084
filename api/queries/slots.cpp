#include "api/queries/slots.hpp"

#include <cstdio>

#include "api/edge/fields.hpp"
#include "api/queries/opened_field.hpp"

namespace pioneer::queries {
namespace {

/// A sealed place as the card's JSON shows it: {"lat": …, "lon": …, "address": …}
void append_place(const domain::Location& place, std::string& to) {
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, "{\"lat\":%.6f,\"lon\":%.6f", place.lat(), place.lon());
  to += numbers;
  if (!place.address().empty()) {
    to += ",\"address\":";
    projections::append_json_text(to, place.address());
  }
  to += '}';
}

}  // namespace

bool Slots::sealed(std::string_view stream, const projections::SealedSlot& slot, std::string& to) {
  if (opener_ == nullptr) return false;
  domain::Sealed value;
  value.set_key(std::string(slot.key.view()));
  value.set_box(std::string(slot.box));
  if (slot.field == api::field::request_location) {
    const auto place = opener_->open_location(value, stream);
    if (place) append_place(*place, to);
    return place.has_value();
  }
  const auto opened = opener_->open(value, stream, slot.field);
  if (!opened) return false;
  OpenedField reader([&](const std::string& text) { projections::append_json_text(to, text); });
  opened->reveal_to(reader);
  return true;
}

void Slots::organisation(const domain::Id& id, std::string& to) { append_organisation(directory_, id, to); }

void append_organisation(const domain::organisations::Directory& directory, const domain::Id& id, std::string& to) {
  const domain::Id today = directory.resolve(id);
  const auto* organisation = directory.find(today);
  to += "{\"id\":\"";
  to += (organisation == nullptr ? id : today).text();
  to += "\",\"name\":";
  projections::append_json_text(to,
                                organisation == nullptr ? std::string_view{} : std::string_view(organisation->name));
  to += '}';
}

}  // namespace pioneer::queries
