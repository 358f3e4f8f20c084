// The program under test, run as a process in a directory that goes with the test.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pioneer::tests {

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
};

/// A member of an answer in JSON, as text: what stands between its name and the next comma or brace; quotes cut.
std::string json_member(std::string_view json, std::string_view name);
std::string read_file(const std::filesystem::path& path);
/// Files below `directory` that hold these bytes.
std::vector<std::filesystem::path> files_with(const std::filesystem::path& directory, std::string_view bytes);

class Program {
 public:
  Program();
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Runs `pioneer` with these arguments; `--data` of this test is added unless `with_data` is false.
  Ran run(std::vector<std::string> arguments, bool with_data = true) const;
  std::filesystem::path folder() const { return folder_; }
  std::filesystem::path data() const { return folder_ / "data"; }
  std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace pioneer::tests
