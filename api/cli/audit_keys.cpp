#include "api/cli/audit_keys.hpp"

#include <filesystem>

#include "adapters/posix/disk.hpp"
#include "adapters/sodium/key_history.hpp"
#include "api/audit/mirror_folder.hpp"

namespace pioneer::cli {
namespace {

using eventstore::failure;

/// More than any log had keys, a line each; a file of another kind is told by its length.
constexpr std::size_t key_file_bytes_max = 64u << 10;

}  // namespace

eventstore::Result<void> AuditKeys::add(const std::string& text, const std::string& from) {
  auto key = adapters::VerifierKey::parse(text);
  if (!key && takes_witnesses_) {
    if (auto witness = adapters::VerifierKey::parse_witness(text)) {
      witnesses_.push_back(std::move(*witness));
      return {};
    }
  }
  if (!key) return failure(key.error().code, from + ": " + key.error().detail);
  keys_.push_back(std::move(*key));
  texts_.push_back(text);
  return {};
}

eventstore::Result<void> AuditKeys::add_file(const std::string& path) {
  const auto content = api::MirrorFolder(".").read(path, key_file_bytes_max);
  if (!content) return failure(content.error().code, path + ": " + content.error().detail);
  return add_lines(*content, path);
}

eventstore::Result<void> AuditKeys::add_lines(std::string_view rest, const std::string& from) {
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto key = line.substr(0, line.find(' '));  // of a line of `pioneer keys show --history`
    if (key.empty()) continue;
    if (auto added = add(std::string(key), from); !added) return added;
  }
  return {};
}

eventstore::Result<void> AuditKeys::add_each(const std::vector<std::string>& keys_or_files) {
  for (const auto& given : keys_or_files) {
    std::error_code failed;
    const bool is_there = std::filesystem::exists(given, failed);
    const bool like_a_key = given.find('+') != given.npos;
    if (!is_there && !like_a_key) {
      return failure("no_verifier_key", "There is no file " + given +
                                            ", and this is no verifier key. Give the log's key by --verifier, as it "
                                            "was published");
    }
    if (auto added = is_there ? add_file(given) : add_lines(given, "--verifier"); !added) return added;
  }
  if (keys_.empty()) return failure("bad_verifier_key", "No verifier key of a log was given");
  return {};
}

eventstore::Result<AuditKeys> AuditKeys::read(const std::vector<std::string>& keys_or_files) {
  AuditKeys keys;
  if (auto added = keys.add_each(keys_or_files); !added) return std::unexpected(added.error());
  return keys;
}

eventstore::Result<AuditKeys> AuditKeys::of(const std::vector<std::string>& keys) {
  AuditKeys all;
  for (const auto& key : keys)
    if (auto added = all.add(key, "a key"); !added) return std::unexpected(added.error());
  if (keys.empty()) return failure("bad_verifier_key", "No verifier key was given");
  return all;
}

eventstore::Result<AuditKeys> AuditKeys::read_with_witnesses(const std::vector<std::string>& keys_or_files) {
  AuditKeys keys;
  keys.takes_witnesses_ = true;
  if (auto added = keys.add_each(keys_or_files); !added) return std::unexpected(added.error());
  // Who cosigns does not speak for the log.
  std::erase_if(keys.witnesses_, [&](const auto& witness) { return witness.name() == keys.origin(); });
  return keys;
}

eventstore::Result<AuditKeys> AuditKeys::read_for_receipts(const std::vector<std::string>& keys_or_files,
                                                           const std::string& data) {
  if (keys_or_files.empty() && data.empty()) {
    return failure("bad_verifier_key",
                   "Say whose signature counts: --verifier with the log's key, from where it was published (`pioneer "
                   "keys show --verifier` prints it)");
  }
  if (!keys_or_files.empty()) return read_with_witnesses(keys_or_files);
  adapters::posix::PosixDisk disk;
  const auto own = adapters::known_log_keys(disk, data + "/keys");
  if (!own) return std::unexpected(own.error());
  if (own->empty()) return failure("no_verifier_key", "There is no key of a log in " + data + "/keys");
  return read_with_witnesses(*own);
}

std::vector<const api::Verifier*> AuditKeys::all() const {
  std::vector<const api::Verifier*> all;
  for (const auto& key : keys_) all.push_back(&key);
  return all;
}

std::vector<const api::Verifier*> AuditKeys::witnesses() const {
  std::vector<const api::Verifier*> witnesses;
  for (const auto& key : witnesses_) witnesses.push_back(&key);
  return witnesses;
}

std::vector<const api::Verifier*> AuditKeys::with_witnesses() const {
  auto everybody = all();
  for (const auto& key : witnesses_) everybody.push_back(&key);
  return everybody;
}

}  // namespace pioneer::cli
