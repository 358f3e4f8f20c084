#include "tests/api/cli/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

namespace pioneer::tests {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string json_member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":";
  const auto at = json.find(key);
  if (at == json.npos) return {};
  std::string_view rest = json.substr(at + key.size());
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    return std::string(rest.substr(0, rest.find('"')));
  }
  return std::string(rest.substr(0, rest.find_first_of(",}\n")));
}

std::vector<fs::path> files_with(const fs::path& directory, std::string_view bytes) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && read_file(entry.path()).find(bytes) != std::string::npos)
      found.push_back(entry.path());
  }
  return found;
}

Program::Program() {
  std::random_device chance;
  folder_ = fs::temp_directory_path() / ("pioneer-cli-" + std::to_string(chance()) + "-" + std::to_string(chance()));
  fs::create_directory(folder_);
}

Program::~Program() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

fs::path Program::write(std::string_view name, std::string_view content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
  return folder_ / name;
}

Ran Program::run(std::vector<std::string> arguments, bool with_data) const {
  const char* program = std::getenv("PIONEER_PROGRAM");
  EXPECT_NE(program, nullptr) << "PIONEER_PROGRAM names the program under test";
  if (program == nullptr) return {};
  if (with_data) {
    arguments.push_back("--data");
    arguments.push_back(data().string());
  }
  std::vector<char*> argv{const_cast<char*>(program)};
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const fs::path out = folder_ / "stdout", err = folder_ / "stderr";
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int spawned = ::posix_spawn(&child, program, &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  EXPECT_EQ(spawned, 0);
  int status = 0;
  if (spawned == 0) ::waitpid(child, &status, 0);
  Ran ran{WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(out), read_file(err)};
  fs::remove(out);
  fs::remove(err);
  return ran;
}

}  // namespace pioneer::tests
