#include "api/proofs/key_history.hpp"

#include "api/proofs/signed_note.hpp"

namespace pioneer::api {
namespace {

constexpr std::string_view history_suffix = "/key-history\n";

}  // namespace

std::string key_history_text(std::string_view origin, std::string_view lines) {
  return std::string(origin).append(history_suffix).append(lines);
}

eventstore::Result<std::string> check_key_history(std::string_view note, std::span<const Verifier* const> log) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto checked = check_signed_as(log.front()->name(), *parsed, log); !checked)
    return std::unexpected(checked.error());
  const auto begins = key_history_text(log.front()->name(), "");
  if (!parsed->text.starts_with(begins) || parsed->text.size() == begins.size())
    return eventstore::failure("bad_key_history", "The log signed this, but it is no history of its keys.");
  return parsed->text.substr(begins.size());
}

}  // namespace pioneer::api
