// Where opened values go in an answer: a field of a view, for somebody who may read it.
#pragma once

#include <functional>
#include <string>

#include "api/edge/edge.hpp"

namespace pioneer::queries {

/// Hands the value to a field's setter.
class OpenedField final : public api::OpenedReader {
 public:
  explicit OpenedField(std::function<void(std::string)> set) : set_(std::move(set)) {}
  void read_opened(std::string_view value) override { set_(std::string(value)); }

 private:
  std::function<void(std::string)> set_;
};

/// Opens the value if it is there and its key is; else the field stays absent.
inline void open_into(const api::Edge& edge, const domain::Sealed& sealed, std::string_view stream, std::uint32_t field,
                      std::function<void(std::string)> set) {
  if (sealed.box().empty()) return;
  if (const auto opened = edge.opener().open(sealed, stream, field)) {
    OpenedField reader(std::move(set));
    opened->reveal_to(reader);
  }
}

}  // namespace pioneer::queries
