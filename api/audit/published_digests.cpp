#include "api/audit/published_digests.hpp"

#include "api/proofs/signed_note.hpp"
#include "api/text/lines.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::string_view suffix = "/read-models";

}  // namespace

std::string digests_text(std::string_view origin, const PublishedDigests& digests) {
  std::string text(origin);
  text.append(suffix).append("\n").append(std::to_string(digests.position)).append("\n");
  for (const auto& [name, digest] : digests.by_name) text.append(name).append(" ").append(digest).append("\n");
  return text;
}

Result<PublishedDigests> read_digests(std::string_view note, std::span<const Verifier* const> keys) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto checked = check_signed(*parsed, keys); !checked) return std::unexpected(checked.error());
  std::string_view rest = parsed->text;
  PublishedDigests digests;
  const auto bad = failure("bad_digests", "These are no digests of the log's read models.");
  if (take_line(rest) != keys.front()->name() + std::string(suffix) || rest.empty()) return bad;
  const auto digits = take_line(rest);
  const auto position = digits ? decimal(*digits) : std::nullopt;
  if (!position) return bad;
  digests.position = *position;
  for (const auto line : lines_of(rest)) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return bad;
    digests.by_name.emplace(line.substr(0, space), line.substr(space + 1));
  }
  if (digests.by_name.empty()) return bad;
  return digests;
}

}  // namespace pioneer::api
