#include "api/server/web_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

namespace pioneer::server {
namespace {

namespace fs = std::filesystem;

bool hidden(const fs::path& name) { return name.native().starts_with('.'); }

}  // namespace

std::string installed_web() {
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "../share/web";
  return fs::exists(folder / "index.html", ignored) ? folder.lexically_normal().string() : std::string();
}

std::expected<api::http::Site, std::string> read_site(const std::string& folder) {
  const auto cannot = [&](const std::string& why) {
    return std::unexpected("The web application in " + folder + " cannot be served: " + why + ".");
  };
  std::error_code error;
  std::vector<api::http::SiteFile> files;
  std::uintmax_t bytes = 0;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (hidden(at->path().filename()) || at->is_symlink(error)) {
      at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(error)) continue;
    bytes += at->file_size(error);
    if (bytes > api::http::Site::bytes_max || files.size() > api::http::Site::files_max) break;
    std::ifstream in(at->path(), std::ios::binary);
    if (!in) return cannot(at->path().string() + " is not readable");
    files.push_back({at->path().lexically_relative(folder).generic_string(),
                     std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>())});
  }
  if (error) return cannot(error.message());
  if (bytes > api::http::Site::bytes_max)
    return cannot("it holds more than " + std::to_string(api::http::Site::bytes_max >> 20) + " MiB");
  auto site = api::http::Site::of(std::move(files));
  if (!site) return cannot(site.error());
  return site;
}

}  // namespace pioneer::server
