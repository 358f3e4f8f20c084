#include "adapters/blobs/incomplete_blobs.hpp"

#include "eventstore/whole_file.hpp"

namespace pioneer::adapters::blobs {

using eventstore::Result;

std::string IncompleteBlobs::path_of(std::string_view name, unsigned part) const {
  return directory_ + "/" + digits_of_blob(name) + "." + std::to_string(part);
}

Result<std::string> IncompleteBlobs::value_of(std::string_view name, unsigned part) const {
  return eventstore::read_whole(disk_, path_of(name, part), shared_header_bytes + part_bytes);
}

Result<std::optional<std::string>> IncompleteBlobs::add(const ReadPart& part, std::string_view value) {
  if (auto written = eventstore::write_whole(disk_, path_of(part.name, part.part), value); !written)
    return std::unexpected(written.error());
  for (unsigned i = 0; i < part.parts; ++i)
    if (!disk_.exists(path_of(part.name, i))) return std::optional<std::string>{};
  std::string whole;
  for (unsigned i = 0; i < part.parts; ++i) {
    const auto one = value_of(part.name, i);
    if (!one) return std::unexpected(one.error());
    whole += std::string_view(*one).substr(std::min(one->size(), shared_header_bytes));
  }
  return std::optional(std::move(whole));
}

Result<void> IncompleteBlobs::forget(std::string_view name) {
  bool any = false;
  for (unsigned i = 0; i < parts_max; ++i) {
    const auto path = path_of(name, i);
    if (!disk_.exists(path)) continue;
    if (auto gone = disk_.remove(path); !gone) return gone;
    any = true;
  }
  return any ? disk_.sync_directory(directory_) : Result<void>{};
}

Result<std::vector<std::string>> IncompleteBlobs::older_than(std::int64_t us) const {
  std::vector<std::string> old;
  const auto files = disk_.list(directory_);
  if (!files) return std::unexpected(files.error());
  for (const auto& file : *files) {
    const auto name = blob_of_digits(std::string_view(file).substr(0, file.find('.')));
    const bool seen = !old.empty() && name && old.back() == *name;  // they are sorted
    if (!name || seen || file.ends_with(eventstore::beside_suffix)) continue;
    const auto value = eventstore::read_whole(disk_, directory_ + "/" + file, shared_header_bytes + part_bytes);
    if (!value) return std::unexpected(value.error());
    if (put_at_us_of(*value) < us) old.push_back(*name);
  }
  return old;
}

}  // namespace pioneer::adapters::blobs
