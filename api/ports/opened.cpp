#include "api/ports/opened.hpp"

#include <string.h>

namespace pioneer::api {

void wipe(std::span<char> memory) {
  if (!memory.empty()) ::explicit_bzero(memory.data(), memory.size());
}

bool OpenedText::cut_padding() {
  const auto end = value_.find_last_not_of('\0');
  if (end == std::string::npos || value_[end] != '\x80') return false;
  value_.resize(end);
  return true;
}

}  // namespace pioneer::api
