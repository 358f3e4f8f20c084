// A sealed value in a row: as it stands in the log, opened by nobody here.
#pragma once

#include <string>

#include "domain/common/common.pb.h"
#include "domain/common/id.hpp"
#include "projections/engine/codec.hpp"

namespace pioneer::projections {

/// An empty box: there is no such value.
struct SealedValue {
  domain::Id key;
  std::string box;

  SealedValue() = default;
  explicit SealedValue(const domain::Sealed& from) : key(domain::Id::of(from.key())), box(from.box()) {}
  bool empty() const { return box.empty(); }
  domain::Sealed message() const {
    domain::Sealed sealed;
    sealed.set_key(std::string(key.view()));
    sealed.set_box(box);
    return sealed;
  }
  void write(Encoder& to) const {
    to.text(box);
    if (!box.empty()) to.id(key);
  }
  static SealedValue read(Decoder& from) {
    SealedValue value;
    value.box = from.text();
    if (!value.box.empty()) value.key = from.id();
    return value;
  }
  friend bool operator==(const SealedValue&, const SealedValue&) = default;
};

}  // namespace pioneer::projections
