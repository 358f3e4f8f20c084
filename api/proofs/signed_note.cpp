#include "api/proofs/signed_note.hpp"

#include <algorithm>
#include <optional>

#include "api/text/base64.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::string_view signature_start = "\u2014 ";
constexpr std::size_t key_id_bytes = 4;

auto bad_note(std::string what) { return failure("bad_note", "This is no signed note: " + std::move(what)); }
auto bad_checkpoint(std::string what) {
  return failure("bad_checkpoint", "This is no checkpoint of a log: " + std::move(what));
}

/// "— name base64(key id ‖ signature)".
std::optional<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(signature_start)) return std::nullopt;
  line.remove_prefix(signature_start.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  const auto name = line.substr(0, space);
  const auto bytes = from_base64(line.substr(space + 1));
  if (name.find('+') != name.npos || !bytes || bytes->size() <= key_id_bytes) return std::nullopt;
  return NoteSignature{std::string(name), bytes->substr(0, key_id_bytes), bytes->substr(key_id_bytes)};
}

/// A text that came from anywhere, so that it can be shown: at most so many characters, and plain ones.
std::string shown(std::string_view text) {
  constexpr std::size_t shown_max = 80;
  std::string out;
  for (const char c : text.substr(0, shown_max)) out.push_back(c < ' ' || c > '~' ? '?' : c);
  return "\"" + out + (text.size() > shown_max ? "...\"" : "\"");
}

}  // namespace

bool is_key_of(const Verifier* key, const NoteSignature& signature) {
  return key->name() == signature.name && key->key_id() == signature.key_id;
}

std::string signature_line(std::string_view name, const std::string& key_id, const std::string& bytes) {
  return std::string(signature_start) + std::string(name) + " " + base64(key_id + bytes) + "\n";
}

std::string only_signed_by(const SignedNote& note, std::span<const Verifier* const> keys) {
  std::string text = note.text + "\n";
  for (const auto& one : note.signatures)
    if (std::ranges::any_of(keys, [&](const Verifier* key) { return is_key_of(key, one); }))
      text += signature_line(one.name, one.key_id, one.bytes);
  return text;
}

std::vector<const Verifier*> keys_named(std::string_view name, std::span<const Verifier* const> keys) {
  std::vector<const Verifier*> found;
  for (const auto* key : keys)
    if (key->name() == name) found.push_back(key);
  return found;
}

Result<SignedNote> parse_note(std::string_view note) {
  if (note.size() > note_bytes_max) return bad_note("it is longer than any note.");
  if (std::ranges::any_of(note, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n'; }))
    return bad_note("it holds control characters.");
  const auto parted = note.rfind("\n\n");
  if (parted == std::string_view::npos) return bad_note("no empty line parts its text from its signatures.");
  SignedNote parsed{std::string(note.substr(0, parted + 1)), {}};
  const auto signatures = note.substr(parted + 2);
  if (signatures.empty() || !signatures.ends_with('\n'))
    return bad_note("its signatures do not end with a line break.");
  for (const auto line : lines_of(signatures)) {
    auto signature = parse_signature(line);
    if (!signature) return bad_note("this line is no signature: " + shown(line) + ".");
    if (parsed.signatures.size() == note_signatures_max) return bad_note("it has more than 100 signatures.");
    parsed.signatures.push_back(std::move(*signature));
  }
  return parsed;
}

Result<void> check_signed(const SignedNote& note, std::span<const Verifier* const> known) {
  bool is_signed = false;
  for (const auto& signature : note.signatures) {
    const auto key = std::ranges::find_if(known, [&](const Verifier* one) { return is_key_of(one, signature); });
    if (key == known.end()) continue;
    if (!(*key)->signed_this(note.text, signature.bytes)) {
      return failure("bad_signature", "The signature in the name of " + shown(signature.name) +
                                          " is not over this text: the text or the signature was changed.");
    }
    is_signed = true;
  }
  if (is_signed) return {};
  std::string names;
  for (const auto& signature : note.signatures) names += (names.empty() ? "" : ", ") + shown(signature.name);
  return failure("not_signed", "No key that was given signed this; signatures stand in the name of " + names +
                                   ". If the log has changed its key, give all its keys: older and newer ones.");
}

Result<void> check_signed_as(std::string_view name, const SignedNote& note, std::span<const Verifier* const> known) {
  const auto own = keys_named(name, known);
  return check_signed(note, own);
}

Result<SignedCheckpoint> read_checkpoint(const SignedNote& note, std::string_view origin, Extensions extensions) {
  const auto lines = lines_of(note.text);
  if (lines.size() < 3 || (lines.size() > 3 && extensions == Extensions::refused))
    return bad_checkpoint("it has " + std::to_string(lines.size()) + " lines; origin, size and root are three.");
  if (lines[0] != origin) {
    return failure("other_origin",
                   "This checkpoint is of the log " + shown(lines[0]) + ", not of " + shown(origin) + ".");
  }
  SignedCheckpoint checkpoint{std::string(lines[0]), 0, {}};
  const auto size = decimal(lines[1]);
  if (!size)
    return bad_checkpoint("its size is " + shown(lines[1]) + ", not a number in digits without leading zeros.");
  checkpoint.size = *size;
  const auto root = from_base64(lines[2]);
  if (!root) return bad_checkpoint("its root is " + shown(lines[2]) + ", which is no base64.");
  if (root->size() != eventstore::Hash::size)
    return bad_checkpoint("its root has " + std::to_string(root->size()) + " bytes; a SHA-256 has 32.");
  checkpoint.root = eventstore::Hash::of(*root);
  return checkpoint;
}

Result<SignedCheckpoint> check_checkpoint_of(const SignedNote& note, std::string_view origin,
                                             std::span<const Verifier* const> keys) {
  if (const auto checked = check_signed_as(origin, note, keys); !checked) return std::unexpected(checked.error());
  return read_checkpoint(note, origin);
}

}  // namespace pioneer::api
