#include "api/cli/audit_keys.hpp"

#include <filesystem>
#include <fstream>

#include "adapters/sodium/signing.hpp"

namespace pioneer::cli {

eventstore::Result<AuditKeys> AuditKeys::read(const std::vector<std::string>& keys_or_files) {
  AuditKeys keys;
  const auto add = [&](const std::string& text, const std::string& from) -> eventstore::Result<void> {
    auto key = adapters::VerifierKey::parse(text);
    if (!key) return eventstore::failure(key.error().code, from + ": " + key.error().detail);
    keys.keys_.push_back(std::move(*key));
    return {};
  };
  for (const auto& given : keys_or_files) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(given, failed)) {
      if (auto added = add(given, "--verifier"); !added) return std::unexpected(added.error());
      continue;
    }
    std::ifstream file(given);
    std::string line;
    while (std::getline(file, line)) {
      if (line.empty()) continue;
      if (auto added = add(line, given); !added) return std::unexpected(added.error());
    }
    if (file.bad()) return eventstore::failure("read_failed", given + " could not be read");
  }
  if (keys.keys_.empty()) return eventstore::failure("bad_verifier_key", "No verifier key was given");
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
  return read({data + "/keys/" + std::string(adapters::SigningKey::verifier_file_name)});
}

std::vector<const api::Verifier*> AuditKeys::all() const {
  std::vector<const api::Verifier*> all;
  for (const auto& key : keys_) all.push_back(&key);
  return all;
}

}  // namespace pioneer::cli
