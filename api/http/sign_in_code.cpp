#include "api/http/sign_in_code.hpp"

#include "domain/common/id.hpp"

namespace pioneer::api::http {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

char normal(char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  if (c == 'o') return '0';
  return c == 'i' || c == 'l' ? '1' : c;
}

bool holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

}  // namespace

// An id's text is its 128 bits, five to a character; the first ones hold fewer.
std::string code_of(std::string_view random) {
  return domain::Id::of(random.substr(0, 16)).text().substr(26 - code_chars);
}

std::string spaced(std::string_view code) {
  std::string out;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += code[i];
  }
  return out;
}

std::string normal_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    code += normal(c);
    if (code.size() > code_chars || !alphabet.contains(code.back())) return {};
  }
  return code.size() == code_chars ? code : std::string();
}

std::string sign_in_link(std::string_view origin, std::string_view code) {
  return std::string(origin) + "/in#" + std::string(code);
}

domain::Device::Value device_of(std::string_view agent) {
  const bool mobile = holds(agent, "Mobile");
  if (holds(agent, "iPad") || holds(agent, "Tablet") || (holds(agent, "Android") && !mobile))
    return domain::Device::tablet;
  if (mobile || holds(agent, "iPhone")) return domain::Device::phone;
  return agent.starts_with("Mozilla/") ? domain::Device::computer : domain::Device::unspecified;
}

}  // namespace pioneer::api::http
