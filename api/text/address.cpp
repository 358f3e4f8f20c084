#include "api/text/address.hpp"

#include "api/text/bytes.hpp"

namespace pioneer::api {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != plain.npos) {
      out.push_back(c);
    } else {
      out += "%" + hex(std::string_view(&c, 1));
    }
  }
  return out;
}

}  // namespace pioneer::api
