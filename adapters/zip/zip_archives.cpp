#include "adapters/zip/zip_archives.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>
#include <unordered_set>

namespace pioneer::adapters::zip {
namespace {

using api::ArchivedFile;
using api::ArchiveLimits;
using eventstore::failure;
using eventstore::Result;

/// 1980-01-01, where the format's time begins.
constexpr zip_uint16_t first_day = 1 << 5 | 1;
constexpr zip_uint32_t file_mode = 0100644U << 16;
constexpr zip_uint32_t kind_of_file = 0170000U << 16;
constexpr zip_uint32_t link_mode = 0120000U << 16;
/// So long as a name ever is that we write.
constexpr std::size_t name_bytes_max = 200;

struct Close {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Close>;
using File = std::unique_ptr<zip_file_t, Close>;
using Source = std::unique_ptr<zip_source_t, Close>;

std::unexpected<eventstore::Error> bad(std::string why) { return failure("bad_archive", std::move(why)); }
std::unexpected<eventstore::Error> bad(const std::string& why, zip_t* archive) {
  return bad(why + ": " + zip_error_strerror(zip_get_error(archive)));
}

struct Error {
  zip_error_t error;
  Error() { zip_error_init(&error); }
  ~Error() { zip_error_fini(&error); }
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;
  std::string words() { return zip_error_strerror(&error); }
};

bool plain_part(std::string_view part) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !part.empty() && part != "." && part != ".." && std::ranges::all_of(part, fits);
}

/// Relative, and below where it is unpacked.
bool plain_name(std::string_view name) {
  if (name.size() > name_bytes_max) return false;
  while (true) {
    const auto slash = name.find('/');
    if (!plain_part(name.substr(0, slash))) return false;
    if (slash == name.npos) return true;
    name.remove_prefix(slash + 1);
  }
}

std::string small(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

/// Looks at one entry before a byte of it is read.
Result<zip_stat_t> judged(zip_t* archive, zip_uint64_t index, const std::string& name) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(archive, index, 0, &stat) != 0) return bad("The archive's list of files is damaged", archive);
  constexpr auto wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((stat.valid & wanted) != wanted) return bad("The archive does not say what " + name + " is");
  if (stat.encryption_method != ZIP_EM_NONE) return bad(name + " is encrypted");
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
    return bad(name + " is compressed in a way that is not read here");
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0)
    return bad("The archive's list of files is damaged", archive);
  if (system == ZIP_OPSYS_UNIX && (attributes & kind_of_file) == link_mode) return bad(name + " is a link, not a file");
  return stat;
}

/// All of it and no byte more than its header says; at the end its checksum is compared.
Result<std::string> contents(zip_t* archive, zip_uint64_t index, std::size_t size, const std::string& name) {
  const File file(zip_fopen_index(archive, index, 0));
  if (file == nullptr) return bad(name + " cannot be read", archive);
  std::string bytes(size, '\0');
  std::size_t had = 0;
  while (had < size) {
    const auto got = zip_fread(file.get(), bytes.data() + had, size - had);
    if (got < 0) return bad(name + " is damaged");
    if (got == 0) return bad(name + " is shorter than its header says");
    had += static_cast<std::size_t>(got);
  }
  char more = 0;
  const auto rest = zip_fread(file.get(), &more, 1);
  if (rest < 0) return bad(name + " is damaged");
  if (rest > 0) return bad(name + " is longer than its header says");
  return bytes;
}

Result<void> add(zip_t* archive, const ArchivedFile& file) {
  if (!plain_name(file.name)) return bad("No file in an archive is called " + file.name);
  Source source(zip_source_buffer(archive, file.bytes.data(), file.bytes.size(), 0));
  if (source == nullptr) return bad("There is no memory for " + file.name);
  const auto index = zip_file_add(archive, file.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (index < 0) return bad(file.name + " cannot be added", archive);
  static_cast<void>(source.release());  // the archive's now
  const auto at = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(archive, at, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, at, 0, first_day, 0) != 0 ||
      zip_file_set_external_attributes(archive, at, 0, ZIP_OPSYS_UNIX, file_mode) != 0) {
    return bad(file.name + " cannot be added", archive);
  }
  return {};
}

Result<std::string> bytes_of(zip_source_t* written) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(written, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0 || zip_source_open(written) != 0)
    return bad("The archive cannot be read back");
  std::string bytes(stat.size, '\0');
  const auto got = zip_source_read(written, bytes.data(), bytes.size());
  zip_source_close(written);
  if (got < 0 || static_cast<std::size_t>(got) != bytes.size()) return bad("The archive cannot be read back");
  return bytes;
}

}  // namespace

Result<std::string> ZipArchives::pack(std::span<const ArchivedFile> files) const {
  Error error;
  Source into(zip_source_buffer_create(nullptr, 0, 0, &error.error));
  if (into == nullptr) return bad("There is no memory for the archive");
  zip_source_keep(into.get());  // ours, beside the archive's: it is read when the archive is written
  Archive archive(zip_open_from_source(into.get(), ZIP_TRUNCATE, &error.error));
  if (archive == nullptr) {
    zip_source_free(into.get());
    return bad("The archive cannot be made: " + error.words());
  }
  for (const auto& file : files)
    if (auto added = add(archive.get(), file); !added) return std::unexpected(added.error());
  if (zip_close(archive.get()) != 0) return bad("The archive cannot be written", archive.get());
  static_cast<void>(archive.release());
  return bytes_of(into.get());
}

Result<std::vector<ArchivedFile>> ZipArchives::unpack(std::string_view bytes, const ArchiveLimits& limits) const {
  if (bytes.empty()) return bad("This is no zip archive: it is empty");
  Error error;
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error.error));
  if (source == nullptr) return bad("There is no memory for the archive");
  const Archive archive(zip_open_from_source(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, &error.error));
  if (archive == nullptr) return bad("This is no whole zip archive: " + error.words());
  static_cast<void>(source.release());  // the archive's now
  const auto count = static_cast<zip_uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(archive.get(), 0), 0));
  if (count > limits.files_max)
    return bad("It holds " + std::to_string(count) + " files, more than " + std::to_string(limits.files_max));
  std::vector<ArchivedFile> files;
  std::unordered_set<std::string> names;
  std::size_t left = limits.bytes_max;
  for (zip_uint64_t index = 0; index < count; ++index) {
    const char* const given = zip_get_name(archive.get(), index, ZIP_FL_ENC_RAW);
    if (given == nullptr) return bad("The archive's list of files is damaged", archive.get());
    std::string name(given);
    const bool folder = name.ends_with('/');
    if (!plain_name(folder ? std::string_view(name).substr(0, name.size() - 1) : std::string_view(name)))
      return bad("A file in it is called \"" + name.substr(0, name_bytes_max) + "\", which leads elsewhere");
    if (!names.insert(small(name)).second) return bad(name + " is there twice");
    const auto stat = judged(archive.get(), index, name);
    if (!stat) return std::unexpected(stat.error());
    if (stat->size > left) return bad("Unpacked it is more than " + std::to_string(limits.bytes_max >> 20) + " MiB");
    left -= stat->size;
    if (folder && stat->size > 0) return bad(name + " is a folder, and holds bytes");
    if (folder) continue;
    auto read = contents(archive.get(), index, stat->size, name);
    if (!read) return std::unexpected(read.error());
    files.push_back({std::move(name), std::move(*read)});
  }
  return files;
}

}  // namespace pioneer::adapters::zip
