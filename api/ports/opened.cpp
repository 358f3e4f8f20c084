#include "api/ports/opened.hpp"

namespace pioneer::api {

void wipe(std::span<char> memory) {
  volatile char* at = memory.data();
  for (std::size_t i = 0; i < memory.size(); ++i) at[i] = 0;
}

bool OpenedText::cut_padding() {
  const auto end = value_.find_last_not_of('\0');
  if (end == std::string::npos || value_[end] != '\x80') return false;
  value_.resize(end);
  return true;
}

}  // namespace pioneer::api
