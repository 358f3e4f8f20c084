#include "api/ports/opened.hpp"

namespace pioneer::api {

void wipe(std::span<char> memory) {
  volatile char* at = memory.data();
  for (std::size_t i = 0; i < memory.size(); ++i) at[i] = 0;
}

}  // namespace pioneer::api
