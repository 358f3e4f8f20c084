#include "api/audit/beside.hpp"

#include <algorithm>
#include <vector>

#include "api/audit/kept_checkpoints.hpp"
#include "api/audit/published_digests.hpp"
#include "api/proofs/key_history.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::api {
namespace {

using eventstore::Result;

/// More of them than any log has; the names need not all be told.
constexpr std::size_t strangers_max = 1'000;

MirrorFault wrong(std::string file, const eventstore::Error& error) {
  return {error.code, std::move(file), std::nullopt, std::nullopt, error.detail};
}

std::optional<MirrorFault> wrong_keys(const MirrorFolder& folder, const MirrorVerifyOptions& options) {
  const std::string name(verifier_file);
  if (!options.is_key || !folder.exists(name)) return std::nullopt;
  const auto text = folder.read(name, note_bytes_max);
  if (!text) return wrong(name, text.error());
  std::size_t begins = 0;
  while (begins < text->size()) {
    const auto ends = text->find('\n', begins);
    if (ends == std::string::npos || !options.is_key(text->substr(begins, ends - begins))) {
      return MirrorFault{"bad_verifier_key", name, begins, std::nullopt,
                         "This line is no verifier key: a character was changed"};
    }
    begins = ends + 1;
  }
  return std::nullopt;
}

/// A signed note that `check` reads.
template <class Check>
std::optional<MirrorFault> wrong_note(const MirrorFolder& folder, const std::string& name,
                                      const MirrorVerifyOptions& options, std::set<std::string>& strangers,
                                      Check check) {
  const auto text = folder.read(name, note_bytes_max);
  if (!text) return wrong(name, text.error());
  if (const auto checked = check(*text, options.keys); !checked) return wrong(name, checked.error());
  add_strangers(strangers, *parse_note(*text), options);
  return std::nullopt;
}

}  // namespace

void add_strangers(std::set<std::string>& all, const SignedNote& note, const MirrorVerifyOptions& options) {
  for (const auto& signature : note.signatures) {
    const auto its = [&](const Verifier* key) { return is_key_of(key, signature); };
    if (std::ranges::any_of(options.keys, its) || std::ranges::any_of(options.witnesses, its)) continue;
    if (all.size() < strangers_max) all.insert(signature.name + "+" + hex(signature.key_id));
  }
}

std::optional<MirrorFault> wrong_beside(const MirrorFolder& folder, const MirrorVerifyOptions& options,
                                        std::set<std::string>& strangers) {
  if (auto fault = wrong_keys(folder, options)) return fault;
  if (const std::string name(key_history_file); folder.exists(name))
    if (auto fault = wrong_note(folder, name, options, strangers, check_key_history)) return fault;
  std::vector<std::string> files;
  const auto listed = folder.each(std::string(published_digests_folder), [&](const std::string& name) {
    if (!name.ends_with(".new")) files.push_back(name);
    return true;
  });
  if (!listed) return wrong(std::string(published_digests_folder), listed.error());
  std::ranges::sort(files);
  for (const auto& name : files)
    if (auto fault = wrong_note(folder, name, options, strangers, read_digests)) return fault;
  return std::nullopt;
}

}  // namespace pioneer::api
