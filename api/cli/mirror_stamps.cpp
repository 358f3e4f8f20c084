#include "api/cli/mirror_stamps.hpp"

#include "api/audit/kept_checkpoints.hpp"

namespace pioneer::cli {

eventstore::Result<void> keep_stamps(MirrorFiles& files, std::span<const std::uint64_t> sizes, std::uint64_t covered,
                                     const std::function<eventstore::Result<std::string>(const std::string&)>& file) {
  const auto folder = std::string(api::kept_stamps_folder) + "/";
  for (const auto size : sizes) {
    const auto name = std::to_string(size);
    if (size > covered || files.folder().exists(folder + name + ".tsr")) continue;
    // The answer last: a text without one is no stamp.
    for (const auto& one : {name, name + ".tsr"}) {
      const auto bytes = file(one);
      if (!bytes) return std::unexpected(bytes.error());
      if (auto kept = files.put(folder + one, *bytes); !kept) return kept;
    }
  }
  return {};
}

}  // namespace pioneer::cli
