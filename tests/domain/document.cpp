#include "tests/domain/document.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace pioneer::domain::specs {

void expect_generated(std::string_view document, std::string_view name, std::string_view content) {
  const std::string path(document);
  std::stringstream read;
  read << std::ifstream(path).rdbuf();
  const std::string text = read.str();
  const std::string open = "<!-- generated: " + std::string(name) + " -->\n";
  const std::string close = "<!-- end: " + std::string(name) + " -->";
  const auto begin = text.find(open);
  const auto end = text.find(close);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end)
      << path << " has no place for " << name << " (tests run in the root of the sources)";
  const auto from = begin + open.size();
  if (const char* write = std::getenv("PIONEER_WRITE_TABLES"); write != nullptr && std::string_view(write) == "1") {
    std::ofstream(path) << text.substr(0, from) << content << text.substr(end);
    return;
  }
  EXPECT_EQ(text.substr(from, end - from), content)
      << path << " does not say what the code does. Read the difference; if it is meant, run with "
      << "PIONEER_WRITE_TABLES=1.";
}

}  // namespace pioneer::domain::specs
