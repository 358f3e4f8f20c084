#include "tests/domain/cells.hpp"

namespace pioneer::domain::specs {

std::string cells(const std::vector<std::string>& commands, const std::vector<std::string>& states,
                  const std::vector<std::string>& roles,
                  const std::function<std::string(std::size_t, std::size_t, std::size_t)>& cell) {
  std::string out;
  for (std::size_t c = 0; c < commands.size(); ++c) {
    out += "\n**" + commands[c] + "**\n\n| state |";
    for (const auto& role : roles) out += " " + role + " |";
    out += "\n|---|";
    for (std::size_t r = 0; r < roles.size(); ++r) out += "---|";
    out += "\n";
    for (std::size_t s = 0; s < states.size(); ++s) {
      out += "| " + states[s] + " |";
      for (std::size_t r = 0; r < roles.size(); ++r) out += " " + cell(c, s, r) + " |";
      out += "\n";
    }
  }
  return out + "\n";
}

}  // namespace pioneer::domain::specs
