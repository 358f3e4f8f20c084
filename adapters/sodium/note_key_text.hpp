// How keys of signed notes are written (https://c2sp.org/signed-note): public and private ones, of logs and of
// witnesses. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pioneer::adapters {

/// What stands before the bytes of an Ed25519 key: whether it signs the text of a note, or a time and the text
/// (https://c2sp.org/tlog-cosignature). A key is for one of the two.
enum class NoteKeyKind : char { log = 1, witness = 4 };

/// A key's parts: <name>+<hash>+<base64(kind ‖ 32 bytes)>.
struct NoteKeyText {
  NoteKeyKind kind = NoteKeyKind::log;
  std::string name;
  std::string key_id;  ///< the hash's four bytes
  std::string bytes;   ///< 32: a public key, or a seed
};

/// Nothing where it is not exactly that.
std::optional<NoteKeyText> parse_note_key(std::string_view text);
std::string note_key_text(const NoteKeyText& key);

/// No white space, no '+', 1 to 200 plain characters.
bool good_key_name(std::string_view name);
/// The first four bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ public key).
std::string note_key_id(std::string_view name, NoteKeyKind kind, std::string_view public_key);
/// RFC 4648 §4, padded.
std::string note_base64(std::string_view bytes);
/// Lower-case hexadecimal digits.
std::string note_hex(std::string_view bytes);

}  // namespace pioneer::adapters
