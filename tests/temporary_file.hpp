// A file of its own for one test, gone with it.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

namespace pioneer::tests {

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content, std::string_view name = "file") {
    std::random_device chance;
    folder_ = std::filesystem::temp_directory_path() /
              ("pioneer-" + std::to_string(chance()) + "-" + std::to_string(chance()));
    std::filesystem::create_directory(folder_);
    path_ = folder_ / name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path folder_;
  std::filesystem::path path_;
};

}  // namespace pioneer::tests
