#include "api/cli/audit_keys.hpp"

#include <filesystem>

#include "adapters/sodium/signing.hpp"
#include "api/audit/mirror_folder.hpp"

namespace pioneer::cli {
namespace {

using eventstore::failure;

/// More than any log had keys, a line each; a file of another kind is told by its length.
constexpr std::size_t key_file_bytes_max = 64u << 10;

}  // namespace

eventstore::Result<void> AuditKeys::add(const std::string& text, const std::string& from) {
  auto key = adapters::VerifierKey::parse(text);
  if (!key) return failure(key.error().code, from + ": " + key.error().detail);
  keys_.push_back(std::move(*key));
  texts_.push_back(text);
  return {};
}

eventstore::Result<void> AuditKeys::add_file(const std::string& path) {
  const auto content = api::MirrorFolder(".").read(path, key_file_bytes_max);
  if (!content) return failure(content.error().code, path + ": " + content.error().detail);
  std::string_view rest(*content);
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto key = line.substr(0, line.find(' '));  // of a line of `pioneer keys show --history`
    if (key.empty()) continue;
    if (auto added = add(std::string(key), path); !added) return added;
  }
  return {};
}

eventstore::Result<AuditKeys> AuditKeys::read(const std::vector<std::string>& keys_or_files) {
  AuditKeys keys;
  for (const auto& given : keys_or_files) {
    std::error_code failed;
    const bool is_there = std::filesystem::exists(given, failed);
    const bool like_a_key = given.find('+') != given.npos;
    if (!is_there && !like_a_key) {
      return failure("no_verifier_key", "There is no file " + given +
                                            ", and this is no verifier key. Give the log's key by --verifier, as it "
                                            "was published");
    }
    if (auto added = is_there ? keys.add_file(given) : keys.add(given, "--verifier"); !added)
      return std::unexpected(added.error());
  }
  if (keys.keys_.empty()) return failure("bad_verifier_key", "No verifier key was given");
  return keys;
}

eventstore::Result<AuditKeys> AuditKeys::read_or_own(const std::vector<std::string>& keys_or_files,
                                                     const std::string& data) {
  if (!keys_or_files.empty()) return read(keys_or_files);
  if (data.empty()) {
    return eventstore::failure("bad_verifier_key",
                               "Say whose signature counts: --verifier with the log's key, from where it was published "
                               "(`pioneer keys show --verifier` prints it)");
  }
  return read({data + "/keys/" + std::string(adapters::log_key_files.verifier)});
}

std::vector<const api::Verifier*> AuditKeys::all() const {
  std::vector<const api::Verifier*> all;
  for (const auto& key : keys_) all.push_back(&key);
  return all;
}

}  // namespace pioneer::cli
